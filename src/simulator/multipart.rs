//! The parts of a multipart form, as both the platform and the demo model are sent them.
//!
//! Knows nothing of what a part must have: that differs.

/// One part.
pub(super) struct Part<'a> {
    pub(super) name: String,
    pub(super) file_name: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) bytes: &'a [u8],
}

impl Part<'_> {
    /// The part as text.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(self.bytes).into_owned()
    }
}

/// The parts of `body`; none where `content_type` is not that of a form.
pub(super) fn parts<'a>(content_type: &str, body: &'a [u8]) -> Vec<Part<'a>> {
    let Some((_, rest)) = content_type.split_once("boundary=") else { return Vec::new() };
    let boundary = rest.split(';').next().unwrap_or_default().trim().trim_matches('"');
    split(body, format!("--{boundary}").as_bytes()).into_iter().filter_map(read).collect()
}

fn read(part: &[u8]) -> Option<Part<'_>> {
    let end = find(part, b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&part[..end]).into_owned();
    let bytes = part[end + 4..].strip_suffix(b"\r\n").unwrap_or(&part[end + 4..]);
    let parameter = |name: &str| {
        let (_, rest) = head.split_once(&format!(" {name}=\""))?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    };
    let content_type = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-type").then(|| value.trim().to_owned())
    });
    Some(Part { name: parameter("name")?, file_name: parameter("filename"), content_type, bytes })
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
