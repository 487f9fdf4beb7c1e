//! The visible text of HTML, read as a stream: headings, lists, cells and links' words, no tree.
//!
//! A tree of twenty hostile megabytes takes a gigabyte; a stream takes nothing. It does not look for the main text of a web page.

use encoding_rs::Encoding;

use super::{draft::Draft, entities, error::Error, limits::Meter};

/// Where a page may name its charset (the HTML standard looks at as much).
const PRESCAN_BYTES: usize = 1_024;

/// The longest name of a reference, as in `&hellip;`.
const REFERENCE_BYTES: usize = 10;

/// Longer than any name that means something here.
const NAME_BYTES: usize = 16;

/// A title longer than this is no title.
const TITLE_CHARS: usize = 200;

/// Elements whose content nobody sees.
const HIDDEN: [&str; 8] = ["script", "style", "noscript", "template", "svg", "math", "iframe", "object"];

/// The charset that the page names for itself.
pub(super) fn charset(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(PRESCAN_BYTES)]).to_ascii_lowercase();
    let behind = head.split("charset=").nth(1).or_else(|| head.split("encoding=").nth(1))?;
    let label = behind.trim_start_matches(['"', '\'', ' ']).split(['"', '\'', ' ', ';', '>', '/', '?']).next()?;
    Encoding::for_label(label.as_bytes())
}

/// Writes the visible text, and gives the title.
pub(super) fn write(html: &str, draft: &mut Draft, meter: &Meter) -> Result<Option<String>, Error> {
    let mut page = Page { rest: html, draft, title: None, has_open_quote: false };
    let mut tags = 0_u32;
    while !page.rest.is_empty() && !page.draft.is_cut() {
        let at = page.rest.find('<').unwrap_or(page.rest.len());
        push(&page.rest[..at], page.draft);
        page.rest = &page.rest[at..];
        tags = tags.wrapping_add(1);
        if tags.is_multiple_of(1_024) {
            meter.in_time()?;
        }
        if !page.rest.is_empty() {
            page.markup();
        }
    }
    page.draft.end_row();
    Ok(page.title)
}

/// A page that is being read.
struct Page<'a, 'b> {
    rest: &'a str,
    draft: &'b mut Draft,
    title: Option<String>,
    /// A quote somewhere is never closed: looking for its end again at each tag would take forever.
    has_open_quote: bool,
}

impl Page<'_, '_> {
    /// Reads one tag, comment or lone `<`, at which the rest begins.
    fn markup(&mut self) {
        if let Some(comment) = self.rest.strip_prefix("<!--") {
            self.rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            return;
        }
        let inner = &self.rest[1..];
        let is_closing = inner.starts_with('/');
        let inside = inner.strip_prefix('/').unwrap_or(inner);
        if !inside.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '!' || letter == '?') {
            push("<", self.draft);
            self.rest = inner;
            return;
        }
        let letters = inside.bytes().take(NAME_BYTES).take_while(u8::is_ascii_alphanumeric).count();
        let name = inside[..letters].to_ascii_lowercase();
        self.rest = self.behind_tag(&inside[letters..]);
        if is_closing {
            close(&name, self.draft);
        } else if name == "title" {
            let end = find_close(self.rest, "title");
            let mut words = Draft::new(TITLE_CHARS);
            push(&self.rest[..end], &mut words);
            self.title.get_or_insert_with(|| words.finish());
            self.rest = &self.rest[end..];
        } else if HIDDEN.contains(&name.as_str()) {
            self.rest = &self.rest[find_close(self.rest, &name)..];
        } else {
            open(&name, self.draft);
        }
    }

    /// What follows the `>` of a tag; a `>` in a quoted value is none.
    fn behind_tag<'c>(&mut self, attributes: &'c str) -> &'c str {
        let mut quote = None;
        let bytes = if self.has_open_quote { "" } else { attributes };
        for (index, byte) in bytes.bytes().enumerate() {
            match (quote, byte) {
                (None, b'>') => return &attributes[index + 1..],
                (None, b'"' | b'\'') => quote = Some(byte),
                (Some(open), byte) if open == byte => quote = None,
                _ => {}
            }
        }
        // Browsers lose the rest of the page here; readers would rather have it.
        self.has_open_quote = true;
        attributes.find('>').map_or("", |end| &attributes[end + 1..])
    }
}

