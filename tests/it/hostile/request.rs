//! How a case is built, and how it is sent: byte by byte, because a client would tidy up what is hostile about it.

use std::time::{Duration, Instant};

use huixin::wechat::envelope::signature;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, tcp::OwnedReadHalf},
};

use super::{AES_KEY, APP_ID, Case, Expect, TOKEN, now};
use crate::forgery;

const ACCOUNT: &str = "/wechat/main";

/// The parameters of a push, each of which may lie. `None` leaves one out.
#[derive(Clone)]
pub(super) struct Query {
    pub signature: Option<String>,
    pub timestamp: Option<String>,
    pub nonce: Option<String>,
    pub encrypt_type: Option<String>,
    pub msg_signature: Option<String>,
}

impl Query {
    /// What WeChat would send with `encrypted`.
    pub(super) fn honest(encrypted: &str) -> Self {
        Self::signed(&now().to_string(), "8472910563", encrypted)
    }

    /// Signed by whoever has the token, whatever the time and the nonce are.
    pub(super) fn signed(timestamp: &str, nonce: &str, encrypted: &str) -> Self {
        Self {
            signature: Some(signature(&[TOKEN, timestamp, nonce])),
            timestamp: Some(timestamp.to_owned()),
            nonce: Some(nonce.to_owned()),
            encrypt_type: Some("aes".to_owned()),
            msg_signature: Some(signature(&[TOKEN, timestamp, nonce, encrypted])),
        }
    }
}

impl std::fmt::Display for Query {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("openid=oHOSTILE")?;
        let parameters = [
            ("signature", &self.signature),
            ("timestamp", &self.timestamp),
            ("nonce", &self.nonce),
            ("encrypt_type", &self.encrypt_type),
            ("msg_signature", &self.msg_signature),
        ];
        for (name, value) in parameters {
            if let Some(value) = value {
                write!(formatter, "&{name}={}", percent_encoded(value))?;
            }
        }
        Ok(())
    }
}

/// `text` with every byte but letters and digits percent-encoded.
pub(super) fn percent_encoded(text: &str) -> String {
    let encoded = |byte: u8| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(encoded).collect()
}

/// A `VIEW` event that names the case it came from.
pub(super) fn event(name: &str) -> String {
    event_with(name, "")
}

/// The same with `rest` inside it.
pub(super) fn event_with(name: &str, rest: &str) -> String {
    format!(
        "<xml><ToUserName><![CDATA[gh_hostile]]></ToUserName><FromUserName><![CDATA[oHOSTILE]]></FromUserName>\
         <CreateTime>{}</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[VIEW]]></Event>\
         <EventKey><![CDATA[{name}]]></EventKey>{rest}</xml>",
        now()
    )
}

/// The outer document of secure mode.
pub(super) fn outer(encrypted: &str) -> String {
    format!("<xml><ToUserName><![CDATA[gh_hostile]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>")
}

/// Honest in all but `inner`, the message within the envelope.
pub(super) fn sealed(name: &str, inner: impl AsRef<[u8]>, expect: Expect) -> Case {
    enveloped(name, &forgery::envelope(AES_KEY, APP_ID, inner.as_ref()), expect)
}

/// Honest in all but `encrypted`, which is signed as it is.
pub(super) fn enveloped(name: &str, encrypted: &str, expect: Expect) -> Case {
    post(name, &Query::honest(encrypted), outer(encrypted), expect)
}

/// An honest envelope in whatever outer document `body` makes of it.
pub(super) fn wrapped(name: &str, body: impl FnOnce(&str) -> Vec<u8>, expect: Expect) -> Case {
    let encrypted = forgery::envelope(AES_KEY, APP_ID, event(name).as_bytes());
    post(name, &Query::honest(&encrypted), body(&encrypted), expect)
}

/// An honest push with the query that `query` makes of its ciphertext.
pub(super) fn queried(name: &str, query: impl FnOnce(&str) -> String, expect: Expect) -> Case {
    let encrypted = forgery::envelope(AES_KEY, APP_ID, event(name).as_bytes());
    post(name, &query(&encrypted), outer(&encrypted), expect)
}

/// A push to the account's own path.
pub(super) fn post(name: &str, query: &impl ToString, body: impl Into<Vec<u8>>, expect: Expect) -> Case {
    Case {
        name: name.to_owned(),
        method: "POST",
        path: ACCOUNT.to_owned(),
        query: query.to_string(),
        body: body.into(),
        content_type: "text/xml",
        expect,
    }
}

/// What came back. Status 0 means that the connection ended without an answer.
pub(super) struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
    /// From the connection's start to the end of the answer.
    pub elapsed: Duration,
}

/// Sends `case` over a connection of its own and waits for the whole answer.
pub(super) async fn send(base_url: &str, case: &Case) -> Answer {
    let host = base_url.trim_start_matches("http://").trim_end_matches('/');
    let Case { method, path, query, body, content_type, .. } = case;
    let head = format!(
        "{method} {path}?{query} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: Mozilla/4.0\r\nConnection: close\r\n\
         Content-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let request = [head.as_bytes(), body].concat();
    let started = Instant::now();
    let (reader, mut writer) = TcpStream::connect(host).await.unwrap().into_split();
    let write = async {
        // A server may answer, and close, before it has read the whole of a large body; a failed write is no error here.
        let _ = writer.write_all(&request).await;
        std::future::pending().await
    };
    let (response, elapsed) = tokio::select! {
        answer = receive(reader, started) => answer,
        never = write => never,
    };
    let (head, body) = split(&response).unwrap_or((&response, b""));
    let status = head.get(9..12).and_then(|digits| str::from_utf8(digits).ok()?.parse().ok()).unwrap_or(0);
    Answer { status, body: body.to_vec(), elapsed }
}

/// Reads one answer, to its end or the connection's: a server may linger after a refusal.
async fn receive(mut reader: OwnedReadHalf, started: Instant) -> (Vec<u8>, Duration) {
    let mut response = Vec::new();
    while !is_whole(&response) && reader.read_buf(&mut response).await.is_ok_and(|count| count > 0) {}
    (response, started.elapsed())
}

fn is_whole(response: &[u8]) -> bool {
    let Some((head, body)) = split(response) else { return false };
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let length = head.split_once("content-length: ").and_then(|(_, rest)| rest.lines().next()?.parse().ok());
    length.is_some_and(|length: usize| body.len() >= length)
}

fn split(response: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = response.windows(4).position(|window| window == b"\r\n\r\n")?;
    Some((&response[..end], &response[end + 4..]))
}
