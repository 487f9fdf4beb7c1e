//! What a follower sees of an answer: cases by name, and what must hold of any text at all.
//!
//! The cases are in `tests/cases/chat_text.txt`: a name, the Markdown, `--->`, the text.

use huixin::bot::text::{chat_text, complete_prefix, quote, remainder, split, tap};
use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

use crate::markdown::{answer, fragments};

const CASES: &str = include_str!("../cases/chat_text.txt");

/// Name, Markdown and expected text.
fn cases() -> Vec<(&'static str, &'static str, &'static str)> {
    let cases = CASES.trim_start_matches("=== ").split("\n=== ").map(|case| {
        let (name, rest) = case.split_once('\n').expect("a name");
        let (markdown, text) = rest.split_once("\n--->\n").unwrap_or((rest.trim_end_matches("\n--->"), ""));
        (name, markdown, text.trim_end_matches('\n'))
    });
    cases.collect()
}

/// The lines of a chat text, with only the last line of each frame left of code.
fn prose_lines(text: &str) -> Vec<&str> {
    let mut code = false;
    let outside = text.split('\n').filter(|line| {
        code = (code || *line == "┌─" || line.starts_with("┌─ ")) && *line != "└─";
        !code
    });
    outside.collect()
}

fn without_space(text: &str) -> String {
    text.split_whitespace().collect()
}

/// Every `<a` is one of ours, closed before the next begins, and leads to the web.
fn links_are_sound(text: &str) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find("<a ") {
        let Some((link, after)) = rest[at..].split_once("</a>") else {
            return false;
        };
        let sound = link.starts_with("<a href=\"http") && link[3..].matches('<').count() == 0 && link.matches('"').count() >= 2;
        if !sound {
            return false;
        }
        rest = after;
    }
    true
}

