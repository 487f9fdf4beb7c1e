//! Markdown of a language model as the HTML of its page.

mod hostile;
mod unfinished;

use std::time::{Duration, Instant};

use huixin::article::html::{GrowingAnswer, page_html};

/// Far more than the slowest machine needs, far less than a text that grows out of bounds takes.
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn markdown_becomes_the_html_a_reader_expects() {
    for (markdown, html) in [
        ("**“重点”**是 `x`。", "<p><strong>“重点”</strong>是 <code>x</code>。</p>\n"),
        ("一行\n两行", "<p>一行<br>\n两行</p>\n"),
        ("段落\n---\n另一段", "<p>段落</p>\n<hr>\n<p>另一段</p>\n"),
        ("### 甲\n#### 乙", "<h2>甲</h2>\n<h3>乙</h3>\n"),
        (
            "> [!NOTE]\n> 内容",
            "<div class=\"markdown-alert markdown-alert-note\">\n<p class=\"markdown-alert-title\">说明</p>\n<p>内容</p>\n</div>\n",
        ),
        (
            "> [!TIP]\n> text",
            "<div class=\"markdown-alert markdown-alert-tip\">\n<p class=\"markdown-alert-title\">Tip</p>\n<p>text</p>\n</div>\n",
        ),
        ("5. 五", "<ol start=\"5\">\n<li>五</li>\n</ol>\n"),
        ("[内](#x) [相对](/a/b) [脚本](javascript:alert(1))", "<p>内 相对 脚本</p>\n"),
        ("价格 $5，另一个 $10。", "<p>价格 $5，另一个 $10。</p>\n"),
        ("`Vec<T>` 与 Vec<T> 与 List<String>", "<p><code>Vec&lt;T&gt;</code> 与 Vec&lt;T&gt; 与 List&lt;String&gt;</p>\n"),
        (
            "H<sub>2</sub>O<br>x <span style=\"color:red\">红</span> <b class=x>粗</b>",
            "<p>H<sub>2</sub>O<br>x 红 <b>粗</b></p>\n",
        ),
        ("<b>没有关", "<p>&lt;b&gt;没有关</p>\n"),
        (
            "<details><summary>看</summary>\n\n**内**\n\n</details>\n\n后",
            "<details><summary>看</summary>\n<p><strong>内</strong></p>\n</details>\n<p>后</p>\n",
        ),
        ("<ruby>漢<rt>hàn</rt></ruby>", "<p><ruby>漢<rt>hàn</rt></ruby></p>\n"),
    ] {
        assert_eq!(page_html(markdown), html, "{markdown}");
    }
}

#[test]
fn a_bare_address_ends_where_chinese_punctuation_begins() {
    let html = page_html("见 https://a.com/x?b=c&d=1。后面（https://b.com）再 www.c.com，或 me@d.com；完");
    for address in ["https://a.com/x?b=c&amp;d=1", "https://b.com", "http://www.c.com", "mailto:me@d.com"] {
        assert!(
            html.contains(&format!("<a href=\"{address}\" target=\"_blank\" rel=\"noopener noreferrer nofollow ugc\">")),
            "{address} in {html}"
        );
    }
    assert!(html.contains("</a>。后面（<a"), "{html}");
    assert!(html.contains("</a>；完"), "{html}");
}

#[test]
fn tables_scroll_in_their_own_frame_and_tasks_cannot_be_ticked() {
    let html = page_html("| 甲 | 乙 |\n| --- | ---: |\n| 1 | 2 |\n\n- [x] 做完\n- [ ] 没做");
    assert!(html.starts_with("<div class=\"table-scroll\" tabindex=\"0\">\n<table>"), "{html}");
    assert!(html.contains("<td align=\"right\">2</td>"), "{html}");
    assert_eq!(html.matches("<input").count(), 2);
    assert_eq!(html.matches("disabled").count(), 2);
    assert_eq!(html.matches("checked").count(), 1);
}

#[test]
fn footnotes_lead_there_and_back() {
    let html = page_html("话[^注]。\n\n[^注]: 出处");
    let target = html.split("href=\"#").nth(1).unwrap().split('"').next().unwrap();
    assert!(target.starts_with("fn-"), "{html}");
    assert!(html.contains(&format!("<li id=\"{target}\">")), "{html}");
    assert!(html.contains(&format!("<a href=\"#{}\"", target.replace("fn-", "fnref-"))), "{html}");
}

