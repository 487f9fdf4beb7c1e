//! What a body is: by what its server says, and by its bytes.
//!
//! A server's word alone decides nothing, because followers are asked to trust what is made of the body. It reads the first
//! bytes only; whether the rest can be read is found out by those who read it.

/// The types of body that callers tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// HTML.
    Page,
    /// Plain text, Markdown, JSON, XML.
    Text,
    Picture,
    /// PDF, Office files, e-books.
    Document,
    Audio,
    Other,
}

/// How much of a body tells text from other bytes.
const PROBE_BYTES: usize = 8 << 10;
/// Characters of a server's content type that are kept.
pub(super) const CONTENT_TYPE_MAX: usize = 200;

const UNKNOWN: &str = "application/octet-stream";

/// The kind of a media type, its parameters included.
pub fn of_content_type(content_type: &str) -> Kind {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let (family, name) = essence.split_once('/').unwrap_or((&essence, ""));
    match (family, name) {
        ("text", "html") | ("application", "xhtml+xml") => Kind::Page,
        // A vector picture is a program; nothing here draws it.
        ("image", name) if name.starts_with("svg") => Kind::Other,
        ("image", _) => Kind::Picture,
        ("audio", _) => Kind::Audio,
        ("text", "rtf") | ("application", "pdf" | "rtf" | "msword" | "epub+zip") => Kind::Document,
        ("application", name) if OFFICE.iter().any(|prefix| name.starts_with(prefix)) => Kind::Document,
        ("text", _) => Kind::Text,
        ("application", name) if TEXTS.contains(&name) || name.ends_with("+json") || name.ends_with("+xml") => Kind::Text,
        _ => Kind::Other,
    }
}

const OFFICE: [&str; 3] = ["vnd.openxmlformats-officedocument", "vnd.ms-", "vnd.oasis.opendocument"];
const TEXTS: [&str; 6] = ["json", "xml", "yaml", "x-yaml", "x-ndjson", "markdown"];

/// Whether a body with this header may turn out to be one of `wanted`; asked before the body is read.
pub(super) fn may_be(header: Option<&str>, wanted: &[Kind]) -> bool {
    header.is_none_or(|header| says_nothing(header) || wanted.contains(&of_content_type(header)))
}

/// What the whole body is, with its content type: the server's where bytes and header agree, else what the bytes say.
pub(super) fn of_body(header: Option<&str>, bytes: &[u8]) -> (Kind, String) {
    let declared = header.map(of_content_type);
    let own = |kind| (kind, header.unwrap_or(UNKNOWN).to_owned());
    let sniffed = infer::get(bytes).map(|found| found.mime_type());
    if bytes.starts_with(b"%PDF-") {
        return (Kind::Document, "application/pdf".to_owned());
    }
    if is_text(bytes) {
        return match declared {
            Some(kind @ (Kind::Page | Kind::Text)) => own(kind),
            // RTF is written in letters.
            Some(Kind::Document) if bytes.starts_with(b"{\\rtf") => own(Kind::Document),
            _ if sniffed == Some("text/html") => (Kind::Page, "text/html".to_owned()),
            _ => (Kind::Text, "text/plain".to_owned()),
        };
    }
    match (sniffed, declared) {
        // Office files are zip archives; which one shows only inside.
        (Some("application/zip" | "application/x-ole-storage"), Some(Kind::Document)) => own(Kind::Document),
        (Some(found), _) => (of_content_type(found), found.to_owned()),
        (None, _) => (Kind::Other, UNKNOWN.to_owned()),
    }
}

/// Types that servers give to whatever they do not know.
fn says_nothing(header: &str) -> bool {
    let essence = header.split(';').next().unwrap_or_default().trim();
    ["", UNKNOWN, "binary/octet-stream", "application/x-download", "application/force-download", "text/plain"]
        .iter()
        .any(|vague| essence.eq_ignore_ascii_case(vague))
}

/// Whether the first bytes are those of a text, in any encoding that keeps ASCII's control characters apart, or in UTF-16.
fn is_text(bytes: &[u8]) -> bool {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return true;
    }
    let probe = &bytes[..bytes.len().min(PROBE_BYTES)];
    !probe.iter().any(|byte| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x08 | 0x0c | 0x1b))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

    /// The head of a program, of which the type is known.
    const ELF: [u8; 64] = {
        let mut head = [0; 64];
        (head[0], head[1], head[2], head[3]) = (0x7f, b'E', b'L', b'F');
        head
    };

    #[test]
    fn bytes_have_the_last_word() {
        let cases: [(Option<&str>, &[u8], Kind, &str); 12] = [
            (Some("text/html; charset=gbk"), b"<p>\xc4\xe3", Kind::Page, "text/html; charset=gbk"),
            (None, b"<!doctype html><p>", Kind::Page, "text/html"),
            (Some("image/png"), b"<html><script>", Kind::Page, "text/html"),
            (Some("image/jpeg"), PNG, Kind::Picture, "image/png"),
            (Some("text/html"), PNG, Kind::Picture, "image/png"),
            (Some("text/html"), &ELF, Kind::Other, "application/x-executable"),
            (Some("application/octet-stream"), b"%PDF-1.7\n", Kind::Document, "application/pdf"),
            (Some("application/json"), b"{}", Kind::Text, "application/json"),
            (Some("text/plain"), b"BMW is a maker of cars", Kind::Text, "text/plain"),
            (Some("image/svg+xml"), b"<svg onload=x>", Kind::Text, "text/plain"),
            (Some("text/html"), b"\xff\xfeh\0i\0", Kind::Page, "text/html"),
            (Some("text/html"), b"a\0b", Kind::Other, UNKNOWN),
        ];
        for (header, bytes, kind, content_type) in cases {
            assert_eq!(of_body(header, bytes), (kind, content_type.to_owned()), "{header:?}");
        }
    }

    #[test]
    fn a_header_that_says_nothing_decides_nothing() {
        assert!(may_be(None, &[Kind::Picture]) && may_be(Some("text/plain"), &[Kind::Page]));
        assert!(may_be(Some("Application/Octet-Stream"), &[Kind::Picture]) && !may_be(Some("video/mp4"), &[Kind::Page]));
    }
}
