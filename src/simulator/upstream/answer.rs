//! What the demo model says: a few pages about huixin, in the language of the question.
//!
//! The pages are text files; a page starts with a line `§` and the words that call it, the first is for every other question.

const CHINESE: &str = include_str!("answers_zh.md");
const ENGLISH: &str = include_str!("answers_en.md");

/// Characters of an answer to `long`.
const LONG: usize = 6000;

/// The answer to `question`.
pub(super) fn answer(question: &str, is_long: bool) -> String {
    let chinese = is_chinese(question);
    let page = page(if chinese { CHINESE } else { ENGLISH }, question);
    let quoted = quoted(question);
    let opening = if chinese { format!("你问的是「{quoted}」。") } else { format!("You asked: “{quoted}”.") };
    let mut text = format!("{opening}\n\n{page}");
    let mut paragraph = 0;
    while is_long && text.chars().count() < LONG {
        paragraph += 1;
        let heading = if chinese { format!("第 {paragraph} 段") } else { format!("Part {paragraph}") };
        text = format!("{text}\n\n## {heading}\n\n{page}");
    }
    text
}

/// What it says once a tool has answered.
pub(super) fn after_tool(result: &str, is_chinese: bool) -> String {
    let result = quoted(result);
    if is_chinese { format!("工具的回答是：{result}") } else { format!("The tool answered: {result}") }
}

/// What it says about a page, a file or a quote: its first sentence, as proof of having read it.
pub(super) fn about_passage(passage: &str, question: &str) -> String {
    let sentence = first_sentence(passage);
    let quoted = quoted(question);
    if is_chinese(question) {
        format!("关于「{quoted}」，资料里写着：{sentence}")
    } else {
        format!("On “{quoted}” the text says: {sentence}")
    }
}

/// Up to the first full stop, question or exclamation mark, on one line; marks of headings and pages do not count.
fn first_sentence(passage: &str) -> String {
    let is_text = |line: &&str| !line.is_empty() && !line.starts_with(['#', '[', '<', '-']);
    let text = passage.lines().map(str::trim).filter(is_text).collect::<Vec<_>>().join(" ");
    let end = text.char_indices().find(|(index, char)| match char {
        '。' | '！' | '？' => true,
        '.' | '!' | '?' => text[index + 1..].chars().next().is_none_or(char::is_whitespace),
        _ => false,
    });
    end.map_or(text.as_str(), |(index, char)| &text[..index + char.len_utf8()]).to_owned()
}

/// What the model thinks before it answers.
pub(super) fn thinking(question: &str) -> String {
    let quoted = quoted(question);
    if is_chinese(question) {
        format!("用户问「{quoted}」。先想清楚重点，再用简短的话回答，需要时用列表或表格。")
    } else {
        format!("The user asks “{quoted}”. Find the point first, then answer briefly, with a list or a table where it helps.")
    }
}

/// Whether the question has Chinese characters in it.
pub(super) fn is_chinese(text: &str) -> bool {
    text.chars().any(|char| ('\u{4e00}'..='\u{9fff}').contains(&char))
}

/// The question on one line, shortened.
fn quoted(question: &str) -> String {
    let line = question.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= 60 { line } else { line.chars().take(60).chain(['…']).collect() }
}

fn page<'a>(pages: &'a str, question: &str) -> &'a str {
    let question = question.to_lowercase();
    let mut all = pages.split("§").map(|page| page.split_once('\n').unwrap_or(("", page))).skip(1);
    let fallback = all.next().map_or("", |(_, text)| text.trim());
    all.find(|(words, _)| words.split_whitespace().any(|word| question.contains(word))).map_or(fallback, |(_, text)| text.trim())
}
