//! The elements of HTML, as far as text is concerned.
//!
//! What stands in no list here is a tag that is dropped while its text stays: emphasis, fonts, images, whatever a page invents.

/// A known element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tag {
    pub(super) name: &'static str,
    pub(super) role: Role,
    /// Its content is no markup: without an end tag it goes on to the end of the page.
    pub(super) is_raw: bool,
}

/// What becomes of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Handed on, with what is in it.
    Kept,
    /// Handed on; nothing can be in it.
    Void,
    /// Handed on; text alone can be in it.
    Title,
    /// Gone, with what is in it.
    Dropped,
}

const KEPT: [&str; 41] = [
    "a",
    "address",
    "article",
    "aside",
    "blockquote",
    "caption",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "span",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "ul",
    "menu",
];
const VOID: [&str; 3] = ["br", "hr", "meta"];
const RAW: [&str; 8] = ["script", "style", "iframe", "noembed", "noframes", "noscript", "textarea", "xmp"];
const DROPPED: [&str; 12] =
    ["applet", "audio", "button", "canvas", "datalist", "math", "object", "select", "svg", "template", "video", "map"];

/// The element of this name, in any case.
pub(super) fn tag_named(name: &str) -> Option<Tag> {
    let found = |names: &[&'static str], role, is_raw| {
        let name = names.iter().find(|known| known.eq_ignore_ascii_case(name))?;
        Some(Tag { name, role, is_raw })
    };
    found(&KEPT, Role::Kept, false)
        .or_else(|| found(&VOID, Role::Void, false))
        .or_else(|| found(&RAW, Role::Dropped, true))
        .or_else(|| found(&DROPPED, Role::Dropped, false))
        .or_else(|| found(&["title"], Role::Title, false))
}

/// Whether the start of `tag` ends `open`, whose own end tag is often left out.
pub(super) fn closes(tag: Tag, open: Tag) -> bool {
    match open.name {
        "p" => !matches!(tag.name, "a" | "span" | "time"),
        "li" => tag.name == "li",
        "dt" | "dd" => matches!(tag.name, "dt" | "dd"),
        "td" | "th" => matches!(tag.name, "td" | "th" | "tr" | "tbody" | "thead" | "tfoot"),
        "tr" => matches!(tag.name, "tr" | "tbody" | "thead" | "tfoot"),
        "thead" | "tbody" | "tfoot" => matches!(tag.name, "tbody" | "thead" | "tfoot"),
        // A link in a link; the parser would have to untangle them.
        "a" => tag.name == "a",
        _ => false,
    }
}
