//! Temporary media and the pictures of article bodies.
//!
//! What a file is, its first bytes say; name and content type are not believed.
//!
//! Source: <https://developers.weixin.qq.com/doc/subscription/api/material/temporary/api_uploadtempmedia.html>

use std::sync::Arc;

use serde_json::json;

use super::{Answer, Call, Refused, refused};
use crate::simulator::{
    multipart,
    platform::{MediaKind, Medium, Platform, extension},
};

const MIB: usize = 1024 * 1024;

/// A thumbnail has at most 64 KiB.
const MAX_THUMB: usize = 64 * 1024;

/// No upload of any kind is larger.
const MAX_ANY: usize = 20 * MIB;

/// Seconds that a voice may have; half of one is forgiven, as a frame may lie across the end.
const MAX_VOICE_SECS: f64 = 60.5;

pub(super) fn upload(platform: &mut Platform, call: &Call<'_>) -> Result<Answer, Refused> {
    let kind = MediaKind::parse(call.query("type")).ok_or_else(|| refused(40004, "invalid media type"))?;
    let (accepted, max, too_large): (&[&str], usize, i64) = match kind {
        MediaKind::Image => (&["image/png", "image/jpeg", "image/gif"], 10 * MIB, 40009),
        MediaKind::Voice => (&["audio/amr", "audio/mpeg"], 2 * MIB, 40010),
        MediaKind::Video => (&["video/mp4"], 10 * MIB, 40011),
        MediaKind::Thumb => (&["image/jpeg"], MAX_THUMB, 40012),
    };
    let medium = accept(call, kind, accepted)?;
    if medium.bytes.len() > max {
        return Err(refused(too_large, format!("invalid {} size", kind.name())));
    }
    if kind == MediaKind::Voice && medium.seconds().is_some_and(|secs| secs > MAX_VOICE_SECS) {
        return Err(refused(45007, "playtime out of limit"));
    }
    let media_id = platform.media.add(medium);
    Ok(Answer::Json(json!({ "type": kind.name(), "media_id": media_id, "created_at": call.now_ms / 1000, "item": [] })))
}

pub(super) fn download(platform: &mut Platform, call: &Call<'_>) -> Result<Answer, Refused> {
    let media_id = call.query("media_id");
    let medium = find(platform, call, media_id)?;
    if medium.kind == MediaKind::Video {
        let url = format!("{}/simulator/media/{media_id}", call.url);
        return Ok(Answer::Json(json!({ "video_url": url })));
    }
    Ok(file(media_id, &medium))
}

/// The voice at 16 kHz; only a recording has one.
pub(super) fn download_fine(platform: &mut Platform, call: &Call<'_>) -> Result<Answer, Refused> {
    let media_id = call.query("media_id");
    let medium = find(platform, call, media_id)?;
    if medium.content_type == "audio/speex" {
        return Ok(file(media_id, &medium));
    }
    let copy = medium.copy_16k.as_deref().ok_or_else(|| refused(40007, "invalid media_id"))?;
    let copy = find(platform, call, copy)?;
    Ok(file(media_id, &copy))
}

pub(super) fn upload_picture(platform: &mut Platform, call: &Call<'_>) -> Result<Answer, Refused> {
    let medium = accept(call, MediaKind::Image, &["image/png", "image/jpeg"])?;
    if medium.bytes.len() >= MIB {
        return Err(refused(40009, "invalid image size"));
    }
    let media_id = platform.media.add(medium);
    Ok(Answer::Json(json!({ "url": format!("{}/simulator/media/{media_id}", call.url) })))
}

fn find(platform: &Platform, call: &Call<'_>, media_id: &str) -> Result<Arc<Medium>, Refused> {
    if media_id.is_empty() {
        return Err(refused(41006, "media_id missing"));
    }
    platform.media.find(media_id, call.now_ms).cloned().ok_or_else(|| refused(40007, "invalid media_id"))
}

/// A download is called after its id, whatever it was called when it came.
fn file(media_id: &str, medium: &Medium) -> Answer {
    let name = format!("{media_id}.{}", extension(medium.content_type));
    Answer::File { name, content_type: medium.content_type, bytes: medium.bytes.clone() }
}

/// The part `media`; without a plain `filename`, or in a body of unknown length, it counts as missing.
fn accept(call: &Call<'_>, kind: MediaKind, accepted: &[&str]) -> Result<Medium, Refused> {
    let missing = || refused(41005, "media data missing");
    if !call.has_length {
        return Err(missing());
    }
    let parts = multipart::parts(call.content_type, call.body);
    let part = parts.into_iter().find(|part| part.name == "media").ok_or_else(missing)?;
    let file_name = part.file_name.filter(|name| !name.is_empty() && name.is_ascii()).ok_or_else(missing)?;
    match part.bytes.len() {
        0 => return Err(refused(44001, "empty media data")),
        1..=MAX_ANY => {}
        _ => return Err(refused(45001, "media size out of limit")),
    }
    let medium = Medium::of(part.bytes.to_vec(), call.now_ms).filter(|medium| accepted.contains(&medium.content_type));
    let medium = medium.ok_or_else(|| refused(40005, "invalid file type"))?;
    Ok(Medium { kind, file_name, ..medium })
}
