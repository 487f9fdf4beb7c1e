//! What can become of a call to WeChat, told apart by what the caller has to know: was it done, was it not, or is that unknown.
//!
//! An errcode has a [`Class`] and advice in two languages, from the table beside this file. Nothing here decides to repeat a
//! call, and no token or secret is ever part of an error.

mod scrub;
mod table;

use std::{fmt, net::IpAddr};

use secrecy::{ExposeSecret, SecretString};

pub use table::{Class, Entry, entries};

use crate::config::Language;

/// The token is not the latest, not valid, or expired: a new one may help, once.
const STALE_TOKEN: [i64; 3] = [40001, 40014, 42001];

/// The errcode of a caller whose address is not in the account's allow list.
const ADDRESS_NOT_ALLOWED: i64 = 40164;

/// On the token endpoint WeChat reports a wrong `AppSecret` as 40001 as well as 40125.
const WRONG_SECRET: i64 = 40125;

/// Why a call did not end in an answer that could be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// WeChat answered with an errcode and did not do what was asked (45065 aside: it had been done before).
    #[error(transparent)]
    Refused(#[from] WechatError),
    /// An answer without a verdict, from WeChat or a proxy before it. It is unknown whether the call took effect.
    #[error("WeChat answered with HTTP status {status} and no errcode")]
    Http { status: u16 },
    /// The name, the connection or TLS failed, so that not a byte of the request left: it was not done.
    #[error("WeChat could not be reached, nothing was sent: {reason}")]
    NotSent { reason: String },
    /// A timeout, a broken connection, or an answer that cannot be read: it may have been done.
    #[error("WeChat's answer is unknown, the call may have taken effect: {reason}")]
    Unknown { reason: String },
}

/// An errcode, with what WeChat said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WechatError {
    pub errcode: i64,
    /// `errmsg` without its tracing parts (`rid: …`, `hint: […]`), control characters and secrets.
    pub message: String,
    /// WeChat's id of the request, kept for seven days; `openapi/rid/get` explains it.
    pub rid: Option<String>,
    entry: Option<&'static Entry>,
}

/// Whether a call that returned an error took effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    None,
    Unknown,
}

impl Error {
    /// The errcode, where WeChat gave one.
    pub fn errcode(&self) -> Option<i64> {
        self.refusal().map(|refusal| refusal.errcode)
    }

    /// WeChat's refusal, where there is one.
    pub fn refusal(&self) -> Option<&WechatError> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            Self::Http { .. } | Self::NotSent { .. } | Self::Unknown { .. } => None,
        }
    }

    /// Whether the call may have taken effect. A mass send judges a refusal by a stricter table of its own.
    pub fn effect(&self) -> Effect {
        match self {
            Self::Refused(_) | Self::NotSent { .. } => Effect::None,
            Self::Http { .. } | Self::Unknown { .. } => Effect::Unknown,
        }
    }

    /// Whether a fresh access token may cure it.
    pub fn is_stale_token(&self) -> bool {
        self.errcode().is_some_and(|errcode| STALE_TOKEN.contains(&errcode))
    }

    /// The value of the metric's `errcode` and of the log line's: a number, or the kind of failure.
    pub fn label(&self) -> String {
        match self {
            Self::Refused(refusal) => refusal.errcode.to_string(),
            Self::Http { status } => format!("http_{status}"),
            Self::NotSent { .. } => "not_sent".to_owned(),
            Self::Unknown { .. } => "unknown".to_owned(),
        }
    }

    /// The failure of an exchange without an answer, without the URL, which holds the token.
    pub(super) fn of_transport(error: reqwest::Error) -> Self {
        let never_left = error.is_connect() || error.is_builder();
        let reason = scrub::reason(&error.without_url());
        if never_left { Self::NotSent { reason } } else { Self::Unknown { reason } }
    }

    /// The error with every occurrence of `secret` taken out: WeChat, or a proxy, may repeat the request in its answer.
    pub(super) fn without(mut self, secret: &SecretString) -> Self {
        let text = match &mut self {
            Self::Refused(refusal) => &mut refusal.message,
            Self::NotSent { reason } | Self::Unknown { reason } => reason,
            Self::Http { .. } => return self,
        };
        *text = scrub::without(text, secret.expose_secret());
        self
    }

    /// The error as the token endpoint means it, where 40001 says that the secret is wrong and no token can cure it.
    pub(super) fn on_token_endpoint(mut self) -> Self {
        if let Self::Refused(refusal) = &mut self
            && STALE_TOKEN.contains(&refusal.errcode)
        {
            refusal.entry = table::find(WRONG_SECRET);
        }
        self
    }
}

