//! Lies in the outer document, which is read before anything about it is proven.

use super::{
    AES_KEY, APP_ID, Case,
    Expect::{Accepted, Either, Refused},
    request::{Query, event, outer, post, wrapped},
};
use crate::forgery;

const MEBIBYTE: usize = 1 << 20;

pub(super) fn cases() -> Vec<Case> {
    [foreign(), sizes(), markup(), encodings(), sealing(), content_types()].into_iter().flatten().collect()
}

/// Bodies without an envelope. The signature is right for an empty one, the plain one beside it too.
fn foreign() -> Vec<Case> {
    let with = |name: &str, body: &[u8]| post(name, &Query::honest(""), body, Refused);
    let plain = |name: &str, encrypt_type: Option<&str>| {
        let query = Query { encrypt_type: encrypt_type.map(str::to_owned), ..Query::honest("") };
        post(name, &query, event(name), Refused)
    };
    vec![
        with("body-empty", b""),
        with("body-of-spaces", b"  \n "),
        with("body-of-nuls", &[0; 100]),
        with("body-json", br#"{"ToUserName":"gh_hostile","Encrypt":"QUJD"}"#),
        with("body-html", b"<html><body><h1>502 Bad Gateway</h1></body></html>"),
        with("body-form", b"ToUserName=gh_hostile&Encrypt=QUJD"),
        with("body-multipart", b"--b\r\nContent-Disposition: form-data; name=\"Encrypt\"\r\n\r\nQUJD\r\n--b--"),
        with("body-gzip", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xb3\xa9\xc8\xcd\xd1\xb7\x03\x00"),
        with("body-soap", b"<s:Envelope xmlns:s=\"a\"><s:Body><Encrypt>QUJD</Encrypt></s:Body></s:Envelope>"),
        with("body-root-alone", b"<xml/>"),
        with("body-root-open", b"<xml>"),
        with("body-end-alone", b"</xml>"),
        with("body-declaration-alone", b"<?xml version=\"1.0\"?>"),
        with("body-comment-alone", b"<!-- xml -->"),
        plain("body-plain-in-a-secure-account", Some("aes")),
        plain("body-plain-and-said-to-be", None),
        plain("body-plain-and-said-to-be-raw", Some("raw")),
    ]
}

fn sizes() -> Vec<Case> {
    let padded = |name: &str, size: usize, expect| {
        let spaces = |encrypted: &str| " ".repeat(size - outer(encrypted).len());
        wrapped(name, |encrypted| (outer(encrypted) + &spaces(encrypted)).into(), expect)
    };
    let repeated = |name: &str, piece: &str, expect| {
        let count = MEBIBYTE / piece.len() + 1;
        wrapped(name, |encrypted| format!("<xml>{}{}", piece.repeat(count), outer(encrypted)).into(), expect)
    };
    vec![
        padded("size-one-kibibyte-of-spaces", 2048, Accepted),
        padded("size-a-mebibyte-and-one", MEBIBYTE + 1, Refused),
        padded("size-four-mebibytes", 4 * MEBIBYTE, Refused),
        repeated("size-a-mebibyte-of-elements", "<a/>", Refused),
        repeated("size-a-mebibyte-of-starts", "<a>", Refused),
        repeated("size-a-mebibyte-of-references", "&amp;", Refused),
        repeated("size-a-mebibyte-of-cdata", "<![CDATA[", Refused),
        repeated("size-a-mebibyte-of-comments", "<!---->", Refused),
        repeated("size-a-mebibyte-of-controls", "\u{1}", Refused),
        wrapped("size-half-a-mebibyte-of-elements", |encrypted| inside(&"<a/>".repeat(100_000), encrypted), Refused),
        wrapped("size-half-a-mebibyte-in-a-name", |encrypted| inside(&format!("<{}/>", "a".repeat(500_000)), encrypted), Either),
        wrapped(
            "size-half-a-mebibyte-of-attributes",
            |encrypted| inside(&format!("<a {}/>", "b='c' ".repeat(80_000)), encrypted),
            Either,
        ),
    ]
}

/// An outer document with `before` in front of the envelope.
fn inside(before: &str, encrypted: &str) -> Vec<u8> {
    outer(encrypted).replacen("<xml>", &format!("<xml>{before}"), 1).into()
}

fn markup() -> Vec<Case> {
    let before = |name: &str, text: &str, expect| wrapped(name, |encrypted| (text.to_owned() + &outer(encrypted)).into(), expect);
    let after = |name: &str, text: &str, expect| wrapped(name, |encrypted| (outer(encrypted) + text).into(), expect);
    let within = |name: &str, text: &str, expect| wrapped(name, |encrypted| inside(text, encrypted), expect);
    let nested = |levels: usize| format!("{}{}", "<a>".repeat(levels), "</a>".repeat(levels));
    vec![
        before("outer-dtd", "<!DOCTYPE xml>", Refused),
        before("outer-dtd-in-small-letters", "<!doctype xml>", Refused),
        before("outer-dtd-unclosed", "<!DOCTYPE xml [", Refused),
        before("outer-dtd-external", "<!DOCTYPE xml SYSTEM \"http://127.0.0.1:1/a.dtd\">", Refused),
        before("outer-entity", "<!DOCTYPE xml [<!ENTITY a \"b\">]>", Refused),
        before("outer-external-entity", "<!DOCTYPE xml [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>", Refused),
        before("outer-parameter-entity", "<!DOCTYPE xml [<!ENTITY % a SYSTEM \"http://127.0.0.1:1/\"> %a;]>", Refused),
        before("outer-declaration", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", Accepted),
        before("outer-declaration-of-gbk-in-utf-8", "<?xml version=\"1.0\" encoding=\"GBK\"?>", Accepted),
        before("outer-comment", "<!-- <Encrypt>no</Encrypt> -->", Accepted),
        before("outer-style-sheet", "<?xml-stylesheet href=\"http://127.0.0.1:1/\"?>", Accepted),
        before("outer-text-before", "text", Refused),
        before("outer-second-root-before", "<xml/>", Refused),
        after("outer-second-root", "<xml><Encrypt>no</Encrypt></xml>", Refused),
        after("outer-text-after", "text", Refused),
        after("outer-end-twice", "</xml>", Refused),
        after("outer-nul-after", "\0", Accepted),
        after("outer-dtd-after", "<!DOCTYPE xml>", Refused),
        within("outer-nesting-32", &nested(31), Accepted),
        within("outer-nesting-33", &nested(32), Refused),
        within("outer-nesting-10000", &nested(10_000), Refused),
        within("outer-nesting-open", &"<a>".repeat(10_000), Refused),
        within("outer-dtd-within", "<!DOCTYPE xml>", Refused),
        within("outer-unknown-entity", "&lol9;", Refused),
        within("outer-bare-ampersand", "a & b", Refused),
        within("outer-unclosed-reference", "<a>&amp</a>", Refused),
        within("outer-reference-to-nul", "<a>&#0;</a>", Refused),
        within("outer-reference-to-a-surrogate", "<a>&#xD800;</a>", Refused),
        within("outer-reference-to-half-a-pair", "<a>&#55357;&#56832;</a>", Refused),
        within("outer-reference-beyond-unicode", "<a>&#x110000;</a>", Refused),
        within("outer-reference-huge", "<a>&#99999999999999999999;</a>", Refused),
        within("outer-elements-crossed", "<a><b></a></b>", Refused),
        within("outer-element-unclosed", "<a>", Refused),
        within("outer-element-without-a-name", "<></>", Refused),
        within("outer-cdata-unclosed", "<![CDATA[", Refused),
        within("outer-comment-unclosed", "<!--", Refused),
        within("outer-attribute-unclosed", "<a b=\"", Refused),
        within("outer-ignore-section", "<![IGNORE[a]]>", Refused),
        within(
            "outer-x-include",
            "<i:include xmlns:i=\"http://www.w3.org/2001/XInclude\" href=\"file:///etc/passwd\"/>",
            Accepted,
        ),
    ]
}

fn encodings() -> Vec<Case> {
    let within = |name: &str, bytes: &[u8], expect| {
        wrapped(name, |encrypted| [b"<xml><a>", bytes, b"</a>", &outer(encrypted).as_bytes()[5..]].concat(), expect)
    };
    let utf_16 = |text: String| [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    vec![
        within("outer-gbk", b"\xc4\xe3\xba\xc3", Refused),
        within("outer-latin-1", b"caf\xe9", Refused),
        within("outer-overlong-slash", b"\xc0\xaf", Refused),
        within("outer-surrogate-in-utf-8", b"\xed\xa0\x80", Refused),
        within("outer-beyond-unicode", b"\xf4\x90\x80\x80", Refused),
        within("outer-half-a-character", b"\xe4\xb8", Refused),
        within("outer-bytes-fe-ff", b"\xfe\xff", Refused),
        within("outer-controls", b"\x01\x02\x0b\x1f\x7f", Accepted),
        within("outer-chinese", "你好".as_bytes(), Accepted),
        wrapped("outer-byte-order-mark", |encrypted| format!("\u{feff}{}", outer(encrypted)).into(), Accepted),
        wrapped("outer-two-byte-order-marks", |encrypted| format!("\u{feff}\u{feff}{}", outer(encrypted)).into(), Refused),
        wrapped("outer-utf-16", |encrypted| utf_16(outer(encrypted)), Refused),
        wrapped("outer-truncated", |encrypted| outer(encrypted).as_bytes()[..100].to_vec(), Refused),
        wrapped("outer-without-its-last-byte", |encrypted| outer(encrypted).trim_end_matches('>').into(), Refused),
    ]
}

/// Where the envelope stands in the outer document, and how it is written there.
fn sealing() -> Vec<Case> {
    let element = |name: &str, write: fn(&str) -> String, expect| {
        wrapped(name, |encrypted| format!("<xml>{}</xml>", write(encrypted)).into(), expect)
    };
    let forged = |encrypted: &str| event("forged").replacen("</xml>", &format!("<Encrypt>{encrypted}</Encrypt></xml>"), 1);
    vec![
        wrapped("compatible-mode-with-other-plain-fields", |encrypted| forged(encrypted).into(), Accepted),
        element("encrypt-without-cdata", |text| format!("<Encrypt>{text}</Encrypt>"), Accepted),
        element("encrypt-in-white-space", |text| format!("<Encrypt>\n <![CDATA[{text}]]>\n</Encrypt>"), Accepted),
        element("encrypt-with-attributes", |text| format!("<Encrypt a=\"b\">{text}</Encrypt>"), Accepted),
        element("encrypt-in-two-parts", |text| format!("<Encrypt><![CDATA[{}]]>{}</Encrypt>", &text[..9], &text[9..]), Accepted),
        element("encrypt-twice-good-first", |text| format!("<Encrypt>{text}</Encrypt><Encrypt>no</Encrypt>"), Accepted),
        element("encrypt-twice-good-last", |text| format!("<Encrypt>no</Encrypt><Encrypt>{text}</Encrypt>"), Refused),
        element("encrypt-empty-first", |text| format!("<Encrypt/><Encrypt>{text}</Encrypt>"), Refused),
        element("encrypt-in-small-letters", |text| format!("<encrypt>{text}</encrypt>"), Refused),
        element("encrypt-with-a-prefix", |text| format!("<a:Encrypt>{text}</a:Encrypt>"), Refused),
        element("encrypt-too-deep", |text| format!("<a><Encrypt>{text}</Encrypt></a>"), Refused),
        element("encrypt-in-a-comment", |text| format!("<!--<Encrypt>{text}</Encrypt>-->"), Refused),
        element("encrypt-in-cdata", |text| format!("<![CDATA[<Encrypt>{text}</Encrypt>]]>"), Refused),
        element("encrypt-as-an-attribute", |text| format!("<a Encrypt=\"{text}\"/>"), Refused),
        element("encrypt-within-an-element", |text| format!("<Encrypt><a>{text}</a></Encrypt>"), Refused),
        element("encrypt-missing", |_| "<ToUserName>gh_hostile</ToUserName>".to_owned(), Refused),
    ]
}

/// The content type says nothing that the body does not say itself.
fn content_types() -> Vec<Case> {
    [
        "application/xml",
        "text/plain",
        "text/html",
        "application/json",
        "application/octet-stream",
        "multipart/form-data; boundary=b",
        "text/xml; charset=gbk",
        "text/xml; charset=utf-16",
        "",
        "nonsense",
    ]
    .into_iter()
    .enumerate()
    .map(|(number, content_type)| {
        let name = format!("content-type-{number}");
        let encrypted = forgery::envelope(AES_KEY, APP_ID, event(&name).as_bytes());
        Case { content_type, ..post(&name, &Query::honest(&encrypted), outer(&encrypted), Accepted) }
    })
    .collect()
}
