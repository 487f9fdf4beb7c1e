//! Temporary media: bytes under an id, which the API gives out for three days.
//!
//! What a follower was shown stays in the chat, so the bytes themselves are kept longer, up to a bound.
//!
//! Source: <https://developers.weixin.qq.com/doc/subscription/api/material/temporary/api_uploadtempmedia.html>

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use super::random_hex;
use crate::simulator::sound;

/// Three days.
const LIFETIME_MS: i64 = 3 * 86_400_000;

/// Bytes kept over all media; the oldest go first.
const MAX_KEPT: usize = 512 * 1024 * 1024;

/// One file, as it was uploaded, sent or drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Medium {
    pub kind: MediaKind,
    /// As the uploader called it; a download is called after its id.
    pub file_name: String,
    /// From the first bytes, never from the name.
    pub content_type: &'static str,
    pub bytes: Vec<u8>,
    pub created_at_ms: i64,
    /// A voice message's other version, for `MediaId16K`.
    pub copy_16k: Option<String>,
}

/// The `type` of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaKind {
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

impl Medium {
    /// Bytes of a kind that WeChat knows, named after it.
    pub(in crate::simulator) fn of(bytes: Vec<u8>, now_ms: i64) -> Option<Self> {
        let content_type = sniff(&bytes)?;
        let kind = match content_type.split('/').next() {
            Some("audio") => MediaKind::Voice,
            Some("video") => MediaKind::Video,
            Some(_) | None => MediaKind::Image,
        };
        let file_name = format!("upload.{}", extension(content_type));
        Some(Self { kind, file_name, content_type, bytes, created_at_ms: now_ms, copy_16k: None })
    }

    /// What a sound made by the simulator or its demo model says.
    pub fn words(&self) -> Option<String> {
        sound::words(&self.bytes)
    }

    /// How long a sound plays.
    pub fn seconds(&self) -> Option<f64> {
        sound::seconds(&self.bytes)
    }

    /// The `Format` of a voice message.
    pub(in crate::simulator) fn voice_format(&self) -> &'static str {
        extension(self.content_type)
    }
}

/// Every medium of the account.
#[derive(Debug, Default)]
pub(in crate::simulator) struct MediaStore {
    media: BTreeMap<String, Arc<Medium>>,
    oldest_first: VecDeque<String>,
    kept: usize,
}

impl MediaStore {
    /// Keeps `medium` and returns its id.
    pub(in crate::simulator) fn add(&mut self, medium: Medium) -> String {
        let media_id = format!("SIM_MEDIA_{}", random_hex(40));
        self.kept += medium.bytes.len();
        self.media.insert(media_id.clone(), Arc::new(medium));
        self.oldest_first.push_back(media_id.clone());
        while self.kept > MAX_KEPT
            && let Some(forgotten) = self.oldest_first.pop_front().and_then(|oldest| self.media.remove(&oldest))
        {
            self.kept -= forgotten.bytes.len();
        }
        media_id
    }

    /// The medium, unless its three days are over.
    pub(in crate::simulator) fn find(&self, media_id: &str, now_ms: i64) -> Option<&Arc<Medium>> {
        self.kept(media_id).filter(|medium| now_ms - medium.created_at_ms < LIFETIME_MS)
    }

    /// The medium, as long as its bytes are there at all.
    pub(in crate::simulator) fn kept(&self, media_id: &str) -> Option<&Arc<Medium>> {
        self.media.get(media_id)
    }
}

/// The content type that the first bytes tell, for what WeChat accepts or sends anywhere.
pub(in crate::simulator) fn sniff(bytes: &[u8]) -> Option<&'static str> {
    Some(match bytes {
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [b'G', b'I', b'F', b'8', ..] => "image/gif",
        [b'#', b'!', b'A', b'M', b'R', ..] => "audio/amr",
        [b'I', b'D', b'3', ..] | [0xff, 0xfb | 0xf3 | 0xf2, ..] => "audio/mpeg",
        [b'O', b'g', b'g', b'S', ..] => "audio/speex",
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => "video/mp4",
        _ => return None,
    })
}

/// How a file of this type is called.
pub(in crate::simulator) fn extension(content_type: &str) -> &str {
    match content_type.split_once('/') {
        Some((_, "jpeg")) => "jpg",
        Some((_, "mpeg")) => "mp3",
        Some((_, name)) => name,
        None => "bin",
    }
}
