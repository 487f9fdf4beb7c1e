//! HTML that a model mixes into its Markdown: which tags are markup to drop, which carry meaning a chat can show.
//!
//! Only names HTML knows are tags; `Vec<String>` and `<T>` are text. Knows nothing of the tree the tags stand in.

/// What a tag means to a chat.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Tag {
    /// Not HTML: shown as it stands.
    Text,
    /// Markup without a meaning in a chat, and comments.
    Dropped,
    /// A line ends here, and in Markdown the next would begin with this.
    Break(&'static str),
    /// A cell of a table.
    Cell,
    OpenLink(Option<String>),
    CloseLink,
    OpenRaised,
    CloseRaised,
    OpenLowered,
    CloseLowered,
    Image {
        source: String,
        alt: String,
    },
}

const BREAKING: &str = " address article aside blockquote body br center dd details dialog div dl dt fieldset figcaption figure footer \
    form h1 h2 h3 h4 h5 h6 head header hr html legend li main menu nav ol p pre section summary table tbody tfoot thead title tr ul ";
const SILENT: &str = " abbr audio b base bdi bdo big button canvas caption cite code col colgroup data datalist del dfn em embed font \
    i iframe input ins kbd label link map mark meta meter object optgroup option output param picture progress q rp rt ruby s samp \
    script select small source span strike strong style svg path td template textarea th time track tt u var video wbr ";

/// Reads one tag, `<` and `>` included.
pub(super) fn tag(source: &str) -> Tag {
    if source.starts_with("<!") || source.starts_with("<?") {
        return Tag::Dropped;
    }
    let Some(inner) = source.strip_prefix('<') else {
        return Tag::Text;
    };
    let (closing, inner) = inner.strip_prefix('/').map_or((false, inner), |rest| (true, rest));
    let end = inner.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inner.len());
    let written = &inner[..end];
    // `Box<T>`, `Vec<U>`: a single capital is a type parameter.
    if written.is_empty() || written.len() == 1 && written.starts_with(|c: char| c.is_ascii_uppercase()) {
        return Tag::Text;
    }
    let name = written.to_ascii_lowercase();
    match (name.as_str(), closing) {
        ("a", false) => Tag::OpenLink(attribute(source, "href")),
        ("a", true) => Tag::CloseLink,
        ("sup", false) => Tag::OpenRaised,
        ("sup", true) => Tag::CloseRaised,
        ("sub", false) => Tag::OpenLowered,
        ("sub", true) => Tag::CloseLowered,
        ("img", _) => {
            Tag::Image { source: attribute(source, "src").unwrap_or_default(), alt: attribute(source, "alt").unwrap_or_default() }
        }
        ("td" | "th", false) => Tag::Cell,
        ("li", false) => Tag::Break("- "),
        ("h1" | "h2", false) => Tag::Break("## "),
        ("h3" | "h4" | "h5" | "h6", false) => Tag::Break("### "),
        ("hr", _) => Tag::Break("---\n"),
        _ if listed(BREAKING, &name) => Tag::Break(""),
        _ if listed(SILENT, &name) => Tag::Dropped,
        _ => Tag::Text,
    }
}

/// The Markdown inside a block of HTML: breaking tags become line ends, items and headings Markdown's, silent ones and comments go, and indentation is markup
/// too. Links and pictures stay as inline HTML; a control character, never shown, keeps them from beginning a block again.
pub(super) fn unwrap(block: &str) -> String {
    let mut out = String::with_capacity(block.len());
    let mut rest = block;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let Some(length) = tag_length(rest) else {
            break;
        };
        match tag(&rest[..length]) {
            Tag::Dropped => {}
            Tag::Break(mark) => out.extend(["\n", mark]),
            Tag::Cell if out.is_empty() || out.ends_with('\n') => {}
            Tag::Cell => out.push('｜'),
            _ => out.push_str(&rest[..length]),
        }
        rest = &rest[length..];
    }
    out.push_str(rest);
    let lines = out.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(|line| if line.starts_with('<') { format!("\u{4}{line}") } else { line.to_owned() }).collect::<Vec<_>>().join("\n")
}

/// The bytes from a `<` to the end of its tag; `None` when nothing closes it, nor any later one.
fn tag_length(rest: &str) -> Option<usize> {
    let end = if rest.starts_with("<!--") { "-->" } else { ">" };
    rest.find(end).map(|at| at + end.len())
}

fn listed(names: &str, name: &str) -> bool {
    names.split_ascii_whitespace().any(|known| known == name)
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let lowered = tag.to_ascii_lowercase();
    lowered.match_indices(name).find_map(|(at, _)| {
        if !tag[..at].ends_with(|c: char| c.is_ascii_whitespace() || c == '"' || c == '\'') {
            return None;
        }
        let value = tag[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
        let value = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split(quote).next(),
            _ => value.split(|c: char| c.is_ascii_whitespace() || c == '>').next(),
        };
        value.map(|value| value.replace("&amp;", "&"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_told_from_generics() {
        assert_eq!(tag("<String>"), Tag::Text);
        assert_eq!(tag("<T>"), Tag::Text);
        assert_eq!(tag("<U>"), Tag::Text);
        assert_eq!(tag("<br/>"), Tag::Break(""));
        assert_eq!(tag("<SPAN style='x'>"), Tag::Dropped);
        assert_eq!(tag("<!-- x -->"), Tag::Dropped);
        assert_eq!(tag("</a>"), Tag::CloseLink);
    }

    #[test]
    fn attributes_are_read_in_any_quotes() {
        assert_eq!(tag("<a class='x' href=\"https://a.cn/?b&amp;c\">"), Tag::OpenLink(Some("https://a.cn/?b&c".into())));
        assert_eq!(
            tag("<img src=https://a.cn/p.png alt='图'>"),
            Tag::Image { source: "https://a.cn/p.png".into(), alt: "图".into() }
        );
        assert_eq!(tag("<a data-href='x'>"), Tag::OpenLink(None));
    }

    #[test]
    fn a_block_keeps_its_text_and_its_links() {
        let block = "<div>\n  <p>甲<b>乙</b></p>\n  <!-- x -->\n  <a href='https://a.cn'>丙</a>\n</div>\n";
        assert_eq!(unwrap(block), "甲乙\n\u{4}<a href='https://a.cn'>丙</a>");
    }
}
