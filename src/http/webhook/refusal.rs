//! Why a push is refused: what the stranger is told (nothing), and what the operator is told (the fix).

use std::sync::Mutex;
use std::time::{Duration, Instant};

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};

use crate::wechat::{envelope, incoming::BadXml};

/// One line for each reason in this time: enough to see a wrong token, too little to flood a log with.
const LOG_PAUSE: Duration = Duration::from_secs(10);

/// When each reason was last logged.
static LOGGED: Mutex<Vec<(&'static str, Instant)>> = Mutex::new(Vec::new());

/// Everything a push can be refused for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    UnknownAccount,
    Query,
    Missing {
        name: &'static str,
    },
    NoSignature,
    Signature,
    MessageSignature,
    /// The push's timestamp is `drift` seconds behind our clock.
    Timestamp {
        drift: i64,
    },
    Plaintext,
    NoKey,
    Envelope(envelope::Refusal),
    Xml(BadXml),
    TooLarge,
    TooSlow,
    Unreadable,
}

impl Refusal {
    /// The metric's label.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::UnknownAccount => "unknown_account",
            Self::Query => "query",
            Self::Missing { .. } => "missing_parameter",
            Self::NoSignature => "no_signature",
            Self::Signature => "signature",
            Self::MessageSignature => "msg_signature",
            Self::Timestamp { .. } => "timestamp",
            Self::Plaintext => "plaintext",
            Self::NoKey => "no_key",
            Self::Envelope(envelope::Refusal::Base64) => "base64",
            Self::Envelope(envelope::Refusal::Padding) => "padding",
            Self::Envelope(envelope::Refusal::Length) => "length",
            Self::Envelope(envelope::Refusal::AppId) => "appid",
            Self::Xml(BadXml::Malformed) => "malformed_xml",
            Self::Xml(BadXml::Dtd) => "dtd",
            Self::Xml(BadXml::Depth) => "depth",
            Self::Xml(BadXml::Utf8) => "utf8",
            Self::Xml(BadXml::Incomplete) => "incomplete",
            Self::TooLarge => "too_large",
            Self::TooSlow => "too_slow",
            Self::Unreadable => "unreadable",
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Self::UnknownAccount => StatusCode::NOT_FOUND,
            Self::Query | Self::Missing { .. } | Self::Xml(_) | Self::Unreadable => StatusCode::BAD_REQUEST,
            // One status for every way an envelope can fail, so that none of them can be told apart from outside.
            Self::NoSignature
            | Self::Signature
            | Self::MessageSignature
            | Self::Timestamp { .. }
            | Self::Plaintext
            | Self::NoKey
            | Self::Envelope(_) => StatusCode::FORBIDDEN,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
        }
    }

    /// What to do about it, for an operator whose own account is refused.
    fn advice(self) -> String {
        match self {
            Self::UnknownAccount => "the address names no configured account; use /wechat/{name}, or /wechat for the account `main`".into(),
            Self::Query | Self::Missing { .. } => "the query is not WeChat's; a proxy may have changed it".into(),
            Self::NoSignature => "the query has no signature; a proxy may have dropped it, or this is not WeChat".into(),
            Self::Signature => "WECHAT_TOKEN differs from the Token in the console, or this is not WeChat".into(),
            Self::MessageSignature => "WECHAT_TOKEN differs from the console's, or a proxy changed the body".into(),
            Self::Timestamp { drift } => format!(
                "the push is {drift} s away from this server's clock; set the clock (chrony, systemd-timesyncd), or it is a replay"
            ),
            Self::Plaintext => "the push is plaintext; switch the console to 安全模式, or set WECHAT_ALLOW_PLAINTEXT=true (a sandbox account has no other way)".into(),
            Self::NoKey => "the push is encrypted and the account has no key; set WECHAT_ENCODING_AES_KEY".into(),
            Self::Envelope(envelope::Refusal::AppId) => "the push is for another appid; check WECHAT_APP_ID".into(),
            Self::Envelope(_) => "WECHAT_ENCODING_AES_KEY differs from the console's (after a rotation, set WECHAT_ENCODING_AES_KEY_PREVIOUS)".into(),
            Self::Xml(_) => "the body is not a message; a proxy may have changed it".into(),
            Self::TooLarge | Self::TooSlow | Self::Unreadable => "the body is too large, too slow or broken; this is not WeChat".into(),
        }
    }

    /// The refusal as a response without a body; counted always, logged now and then.
    pub(super) fn answer(self, request: &HttpRequest) -> HttpResponse {
        let reason = self.reason();
        metrics::counter!("huixin_refusals_total", "reason" => reason).increment(1);
        if is_due(reason) {
            let peer = request.peer_addr().map(|peer| peer.ip().to_string()).unwrap_or_default();
            tracing::warn!(reason, peer, advice = self.advice(), "push refused (further ones like it are only counted for 10 s)");
        }
        HttpResponse::build(self.status()).finish()
    }
}

fn is_due(reason: &'static str) -> bool {
    let Ok(mut logged) = LOGGED.lock() else { return false };
    let now = Instant::now();
    match logged.iter_mut().find(|(name, _)| *name == reason) {
        Some((_, last)) if now.duration_since(*last) < LOG_PAUSE => false,
        Some((_, last)) => {
            *last = now;
            true
        }
        None => {
            logged.push((reason, now));
            true
        }
    }
}
