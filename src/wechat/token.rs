//! Asking WeChat for an access token.
//!
//! Knows one request; who shares the token, and when a new one is due, is decided above.
//!
//! Source: <https://developers.weixin.qq.com/doc/subscription/api/base/api_getstableaccesstoken.html>

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;

use super::{
    client::{Client, Request},
    error::Error,
    tolerant,
};

/// An access token, and how long it is still valid.
#[derive(Debug, Clone)]
pub struct Token {
    pub value: SecretString,
    pub expires_in: Duration,
}

/// Whether WeChat may answer with the token it gave before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refresh {
    /// The current token, or its successor in the last five minutes of its life. Any number of processes may ask.
    Normal,
    /// A new token; the old one dies at once. Twenty a day, 30 s apart.
    Forced,
}

#[derive(Deserialize)]
struct Answer {
    access_token: String,
    #[serde(deserialize_with = "tolerant::integer")]
    expires_in: i64,
}

/// Calls `stable_token`, whose tokens do not interfere with those of `/cgi-bin/token`.
pub async fn stable_token(client: &Client, app_id: &str, secret: &SecretString, refresh: Refresh) -> Result<Token, Error> {
    let body = json!({
        "grant_type": "client_credential",
        "appid": app_id,
        "secret": secret.expose_secret(),
        "force_refresh": refresh == Refresh::Forced,
    });
    let request = Request::<Answer>::post("/cgi-bin/stable_token", body);
    let answer = client.call_without_token(&request).await.map_err(|error| error.without(secret).on_token_endpoint())?;
    let lifetime = u64::try_from(answer.expires_in).ok().filter(|seconds| *seconds > 0);
    let (Some(seconds), false) = (lifetime, answer.access_token.is_empty()) else {
        return Err(Error::Unknown { reason: "the answer has no token, or one that is not valid any more".to_owned() });
    };
    Ok(Token { value: answer.access_token.into(), expires_in: Duration::from_secs(seconds) })
}
