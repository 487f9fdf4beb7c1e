//! The one file of a multipart upload, found as strictly as the platform does: a part named `media` with a file name.

use super::{Call, Refused, refused};

/// An uploaded file.
pub(super) struct Upload<'a> {
    pub(super) file_name: String,
    pub(super) bytes: &'a [u8],
}

/// Finds the part `media`; without a plain `filename`, or in a body of unknown length, it counts as missing.
pub(super) fn media<'a>(call: &Call<'a>) -> Result<Upload<'a>, Refused> {
    let missing = || refused(41005, "media data missing");
    if !call.has_length {
        return Err(missing());
    }
    let boundary = call.content_type.split_once("boundary=").map(|(_, rest)| rest.trim_matches('"')).ok_or_else(missing)?;
    let delimiter = format!("--{boundary}");
    for part in split(call.body, delimiter.as_bytes()) {
        let Some(end) = find(part, b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&part[..end]).into_owned();
        let bytes = part[end + 4..].strip_suffix(b"\r\n").unwrap_or(&part[end + 4..]);
        let parameter = |name: &str| {
            let (_, rest) = head.split_once(&format!(" {name}=\""))?;
            rest.split_once('"').map(|(value, _)| value.to_owned())
        };
        if parameter("name").as_deref() != Some("media") {
            continue;
        }
        let file_name = parameter("filename").filter(|name| !name.is_empty() && name.is_ascii()).ok_or_else(missing)?;
        if bytes.is_empty() {
            return Err(refused(44001, "empty media data"));
        }
        return Ok(Upload { file_name, bytes });
    }
    Err(missing())
}

fn split<'a>(body: &'a [u8], delimiter: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    let mut rest = body;
    while let Some(at) = find(rest, delimiter) {
        parts.push(&rest[..at]);
        rest = &rest[at + delimiter.len()..];
    }
    parts
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}
