//! What WeChat pushes, as a closed enum: messages, events, and `Unknown` for what this page does not list.
//!
//! XML becomes a type here and nowhere else. Unknown elements are ignored, the order is free, and a known message with a strange
//! number in it is still that message.
//!
//! Source: <https://developers.weixin.qq.com/doc/subscription/guide/product/message/Receiving_standard_messages.html>

mod document;
mod event;
mod message;

use std::borrow::Cow;

use document::{Document, Element};
pub use event::{Event, MassSendResult, PublishResult};

use super::{envelope::sha1_hex, xml::without_forbidden};

/// A longer part of a de-duplication key is replaced by its SHA-1, because an index entry of Postgres holds 2.7 kB.
const MAX_KEY_PART: usize = 200;

/// An openid has 28 characters and a `gh_…` fewer. What is longer would not fit an index, and is nobody's name.
const MAX_NAME: usize = 128;

/// The ledger's column of kinds is for grouping, so a strange name is cut.
const MAX_KIND: usize = 64;

/// One pushed message or event.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    /// The account's original id (`gh_…`); it is the `FromUserName` of a passive reply.
    pub to_user_name: String,
    /// `FromUserName`: the follower, or the platform's helper account for the job events.
    pub openid: String,
    /// `CreateTime`, in seconds.
    pub create_time: i64,
    /// `MsgId` of a message; events have none.
    pub msg_id: Option<String>,
    /// What tells an event from others of the same second: `EventKey` as it was sent, the id of a job, the agent of a session.
    pub event_key: Option<String>,
    pub content: Content,
}

/// What was sent.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// `menu_id` is `bizmsgmenuid`: the follower tapped an option instead of typing.
    Text {
        text: String,
        menu_id: Option<String>,
    },
    Image {
        pic_url: Option<String>,
        media_id: String,
    },
    /// `recognition` is WeChat's transcript, where the account has it switched on.
    Voice {
        media_id: String,
        format: Option<String>,
        recognition: Option<String>,
    },
    Video {
        media_id: String,
        thumb_media_id: Option<String>,
    },
    ShortVideo {
        media_id: String,
        thumb_media_id: Option<String>,
    },
    Location {
        latitude: String,
        longitude: String,
        label: Option<String>,
    },
    Link {
        title: String,
        description: Option<String>,
        url: String,
    },
    /// Undocumented; no API hands out the bytes.
    File {
        title: Option<String>,
    },
    MiniProgramPage {
        title: Option<String>,
        page_path: Option<String>,
    },
    Event(Event),
    /// A `MsgType` this page does not know.
    Unknown {
        msg_type: String,
    },
}

/// Why a body is not a message. The names are the values of the metric's `reason`.
#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq, Eq)]
pub enum BadXml {
    #[error("the body is not well-formed XML")]
    Malformed,
    #[error("the body declares a DTD or an entity")]
    Dtd,
    #[error("the body nests deeper than 32 elements, or has more than 4096")]
    Depth,
    #[error("the body is not UTF-8")]
    Utf8,
    #[error("the body lacks ToUserName, FromUserName, CreateTime or MsgType, or a name has more than 128 bytes")]
    Incomplete,
}

/// The outer document: `Encrypt` in secure mode, a whole message beside it in compatible mode, a message alone in plain mode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    Encrypted(String),
    Plain,
}

/// Finds out whether `xml` carries an `Encrypt` element, under the same limits as [`parse`].
pub fn body(xml: &[u8]) -> Result<Body, BadXml> {
    let text = without_forbidden(str::from_utf8(xml).map_err(|_| BadXml::Utf8)?);
    let document = Document::read(&text)?;
    Ok(document.root().optional("Encrypt").map_or(Body::Plain, Body::Encrypted))
}

/// Reads one message or event.
pub fn parse(xml: &[u8]) -> Result<Incoming, BadXml> {
    let text = without_forbidden(str::from_utf8(xml).map_err(|_| BadXml::Utf8)?);
    let document = Document::read(&text)?;
    read_push(document.root()).ok_or(BadXml::Incomplete)
}

fn read_push(root: Element<'_>) -> Option<Incoming> {
    let name = |element| root.optional(element).filter(|name| name.len() <= MAX_NAME);
    let msg_type = root.value("MsgType")?;
    let is_event = msg_type.eq_ignore_ascii_case("event");
    Some(Incoming {
        to_user_name: name("ToUserName")?,
        openid: name("FromUserName")?,
        // A strange time is no reason for silence; a missing one is no message of WeChat's.
        create_time: root.child("CreateTime")?.text()?.parse().unwrap_or(0),
        msg_id: if is_event { None } else { id(root) },
        event_key: if is_event { event::key(root) } else { None },
        content: if is_event { Content::Event(event::read(root)) } else { message::read(msg_type, root) },
    })
}

/// Messages write `MsgId`, the job events `MsgID`.
fn id(root: Element<'_>) -> Option<String> {
    root.optional("MsgId").or_else(|| root.optional("MsgID"))
}

impl Incoming {
    /// What stays the same when WeChat repeats a push, and differs between any two others of this follower: `MsgId`, or for
    /// an event `CreateTime`, `Event` and `EventKey`. It has at most some 300 bytes.
    pub fn dedup_key(&self) -> String {
        let Self { create_time, content, .. } = self;
        match (content, &self.msg_id) {
            (Content::Event(event), _) => {
                let event_key = self.event_key.as_deref().unwrap_or_default();
                format!("e:{create_time}:{}:{}", bounded(&event.name()), bounded(event_key))
            }
            (_, Some(msg_id)) => format!("m:{}", bounded(msg_id)),
            // No push without an id is documented; two of the same second and the same words are taken for one.
            (_, None) => format!("c:{create_time}:{}", sha1_hex(&[&format!("{content:?}")])),
        }
    }

    /// The kind as the ledger records it: `text`, `image`, …, `event:subscribe`, ….
    pub fn kind(&self) -> String {
        let kind = match &self.content {
            Content::Event(event) => format!("event:{}", event.name()),
            content => content.name().into_owned(),
        };
        kind.chars().take(MAX_KIND).collect()
    }
}

fn bounded(part: &str) -> Cow<'_, str> {
    if part.len() <= MAX_KEY_PART { Cow::Borrowed(part) } else { Cow::Owned(sha1_hex(&[part])) }
}