/// Where the end tag of `name` begins, or the end of the page.
fn find_close(html: &str, name: &str) -> usize {
    let bytes = html.as_bytes();
    let mut from = 0;
    while let Some(at) = html[from..].find("</") {
        let at = from + at;
        if bytes[at + 2..].get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes())) {
            return at;
        }
        from = at + 2;
    }
    html.len()
}

fn open(name: &str, draft: &mut Draft) {
    match name {
        "h1" => draft.heading(1),
        "h2" => draft.heading(2),
        "h3" => draft.heading(3),
        "h4" | "h5" | "h6" => draft.heading(4),
        "li" | "dt" => draft.item(),
        "tr" => draft.begin_row(),
        "td" | "th" => draft.cell(),
        "table" => {
            draft.end_row();
            draft.break_paragraph();
        }
        "p" | "ul" | "ol" | "dl" | "blockquote" | "pre" | "hr" | "figure" => draft.break_paragraph(),
        "br" | "dd" | "option" | "div" | "section" | "article" | "header" | "footer" | "main" | "nav" | "aside" | "body"
        | "form" => {
            draft.break_line();
        }
        _ => {}
    }
}

fn close(name: &str, draft: &mut Draft) {
    match name {
        "tr" => draft.end_row(),
        "table" => {
            draft.end_row();
            draft.break_paragraph();
        }
        "li" | "div" | "section" | "article" | "header" | "footer" | "dd" | "dt" => draft.break_line(),
        "p" | "ul" | "ol" | "blockquote" | "pre" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => draft.break_paragraph(),
        _ => {}
    }
}

/// Adds text between tags, its references resolved.
fn push(text: &str, draft: &mut Draft) {
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        draft.push(&rest[..at]);
        let behind = &rest[at + 1..];
        let end = behind.bytes().take(REFERENCE_BYTES).position(|byte| byte == b';');
        let resolved = end.map(|end| (end, entities::resolve(&behind[..end]))).filter(|(_, text)| !text.is_empty());
        let Some((end, resolved)) = resolved else {
            draft.push("&");
            rest = behind;
            continue;
        };
        draft.push(&resolved);
        rest = &behind[end + 1..];
    }
    draft.push(rest);
}

#[cfg(test)]
mod tests {
    use super::write;
    use crate::extract::{Limits, draft::Draft, limits::Meter};

    fn visible(html: &str) -> (Option<String>, String) {
        let mut draft = Draft::new(10_000);
        let title = write(html, &mut draft, &Meter::new(&Limits::default())).unwrap();
        (title, draft.finish())
    }

    #[test]
    fn what_a_reader_sees_is_kept_in_order() {
        let page = "<!DOCTYPE html><html><head><title>题&amp;目</title><style>p{}</style></head><body><h2>一</h2><p>甲<b>乙</b>\n \
            丙&nbsp;&#x4e01;</p><ul><li>a<li>b</ul><script>if (a</b) {}</script><table><tr><th>x</th><th>y</th></tr><tr><td>1</td><td>2</td></tr></table>\
            <!-- <p>no --> 3 < 4 &unknown; <a href='>'>link</a></body></html>";
        let text = "## 一\n\n甲乙 丙 丁\n\n- a\n- b\n\nx | y\n1 | 2\n\n3 < 4 &unknown; link";
        assert_eq!(visible(page), (Some("题&目".into()), text.into()));
    }

    #[test]
    fn broken_markup_ends() {
        assert_eq!(visible("<").1, "<");
        assert_eq!(visible("a<b").1, "a");
        assert_eq!(visible("a<!--b").1, "a");
        assert_eq!(visible("<script>x").1, "");
        assert_eq!(visible("<a href=\"x>甲").1, "甲");
        assert_eq!(visible("&#0;&#xffffffff;&").1, "&#xffffffff;&");
    }
}