#[test]
fn every_case_reads_as_written_down() {
    let cases = cases();
    assert!(cases.len() >= 120, "{} cases", cases.len());
    let wrong: Vec<String> = cases
        .iter()
        .map(|(name, markdown, text)| (name, text, chat_text(markdown)))
        .filter(|(_, text, shown)| *text != shown)
        .map(|(name, text, shown)| format!("{name}\n expected {text:?}\n shown    {shown:?}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_case_can_be_shown_early_at_any_byte() {
    for (name, markdown, text) in cases() {
        for end in (0..=markdown.len()).filter(|end| markdown.is_char_boundary(*end)) {
            let shown = chat_text(&markdown[..complete_prefix(&markdown[..end])]);
            let reference = name.contains("by reference");
            assert!(text.starts_with(&shown) || reference, "{name} at {end}: {shown:?}");
        }
    }
}

#[test]
fn an_unfinished_answer_shows_its_whole_sentences_items_and_blocks() {
    let cases = [
        ("", ""),
        ("正在写", ""),
        ("第一句。第二", "第一句。"),
        ("第一句。**第二句。** 后", "第一句。**第二句。**"),
        ("第一句。**第二句。", "第一句。"),
        ("第一句。`码。", "第一句。"),
        ("第一句。[链接](https://a.cn/第二句。", "第一句。"),
        ("One. Two. Thr", "One. Two."),
        ("第一行\n第二行\n| 甲。", "第一行\n第二行"),
        ("第一句。\n| 甲。| 乙", "第一句。"),
        ("第一句。\n甲。| 乙\n|-", "第一句。"),
        ("甲。\n-", ""),
        ("[a]: b\n👨‍👩‍👧**一**。", ""),
        ("首句。\n$$\n", "首句。"),
        ("## 标题", ""),
        ("## 标题\n", "## 标题\n"),
        ("首段没有句号\n\n", "首段没有句号\n"),
        ("- 甲\n- 乙\n- 丙", "- 甲\n- 乙\n"),
        ("1. 甲\n   - 子\n   - 丑\n   - 寅", "1. 甲\n   - 子\n   - 丑\n"),
        ("1. 甲\n2. 乙\n    - 子\n    - 丑\n", "1. 甲\n"),
        ("- 甲。乙。", ""),
        ("看。\n\n```rust\nfn main() {}\n", "看。\n\n"),
        ("看。\n\n```rust\nfn main() {}\n```\n", "看。\n\n```rust\nfn main() {}\n```\n"),
        ("| 甲 | 乙 |\n|---|---|\n| 1 | 2 |\n", ""),
        ("| 甲 | 乙 |\n|---|---|\n| 1 | 2 |\n\n", "| 甲 | 乙 |\n|---|---|\n| 1 | 2 |\n"),
        ("> 引。\n", ""),
        ("> 引。\n\n然", "> 引。\n\n"),
        ("好。\n\n<div>块。\n", "好。\n\n"),
        ("好。\n\n[^1]: 注。\n\n", "好。\n\n"),
        ("解。\n\n$$\na\n- b\n\n", "解。\n\n$$\na\n"),
        ("解。\n\n$$\na\n- b\n", "解。\n\n"),
        ("解得 $x = 1。", ""),
        ("解得 $x = 1$。故", "解得 $x = 1$。"),
    ];
    for (draft, shown) in cases {
        assert_eq!(&draft[..complete_prefix(draft)], shown, "{draft:?}");
    }
}

#[test]
fn what_was_shown_and_what_remains_are_the_whole() {
    let markdown = "## 一\n\n第一句。第二句还没\n完。\n\n- 甲\n  - 乙\n  - 丙\n";
    for end in (0..=markdown.len()).filter(|end| markdown.is_char_boundary(*end)) {
        let shown = complete_prefix(&markdown[..end]);
        let joined = chat_text(&markdown[..shown]) + &remainder(markdown, shown);
        assert_eq!(without_space(&joined), without_space(&chat_text(markdown)));
    }
    assert_eq!(remainder("见[文档][1]。然后\n\n[1]: https://a.cn", "见[文档][1]。".len()), "然后");
    assert_eq!(remainder("好", 100), "");
}

#[test]
fn nesting_of_any_depth_is_shown() {
    let list = (0..50).map(|level| format!("{}- 第{level}层", "  ".repeat(level))).collect::<Vec<_>>().join("\n");
    let shown = chat_text(&list);
    assert!((0..50).all(|level| shown.contains(&format!("第{level}层"))), "{shown}");
    for deep in [">".repeat(20_000) + "引", "![".repeat(9_000) + &"](u)".repeat(9_000), "*a ".repeat(20_000), "[".repeat(50_000)]
    {
        assert!(chat_text(&deep).len() <= deep.len() * 3);
        assert!(complete_prefix(&deep) <= deep.len());
    }
}

/// With a square of the length in it, each of these would take minutes.
#[test]
fn the_time_grows_with_the_length_alone() {
    for unit in
        ["\\(", "\\[\n\\)", "2_", "__1", "https://a.cn/", "。", "<!--", "<a href=\"", "$\\frac{", "[^1]", "`a ", "$$\na\n"]
    {
        let long = unit.repeat(40_000 / unit.len());
        assert!(complete_prefix(&long) <= long.len());
        assert!(split(&chat_text(&long), 2_000).len() < 100, "{unit}");
    }
}

#[test]
fn a_line_of_a_hundred_thousand_bytes_is_read_and_cut() {
    let line = "这是一句**很长**的话，".repeat(3_000);
    let text = chat_text(&line);
    let parts = split(&text, 2_000);
    assert_eq!(parts.concat(), text);
    assert!(parts.iter().all(|part| part.len() <= 2_000 && part.ends_with('，')));
}

#[test]
fn a_part_begins_where_a_reader_would_pause() {
    let paragraph = "一句话。".repeat(20);
    let code = format!("┌─ sh\n{}└─", "echo hi\n".repeat(20));
    let text = format!("【一】\n{paragraph}\n\n看：\n{code}\n\n▌二\n{paragraph}");
    let parts = split(&text, 300);
    assert_eq!(parts, [format!("【一】\n{paragraph}"), format!("看：\n{code}"), format!("▌二\n{paragraph}")]);
}

#[test]
fn code_longer_than_a_part_is_cut_at_its_lines() {
    let code = format!("┌─ sh\n{}└─", "    echo hi there\n".repeat(30));
    let parts = split(&code, 200);
    assert_eq!(without_space(&parts.concat()), without_space(&code));
    assert!(parts.iter().skip(1).all(|part| part.starts_with("    echo")), "indentation stays: {parts:?}");
    assert!(parts.iter().all(|part| part != "└─" && part.len() <= 200));
}

#[test]
fn a_url_longer_than_a_part_is_cut_hard_and_loses_nothing() {
    let url = format!("https://a.cn/{}", "x".repeat(3_000));
    let parts = split(&format!("见 {url} 谢谢"), 1_000);
    assert_eq!(parts[0], "见");
    assert_eq!(without_space(&parts.concat()), format!("见{url}谢谢"));
}

#[test]
fn the_last_part_is_not_a_stray_word() {
    let text = format!("{}\n\n{}\n\n好。", "第一段的话。".repeat(8), "第二段的话。".repeat(8));
    let parts = split(&text, text.len() - 3);
    assert_eq!(parts.len(), 2);
    assert!(parts[1].starts_with("第二段"), "{parts:?}");
}

#[test]
fn labels_are_plain_and_taps_are_encoded() {
    assert_eq!(quote("什么是\n回信？请详细说明", 8), "什么是 回信？…");
    assert_eq!(
        tap("继续", "继续", "q1"),
        "<a href=\"weixin://bizmsgmenu?msgmenucontent=%E7%BB%A7%E7%BB%AD&msgmenuid=q1\">继续</a>"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_string_is_read_without_a_panic(text in any::<String>(), limit in 0_usize..80) {
        let shown = chat_text(&text);
        prop_assert!(text.is_char_boundary(complete_prefix(&text)));
        for part in split(&text, limit).iter().chain(&split(&shown, limit)) {
            prop_assert!(!part.is_empty() && part.len() <= limit.max(4));
        }
        prop_assert!(quote(&text, limit).graphemes(true).count() <= limit.max(1));
    }

    #[test]
    fn any_heap_of_marks_becomes_clean_text(markdown in fragments()) {
        let shown = chat_text(&markdown);
        prop_assert!(!shown.chars().any(|c| c < ' ' && c != '\n' && c != '\t'), "{shown:?}");
        prop_assert!(shown.split('\n').all(|line| line.trim_end() == line), "{shown:?}");
        prop_assert!(!prose_lines(&shown).windows(2).any(|pair| pair == ["", ""]), "{shown:?}");
        prop_assert!(links_are_sound(&shown), "{shown:?}");
        prop_assert!(complete_prefix(&markdown) <= markdown.len());
    }

    #[test]
    fn no_word_of_an_answer_is_lost_and_no_mark_is_left(answer in answer()) {
        let shown = chat_text(&answer.markdown);
        let mut rest = shown.as_str();
        for word in &answer.words {
            let at = rest.find(word.as_str());
            prop_assert!(at.is_some(), "{word} is lost in {shown}");
            rest = &rest[at.unwrap_or(0) + word.len()..];
        }
        for line in prose_lines(&shown) {
            prop_assert!(!line.contains("**") && !line.contains("```") && !line.starts_with('#') && !line.contains('|'), "{line}");
        }
    }

    #[test]
    fn what_is_shown_early_is_never_taken_back(answer in answer()) {
        let whole = chat_text(&answer.markdown);
        for (end, _) in answer.markdown.char_indices() {
            let begun = &answer.markdown[..end];
            let shown = chat_text(&begun[..complete_prefix(begun)]);
            prop_assert!(whole.starts_with(&shown), "at {end} of {:?}: {shown:?}\nbut {whole:?}", answer.markdown);
        }
    }

    #[test]
    fn parts_in_order_are_the_text(answer in answer(), limit in 40_usize..400) {
        let text = chat_text(&answer.markdown);
        let parts = split(&text, limit);
        prop_assert_eq!(without_space(&parts.concat()), without_space(&text));
        let mut at = 0;
        for part in &parts {
            prop_assert!(!part.is_empty() && part.len() <= limit);
            at += text[at..].find(part.as_str()).unwrap_or(usize::MAX) + part.len();
            prop_assert!(text.grapheme_indices(true).any(|(edge, _)| edge == at) || at == text.len());
            let whole_links = part.matches("<a href").count() == part.matches("</a>").count();
            prop_assert!(whole_links || limit < 80, "{part}");
        }
    }
}
