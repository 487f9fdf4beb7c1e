//! What followers write, sealed as WeChat seals it and ready as whole HTTP requests, before any clock starts.

use std::time::SystemTime;

use huixin::wechat::envelope::{AesKey, Refusal, decrypt, encrypt, random_prefix, signature};

/// The account of every run; the product is started with the same values.
pub(crate) const APP_ID: &str = "wx0123456789abcdef";
pub(crate) const TOKEN: &str = "benchtoken";
pub(crate) const ENCODING_AES_KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

/// Followers that take turns in writing.
const FOLLOWERS: u64 = 20_000;

/// From one writer to the next: not the follower beside them in any table.
const STRIDE: u64 = 7_919;

/// `count` messages with `text`, each with a `MsgId` of its own that no earlier run from another `first` used.
pub(crate) fn requests(text: &str, first: u64, count: usize) -> anyhow::Result<Vec<Vec<u8>>> {
    let key = AesKey::parse(ENCODING_AES_KEY)?;
    let numbers = first..first + count as u64;
    Ok(numbers.map(|number| request(&key, &openid(number * STRIDE % FOLLOWERS), number, text)).collect())
}

/// One message from each of `count` followers.
pub(crate) fn from_each(text: &str, count: usize) -> anyhow::Result<Vec<Vec<u8>>> {
    let key = AesKey::parse(ENCODING_AES_KEY)?;
    Ok((0..count as u64).map(|number| request(&key, &openid(number), number, text)).collect())
}

/// Whether `body` is a sealed reply. Opening each would be work beside the clock, so the caller opens some with [`open`].
pub(crate) fn is_sealed(body: &[u8]) -> bool {
    body.starts_with(b"<xml><Encrypt><![CDATA[") && body.ends_with(b"</Nonce></xml>")
}

/// The document within a sealed reply.
pub(crate) fn open(body: &[u8]) -> anyhow::Result<String> {
    let body = str::from_utf8(body)?;
    let sealed = body.strip_prefix("<xml><Encrypt><![CDATA[").and_then(|rest| rest.split_once("]]>"));
    let (sealed, _) = sealed.ok_or_else(|| anyhow::anyhow!("the reply is not sealed: {body}"))?;
    let plain = decrypt(&AesKey::parse(ENCODING_AES_KEY)?, APP_ID, sealed).map_err(|error: Refusal| anyhow::anyhow!(error))?;
    Ok(String::from_utf8(plain)?)
}

/// An openid's 28 characters, far from those of its neighbours in any index.
fn openid(number: u64) -> String {
    format!("o{:016x}{number:011x}", number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

fn request(key: &AesKey, openid: &str, msg_id: u64, text: &str) -> Vec<u8> {
    let now = SystemTime::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs());
    let message = format!(
        "<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[{openid}]]></FromUserName>\
         <CreateTime>{now}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}]]></Content>\
         <MsgId>{}</MsgId></xml>",
        24_000_000_000_000_000 + msg_id,
    );
    let sealed = encrypt(key, APP_ID, message.as_bytes(), random_prefix());
    let (timestamp, nonce) = (now.to_string(), (1_000_000_000 + msg_id).to_string());
    let plain_signature = signature(&[TOKEN, &timestamp, &nonce]);
    let signature = signature(&[TOKEN, &timestamp, &nonce, &sealed]);
    let body = format!("<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>");
    let head = format!(
        "POST /wechat?signature={plain_signature}&timestamp={timestamp}&nonce={nonce}&openid={openid}&encrypt_type=aes\
         &msg_signature={signature} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Mozilla/4.0\r\nAccept: */*\r\n\
         Content-Type: text/xml\r\nContent-Length: {}\r\n\r\n",
        body.len(),
    );
    [head, body].concat().into_bytes()
}
