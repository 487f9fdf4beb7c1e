//! What is not a push at all, and how much of it the reader looks at before it says so.

use std::time::{Duration, Instant};

use huixin::wechat::incoming::{BadXml, Body, body, parse};

use super::{event_push, push};

/// `body` and `parse` keep the same limits, so each refusal is asked of both.
fn refused(xml: impl AsRef<[u8]>, expected: BadXml) {
    let xml = xml.as_ref();
    assert_eq!(parse(xml), Err(expected), "parse: {}", String::from_utf8_lossy(xml));
    assert_eq!(body(xml), Err(expected), "body: {}", String::from_utf8_lossy(xml));
}

#[test]
fn what_is_not_well_formed_is_refused() {
    let good = push("text", "<Content><![CDATA[a]]></Content>");
    for cut in 0..good.len() {
        refused(&good[..cut], BadXml::Malformed);
    }
    for bad in
        ["", " ", "text", "{}", "<xml>", "</xml>", "<xml/><xml/>", "<xml></xml>x", "x<xml></xml>", "<></>", "< xml></ xml>"]
    {
        refused(bad, BadXml::Malformed);
    }
    for inner in ["<a></b>", "<a>", "</a>", "&", "&amp", "&;", "&#;", "&#x;", "&#0;", "&#xD800;", "&#x110000;", "&#-1;", "&nbsp;"]
    {
        refused(push("text", inner), BadXml::Malformed);
    }
    for inner in ["<![CDATA[", "<!--", "<?", "<!", "<!ELEMENT a>", "<!ENTITY a 'b'>", "<a b='", "<![INCLUDE[a]]>", "<!-->"] {
        refused(push("text", inner), BadXml::Malformed);
    }
}

#[test]
fn a_dtd_is_refused_wherever_it_stands() {
    let good = push("text", "");
    for dtd in [
        "<!DOCTYPE xml>",
        "<!doctype xml>",
        "<!DOCTYPE",
        "<!DOCTYPE>",
        "<!DOCTYPE xml SYSTEM \"http://evil.example/a.dtd\">",
        "<!DOCTYPE xml [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>",
        "<!DOCTYPE xml [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>",
    ] {
        refused(format!("{dtd}{good}"), BadXml::Dtd);
        refused(format!("\u{feff}<?xml version=\"1.0\"?><!-- a -->{dtd}{good}"), BadXml::Dtd);
        refused(push("text", dtd), BadXml::Dtd);
    }
}

#[test]
fn an_entity_that_nobody_declared_is_refused() {
    refused(push("text", "<Content>&xxe;</Content>"), BadXml::Malformed);
    refused(push("text", "<Content>&lol9;</Content>"), BadXml::Malformed);
}

#[test]
fn nesting_is_bounded() {
    let nested = |levels: usize| push("text", &format!("{}{}", "<a>".repeat(levels), "</a>".repeat(levels)));
    assert!(parse(nested(31).as_bytes()).is_ok(), "32 levels with the root");
    for levels in [32, 1_000, 100_000] {
        refused(nested(levels), BadXml::Depth);
    }
    refused("<a>".repeat(100_000), BadXml::Depth);
}

#[test]
fn the_number_of_elements_is_bounded() {
    let many = |elements: usize| push("text", &"<a/>".repeat(elements));
    assert!(parse(many(4096 - 5).as_bytes()).is_ok(), "4096 with the root and the four that all have");
    refused(many(4096 - 4), BadXml::Depth);
}

#[test]
fn what_is_not_utf_8_is_refused() {
    let content = |bytes: &[u8]| {
        push("text", "<Content>@</Content>").into_bytes().split(|byte| *byte == b'@').collect::<Vec<_>>().join(bytes)
    };
    for bytes in [&b"\xff"[..], b"\xc0\xaf", b"\xed\xa0\x80", b"\xc4\xe3\xba\xc3", b"\xf4\x90\x80\x80", b"\xe4\xb8"] {
        refused(content(bytes), BadXml::Utf8);
    }
    let utf_16: Vec<u8> = push("text", "").encode_utf16().flat_map(u16::to_le_bytes).collect();
    refused([&b"\xff\xfe"[..], &utf_16].concat(), BadXml::Utf8);
    assert!(parse(&content("中".as_bytes())).is_ok());
}

#[test]
fn a_byte_order_mark_is_no_reason_to_refuse() {
    assert!(parse(format!("\u{feff}{}", push("text", "")).as_bytes()).is_ok());
}

