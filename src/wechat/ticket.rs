//! The ticket of the JS-SDK, and the signature with which a page proves that the account lets it use WeChat's own buttons.
//!
//! Knows one request and one hash; who shares the ticket is decided above.
//!
//! Source: <https://developers.weixin.qq.com/doc/subscription/guide/h5/jssdk.html>, appendix 1

use std::{fmt::Write, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};
use sha1::{Digest, Sha1};

use super::{client::Request, tolerant};

/// A ticket, and how long it is still valid: two hours when it is new. Within them WeChat gives out the same one.
#[derive(Debug, Clone, Deserialize)]
pub struct Ticket {
    pub ticket: SecretString,
    #[serde(deserialize_with = "seconds")]
    pub expires_in: Duration,
}

/// Asks for the ticket. Its calls are rationed, so it has to be shared.
pub fn jsapi_ticket() -> Request<Ticket> {
    Request::get("/cgi-bin/ticket/getticket").with_query("type", "jsapi")
}

/// The `signature` of `wx.config`, for a page at `url` as the browser shows it; what follows its `#` is not signed.
pub fn signature(ticket: &SecretString, nonce: &str, timestamp: i64, url: &str) -> String {
    let url = url.split('#').next().unwrap_or_default();
    let ticket = ticket.expose_secret();
    let signed = format!("jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url}");
    Sha1::digest(signed).iter().fold(String::new(), |mut hexadecimal, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hexadecimal, "{byte:02x}");
        hexadecimal
    })
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    Ok(Duration::from_secs(u64::try_from(tolerant::integer(deserializer)?).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the official page.
    const TICKET: &str = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg";

    #[test]
    fn the_signature_is_that_of_the_official_example() {
        let expected = "0f9de62fce790f9a083d5c99e95740ceb90c27ed";
        for url in ["http://mp.weixin.qq.com?params=value", "http://mp.weixin.qq.com?params=value#part"] {
            assert_eq!(signature(&TICKET.into(), "Wm3WZYTPz0wzccnW", 1_414_587_457, url), expected);
        }
    }
}
