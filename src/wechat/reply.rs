//! Passive replies: what the answer to a push may contain, as XML, sealed when the push was.
//!
//! Source: <https://developers.weixin.qq.com/doc/subscription/guide/product/message/Passive_user_reply_message.html>

use super::{
    envelope::{AesKey, encrypt, random_prefix, signature},
    xml::without_forbidden,
};

/// WeChat drops the ninth card and those after it, or shows nothing at all.
const MAX_ARTICLES: usize = 8;

/// Bytes of a short reply; a longer one grows.
const USUAL_SIZE: usize = 512;

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
        let mut document = String::with_capacity(USUAL_SIZE);
        parent(&mut document, "xml", |xml| {
            element(xml, "ToUserName", address.openid);
            element(xml, "FromUserName", address.to_user_name);
            number(xml, "CreateTime", address.create_time);
            element(xml, "MsgType", self.msg_type());
            self.write_body(xml);
        });
        document
    }

    fn msg_type(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Image { .. } => "image",
            Self::Voice { .. } => "voice",
            Self::Video { .. } => "video",
            Self::News { .. } => "news",
            Self::TransferCustomerService { .. } => "transfer_customer_service",
        }
    }

    fn write_body(&self, xml: &mut String) {
        match self {
            Self::Text { content } => element(xml, "Content", content),
            Self::Image { media_id } => parent(xml, "Image", |xml| element(xml, "MediaId", media_id)),
            Self::Voice { media_id } => parent(xml, "Voice", |xml| element(xml, "MediaId", media_id)),
            Self::Video { media_id, title, description } => parent(xml, "Video", |xml| {
                element(xml, "MediaId", media_id);
                optional(xml, "Title", title.as_deref());
                optional(xml, "Description", description.as_deref());
            }),
            Self::News { articles } => {
                let articles = &articles[..articles.len().min(MAX_ARTICLES)];
                number(xml, "ArticleCount", articles.len() as i64);
                parent(xml, "Articles", |xml| articles.iter().for_each(|article| article.write(xml)));
            }
            Self::TransferCustomerService { kf_account: None } => {}
            Self::TransferCustomerService { kf_account: Some(account) } => {
                parent(xml, "TransInfo", |xml| element(xml, "KfAccount", account));
            }
        }
    }
}

impl Article {
    fn write(&self, xml: &mut String) {
        parent(xml, "item", |xml| {
            element(xml, "Title", &self.title);
            element(xml, "Description", &self.description);
            element(xml, "PicUrl", &self.pic_url);
            element(xml, "Url", &self.url);
        });
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

/// The encrypted reply document around `xml`. Its names differ from those of a push, and its signature has a time and a nonce of
/// its own; WeChat's sample takes the nonce of the push.
pub fn seal(xml: &str, seal: Seal<'_>) -> String {
    let Seal { key, app_id, token, timestamp, nonce } = seal;
    let encrypted = encrypt(key, app_id, xml.as_bytes(), random_prefix());
    let signature = signature(&[token, &timestamp.to_string(), nonce, &encrypted]);
    let mut sealed = String::with_capacity(encrypted.len() + USUAL_SIZE);
    parent(&mut sealed, "xml", |sealed| {
        element(sealed, "Encrypt", &encrypted);
        element(sealed, "MsgSignature", &signature);
        number(sealed, "TimeStamp", timestamp);
        element(sealed, "Nonce", nonce);
    });
    sealed
}

fn parent(xml: &mut String, name: &str, write_children: impl FnOnce(&mut String)) {
    xml.extend(["<", name, ">"]);
    write_children(xml);
    xml.extend(["</", name, ">"]);
}

fn element(xml: &mut String, name: &str, value: &str) {
    parent(xml, name, |xml| {
        xml.push_str("<![CDATA[");
        // Forbidden characters go first: without them, the ends of a CDATA section could close up.
        xml.push_str(&without_forbidden(value).replace("]]>", "]]]]><![CDATA[>"));
        xml.push_str("]]>");
    });
}

fn optional(xml: &mut String, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        element(xml, name, value);
    }
}

/// Numbers stand bare: a `CreateTime` that is anything but digits makes WeChat show its error text.
fn number(xml: &mut String, name: &str, value: i64) {
    parent(xml, name, |xml| xml.push_str(&value.to_string()));
}
