//! Temporary media: bytes under an id, for three days.
//!
//! Source: <https://developers.weixin.qq.com/doc/subscription/api/material/temporary/api_uploadtempmedia.html>

use std::collections::BTreeMap;

/// Three days.
const LIFETIME_MS: i64 = 3 * 86_400_000;

/// One uploaded file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::simulator) struct Medium {
    pub(in crate::simulator) kind: MediaKind,
    pub(in crate::simulator) file_name: String,
    pub(in crate::simulator) content_type: &'static str,
    pub(in crate::simulator) bytes: Vec<u8>,
    pub(in crate::simulator) created_at_ms: i64,
}

/// The `type` of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::simulator) enum MediaKind {
    Image,
    Voice,
    Video,
    Thumb,
}

impl MediaKind {
    pub(in crate::simulator) fn parse(text: &str) -> Option<Self> {
        [Self::Image, Self::Voice, Self::Video, Self::Thumb].into_iter().find(|kind| kind.name() == text)
    }

    pub(in crate::simulator) fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Voice => "voice",
            Self::Video => "video",
            Self::Thumb => "thumb",
        }
    }
}

/// Every medium of the account.
#[derive(Debug, Default)]
pub(in crate::simulator) struct MediaStore {
    media: BTreeMap<String, Medium>,
}

impl MediaStore {
    /// Keeps `medium` and returns its id.
    pub(in crate::simulator) fn add(&mut self, medium: Medium) -> String {
        let media_id = format!("SIM_MEDIA_{}", crate::simulator::platform::random_hex(40));
        self.media.insert(media_id.clone(), medium);
        media_id
    }

    /// The medium, unless its three days are over.
    pub(in crate::simulator) fn find(&self, media_id: &str, now_ms: i64) -> Option<&Medium> {
        self.media.get(media_id).filter(|medium| now_ms - medium.created_at_ms < LIFETIME_MS)
    }
}

/// The content type that the first bytes tell, for what WeChat accepts anywhere.
pub(in crate::simulator) fn sniff(bytes: &[u8]) -> Option<&'static str> {
    Some(match bytes {
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [b'G', b'I', b'F', b'8', ..] => "image/gif",
        [b'#', b'!', b'A', b'M', b'R', ..] => "audio/amr",
        [b'I', b'D', b'3', ..] | [0xff, 0xfb | 0xf3 | 0xf2, ..] => "audio/mpeg",
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => "video/mp4",
        _ => return None,
    })
}
