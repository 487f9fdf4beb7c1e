//! Articles of official accounts at mp.weixin.qq.com, whose pages name their parts by ids.
//!
//! Their text is invisible until a script has run, so what finds the main text of other pages misses it.
//! The ids are those of WeChat's own pages; they are documented nowhere.

use dom_smoothie::Readability;

use super::{Page, tidy};

const HOST: &str = "mp.weixin.qq.com";

/// Whether a page with this host is one of these.
pub(super) fn is_article_host(host: &str) -> bool {
    host.eq_ignore_ascii_case(HOST)
}

/// Reads an article; nothing if the page is another one: a notice, a check for robots.
pub(super) fn read(page: &Readability) -> Option<Page> {
    let body = tidy(&page.doc.select_single("#js_content").formatted_text());
    // An article of pictures has its words in the description alone.
    let text = if body.is_empty() { meta(page, "og:description").map(|text| tidy(&unescaped(&text)))? } else { body };
    let title = part(page, "#activity-name").or_else(|| meta(page, "og:title")).or_else(|| meta(page, "twitter:title"));
    Some(Page {
        title: title.unwrap_or_default(),
        byline: part(page, "#js_author_name").or_else(|| meta(page, "author")).or_else(|| meta(page, "og:article:author")),
        site: part(page, "#js_name"),
        text,
    })
}

fn part(page: &Readability, id: &str) -> Option<String> {
    let text = super::one_line(&page.doc.select_single(id).text());
    (!text.is_empty()).then_some(text)
}

fn meta(page: &Readability, name: &str) -> Option<String> {
    let tag = page.doc.select_single(&format!("meta[property='{name}'], meta[name='{name}']"));
    let content = tag.attr("content")?;
    let content = content.trim();
    (!content.is_empty()).then(|| content.to_owned())
}

/// WeChat writes some descriptions with the escapes of its scripts.
fn unescaped(text: &str) -> String {
    text.replace("\\x0a", "\n").replace("\\n", "\n").replace("\\x26quot;", "\"").replace("\\x26amp;", "&")
}
