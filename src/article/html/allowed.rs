//! The allow-list every page passes last: elements, attributes, classes and addresses. It trusts nothing before it.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

use super::code::CLASSES;
use super::links::{LINK_SCHEMES, picture_may_load};

const TAGS: [&str; 55] = [
    "a",
    "b",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "input",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
    "var",
];

const ALERTS: [&str; 6] = [
    "markdown-alert",
    "markdown-alert-note",
    "markdown-alert-tip",
    "markdown-alert-important",
    "markdown-alert-warning",
    "markdown-alert-caution",
];

static ALLOWED: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .tags(set(&TAGS))
        .clean_content_tags(set(&["script", "style"]))
        .tag_attributes(attributes())
        .tag_attribute_values(HashMap::from([
            ("a", HashMap::from([("target", set(&["_blank"]))])),
            ("div", HashMap::from([("tabindex", set(&["0"]))])),
            ("pre", HashMap::from([("tabindex", set(&["0"]))])),
            ("th", HashMap::from([("align", set(&["left", "center", "right"]))])),
            ("td", HashMap::from([("align", set(&["left", "center", "right"]))])),
        ]))
        .set_tag_attribute_values(HashMap::from([
            ("img", HashMap::from([("loading", "lazy"), ("decoding", "async"), ("referrerpolicy", "no-referrer")])),
            // A box that can be ticked would promise to remember it.
            ("input", HashMap::from([("type", "checkbox"), ("disabled", "")])),
        ]))
        .allowed_classes(classes())
        .url_schemes(LINK_SCHEMES.into_iter().chain(["data"]).collect())
        .url_relative(UrlRelative::Custom(Box::new(footnote_only)))
        .attribute_filter(attribute)
        .link_rel(Some("noopener noreferrer nofollow ugc"));
    builder
});

/// What is left of the HTML of an answer when everything that is not on the list has gone.
pub(super) fn clean(html: &str) -> String {
    ALLOWED.clean(html).to_string()
}

fn attributes() -> HashMap<&'static str, HashSet<&'static str>> {
    HashMap::from([
        ("a", set(&["href", "title", "id", "aria-label"])),
        ("img", set(&["src", "alt", "title"])),
        ("input", set(&["checked"])),
        ("li", set(&["id"])),
        ("ol", set(&["start"])),
        ("sup", set(&["id"])),
    ])
}

fn classes() -> HashMap<&'static str, HashSet<&'static str>> {
    let spans = CLASSES.into_iter().chain(["math", "math-display"]).collect();
    HashMap::from([
        ("a", set(&["footnote-backref"])),
        ("div", ALERTS.into_iter().chain(["table-scroll"]).collect()),
        ("figure", set(&["code"])),
        ("li", set(&["task-list-item"])),
        ("p", set(&["markdown-alert-title", "plain"])),
        ("section", set(&["footnotes"])),
        ("span", spans),
        ("sup", set(&["footnote-ref"])),
        ("ul", set(&["contains-task-list"])),
    ])
}

fn set(names: &[&'static str]) -> HashSet<&'static str> {
    names.iter().copied().collect()
}

fn footnote_only(url: &str) -> Option<Cow<'_, str>> {
    (url.starts_with("#fn-") || url.starts_with("#fnref-")).then_some(Cow::Borrowed(url))
}

/// `data:` is a scheme for pictures alone; an id may only be that of a footnote, or an answer could name the page's own.
fn attribute<'v>(element: &str, attribute: &str, value: &'v str) -> Option<Cow<'v, str>> {
    let stays = match (element, attribute) {
        ("img", "src") => picture_may_load(value),
        (_, "href") => !value.trim_start().get(..5).is_some_and(|start| start.eq_ignore_ascii_case("data:")),
        (_, "id") => value.starts_with("fn-") || value.starts_with("fnref-"),
        _ => true,
    };
    stays.then_some(Cow::Borrowed(value))
}
