//! Markdown of a language model as the HTML of its page.

use huixin::article::html::{GrowingAnswer, page_html};

#[test]
fn show() {
    for md in [
        "# 标题\n\n**“重点”**是 `x`。\n\n- [x] 完成\n- [ ] 未完成\n\n| a | b |\n|---|:-:|\n| 1 | 2 |\n\n~~划~~ [^1]\n\n[^1]: 注\n",
        "> [!NOTE]\n> 注意内容\n",
        "```rust\nfn main() { let x = \"a{}\"; // c\n}\n```\n\n```\nplain\n```\n\n```mermaid\ngraph\n```\n```math\nx^2\n```",
        "见 https://example.com/a?b=c&d=1。后面（https://b.com/x）再 www.c.com，好 mail@a.com",
        "<b>粗</b> <b>开 Vec<T> <br> <span style='x'>y</span> <script>alert(1)</script>",
        "<details><summary>看</summary>\n\n**内容**\n\n</details>\n\n后文",
        "<div align=center>\n<img src=x onerror=alert(1)>\n</div>",
        "![图](https://a.com/x.png) ![h](http://a.com/x.png) [js](javascript:alert(1)) [rel](/a/b) ![d](data:image/png;base64,AAAA)",
        "价格 $5，另一个 $10。公式 $E = mc^2$，\\(a_b\\) 与 \\[x_1 * y_2 * z\\]\n\n$$\n\\frac{a}{b}\n$$",
        "段落\n---\n另一段\n- 列表",
    ] {
        eprintln!("--- {md}\n=== {}", page_html(md));
    }
    let mut g = GrowingAnswer::default();
    for md in [
        "**bold",
        "**bold*",
        "**bold** and `co",
        "see [text](http://a",
        "![a](htt",
        "| a | b",
        "| a | b |\n|--",
        "| a | b |\n|---|---|\n| 1",
        "```rust\nfn a",
        "```rust\nfn a() {}\n``",
        "text\n-",
        "text\n1.",
        "a ~~b",
        "a [x] b **",
        "**a** b **c",
    ] {
        eprintln!("--- {md}\n=== {}", g.draft_html(md));
    }
}
