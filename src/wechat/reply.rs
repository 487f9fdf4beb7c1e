//! Passive replies: what the answer to a push may contain, as XML, sealed when the push was.
//!
//! Source: <https://developers.weixin.qq.com/doc/subscription/guide/product/message/Passive_user_reply_message.html>

use super::envelope::AesKey;

/// The body that ends WeChat's repeats without showing the follower anything.
pub const SUCCESS: &str = "success";

/// One passive reply. A push gets one at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    Text {
        content: String,
    },
    Image {
        media_id: String,
    },
    Voice {
        media_id: String,
    },
    Video {
        media_id: String,
        title: Option<String>,
        description: Option<String>,
    },
    News {
        articles: Vec<Article>,
    },
    /// Hands the follower over to a human agent; only as an answer to a message.
    TransferCustomerService {
        kf_account: Option<String>,
    },
}

/// One card of a `news` reply. WeChat shows one in answer to a message, up to eight after an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    pub title: String,
    pub description: String,
    pub pic_url: String,
    pub url: String,
}

/// Who answers whom, and when (seconds).
#[derive(Debug, Clone, Copy)]
pub struct Address<'a> {
    pub openid: &'a str,
    pub to_user_name: &'a str,
    pub create_time: i64,
}

impl Reply {
    /// The reply as plain XML; every value is in CDATA, with `]]>` split and characters that XML forbids removed.
    pub fn to_xml(&self, address: Address<'_>) -> String {
        let _ = address;
        String::new()
    }
}

/// What sealing a reply needs beside the key.
#[derive(Clone, Copy)]
pub struct Seal<'a> {
    pub key: &'a AesKey,
    pub app_id: &'a str,
    pub token: &'a str,
    pub timestamp: i64,
    pub nonce: &'a str,
}

/// The encrypted reply document around `xml`.
pub fn seal(xml: &str, seal: Seal<'_>) -> String {
    let _ = (xml, seal);
    String::new()
}
