//! Temporary media: files that WeChat keeps for three days and then forgets.
//!
//! Each function makes a request. What a file is and whether it keeps to the limits (an image 10 MB, a voice 2 MB and 60 s) is
//! decided above; WeChat judges bytes and not names.
//!
//! Sources: <https://developers.weixin.qq.com/doc/subscription/api/material/temporary/api_uploadtempmedia.html>,
//! <https://developers.weixin.qq.com/doc/subscription/api/material/temporary/api_getmedia.html>

use serde::Deserialize;

use super::{client::Request, tolerant};

/// The kinds of temporary media.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TemporaryKind {
    /// PNG, JPEG or GIF.
    Image,
    /// AMR or MP3.
    Voice,
    /// MP4.
    Video,
    /// A JPEG of at most 64 KB.
    Thumb,
}

/// What WeChat says of an upload.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Uploaded {
    /// Good for three days and any number of sends.
    #[serde(alias = "thumb_media_id")]
    pub media_id: String,
    /// In unix seconds.
    #[serde(default, deserialize_with = "tolerant::integer")]
    pub created_at: i64,
}

/// A file on its way to WeChat or from there.
#[derive(Clone, PartialEq, Eq)]
pub struct File {
    /// Empty where WeChat gave none.
    pub name: String,
    pub content_type: String,
    pub bytes: Vec<u8>,
}

/// What WeChat answers when a file is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Download {
    File(File),
    /// A video is not given but shown where it lies.
    VideoUrl(String),
}

impl std::fmt::Debug for File {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Not its bytes: they are a follower's, and many.
        f.debug_struct("File").field("content_type", &self.content_type).field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}

/// Uploads a file. Its name should have the right ending; what is not ASCII in it is replaced, because WeChat would not see the file.
pub fn upload_temporary(kind: TemporaryKind, file_name: &str, content_type: &str, bytes: Vec<u8>) -> Request<Uploaded> {
    let kind = match kind {
        TemporaryKind::Image => "image",
        TemporaryKind::Voice => "voice",
        TemporaryKind::Video => "video",
        TemporaryKind::Thumb => "thumb",
    };
    let file = File { name: file_name.to_owned(), content_type: content_type.to_owned(), bytes };
    Request::upload("/cgi-bin/media/upload", file).with_query("type", kind)
}

/// Fetches what a follower sent or we uploaded, within three days (40007 after them).
pub fn download(media_id: &str) -> Request<Download> {
    Request::download("/cgi-bin/media/get").with_query("media_id", media_id)
}

/// Fetches a recording of a page in WeChat as Speex of 16 kHz, where the usual download has 8 kHz. Verified accounts only.
pub fn download_voice_hd(media_id: &str) -> Request<Download> {
    Request::download("/cgi-bin/media/get/jssdk").with_query("media_id", media_id)
}
