//! Reads what a webhook answered, as strictly as WeChat does: anything that is not a passive reply is an error with a reason.
//!
//! Source: <https://developers.weixin.qq.com/doc/subscription/guide/product/message/Passive_user_reply_message.html>

use quick_xml::{Reader, events::Event};

use super::{
    journal::{Card, Shown},
    settings::Mode,
};
use crate::wechat::envelope::{self, AesKey};

/// Bytes of UTF-8 that a passive text may have.
const MAX_TEXT: usize = 2048;

/// Articles of a news reply in answer to a message, and in answer to an event.
const ARTICLES_AFTER_MESSAGE: usize = 1;
const ARTICLES_AFTER_EVENT: usize = 8;

/// What the reply was, once read.
#[derive(Debug, PartialEq)]
pub(super) enum Answer {
    /// `success` or an empty body.
    Acknowledged,
    Shown(Shown),
}

/// Why the follower sees no reply.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Malformed(String),
    TooLong(usize),
}

/// What a reply is held against.
pub(super) struct Expected<'a> {
    pub(super) mode: Mode,
    pub(super) key: &'a AesKey,
    pub(super) app_id: &'a str,
    pub(super) token: &'a str,
    pub(super) account: &'a str,
    pub(super) openid: &'a str,
    pub(super) to_event: bool,
}

/// Opens the envelope, where there is one: the reply's own document, or `None` for an acknowledgement.
pub(super) fn open(body: &[u8], expected: &Expected<'_>) -> Result<Option<String>, Fault> {
    let text = std::str::from_utf8(body).map_err(|_| malformed("not UTF-8"))?;
    if text.is_empty() || text == crate::wechat::reply::SUCCESS {
        return Ok(None);
    }
    let fields = Fields::read(text)?;
    let Some(encrypted) = fields.one("Encrypt") else {
        if expected.mode == Mode::Secure {
            return Err(malformed("secure mode, but the reply is not encrypted"));
        }
        return Ok(Some(text.to_owned()));
    };
    if expected.mode == Mode::Plain {
        return Err(malformed("plain mode, but the reply is encrypted"));
    }
    let (timestamp, nonce) = (fields.need("TimeStamp")?, fields.need("Nonce")?);
    if !envelope::is_signature(fields.need("MsgSignature")?, &[expected.token, timestamp, nonce, encrypted]) {
        return Err(malformed("MsgSignature does not match"));
    }
    let message =
        envelope::decrypt(expected.key, expected.app_id, encrypted).map_err(|refusal| malformed(&refusal.to_string()))?;
    String::from_utf8(message).map(Some).map_err(|_| malformed("the decrypted reply is not UTF-8"))
}

/// Reads the document that [`open`] returned.
pub(super) fn read(document: &str, expected: &Expected<'_>) -> Result<Answer, Fault> {
    let fields = Fields::read(document)?;
    if fields.need("ToUserName")? != expected.openid {
        return Err(malformed("ToUserName is not the follower"));
    }
    if fields.need("FromUserName")? != expected.account {
        return Err(malformed("FromUserName is not the account"));
    }
    if fields.need("CreateTime")?.parse::<u64>().is_err() {
        return Err(malformed("CreateTime is not a whole number"));
    }
    let media = |parent: &str| fields.need(&format!("{parent}/MediaId")).map(str::to_owned);
    let optional = |path: &str| fields.one(path).map(str::to_owned);
    Ok(Answer::Shown(match fields.need("MsgType")? {
        "text" => Shown::Text { text: text(&fields)? },
        "image" => Shown::Image { media_id: media("Image")? },
        "voice" => Shown::Voice { media_id: media("Voice")?, recognition: None },
        "video" => Shown::Video { media_id: media("Video")?, title: optional("Video/Title") },
        "music" => {
            fields.need("Music/ThumbMediaId")?;
            Shown::Music { title: optional("Music/Title"), url: optional("Music/MusicUrl") }
        }
        "news" => Shown::News { articles: articles(&fields, expected.to_event)? },
        "transfer_customer_service" if !expected.to_event => Shown::Event { text: "已转接人工客服".to_owned() },
        other => return Err(malformed(&format!("MsgType {other} is no reply here"))),
    }))
}

