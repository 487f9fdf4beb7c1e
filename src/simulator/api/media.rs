//! Temporary media and the pictures of article bodies.
//!
//! Source: <https://developers.weixin.qq.com/doc/subscription/api/material/temporary/api_uploadtempmedia.html>

use serde_json::json;

use super::{Answer, Call, Refused, multipart, refused};
use crate::simulator::platform::{MediaKind, Medium, Platform, sniff};

const MIB: usize = 1024 * 1024;

/// A thumbnail has at most 64 KiB.
const MAX_THUMB: usize = 64 * 1024;

pub(super) fn upload(platform: &mut Platform, call: &Call<'_>) -> Result<Answer, Refused> {
    let kind = MediaKind::parse(call.query("type")).ok_or_else(|| refused(40004, "invalid media type"))?;
    let upload = multipart::media(call)?;
    let (accepted, max, too_large): (&[&str], usize, i64) = match kind {
        MediaKind::Image => (&["image/png", "image/jpeg", "image/gif"], 10 * MIB, 40009),
        MediaKind::Voice => (&["audio/amr", "audio/mpeg"], 2 * MIB, 40010),
        MediaKind::Video => (&["video/mp4"], 10 * MIB, 40011),
        MediaKind::Thumb => (&["image/jpeg"], MAX_THUMB, 40012),
    };
    let medium = accept(call, &upload, kind, accepted)?;
    if upload.bytes.len() > max {
        return Err(refused(too_large, format!("invalid {} size", kind.name())));
    }
    let media_id = platform.media.add(medium);
    Ok(Answer::Json(json!({ "type": kind.name(), "media_id": media_id, "created_at": call.now_ms / 1000, "item": [] })))
}

pub(super) fn download(platform: &mut Platform, call: &Call<'_>) -> Result<Answer, Refused> {
    let medium = platform.media.find(call.query("media_id"), call.now_ms).ok_or_else(|| refused(40007, "invalid media_id"))?;
    if medium.kind == MediaKind::Video {
        let url = format!("{}/simulator/media/{}", call.url, call.query("media_id"));
        return Ok(Answer::Json(json!({ "video_url": url })));
    }
    Ok(Answer::File { name: medium.file_name.clone(), content_type: medium.content_type, bytes: medium.bytes.clone() })
}

pub(super) fn upload_picture(platform: &mut Platform, call: &Call<'_>) -> Result<Answer, Refused> {
    let upload = multipart::media(call)?;
    let medium = accept(call, &upload, MediaKind::Image, &["image/png", "image/jpeg"])?;
    if upload.bytes.len() >= MIB {
        return Err(refused(40009, "invalid image size"));
    }
    let media_id = platform.media.add(medium);
    Ok(Answer::Json(json!({ "url": format!("{}/simulator/media/{media_id}", call.url) })))
}

fn accept(call: &Call<'_>, upload: &multipart::Upload<'_>, kind: MediaKind, accepted: &[&str]) -> Result<Medium, Refused> {
    let content_type =
        sniff(upload.bytes).filter(|found| accepted.contains(found)).ok_or_else(|| refused(40005, "invalid file type"))?;
    Ok(Medium {
        kind,
        file_name: upload.file_name.clone(),
        content_type,
        bytes: upload.bytes.to_vec(),
        created_at_ms: call.now_ms,
    })
}
