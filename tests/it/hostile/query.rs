//! Lies in the query: signatures, times, nonces, and parameters that are there twice or not at all.

use huixin::wechat::envelope::signature;

use super::{
    Case,
    Expect::{self, Accepted, Either, Refused},
    TOKEN, now,
    request::{Query, queried},
};

pub(super) fn cases() -> Vec<Case> {
    [signatures(), times(), nonces(), presence(), pollution(), encodings()].into_iter().flatten().collect()
}

/// An honest query after `change`.
fn changed(name: &str, change: impl FnOnce(&mut Query), expect: Expect) -> Case {
    queried(
        name,
        |encrypted| {
            let mut query = Query::honest(encrypted);
            change(&mut query);
            query.to_string()
        },
        expect,
    )
}

/// A `msg_signature` that is made from the honest one.
fn resigned(name: &str, change: impl FnOnce(String) -> String, expect: Expect) -> Case {
    changed(name, |query| query.msg_signature = query.msg_signature.take().map(change), expect)
}

fn signatures() -> Vec<Case> {
    let token_of_another = |query: &mut Query| {
        let parts = ["other-token", query.timestamp.as_deref().unwrap(), query.nonce.as_deref().unwrap()];
        query.msg_signature = Some(signature(&parts));
    };
    vec![
        changed("signature-all-honest", |_| {}, Accepted),
        resigned("signature-empty", |_| String::new(), Refused),
        resigned("signature-zeros", |_| "0".repeat(40), Refused),
        resigned("signature-one-digit-off", |good| flipped(&good, 0), Refused),
        resigned("signature-last-digit-off", |good| flipped(&good, 39), Refused),
        resigned("signature-cut", |good| good[..39].to_owned(), Refused),
        resigned("signature-first-digit-only", |good| good[..1].to_owned(), Refused),
        resigned("signature-longer", |good| good + "0", Refused),
        resigned("signature-twice-over", |good| good.repeat(2), Refused),
        resigned("signature-upper-case", |_| "ABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCD".to_owned(), Refused),
        resigned("signature-upper-case-of-the-right-one", |good| good.to_uppercase() + "A", Refused),
        resigned("signature-mixed-case", |good| mixed_case(&good), Refused),
        resigned("signature-space-before", |good| format!(" {good}"), Refused),
        resigned("signature-line-feed-after", |good| good + "\n", Refused),
        resigned("signature-nul-after", |good| good + "\0", Refused),
        resigned("signature-0x", |good| format!("0x{good}"), Refused),
        resigned("signature-in-base64", |_| "5ZuN5L+h5Zue5L+h5Zue5L+h5Zue5L8=".to_owned(), Refused),
        resigned("signature-full-width-digits", |good| good.replace(|digit: char| digit.is_ascii_digit(), "１"), Refused),
        resigned("signature-not-utf-8-length", |_| "é".repeat(20), Refused),
        resigned("signature-huge", |_| "a".repeat(10_000), Refused),
        resigned("signature-null-word", |_| "null".to_owned(), Refused),
        resigned("signature-true-word", |_| "true".to_owned(), Refused),
        resigned("signature-wildcard", |_| "*".to_owned(), Refused),
        resigned("signature-sql", |_| "' OR '1'='1".to_owned(), Refused),
        changed("signature-that-covers-no-body", |query| query.msg_signature.clone_from(&query.signature), Refused),
        changed("signature-with-anothers-token", token_of_another, Refused),
        changed("signature-under-the-empty-token", |query| unsigned(query, ""), Refused),
        changed("signature-of-nothing", |query| query.msg_signature = Some(signature(&[])), Refused),
        changed("signature-of-another-time", |query| query.timestamp = Some((now() - 1).to_string()), Refused),
        changed("signature-of-another-nonce", |query| query.nonce = Some("8472910564".to_owned()), Refused),
        changed("signature-of-the-body-is-not-enough-for-the-other", |query| query.signature = Some("0".repeat(40)), Either),
        queried("signature-over-another-ciphertext", |_| Query::honest("QUJD").to_string(), Refused),
        queried("signature-over-padded-ciphertext", |encrypted| Query::honest(&format!("{encrypted} ")).to_string(), Refused),
    ]
}

/// What someone without the token can sign.
fn unsigned(query: &mut Query, token: &str) {
    let (timestamp, nonce) = (query.timestamp.clone().unwrap(), query.nonce.clone().unwrap());
    query.signature = Some(signature(&[token, &timestamp, &nonce]));
    query.msg_signature.clone_from(&query.signature);
}

/// Hexadecimal digits of which the one at `index` is another.
fn flipped(digits: &str, index: usize) -> String {
    let other = if &digits[index..=index] == "0" { "1" } else { "0" };
    format!("{}{other}{}", &digits[..index], &digits[index + 1..])
}

