//! Markdown made up at random: answers as models write them, and heaps of marks as nobody does.

use proptest::prelude::*;

/// An answer, and the words of it that a reader must find, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answer {
    pub(crate) markdown: String,
    pub(crate) words: Vec<String>,
}

fn joined(pieces: Vec<Answer>, between: &str) -> Answer {
    let markdown = pieces.iter().map(|piece| piece.markdown.as_str()).collect::<Vec<_>>().join(between);
    Answer { markdown, words: pieces.into_iter().flat_map(|piece| piece.words).collect() }
}

/// Puts marks around an answer and keeps its words.
fn within(piece: Answer, before: &str, after: &str) -> Answer {
    Answer { markdown: format!("{before}{}{after}", piece.markdown), ..piece }
}

fn word() -> impl Strategy<Value = Answer> {
    prop_oneof!["[一二三四五天地玄黄宇宙洪荒]{1,6}", "[a-z]{2,8}", "[0-9]{1,4}"]
        .prop_map(|word| Answer { markdown: word.clone(), words: vec![word] })
}

fn inline() -> impl Strategy<Value = Answer> {
    let around = prop_oneof![
        Just(("", "")),
        Just(("**", "**")),
        Just(("**“", "”**")),
        Just(("*", "*")),
        Just(("~~", "~~")),
        Just(("`", "`")),
        Just(("[", "](https://a.cn/x_y_z?a=1&b=2)")),
        Just(("（", "）")),
        Just(("$", "$")),
        Just(("\\(", "\\)")),
        Just(("<b>", "</b>")),
    ];
    (around, word()).prop_map(|((before, after), word)| within(word, before, after))
}

fn ending() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "。",
        "！",
        "？",
        "，",
        "：",
        "……",
        ". ",
        "。\n",
        " 👍🏽。",
        "[1]。",
        "https://a.cn/p。",
        "5~10。",
        "3*4*5。",
        "（注。）",
    ])
}

/// Inline pieces with Chinese between them, as in prose without spaces.
fn sentence() -> impl Strategy<Value = Answer> {
    (prop::collection::vec(inline(), 1..4), ending()).prop_map(|(pieces, ending)| within(joined(pieces, "的"), "", ending))
}

fn paragraph() -> impl Strategy<Value = Answer> {
    prop::collection::vec(sentence(), 1..4).prop_map(|sentences| joined(sentences, "又"))
}

fn list() -> impl Strategy<Value = Answer> {
    let marker = prop::sample::select(vec!["- ", "* ", "1. ", "- [ ] ", "- [x] "]);
    let gap = prop::sample::select(vec!["\n", "\n\n"]);
    (marker, gap, prop::collection::vec((inline(), prop::option::of(inline())), 1..4)).prop_map(|(marker, gap, items)| {
        let indent = " ".repeat(if marker == "1. " { 3 } else { 2 });
        let items = items.into_iter().map(|(item, inner)| {
            let item = within(item, marker, "");
            match inner {
                Some(inner) => joined(vec![item, within(inner, &format!("{indent}- "), "")], "\n"),
                None => item,
            }
        });
        joined(items.collect(), gap)
    })
}

fn table() -> impl Strategy<Value = Answer> {
    (2_usize..4).prop_flat_map(|columns| {
        let row = prop::collection::vec(word(), columns).prop_map(|cells| within(joined(cells, " | "), "| ", " |"));
        // With more columns the header is repeated between the cells, so only the first cell's place is certain.
        prop::collection::vec(row, 2).prop_map(move |mut rows| {
            if columns > 2 {
                rows[1].words.truncate(1);
            }
            let second = rows.pop().unwrap_or_default();
            let first = rows.pop().unwrap_or_default();
            joined(vec![within(first, "", &format!("\n{}|\n", "|---".repeat(columns))), second], "")
        })
    })
}

fn block() -> impl Strategy<Value = Answer> {
    prop_oneof![
        4 => paragraph(),
        2 => (1_usize..6, inline()).prop_map(|(level, title)| within(title, &format!("{} ", "#".repeat(level)), "")),
        3 => list(),
        1 => table(),
        1 => word().prop_map(|code| within(code, "```rust\n", "\n\n  x**y\n```")),
        1 => paragraph().prop_map(|text| {
            let markdown = format!("> {}", text.markdown.trim_end().replace('\n', "\n> "));
            Answer { markdown, ..text }
        }),
        1 => Just(Answer { markdown: "---".into(), words: vec!["———".into()] }),
        1 => word().prop_map(|word| within(word, "<div>\n", "\n</div>")),
        1 => word().prop_map(|word| within(word, "[^1]: ", "")),
    ]
}

/// Blocks as a model writes them, a blank line between any two.
pub(crate) fn answer() -> impl Strategy<Value = Answer> {
    prop::collection::vec(block(), 1..6).prop_map(|blocks| joined(blocks, "\n\n"))
}

/// Marks in any order, some of them ours.
pub(crate) fn fragments() -> impl Strategy<Value = String> {
    let marks = vec![
        "**",
        "*",
        "_",
        "__",
        "`",
        "```",
        "```\n",
        "~~",
        "~",
        "[",
        "](",
        "](https://a.cn/x)",
        ")",
        "![",
        "<a href=\"",
        "\">",
        "</a>",
        "<a ",
        "<b>",
        "<br>",
        "<sub>",
        "</sub>",
        "<div>",
        "<!--",
        "-->",
        "|",
        "\n|-|-|\n",
        "- ",
        "1. ",
        "\n",
        "\n\n",
        "    ",
        "\t",
        "$",
        "$$",
        "\\(",
        "\\)",
        "\\frac{",
        "}",
        "\\",
        "> ",
        "# ",
        "###",
        "---\n",
        "汉",
        "字。",
        "word ",
        "2",
        "&#5;",
        "&#15;",
        "&lt;a ",
        "\u{1}",
        "\u{5}a href=",
        "\u{f}",
        "https://a.cn/_",
        "[^1]",
        "[^1]: ",
        "[ ] ",
        "👨‍👩‍👧",
        "\u{fe0f}",
        "【",
        "：",
    ];
    prop::collection::vec(prop::sample::select(marks), 0..40).prop_map(|marks| marks.concat())
}
