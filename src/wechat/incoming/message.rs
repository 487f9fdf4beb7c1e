//! Messages: what a follower wrote, said or sent, from the elements of a push.
//!
//! Source: <https://developers.weixin.qq.com/doc/subscription/guide/product/message/Receiving_standard_messages.html>

use std::borrow::Cow;

use super::{Content, document::Element};

/// Reads the message of the type `msg_type`, whose case is not promised.
pub(super) fn read(msg_type: &str, root: Element<'_>) -> Content {
    match msg_type.to_ascii_lowercase().as_str() {
        "text" => Content::Text { text: root.verbatim("Content"), menu_id: root.optional("bizmsgmenuid") },
        "image" => Content::Image { pic_url: root.optional("PicUrl"), media_id: root.string("MediaId") },
        "voice" => Content::Voice {
            media_id: root.string("MediaId"),
            format: root.optional("Format"),
            recognition: root.optional("Recognition"),
        },
        "video" => Content::Video { media_id: root.string("MediaId"), thumb_media_id: root.optional("ThumbMediaId") },
        "shortvideo" => Content::ShortVideo { media_id: root.string("MediaId"), thumb_media_id: root.optional("ThumbMediaId") },
        "location" => Content::Location {
            latitude: root.string("Location_X"),
            longitude: root.string("Location_Y"),
            label: root.optional("Label"),
        },
        "link" => {
            Content::Link { title: root.string("Title"), description: root.optional("Description"), url: root.string("Url") }
        }
        "file" => Content::File { title: root.optional("Title") },
        "miniprogrampage" => Content::MiniProgramPage { title: root.optional("Title"), page_path: root.optional("PagePath") },
        _ => Content::Unknown { msg_type: msg_type.to_owned() },
    }
}

impl Content {
    /// `MsgType` in lower case.
    pub(super) fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Text { .. } => "text",
            Self::Image { .. } => "image",
            Self::Voice { .. } => "voice",
            Self::Video { .. } => "video",
            Self::ShortVideo { .. } => "shortvideo",
            Self::Location { .. } => "location",
            Self::Link { .. } => "link",
            Self::File { .. } => "file",
            Self::MiniProgramPage { .. } => "miniprogrampage",
            Self::Event(_) => "event",
            Self::Unknown { msg_type } => return Cow::Owned(msg_type.to_lowercase()),
        })
    }
}
