//! From query and body to a verified message.

use std::sync::Arc;

use actix_web::{HttpRequest, web};
use secrecy::ExposeSecret;

use crate::{
    app::Account,
    wechat::{
        envelope::{self, AesKey, is_signature},
        incoming::{self, Body, Incoming},
    },
};

use super::refusal::Refusal;

/// Parameters that are signed, or choose how the body is read: twice the same name is an attempt at confusion.
const UNIQUE: &[&str] = &["signature", "timestamp", "nonce", "msg_signature", "encrypt_type", "echostr"];

/// A push that proved to come from WeChat.
pub(super) struct Opened {
    pub account: Arc<Account>,
    pub incoming: Incoming,
    /// Which of the account's keys opened it; `None` for a plaintext push.
    key: Option<usize>,
}

impl Opened {
    /// The key that its reply is sealed with.
    pub(super) fn key(&self) -> Option<&AesKey> {
        self.key.and_then(|index| self.account.keys.get(index))
    }
}

/// The query's parameters, percent-decoded.
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn of(request: &HttpRequest) -> Result<Self, Refusal> {
        let pairs = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
        let query = Self(pairs.map_err(|_| Refusal::Query)?.into_inner());
        let count = |name: &&&str| query.0.iter().filter(|(key, _)| key == **name).count();
        if UNIQUE.iter().any(|name| count(&name) > 1) { Err(Refusal::Query) } else { Ok(query) }
    }

    pub(super) fn find(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    pub(super) fn required(&self, name: &'static str) -> Result<&str, Refusal> {
        self.find(name).ok_or(Refusal::Missing { name })
    }

    /// `timestamp` in seconds: digits only, as WeChat writes it.
    pub(super) fn timestamp(&self) -> Result<i64, Refusal> {
        let text = self.required("timestamp")?;
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| is_number).ok_or(Refusal::Query)
    }
}

/// Opens a body. What is sealed is read sealed, even where the plain message stands beside it: the signature over the token
/// does not cover that.
pub(super) fn open(account: Arc<Account>, query: &Query, body: &[u8]) -> Result<Opened, Refusal> {
    let sealed = match incoming::body(body).map_err(Refusal::Xml)? {
        Body::Encrypted(sealed) => Some(sealed),
        Body::Plain => None,
    };
    let Some(sealed) = sealed else {
        let claims_sealed = query.find("encrypt_type").is_some_and(|kind| kind != "raw");
        if claims_sealed || !account.allow_plaintext {
            return Err(Refusal::Plaintext);
        }
        query.find("signature").ok_or(Refusal::NoSignature)?;
        let incoming = incoming::parse(body).map_err(Refusal::Xml)?;
        return Ok(Opened { account, incoming, key: None });
    };
    let parts = [account.token.expose_secret(), query.required("timestamp")?, query.required("nonce")?, sealed.trim()];
    let signature = query.find("msg_signature").ok_or(Refusal::NoSignature)?;
    if !is_signature(signature, &parts) {
        return Err(Refusal::MessageSignature);
    }
    let (key, message) = decrypt(&account, &sealed)?;
    let incoming = incoming::parse(&message).map_err(Refusal::Xml)?;
    Ok(Opened { account, incoming, key: Some(key) })
}

/// Tries the current key, then the one before the rotation.
fn decrypt(account: &Account, sealed: &str) -> Result<(usize, Vec<u8>), Refusal> {
    let mut refusal = Refusal::NoKey;
    for (index, key) in account.keys.iter().enumerate() {
        match envelope::decrypt(key, &account.app_id, sealed) {
            Ok(message) => return Ok((index, message)),
            Err(error) if index == 0 => refusal = Refusal::Envelope(error),
            Err(_) => {}
        }
    }
    Err(refusal)
}
