//! ACS3-HMAC-SHA256, the signature of Aliyun's interfaces.
//!
//! Source: <https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature>. Pure: the time and the nonce come
//! from the caller, and what is signed is sent by somebody else. Knows no product of Aliyun.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

const ALGORITHM: &str = "ACS3-HMAC-SHA256";

/// An access key; its secret cannot be printed.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub access_key_id: String,
    pub access_key_secret: SecretString,
}

/// What is to be sent. `path` is encoded already (`/` for most products), `query` is not: put [`canonical_query`] on the wire.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub method: &'a str,
    pub host: &'a str,
    pub path: &'a str,
    pub query: &'a [(&'a str, &'a str)],
    /// In lower case: `x-acs-action`, `x-acs-version`, and `content-type` where there is a body. All of them are signed.
    pub headers: &'a [(&'a str, &'a str)],
    pub body: &'a [u8],
}

/// All headers of the signed request, `authorization` last. `nonce` (32 characters) must be new for every attempt: Aliyun refuses one
/// that it has seen. `now_ms` must be within 15 minutes of Aliyun's clock.
pub fn sign(request: Request<'_>, credentials: &Credentials, now_ms: i64, nonce: &str) -> Vec<(String, String)> {
    let date = Timestamp::from_millisecond(now_ms).unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let body_hash = hex(&Sha256::digest(request.body));
    let own =
        [("host", request.host), ("x-acs-content-sha256", &body_hash), ("x-acs-date", &date), ("x-acs-signature-nonce", nonce)];
    let mut headers: Vec<(String, String)> =
        own.iter().chain(request.headers).map(|(name, value)| ((*name).to_owned(), value.trim().to_owned())).collect();
    headers.sort();
    let names = headers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(";");
    let lines = headers.iter().fold(String::new(), |text, (name, value)| text + name + ":" + value + "\n");
    let query = canonical_query(request.query);
    let canonical = format!("{}\n{}\n{query}\n{lines}\n{names}\n{body_hash}", request.method, request.path);
    let to_sign = format!("{ALGORITHM}\n{}", hex(&Sha256::digest(canonical)));
    let signature = hmac(credentials.access_key_secret.expose_secret(), &to_sign);
    let id = &credentials.access_key_id;
    headers
        .push(("authorization".to_owned(), format!("{ALGORITHM} Credential={id},SignedHeaders={names},Signature={signature}")));
    headers
}

/// The query as it is signed, which is also how it must be sent: encoded by RFC 3986, sorted, without the `?`.
pub fn canonical_query(query: &[(&str, &str)]) -> String {
    let mut pairs: Vec<_> = query.iter().map(|(name, value)| (encode(name), encode(value))).collect();
    pairs.sort();
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// Percent-encodes everything but `A-Z a-z 0-9 - . _ ~`.
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

fn hmac(key: &str, text: &str) -> String {
    // A key of any length is accepted, so the empty signature is never seen; Aliyun would refuse it.
    Hmac::<Sha256>::new_from_slice(key.as_bytes())
        .map(|mut mac| {
            mac.update(text.as_bytes());
            hex(&mac.finalize().into_bytes())
        })
        .unwrap_or_default()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALLOW_ORIGIN: &str = r#"[{"functionArgs":[{"argName":"header_operation_type","argValue":"add"},{"argName":"key","argValue":"Access-Control-Allow-Origin"},{"argName":"value","argValue":"https://admin.example.com"},{"argName":"duplicate","argValue":"off"},{"argName":"access_origin_control","argValue":"on"}],"functionName":"set_resp_header"}]"#;

    fn signature(id: &str, secret: &str, request: Request<'_>, now: &str, nonce: &str) -> String {
        let credentials = Credentials { access_key_id: id.to_owned(), access_key_secret: secret.into() };
        let now: Timestamp = now.parse().unwrap();
        let (name, value) = sign(request, &credentials, now.as_millisecond(), nonce).pop().unwrap();
        assert_eq!(name, "authorization");
        value.split_once("Signature=").unwrap().1.to_owned()
    }

    #[test]
    fn the_signature_of_the_documented_example_is_reproduced() {
        let query = [("ImageId", "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"), ("RegionId", "cn-shanghai")];
        let headers = [("x-acs-action", "RunInstances"), ("x-acs-version", "2014-05-26")];
        let host = "ecs.cn-shanghai.aliyuncs.com";
        let request = Request { method: "POST", host, path: "/", query: &query, headers: &headers, body: b"" };
        assert_eq!(
            signature(
                "YourAccessKeyId",
                "YourAccessKeySecret",
                request,
                "2023-10-26T10:22:32Z",
                "3156853299f313e23d1673dc12e1703d"
            ),
            "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
        );
    }

    #[test]
    fn the_signature_of_the_vendors_own_client_is_reproduced() {
        let query = [("Functions", ALLOW_ORIGIN), ("DomainNames", "cdn.example.com")];
        let headers = [("x-acs-version", "2018-05-10"), ("x-acs-action", "BatchSetCdnDomainConfig")];
        let request =
            Request { method: "POST", host: "cdn.aliyuncs.com", path: "/", query: &query, headers: &headers, body: b"" };
        assert_eq!(
            signature("testid", "testsecret", request, "2025-01-02T03:04:05Z", "0123456789abcdef0123456789abcdef"),
            "f104cea22d6d8318d55cf7fce1c0416fd3c95645419984f51b6707aecb228091"
        );
    }
}