#[test]
fn pictures_come_over_https_or_in_the_answer_and_others_become_links() {
    let html = page_html("![图](https://a.com/x.png \"题\") ![图](data:image/png;base64,AAAA)");
    assert_eq!(html.matches("<img").count(), 2);
    assert_eq!(html.matches("referrerpolicy=\"no-referrer\"").count(), 2);
    assert_eq!(html.matches("loading=\"lazy\"").count(), 2);
    let html = page_html("![图](http://a.com/x.png) ![图](data:image/svg+xml;base64,AAAA) ![图](file:///etc/passwd)");
    assert!(!html.contains("<img"), "{html}");
    assert!(html.contains("<a href=\"http://a.com/x.png\""), "{html}");
}

#[test]
fn code_is_labelled_and_coloured_by_class() {
    let html = page_html("```rust\nfn main() { let x = \"a\"; // c\n}\n```");
    for part in [
        "<figure class=\"code\"><figcaption><span>Rust</span></figcaption>",
        "<span class=\"kw\">fn</span> <span class=\"fn\">main</span>",
        "<span class=\"st\">\"a\"</span>",
        "<span class=\"co\">// c",
    ] {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
    let labels =
        [("shell", "Bourne Again Shell (bash)"), ("golang", "Go"), ("ts", "TypeScript"), ("C++", "C++"), ("mermaid", "mermaid")];
    for (fence, label) in labels {
        let html = page_html(&format!("```{fence}\nx\n```"));
        assert!(html.contains(&format!("<figcaption><span>{label}</span></figcaption>")), "{fence}: {html}");
    }
    assert!(page_html("```\n<x>\n```").contains("<figcaption></figcaption><pre tabindex=\"0\"><code>&lt;x&gt;\n"));
}

#[test]
fn code_that_grows_is_coloured_as_if_it_had_come_at_once() {
    let code = "```python\ndef f(x):\n    \"\"\"多行\n    文档\"\"\"\n    return x * 2  # 注\n\nclass A(B): pass\n```\n\n```js\nconst a = `x ${b} y`;\n```\n";
    let mut growing = GrowingAnswer::default();
    for (end, _) in code.char_indices() {
        growing.draft_html(&code[..end]);
    }
    assert_eq!(growing.page_html(code), page_html(code));
}

#[test]
fn mathematics_keeps_its_text() {
    let html = page_html("设 $a_1 * b_1$ 与 \\(x_2 * y_2\\)：\n\n$$\n\\frac{a}{b} < c\n$$");
    for part in ["<span class=\"math\">a_1 * b_1</span>", "<span class=\"math\">x_2 * y_2</span>", "\\frac{a}{b} &lt; c</span>"] {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
}

#[test]
fn no_text_takes_for_ever_or_ends_the_process() {
    let long_line = format!("```js\n{}\n```", "a=/[^x]*(a|b)*/.test(\"\");".repeat(20_000));
    let many_lines =
        format!("```rust\n{}```", "let x: Vec<String> = y.iter().map(|z| z.to_string()).collect(); // c\n".repeat(30_000));
    for (name, markdown) in [
        ("quotes", ">".repeat(50_000) + "x"),
        ("bullets", "- ".repeat(20_000) + "x"),
        ("numbers", "1. ".repeat(20_000) + "x"),
        ("lists", (0..700).map(|depth| "  ".repeat(depth) + "- x\n").collect()),
        ("brackets", "[".repeat(50_000)),
        ("links", "[a](".repeat(20_000)),
        ("emphasis", "*a **b ".repeat(20_000)),
        ("stars", "* ".repeat(30_000) + "x"),
        ("backticks", (1..800).map(|count| "`".repeat(count) + " ").collect()),
        ("tags", "<b>".repeat(20_000)),
        ("details", "<details>\n\n".repeat(5_000)),
        ("dollars", "$a ".repeat(30_000)),
        ("table", format!("|{}\n|{}\n", "a|".repeat(3_000), "-|".repeat(3_000))),
        ("footnotes", "[^a]".repeat(5_000) + "\n\n[^a]: x"),
        ("nul", "\0\u{feff}\u{202e}\r\r\n".repeat(100)),
        ("long line", long_line),
        ("many lines", many_lines),
        ("huge", "字".repeat(600_000)),
    ] {
        let started = Instant::now();
        GrowingAnswer::default().draft_html(&markdown);
        assert!(!page_html(&markdown).is_empty(), "{name}");
        assert!(started.elapsed() < PATIENCE, "{name} took {:?}", started.elapsed());
    }
}