/// The first letter raised, or nothing like it where a signature has no letter.
fn mixed_case(digits: &str) -> String {
    match digits.find(|digit: char| digit.is_ascii_lowercase()) {
        Some(index) => format!("{}{}{}", &digits[..index], digits[index..=index].to_uppercase(), &digits[index + 1..]),
        None => "A".repeat(40),
    }
}

/// Pushes whose time is `timestamp` and whose signatures are right for it.
fn times() -> Vec<Case> {
    let at = |name: &str, timestamp: String, expect| {
        queried(name, |encrypted| Query::signed(&timestamp, "8472910563", encrypted).to_string(), expect)
    };
    let now = now();
    vec![
        at("time-four-minutes-ago", (now - 240).to_string(), Accepted),
        at("time-four-minutes-ahead", (now + 240).to_string(), Accepted),
        at("time-an-hour-ago", (now - 3600).to_string(), Refused),
        at("time-an-hour-ahead", (now + 3600).to_string(), Refused),
        at("time-a-year-ago", (now - 31_536_000).to_string(), Refused),
        at("time-a-year-ahead", (now + 31_536_000).to_string(), Refused),
        at("time-in-milliseconds", (now * 1000).to_string(), Refused),
        at("time-zero", "0".to_owned(), Refused),
        at("time-minus-one", "-1".to_owned(), Refused),
        at("time-negative", format!("-{now}"), Refused),
        at("time-smallest", i64::MIN.to_string(), Refused),
        at("time-largest", i64::MAX.to_string(), Refused),
        at("time-beyond-64-bits", "9223372036854775808".to_owned(), Refused),
        at("time-beyond-128-bits", "9".repeat(50), Refused),
        at("time-of-ten-thousand-digits", "9".repeat(10_000), Refused),
        at("time-empty", String::new(), Refused),
        at("time-text", "now".to_owned(), Refused),
        at("time-nan", "NaN".to_owned(), Refused),
        at("time-infinity", "inf".to_owned(), Refused),
        at("time-hexadecimal", format!("{now:#x}"), Refused),
        at("time-exponent", "1e9".to_owned(), Refused),
        at("time-fraction", format!("{now}.5"), Refused),
        at("time-with-separators", "1,789,000,001".to_owned(), Refused),
        at("time-rfc-3339", "2026-11-24T00:00:00Z".to_owned(), Refused),
        at("time-unicode-digits", now.to_string().replace('1', "１"), Refused),
        at("time-arabic-digits", now.to_string().replace('1', "١"), Refused),
        at("time-nul-after", format!("{now}\0"), Refused),
        at("time-two-in-one", format!("{now},{now}"), Refused),
        at("time-space-before", format!(" {now}"), Either),
        at("time-plus-before", format!("+{now}"), Either),
        at("time-zeros-before", format!("000{now}"), Either),
        digit_moved_from_nonce_to_time(),
        digit_moved_from_time_to_nonce(),
    ]
}

/// The parts are joined without a separator, so a digit may change sides under the same signature. The window must catch it.
fn digit_moved_from_nonce_to_time() -> Case {
    let (time, nonce) = (now().to_string(), "9472910563");
    queried(
        "time-with-a-digit-of-the-nonce",
        |encrypted| {
            let honest = Query::signed(&time, nonce, encrypted);
            let moved = Query { timestamp: Some(format!("{time}9")), nonce: Some(nonce[1..].to_owned()), ..honest };
            moved.to_string()
        },
        Refused,
    )
}

fn digit_moved_from_time_to_nonce() -> Case {
    let (time, nonce) = (now().to_string(), "9472910563");
    queried(
        "nonce-with-a-digit-of-the-time",
        |encrypted| {
            let (rest, last) = time.split_at(time.len() - 1);
            let honest = Query::signed(&time, nonce, encrypted);
            Query { timestamp: Some(rest.to_owned()), nonce: Some(format!("{last}{nonce}")), ..honest }.to_string()
        },
        Refused,
    )
}

/// Nonces that someone with the token signed. WeChat promises nothing about their form.
fn nonces() -> Vec<Case> {
    let with = |name: &str, nonce: &str, expect| {
        queried(name, |encrypted| Query::signed(&now().to_string(), nonce, encrypted).to_string(), expect)
    };
    vec![
        with("nonce-of-letters", "xxxxxx", Accepted),
        with("nonce-with-reserved-characters", "a&b=c#d?e/f%g+h", Accepted),
        with("nonce-in-chinese", "随机数", Accepted),
        with("nonce-that-looks-like-a-tag", "<Nonce>", Accepted),
        with("nonce-that-ends-cdata", "]]>", Accepted),
        with("nonce-empty", "", Either),
        with("nonce-with-a-nul", "1\x002", Either),
        with("nonce-with-line-ends", "1\r\nSet-Cookie: a=b", Either),
        with("nonce-of-ten-thousand-digits", &"7".repeat(10_000), Either),
        with("nonce-negative", "-8472910563", Accepted),
        with("nonce-with-the-token-in-it", TOKEN, Accepted),
    ]
}

