//! Lies in the message itself, in an honest envelope. What is odd but could come from WeChat is accepted.

use super::{
    Case,
    Expect::{Accepted, Refused},
    now,
    request::{event, event_with, sealed},
};

pub(super) fn cases() -> Vec<Case> {
    [foreign(), markup(), encodings(), odd_but_true(), numbers(), incomplete()].into_iter().flatten().collect()
}

fn foreign() -> Vec<Case> {
    [
        ("empty", ""),
        ("of-spaces", "   "),
        ("json", r#"{"ToUserName":"gh_hostile","FromUserName":"oHOSTILE","CreateTime":1,"MsgType":"event","Event":"VIEW"}"#),
        ("html", "<html><body>forged</body></html>"),
        ("text", "forged"),
        ("root-alone", "<xml/>"),
        ("another-envelope", "<xml><ToUserName>gh_hostile</ToUserName><Encrypt>QUJD</Encrypt></xml>"),
    ]
    .into_iter()
    .map(|(kind, inner)| sealed(&format!("message-{kind}"), inner, Refused))
    .collect()
}

fn markup() -> Vec<Case> {
    let refused_before = [
        ("dtd", "<!DOCTYPE xml>"),
        ("external-dtd", "<!DOCTYPE xml SYSTEM \"http://127.0.0.1:1/a.dtd\">"),
        ("external-entity", "<!DOCTYPE xml [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>"),
        ("parameter-entity", "<!DOCTYPE xml [<!ENTITY % a SYSTEM \"file:///etc/passwd\">%a;]>"),
        ("entities-that-multiply", BILLION_LAUGHS),
        ("text-before", "text"),
        ("root-before", "<xml/>"),
    ];
    let refused_within = [
        ("unknown-entity", "<a>&xxe;</a>"),
        ("entity-of-html", "<a>&nbsp;</a>"),
        ("bare-ampersand", "<a>a & b</a>"),
        ("surrogate", "<a>&#xD83D;</a>"),
        ("surrogate-pair", "<a>&#xD83D;&#xDE00;</a>"),
        ("reference-to-nul", "<a>&#0;</a>"),
        ("reference-beyond-unicode", "<a>&#x110000;</a>"),
        ("reference-negative", "<a>&#-1;</a>"),
        ("crossed-elements", "<a><b></a></b>"),
        ("early-end", "</xml>"),
        ("unclosed-cdata", "<a><![CDATA[</a>"),
        ("unclosed-comment", "<!-- "),
        ("nested-cdata", "<a><![CDATA[<![CDATA[a]]>]]></b></a>"),
        ("entity-declaration", "<!ENTITY a 'b'>"),
    ];
    let nested = |levels: usize| format!("{}{}", "<a>".repeat(levels), "</a>".repeat(levels));
    let name = |kind: &str| format!("message-{kind}");
    let mut cases = vec![
        sealed("message-nesting-32", event_with("message-nesting-32", &nested(31)), Accepted),
        sealed("message-nesting-33", event_with("message-nesting-33", &nested(32)), Refused),
        sealed("message-nesting-10000", event_with("message-nesting-10000", &nested(10_000)), Refused),
        sealed("message-of-5000-elements", event_with("message-of-5000-elements", &"<a/>".repeat(5000)), Refused),
    ];
    cases.extend(refused_before.map(|(kind, before)| sealed(&name(kind), before.to_owned() + &event("forged"), Refused)));
    cases.extend(refused_within.map(|(kind, within)| sealed(&name(kind), event_with("forged", within), Refused)));
    cases
}

const BILLION_LAUGHS: &str = "<!DOCTYPE xml [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">\
    <!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;\">\
    <!ENTITY e \"&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;\"><!ENTITY f \"&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;\">]>";

fn encodings() -> Vec<Case> {
    let with = |name: &str, bytes: &[u8], expect| {
        let around = event_with(name, "<a>@</a>");
        let (before, after) = around.split_once('@').unwrap();
        sealed(name, [before.as_bytes(), bytes, after.as_bytes()].concat(), expect)
    };
    vec![
        with("message-gbk", b"\xc4\xe3\xba\xc3", Refused),
        with("message-big5", b"\xa7\x41\xa6\x6e", Refused),
        with("message-latin-1", b"caf\xe9", Refused),
        with("message-overlong", b"\xc0\x80", Refused),
        with("message-surrogate-in-utf-8", b"\xed\xa0\xbd\xed\xb8\x80", Refused),
        with("message-half-a-character", b"\xf0\x9f\x98", Refused),
        with("message-controls", b"\x01\x02\x08\x0b\x0c\x0e\x1d\x1f", Accepted),
        with("message-nul", b"a\0b", Accepted),
        with("message-not-quite-characters", "\u{fffe}\u{ffff}\u{fdd0}".as_bytes(), Accepted),
        with("message-emoji", "👩🏽‍🚀🇨🇳".as_bytes(), Accepted),
        with("message-rare-characters", "𠮷𪚥\u{10ffff}".as_bytes(), Accepted),
        with("message-right-to-left", "\u{202e}\u{2066}".as_bytes(), Accepted),
        with("message-many-accents", "e\u{301}".repeat(1000).as_bytes(), Accepted),
    ]
}

/// Pushes that look wrong and are not.
fn odd_but_true() -> Vec<Case> {
    let changed = |name: &str, change: fn(String) -> String| sealed(name, change(event(name)), Accepted);
    let within = |name: &str, rest: &str| sealed(name, event_with(name, rest), Accepted);
    vec![
        changed("odd-byte-order-mark", |xml| format!("\u{feff}{xml}")),
        changed("odd-declaration", |xml| format!("<?xml version=\"1.0\" encoding=\"GB2312\"?>\r\n{xml}\r\n")),
        changed("odd-type-in-capitals", |xml| xml.replace("[event]", "[EVENT]")),
        changed("odd-event-in-small-letters", |xml| xml.replace("[VIEW]", "[view]")),
        changed("odd-event-of-tomorrow", |xml| xml.replace("[VIEW]", "[hologram_shown]")),
        changed("odd-no-cdata", |xml| xml.replace("<![CDATA[", "").replace("]]>", "")),
        changed("odd-time-in-cdata", |xml| {
            xml.replace("<CreateTime>", "<CreateTime><![CDATA[").replace("</CreateTime>", "]]></CreateTime>")
        }),
        changed("odd-white-space", |xml| xml.replace('>', ">\n\t ").replace("]]>\n", "]]>")),
        changed("odd-attributes", |xml| xml.replace("<xml>", "<xml version=\"1\" a='b' xmlns:c=\"d\">")),
        changed("odd-root", |xml| xml.replace("<xml>", "<root>").replace("</xml>", "</root>")),
        changed("odd-order", |xml| xml.replacen("<xml>", "<xml><MenuId>1</MenuId>", 1)),
        within("odd-empty-elements", "<MenuId/><Ticket></Ticket><MsgId/><MsgID/><a><![CDATA[]]></a>"),
        within("odd-second-key", "<EventKey>forged</EventKey><EventKey/>"),
        within("odd-second-sender", "<FromUserName>oFORGED</FromUserName><ToUserName>gh_forged</ToUserName>"),
        within("odd-second-type", "<MsgType>text</MsgType><Event>subscribe</Event><Content>forged</Content>"),
        within("odd-comments", "<!-- a --><!----><?php echo 1 ?>"),
        within("odd-cdata-in-cdata", "<a><![CDATA[<![CDATA[a]]]]><![CDATA[>]]></a>"),
        within("odd-markup-in-cdata", "<a><![CDATA[</a></xml><!DOCTYPE a>&b;]]></a>"),
        within("odd-references", "<a>&#20013;&#x6587;&lt;&gt;&amp;&quot;&apos;</a>"),
        within("odd-reference-to-a-control", "<a>&#2;</a>"),
        within("odd-prefixes", "<a:EventKey xmlns:a=\"b\">forged</a:EventKey>"),
        within("odd-long-value", &format!("<a>{}</a>", "长".repeat(20_000))),
        changed("odd'; DROP TABLE inbound; --", |xml| xml),
        changed(&"odd-key-longer-than-an-index-holds".repeat(300), |xml| xml),
    ]
}

fn numbers() -> Vec<Case> {
    let times = [
        ("zero", "0"),
        ("negative", "-1"),
        ("largest", "9223372036854775807"),
        ("smallest", "-9223372036854775808"),
        ("beyond-64-bits", "99999999999999999999999999"),
        ("fraction", "1789000001.5"),
        ("exponent", "1e308"),
        ("text", "yesterday"),
        ("full-width", "１７８９０００００１"),
    ];
    let of_time = |(kind, time): (&str, &str)| {
        let name = format!("create-time-{kind}");
        let inner = event(&name);
        let (before, after) = inner.split_once("<CreateTime>").unwrap();
        let (_, after) = after.split_once('<').unwrap();
        sealed(&name, format!("{before}<CreateTime>{time}<{after}"), Accepted)
    };
    times.into_iter().map(of_time).collect()
}

fn incomplete() -> Vec<Case> {
    let without = |element: &str, name: &str| {
        let inner = event("forged").replace(&format!("<{element}>"), "<Other>").replace(&format!("</{element}>"), "</Other>");
        sealed(name, inner, Refused)
    };
    let sender = |name: &str, openid: &str| sealed(name, event("forged").replace("oHOSTILE", openid), Refused);
    vec![
        without("ToUserName", "message-without-a-receiver"),
        without("FromUserName", "message-without-a-sender"),
        without("CreateTime", "message-without-a-time"),
        without("MsgType", "message-without-a-type"),
        sender("message-from-nobody", ""),
        sender("message-from-white-space", " \t\n "),
        sender("message-from-controls-alone", "\u{1}\u{2}"),
        sender("message-from-a-name-of-ten-thousand-letters", &"o".repeat(10_000)),
        sealed("message-in-upper-case-elements", event("forged").to_uppercase(), Refused),
        sealed("message-one-level-too-deep", format!("<xml>{}</xml>", event("forged")), Refused),
        sealed("message-cut", &event("forged")[..150], Refused),
        sealed("message-of-a-text-as-time", format!("<xml><CreateTime>{}</CreateTime></xml>", now()), Refused),
    ]
}