#[test]
fn a_reference_to_a_forbidden_character_is_removed_like_the_character() {
    let xml = push("text", "<Content>a&#2;&#xB;&#xFFFE;b</Content>");
    assert_eq!(parse(xml.as_bytes()), parse(push("text", "<Content>ab</Content>").as_bytes()));
}

#[test]
fn a_push_without_one_of_the_common_elements_is_incomplete() {
    let good = push("text", "");
    for (element, value) in [
        ("ToUserName", "<![CDATA[gh_1234567890ab]]>"),
        ("FromUserName", "<![CDATA[oUSER1]]>"),
        ("CreateTime", "1789000001"),
        ("MsgType", "<![CDATA[text]]>"),
    ] {
        let whole = format!("<{element}>{value}</{element}>");
        assert!(good.contains(&whole));
        for instead in [String::new(), format!("<{element}/>"), format!("<{element}> <![CDATA[ ]]></{element}>")] {
            assert_eq!(parse(good.replace(&whole, &instead).as_bytes()), Err(BadXml::Incomplete), "{element}: {instead}");
        }
    }
    for name in ["gh_1234567890ab", "oUSER1"] {
        assert!(parse(good.replace(name, &"x".repeat(128)).as_bytes()).is_ok());
        assert_eq!(parse(good.replace(name, &"x".repeat(129)).as_bytes()), Err(BadXml::Incomplete), "a longer {name}");
    }
    assert_eq!(parse(b"<html><body>502 Bad Gateway</body></html>"), Err(BadXml::Incomplete));
}

#[test]
fn the_outer_document_says_whether_it_is_sealed() {
    let sealed = |encrypt: &str| format!("<xml><ToUserName><![CDATA[gh_1]]></ToUserName>{encrypt}</xml>");
    for written in ["<Encrypt><![CDATA[QUJD]]></Encrypt>", "<Encrypt>QUJD</Encrypt>", "<Encrypt>\n <![CDATA[ QUJD\n]]></Encrypt>"]
    {
        assert_eq!(body(sealed(written).as_bytes()), Ok(Body::Encrypted("QUJD".into())), "{written}");
    }
    let both = push("text", "<Encrypt><![CDATA[first]]></Encrypt><Encrypt><![CDATA[second]]></Encrypt>");
    assert_eq!(body(both.as_bytes()), Ok(Body::Encrypted("first".into())));
    for plain in
        ["", "<Encrypt/>", "<encrypt>QUJD</encrypt>", "<a><Encrypt>QUJD</Encrypt></a>", "<Content>&lt;Encrypt></Content>"]
    {
        assert_eq!(body(sealed(plain).as_bytes()), Ok(Body::Plain), "{plain}");
    }
}

#[test]
fn a_megabyte_of_anything_is_read_in_time() {
    let many = 1 << 20;
    let long = [
        push("text", &"<a/>".repeat(many / 4)),
        push("text", &"<a><b/></a>".repeat(many / 11)),
        push("text", &format!("<Content>{}</Content>", "&amp;".repeat(many / 5))),
        push("text", &format!("<Content>{}</Content>", "<![CDATA[]]>".repeat(many / 12))),
        push("text", &format!("<Content>{}</Content>", " <!---->".repeat(many / 8))),
        push("text", &format!("<Content>{}</Content>", " <b/>".repeat(many / 5))),
        push("text", &format!("<a {}/>", "b='c' ".repeat(many / 6))),
        push("text", &format!("<{0}/>", "a".repeat(many))),
        event_push(
            "MASSSENDJOBFINISH",
            &format!("<ArticleUrlResult><ResultList>{}</ResultList></ArticleUrlResult>", "<item/>".repeat(many / 7)),
        ),
        event_push(
            "PUBLISHJOBFINISH",
            &format!("<PublishEventInfo>{}</PublishEventInfo>", "<fail_idx>1</fail_idx>".repeat(many / 22)),
        ),
        "<!DOCTYPE xml [".to_owned() + &"<!ENTITY a 'b'>".repeat(many / 15),
        push("text", &"<![CDATA[".repeat(many / 9)),
        push("text", &"\u{1}".repeat(many)),
    ];
    for xml in long {
        let started = Instant::now();
        let outcome = parse(xml.as_bytes()).map(|read| read.dedup_key());
        let _ = body(xml.as_bytes());
        // Unoptimised, the slowest takes a tenth of this; reading again for every element would take minutes.
        assert!(started.elapsed() < Duration::from_secs(5), "{outcome:?} after {:?}: {:.80}", started.elapsed(), xml);
    }
}