fn presence() -> Vec<Case> {
    vec![
        changed("missing-msg-signature", |query| query.msg_signature = None, Refused),
        changed("missing-both-signatures", |query| (query.signature, query.msg_signature) = (None, None), Refused),
        changed("missing-time", |query| query.timestamp = None, Refused),
        changed("missing-nonce", |query| query.nonce = None, Refused),
        changed("missing-time-and-nonce", |query| (query.timestamp, query.nonce) = (None, None), Refused),
        changed("missing-signature", |query| query.signature = None, Either),
        changed("missing-encrypt-type", |query| query.encrypt_type = None, Either),
        changed("encrypt-type-empty", |query| query.encrypt_type = Some(String::new()), Either),
        changed("encrypt-type-raw", |query| query.encrypt_type = Some("raw".to_owned()), Either),
        changed("encrypt-type-upper-case", |query| query.encrypt_type = Some("AES".to_owned()), Either),
        changed("encrypt-type-of-tomorrow", |query| query.encrypt_type = Some("sm4".to_owned()), Either),
        queried("query-empty", |_| String::new(), Refused),
        queried("query-of-ampersands", |_| "&".repeat(1000), Refused),
        queried("query-of-names-alone", |_| "signature&timestamp&nonce&encrypt_type&msg_signature".to_owned(), Refused),
        queried("query-of-another-product", |_| "msg_signature=1&corpid=ww1&echostr=1".to_owned(), Refused),
    ]
}

/// Parameters that are there twice, or that nobody asked for.
fn pollution() -> Vec<Case> {
    let with = |name: &str, before: &str, after: &str, expect| {
        queried(name, |encrypted| format!("{before}{}{after}", Query::honest(encrypted)), expect)
    };
    let zeros = "0".repeat(40);
    vec![
        with("twice-msg-signature-bad-last", "", &format!("&msg_signature={zeros}"), Refused),
        with("twice-msg-signature-bad-first", &format!("msg_signature={zeros}&"), "", Refused),
        with("twice-msg-signature-empty-last", "", "&msg_signature=", Refused),
        with("twice-time-old-last", "", "&timestamp=1", Refused),
        with("twice-time-old-first", "timestamp=1&", "", Refused),
        with("twice-nonce-last", "", "&nonce=1", Refused),
        with("twice-nonce-first", "nonce=1&", "", Refused),
        with("twice-encrypt-type", "", "&encrypt_type=raw", Refused),
        with("twice-signature", "", &format!("&signature={zeros}"), Refused),
        with("brackets-are-another-name", "", &format!("&msg_signature[]={zeros}"), Accepted),
        with("upper-case-is-another-name", "", &format!("&MSG_SIGNATURE={zeros}&Timestamp=1"), Accepted),
        with("unknown-parameters", "utm_source=a&x=1&x=2&=&", "&%00=1&debug", Accepted),
        with("a-thousand-unknown-parameters", "", &"&a=1".repeat(1000), Accepted),
        with("twice-openid", "openid=oOTHER&", "", Either),
        with("semicolon-is-no-separator", "", ";msg_signature=0", Refused),
    ]
}

/// The same query, written otherwise.
fn encodings() -> Vec<Case> {
    let written =
        |name: &str, write: fn(&Query) -> String, expect| queried(name, |encrypted| write(&Query::honest(encrypted)), expect);
    vec![
        written("name-percent-encoded", |query| query.to_string().replace("nonce", "n%6Fnce"), Accepted),
        written("values-percent-encoded", |query| each_byte_encoded(&query.to_string()), Accepted),
        written("order-reversed", |query| reversed(&query.to_string()), Accepted),
        written("encoded-twice", |query| query.to_string().replace("nonce=", "nonce=%25"), Refused),
        written("percent-without-digits", |query| query.to_string().replace("nonce=", "nonce=%"), Refused),
        written("percent-and-half-a-byte", |query| query.to_string() + "&x=%4", Either),
        written("bytes-that-are-not-utf-8", |query| query.to_string() + "&x=%FF%FE", Either),
        written("time-that-is-not-utf-8", |query| query.to_string().replace("timestamp=", "timestamp=%FF"), Refused),
        written("fragment-encoded", |query| query.to_string() + "%23x", Refused),
        written("nested-question-mark", |query| format!("?{query}"), Either),
    ]
}

fn each_byte_encoded(query: &str) -> String {
    let encode = |pair: &str| match pair.split_once('=') {
        Some((name, value)) => format!("{name}={}", value.bytes().fold(String::new(), |text, byte| format!("{text}%{byte:02x}"))),
        None => pair.to_owned(),
    };
    query.split('&').map(encode).collect::<Vec<_>>().join("&")
}

fn reversed(query: &str) -> String {
    query.split('&').rev().collect::<Vec<_>>().join("&")
}
