//! Every moment of an answer that is being written looks like a part of the whole.

use huixin::article::html::GrowingAnswer;

fn draft(markdown: &str) -> String {
    GrowingAnswer::default().draft_html(markdown)
}

#[test]
fn what_is_open_is_closed_and_what_cannot_be_read_yet_waits() {
    for (so_far, html) in [
        ("**粗", "<p><strong>粗</strong></p>\n"),
        ("**粗*", "<p><strong>粗</strong></p>\n"),
        ("**粗** 与 **", "<p><strong>粗</strong> 与</p>\n"),
        ("**粗** 与 `co", "<p><strong>粗</strong> 与 <code>co</code></p>\n"),
        ("~~删", "<p><del>删</del></p>\n"),
        ("`**` 与 **粗", "<p><code>**</code> 与 <strong>粗</strong></p>\n"),
        ("见[文档](https://a.c", "<p>见文档</p>\n"),
        ("见[文", "<p>见文</p>\n"),
        ("见![图](htt", "<p>见</p>\n"),
        ("完了 [x] 了", "<p>完了 [x] 了</p>\n"),
        ("段落\n-", "<p>段落</p>\n"),
        ("段落\n--", "<p>段落</p>\n"),
        ("段落\n12.", "<p>段落</p>\n"),
        ("段落\n##", "<p>段落</p>\n"),
        ("段落\n``", "<p>段落</p>\n"),
        ("2 * 3 = 6", "<p>2 * 3 = 6</p>\n"),
        ("| 名称 | 价", ""),
        ("", ""),
    ] {
        assert_eq!(draft(so_far), html, "{so_far}");
    }
}

#[test]
fn a_table_is_a_table_from_its_second_line_on() {
    for so_far in [
        "| 甲 | 乙 |\n|",
        "| 甲 | 乙 |\n|--",
        "| 甲 | 乙 |\n|---|---|",
        "| 甲 | 乙 |\n|---|---|\n| 1",
        "| 甲 | 乙 |\n|---|---|\n| 1 | **2",
    ] {
        let html = draft(so_far);
        assert!(html.contains("<th>甲</th>\n<th>乙</th>"), "{so_far}: {html}");
        assert!(!html.contains("--") && !html.contains("**"), "{so_far}: {html}");
    }
}

#[test]
fn code_is_code_from_its_first_letter_on() {
    for so_far in
        ["```rust\nlet", "```rust\nlet x = 1;\n`", "```rust\nlet x = 1;\n``", "> ```rust\n> let", "- 列表\n  ```rust\n  let"]
    {
        let html = draft(so_far);
        assert!(html.contains("<span>Rust</span>") && html.contains("<span class=\"kw\">let</span>"), "{so_far}: {html}");
        assert!(!html.contains('`'), "{so_far}: {html}");
    }
    assert!(draft("```rust\nlet a = **b").contains("**"), "marks inside code stay");
}

#[test]
fn any_beginning_of_an_answer_is_safe_to_show() {
    let answer = include_str!("../answer_page/rich_answer.md");
    let mut growing = GrowingAnswer::default();
    for (end, _) in answer.char_indices() {
        let html = growing.draft_html(&answer[..end]);
        let text = html.split("<figure").next().unwrap();
        assert!(!text.contains("**") && !text.contains("](") && !text.contains("~~"), "{}\n{html}", &answer[..end]);
    }
}