impl WechatError {
    /// Reads an errcode and its `errmsg`.
    pub fn new(errcode: i64, errmsg: &str) -> Self {
        let (message, rid) = scrub::message_and_rid(errmsg);
        Self { errcode, message, rid, entry: table::find(errcode) }
    }

    /// What kind of error it is. An errcode that the table does not list is [`Class::Unlisted`].
    pub fn class(&self) -> Class {
        self.entry.map_or(Class::Unlisted, |entry| entry.class)
    }

    /// A short English name.
    pub fn name(&self) -> &'static str {
        self.entry.map_or("unlisted errcode", |entry| entry.name)
    }

    /// What to do about it, with the addresses to allow for 40164.
    pub fn advice(&self, language: Language) -> String {
        let general = match (self.entry, language) {
            (Some(entry), Language::Chinese) => entry.advice_chinese,
            (Some(entry), Language::English) => entry.advice_english,
            (None, Language::Chinese) => "未收录的错误码：按 rid 在开发者平台查询，处理前不要重试。",
            (None, Language::English) => "Not a listed errcode: look its rid up (openapi/rid/get) and do not repeat the call.",
        };
        let addresses: Vec<String> = self.addresses().iter().map(IpAddr::to_string).collect();
        match (addresses.is_empty(), language) {
            (true, _) => general.to_owned(),
            (false, Language::Chinese) => format!("{general}需添加：{}。", addresses.join("、")),
            (false, Language::English) => format!("{general} To add: {}.", addresses.join(", ")),
        }
    }

    /// The addresses that 40164 names, each once; an IPv4 address that is written as IPv6 becomes IPv4 again.
    pub fn addresses(&self) -> Vec<IpAddr> {
        let mut addresses = Vec::new();
        if self.errcode != ADDRESS_NOT_ALLOWED {
            return addresses;
        }
        for word in self.message.split(|c: char| !(c.is_ascii_hexdigit() || c == ':' || c == '.')) {
            let Ok(address) = word.trim_end_matches('.').parse::<IpAddr>() else { continue };
            let address = address.to_canonical();
            if !address.is_unspecified() && !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        addresses
    }
}

impl fmt::Display for WechatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WeChat refused: {} {}", self.errcode, self.name())?;
        if !self.message.is_empty() {
            write!(f, " ({})", self.message)?;
        }
        if let Some(rid) = &self.rid {
            write!(f, " [rid {rid}]")?;
        }
        write!(f, ". {}", self.advice(Language::English))
    }
}

impl std::error::Error for WechatError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_to_allow_is_named_once_and_as_ipv4() {
        let refusal =
            WechatError::new(40164, "invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist rid: 684d20cd-4e3b2108-3ad934e2");
        assert_eq!(refusal.addresses(), [IpAddr::from([1, 2, 3, 4])]);
        assert_eq!(refusal.rid.as_deref(), Some("684d20cd-4e3b2108-3ad934e2"));
        assert!(refusal.advice(Language::Chinese).ends_with("需添加：1.2.3.4。"));
        let both = WechatError::new(40164, "invalid ip 1.2.3.4 ipv6 2408:4000::1, not in whitelist");
        assert_eq!(both.addresses().len(), 2);
    }

    #[test]
    fn no_other_errcode_names_addresses() {
        assert!(WechatError::new(40003, "invalid ip 1.2.3.4").addresses().is_empty());
    }
}