fn text(fields: &Fields) -> Result<String, Fault> {
    let content = fields.need("Content")?;
    match content.len() {
        0 => Err(malformed("Content is empty")),
        1..=MAX_TEXT => Ok(content.to_owned()),
        length => Err(Fault::TooLong(length)),
    }
}

fn articles(fields: &Fields, to_event: bool) -> Result<Vec<Card>, Fault> {
    let stated = fields.need("ArticleCount")?.parse::<usize>().map_err(|_| malformed("ArticleCount is not a number"))?;
    let mut cards = fields.cards();
    if cards.is_empty() || stated != cards.len() {
        return Err(malformed("ArticleCount does not count the items"));
    }
    cards.truncate(if to_event { ARTICLES_AFTER_EVENT } else { ARTICLES_AFTER_MESSAGE });
    Ok(cards)
}

fn malformed(reason: &str) -> Fault {
    Fault::Malformed(reason.to_owned())
}

/// The leaves of a document below `<xml>`, in order, each with its path.
struct Fields(Vec<(String, String)>);

impl Fields {
    fn read(document: &str) -> Result<Self, Fault> {
        if document.chars().any(|char| char.is_control() && !matches!(char, '\t' | '\n' | '\r') && u32::from(char) < 0x20) {
            return Err(malformed("a control character that XML forbids"));
        }
        let mut reader = Reader::from_str(document);
        let mut walk = Walk::default();
        loop {
            match reader.read_event().map_err(|error| malformed(&format!("not well-formed: {error}")))? {
                Event::Start(tag) => walk.enter(tag.name().as_ref())?,
                Event::Empty(tag) => {
                    walk.enter(tag.name().as_ref())?;
                    walk.leave();
                }
                Event::End(_) => walk.leave(),
                Event::Text(text) => walk.text(&text)?,
                Event::CData(text) => walk.text(&text)?,
                Event::GeneralRef(name) => {
                    let reference = format!("&{};", name.as_ref());
                    let value = quick_xml::escape::unescape(&reference).map_err(|_| malformed("an unknown entity"))?;
                    walk.text(&value)?;
                }
                Event::DocType(_) => return Err(malformed("a document type")),
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
                Event::Eof => return walk.finish(),
            }
        }
    }

    fn one(&self, path: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == path).map(|(_, value)| value.as_str())
    }

    fn need(&self, path: &str) -> Result<&str, Fault> {
        self.one(path).ok_or_else(|| malformed(&format!("{path} is missing")))
    }

    fn cards(&self) -> Vec<Card> {
        let mut cards: Vec<Card> = Vec::new();
        let mut in_item = false;
        for (path, value) in &self.0 {
            let Some(name) = path.strip_prefix("Articles/item") else { continue };
            // An item's own entry comes after those of its children.
            if name.is_empty() {
                in_item = false;
                continue;
            }
            if !in_item {
                cards.push(Card::default());
                in_item = true;
            }
            let Some(card) = cards.last_mut() else { continue };
            match name {
                "/Title" => card.title.clone_from(value),
                "/Description" => card.description.clone_from(value),
                "/PicUrl" => card.pic_url.clone_from(value),
                "/Url" => card.url.clone_from(value),
                _ => {}
            }
        }
        cards
    }
}

/// Where the reader stands.
#[derive(Default)]
struct Walk {
    /// The names from below the root down to here, with the text of each.
    open: Vec<(String, String)>,
    rooted: bool,
    done: bool,
    leaves: Vec<(String, String)>,
}

impl Walk {
    fn enter(&mut self, name: &str) -> Result<(), Fault> {
        if self.done || (!self.rooted && name != "xml") {
            return Err(malformed("the root is not one <xml>"));
        }
        if self.rooted {
            self.open.push((name.to_owned(), String::new()));
        }
        self.rooted = true;
        Ok(())
    }

    fn leave(&mut self) {
        let path = self.open.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join("/");
        match self.open.pop() {
            Some((_, text)) => self.leaves.push((path, text)),
            None => self.done = true,
        }
    }

    fn text(&mut self, text: &str) -> Result<(), Fault> {
        match self.open.last_mut() {
            Some((_, value)) => value.push_str(text),
            None if text.trim().is_empty() => {}
            None => return Err(malformed("text outside the elements")),
        }
        Ok(())
    }

    fn finish(self) -> Result<Fields, Fault> {
        if self.done { Ok(Fields(self.leaves)) } else { Err(malformed("the document is not complete")) }
    }
}
