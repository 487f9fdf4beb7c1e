//! Links and pictures: which may be followed or loaded, and where a bare address ends in Chinese text.

use comrak::Arena;
use comrak::nodes::{Node, NodeLink, NodeValue};

use super::{escaped, raw};

/// Schemes a reader may follow from an answer. A picture is stricter: see [`picture_may_load`].
pub(super) const LINK_SCHEMES: [&str; 4] = ["http", "https", "mailto", "tel"];

/// Kinds of picture that may stand in the answer itself as a `data:` address; SVG may not, it can carry scripts.
const DATA_PICTURES: [&str; 4] = ["data:image/png;", "data:image/jpeg;", "data:image/gif;", "data:image/webp;"];

/// Settles one node of the tree, if it is a link or a picture.
pub(super) fn settle<'a>(arena: &'a Arena<'a>, node: Node<'a>) {
    let value = node.data().value.clone();
    match value {
        NodeValue::Link(link) => settle_link(arena, node, &link),
        NodeValue::Image(picture) if !picture_may_load(&picture.url) => settle_link(arena, node, &picture),
        _ => {}
    }
}

/// Over https, or inside the answer. The page's policy would block anything else and leave a torn frame.
pub(super) fn picture_may_load(url: &str) -> bool {
    let url = url.to_ascii_lowercase();
    url.starts_with("https://") || DATA_PICTURES.iter().any(|kind| url.starts_with(kind))
}

fn settle_link<'a>(arena: &'a Arena<'a>, node: Node<'a>, link: &NodeLink) {
    if let Some(text) = bare_address(node, link) {
        for child in node.children().collect::<Vec<_>>() {
            child.detach();
        }
        node.data_mut().value = NodeValue::Raw(linkified(&text, &link.url));
        return;
    }
    // A link without a followable address keeps its words and loses the promise.
    let may_follow = may_follow(&link.url);
    if may_follow {
        node.insert_before(raw(arena, &open_tag(&link.url, &link.title)));
    }
    for child in node.children().collect::<Vec<_>>() {
        node.insert_before(child);
    }
    node.data_mut().value = NodeValue::Raw(if may_follow { "</a>".to_owned() } else { String::new() });
}

fn may_follow(url: &str) -> bool {
    url.split_once(':').is_some_and(|(scheme, _)| LINK_SCHEMES.contains(&scheme.to_ascii_lowercase().as_str()))
}

fn open_tag(url: &str, title: &str) -> String {
    let mut href = String::with_capacity(url.len());
    // Writing to a String cannot fail.
    let _ = comrak::html::escape_href(&mut href, url, false);
    let title = if title.is_empty() { String::new() } else { format!(" title=\"{}\"", escaped(title)) };
    format!("<a href=\"{href}\" target=\"_blank\"{title}>")
}

/// The text of a link that is its own address, as `https://…`, `www.…` and mail addresses are in running text.
fn bare_address(node: Node<'_>, link: &NodeLink) -> Option<String> {
    let only = node.first_child().filter(|child| child.next_sibling().is_none())?;
    let NodeValue::Text(text) = &only.data().value else { return None };
    let is_bare = link.url.strip_suffix(text.as_ref()).is_some_and(|scheme| matches!(scheme, "" | "http://" | "mailto:"));
    is_bare.then(|| text.to_string())
}

/// GFM ends a bare address at a space, which Chinese text does not have: it ends at full-width punctuation as well.
fn linkified(text: &str, url: &str) -> String {
    let end = text.find(ends_address).unwrap_or(text.len());
    let (address, mut rest) = text.split_at(end);
    let scheme = &url[..url.len() - text.len()];
    let link = |url: &str, text: &str| format!("{}{}</a>", open_tag(url, ""), escaped(text));
    let mut html = link(&format!("{scheme}{address}"), address);
    while let Some(start) = ["https://", "http://"].iter().filter_map(|scheme| rest.find(scheme)).min() {
        let end = rest[start..].find(ends_address).map_or(rest.len(), |length| start + length);
        html.push_str(&escaped(&rest[..start]));
        html.push_str(&link(&rest[start..end], &rest[start..end]));
        rest = &rest[end..];
    }
    html + &escaped(rest)
}

fn ends_address(letter: char) -> bool {
    matches!(letter, '\u{3000}'..='\u{303f}' | '\u{ff01}'..='\u{ff65}' | '“' | '”' | '‘' | '’' | '…' | '—')
}
