//! Links of an answer that could carry something out.

use huixin::moderation::{
    canary::Canary,
    links::{Policy, disarm},
};

const MARK: &str = "3f9a17c204be58d6";

fn policy() -> Policy {
    Policy { canary: Some(Canary::of(MARK)), known: vec!["https://known.example/picture.png?size=1".to_owned()] }
}

#[test]
fn links_that_carry_a_message_become_plain_text() {
    let long = "c2VjcmV0".repeat(8);
    for (answer, left) in [
        (format!("[点这里](https://e.example/?q={long})"), "点这里 (e[.]example)"),
        (format!("看 https://e.example/c?d={long}。好"), "看 e[.]example。好"),
        (format!("<https://e.example/{long}>"), "<e[.]example>"),
        (format!("![x](<https://e.example/{long}> \"t)\") y"), "x (e[.]example) y"),
        (format!("[[a] b](https://e.example/{long} (t))"), "[a] b (e[.]example))"),
        (format!("[![图](https://e.example/{long})](https://ok.example/)"), "[图 (e[.]example)](https://ok.example/)"),
        (format!("[x](https\\://e.example/?{long})"), "x (e[.]example)"),
        (format!("[x](&#104;ttps&colon;//e.example/?{long})"), "x (e[.]example)"),
        (format!("[x](//e.example/?{long})"), "x (e[.]example)"),
        (format!("[x][1]\n\n[1]: https://e.example/?{long}"), "[x][1]\n\n1 (e[.]example)"),
        (format!("www.e.example/{long}"), "www[.]e[.]example"),
        (format!("HTTPS://E.EXAMPLE/{long}"), "E[.]EXAMPLE"),
        (format!("<img src=\"https://e.example/{long}\">"), "<img src=\"e[.]example\">"),
        ("[x](https://e.example/3f9a%317c204be58d6)".to_owned(), "x (…)"),
        (format!("[{MARK}](https://e.example/)"), "[3f9a17c204be58d6](https://e.example/)"),
        (format!("https://{MARK}.e.example/"), "…"),
        ("https://e.example/?d=M2Y5YTE3YzIwNGJlNThkNg".to_owned(), "…"),
    ] {
        assert_eq!(disarm(&answer, &policy()), left, "{answer}");
    }
}

#[test]
fn pictures_become_links_unless_their_address_was_known_before() {
    for (answer, left) in [
        ("![图](https://e.example/a.png)", "[图](https://e.example/a.png)"),
        ("![图](https://known.example/picture.png?size=1)", "![图](https://known.example/picture.png?size=1)"),
        ("![图](https://known.example/picture.png?size=2)", "[图](https://known.example/picture.png?size=2)"),
        ("![图][1]\n[1]: https://e.example/a.png", "![图][1]\n[1] https://e.example/a.png"),
    ] {
        assert_eq!(disarm(answer, &policy()), left, "{answer}");
    }
}

#[test]
fn what_is_no_danger_stays_as_it_is() {
    for answer in [
        "没有链接。",
        "let v = vec![1, 2]; a[0](x)",
        "见 [文档](https://docs.rs/tokio/latest/tokio/sync/struct.Mutex.html#method.lock)。",
        "https://zh.wikipedia.org/wiki/%E4%BA%BA%E5%B7%A5%E6%99%BA%E8%83%BD 和 http://a.cn:8080/x?y=1&z=2",
        "- [ ] 待办\n- [x] 完成",
        "注[^1]\n\n[^1]: 见 https://a.example/b",
        "[[[[[[",
        "![",
        "[a](b c",
        "![\\![]()",
    ] {
        assert_eq!(disarm(answer, &policy()), answer);
    }
}
