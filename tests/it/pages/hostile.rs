//! Pages that are written to take time and memory, or to be read differently by two readers.

use std::{fs, time::Duration};

use huixin::extract::page::{Page, read};
use proptest::prelude::*;

/// The most processor time a page may take in a build without optimisation. A release needs a tenth of it.
const PATIENCE: Duration = Duration::from_secs(10);

/// More than is handed to the parser; the pass before it is linear, so that more would only cost the suite time.
const SIZE: usize = 5 << 18;

fn timed(name: &str, html: &str) -> Page {
    let start = processor_time();
    let page = read(html.as_bytes(), "text/html; charset=utf-8", "https://www.qq.com/");
    let taken = processor_time().saturating_sub(start);
    assert!(taken < PATIENCE, "{name} took {taken:?}");
    assert!(page.text.len() <= 400 << 10 && page.title.len() <= 1 << 10);
    page
}

/// What this thread has used; other work on the machine does not count.
fn processor_time() -> Duration {
    let line = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(line.split(' ').next().unwrap().parse().unwrap())
}

/// `piece` again and again, numbered where it says `#`, up to that size.
fn many(piece: &str) -> String {
    (0..SIZE / piece.len()).map(|number| piece.replace('#', &number.to_string())).collect::<String>()
}

#[test]
fn no_page_takes_more_than_its_share() {
    let words = "<p>some words to find, many of them, and a comma. ";
    let pages = [
        ("nested divisions", many("<div>")),
        ("nested divisions with words", many("<div><p>some words, ")),
        ("nested and never matched", many("<span><div></span>")),
        ("nested lists", many("<ul><li>")),
        ("nested tables", many("<table><tr><td>")),
        ("nested quotes that close", [many("<blockquote>"), many("</blockquote>")].concat()),
        (
            "formatting that is reopened",
            [(0..20_000).map(|n| format!("<font id={n}>")).collect::<Vec<_>>().concat(), many("<p>x</p>")].concat(),
        ),
        ("links in links", many("<a href=#>x")),
        ("misnested formatting", many("<b><i><p></b></i>x")),
        ("one attribute", format!("<p title=\"{}\">{words}", "x".repeat(SIZE))),
        ("one class", format!("<div class=\"{}\">{words}", many("article "))),
        ("many attributes", format!("<p {}>{words}", many("a#=1 "))),
        ("an attribute without end", format!("<p title=\"{}", "x".repeat(SIZE))),
        ("less than", "<".repeat(SIZE)),
        ("less than, slash", "</".repeat(SIZE / 2)),
        ("declarations", "<!".repeat(SIZE / 2)),
        ("comments without end", "<!--".repeat(SIZE / 4)),
        ("comments", "<!---->".repeat(SIZE / 7)),
        ("pictures without end", many("<svg>")),
        ("forms without end", many("<select><button><template>")),
        ("scripts without end", many("<script>")),
        ("titles", many("<title>x</title>")),
        ("titles without end", many("<title>x")),
        ("ampersands", "&".repeat(SIZE)),
        ("entities", many("&CounterClockwiseContourIntegral;&#;")),
        ("spaces", " ".repeat(SIZE)),
        ("line breaks", many("<br>")),
        ("commas", many("<p>,,,,,,,,")),
        ("paragraphs", many("<p>Paragraph # says, in a few words, that it is one of many.</p>")),
        ("cells", format!("<table>{}", many("<tr><td>#<td>x, y"))),
        ("cells outside of a table", format!("<table>{}", many("<p>out, of place<tr>"))),
        ("metas", many("<meta property='og:title' content='#'>")),
        ("headings", many("<h1>#</h1><h2>#</h2>")),
        ("hidden", many("<div hidden>x")),
        ("a long word", "x".repeat(SIZE)),
        ("a long heading", format!("<title>{0}</title><h1>{0}</h1>{words}", "a b ".repeat(SIZE / 8))),
        ("zeros", "\0".repeat(SIZE)),
        ("nothing readable", "\u{fffd}".repeat(SIZE / 3)),
    ];
    for (name, html) in &pages {
        timed(name, html);
    }
}

#[test]
fn words_are_found_wherever_they_stand() {
    let deep = format!("{}the words{}", "<div>".repeat(100_000), "</div>".repeat(100_000));
    assert_eq!(timed("deep", &deep).text, "the words");
    let behind = format!("<p title='{}'>the words", "x".repeat(SIZE));
    assert_eq!(timed("behind an attribute", &behind).text, "the words");
    assert_eq!(timed("unclosed pictures", "<svg><select><p>the words").text, "the words");
    assert_eq!(timed("odd comments", "<!--><p>the <!-- x --!> y --><!---->words<!x><?y></>").text, "the words");
    assert_eq!(timed("a script's own end", "<script>'</scripts>'</SCRIPT\n><p>the words").text, "the words");
    assert_eq!(timed("odd attributes", "<p =a b='>' c=\">\" d=e/f g/h i = 'j'>the words").text, "the words");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes_are_a_page(bytes in prop::collection::vec(any::<u8>(), 0..2000), charset in "[a-z0-9-]{0,12}") {
        let page = read(&bytes, &format!("text/html; charset={charset}"), "https://mp.weixin.qq.com/s/x");
        prop_assert!(!page.text.chars().any(|letter| letter.is_control() && letter != '\n' && letter != '\t'));
    }

    #[test]
    fn any_heap_of_tags_is_a_page(parts in prop::collection::vec(part(), 0..200)) {
        let page = read(parts.concat().as_bytes(), "text/html", "https://www.qq.com/");
        prop_assert!(!page.text.contains('<') && !page.title.contains('\n'));
    }
}

fn part() -> impl Strategy<Value = String> {
    let names = [
        "p", "div", "a", "span", "table", "tr", "td", "ul", "li", "h1", "title", "b", "svg", "script", "article", "pre", "br",
        "template", "x-y",
    ];
    let name = prop::sample::select(names.to_vec());
    prop_oneof![
        (name.clone(), "[ a-z=\"']{0,12}").prop_map(|(name, rest)| format!("<{name} {rest}>")),
        name.prop_map(|name| format!("</{name}>")),
        "[a-z ,.]{0,30}",
        Just("<p class=\"comment\">一些话，".to_owned()),
        Just("<!-- x -->".to_owned()),
    ]
}
