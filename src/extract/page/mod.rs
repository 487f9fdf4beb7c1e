//! The main text of a web page, with its title and who wrote it.
//!
//! Works on bytes that somebody else has fetched, hostile ones included: it takes time linear in their number and never fails;
//! a page without words has an empty text. It takes the processor for a while, so async callers run it where blocking is allowed.

mod charset;
mod tags;
mod wash;
mod wechat;

use dom_smoothie::{Config, Readability, TextMode};

use self::wash::{Hidden, cut, wash};

/// Bytes of a text; what a model can read is far less.
const TEXT_MAX: usize = 400 << 10;
/// Characters of a title or a name.
const LINE_MAX: usize = 200;
/// A main text shorter than this is believed only if there is little else on the page.
const ARTICLE_MIN_CHARS: usize = 200;

/// A page as a reader sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Empty if the page has none.
    pub title: String,
    /// Who wrote it.
    pub byline: Option<String>,
    /// The name of the site, or of the official account.
    pub site: Option<String>,
    /// Paragraphs, with an empty line between them.
    pub text: String,
}

/// Reads a page. `content_type` is the header's, with its charset; `url` is where the page was found in the end.
pub fn read(bytes: &[u8], content_type: &str, url: &str) -> Page {
    let host = host(url);
    let top_level = host.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let text = charset::decode(bytes, content_type, &top_level);
    if !is_html(content_type, &text) {
        return Page { text: cut(&printable(&text), TEXT_MAX).trim().to_owned(), ..Page::default() };
    }
    let page = main_text(&wash(&text, Hidden::Dropped), host);
    // Some pages hide everything until a script has run.
    if page.text.is_empty() { main_text(&wash(&text, Hidden::Kept), host) } else { page }
}

fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.split(':').next().unwrap_or_default()
}

fn is_html(content_type: &str, text: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    match essence.to_ascii_lowercase().as_str() {
        "text/html" | "application/xhtml+xml" => true,
        "" => text.trim_start().starts_with('<'),
        _ => false,
    }
}

fn main_text(washed: &str, host: &str) -> Page {
    let mut page = Readability::from(washed);
    page.config =
        Config { disable_json_ld: true, text_mode: TextMode::Formatted, char_threshold: ARTICLE_MIN_CHARS, ..Config::default() };
    if let Some(article) = wechat::is_article_host(host).then(|| wechat::read(&page)).flatten() {
        return article;
    }
    let everything = tidy(&page.doc.select_single("body").formatted_text());
    let Ok(article) = page.parse() else {
        let metadata = page.get_article_metadata(None);
        return Page {
            title: one_line(&metadata.title),
            byline: line(metadata.byline),
            site: line(metadata.site_name),
            text: everything,
        };
    };
    let text = tidy(&article.text_content);
    // Of a list or a front page, the largest block says less than the whole.
    let length = text.chars().count();
    let is_main = length >= ARTICLE_MIN_CHARS || length * 3 >= everything.chars().count();
    Page {
        title: one_line(&article.title),
        byline: line(article.byline),
        site: line(article.site_name),
        text: if is_main { text } else { everything },
    }
}

fn line(text: Option<String>) -> Option<String> {
    text.map(|text| one_line(&text)).filter(|text| !text.is_empty())
}

fn one_line(text: &str) -> String {
    let words = text.split(|letter: char| letter.is_whitespace() || letter.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").chars().take(LINE_MAX).collect()
}

/// Lines without space around them, never more than one empty line in a row.
fn tidy(text: &str) -> String {
    let mut tidied = String::new();
    let mut is_gap = false;
    for line in printable(text).lines().map(str::trim) {
        if line.is_empty() {
            is_gap = !tidied.is_empty();
            continue;
        }
        if !tidied.is_empty() {
            tidied.push_str(if is_gap { "\n\n" } else { "\n" });
        }
        tidied.push_str(line);
        is_gap = false;
    }
    cut(&tidied, TEXT_MAX).to_owned()
}

/// Without control characters and the invisible ones that can carry words no reader sees.
fn printable(text: &str) -> String {
    text.chars().filter(|letter| matches!(letter, '\n' | '\t') || !(letter.is_control() || is_invisible(*letter))).collect()
}

/// Zero-width and direction marks, the byte order mark and Unicode's tags. The joiner stays: pictures of people need it.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
        | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}
