//! Lies in the request line: methods, accounts that do not exist, ways around the path, and the GET check.

use huixin::wechat::envelope::signature;

use super::{
    Case,
    Expect::{self, Accepted, Either, Refused},
    TOKEN, now,
    request::{Query, event, percent_encoded, post, queried},
};

pub(super) fn cases() -> Vec<Case> {
    [methods(), paths(), checks()].into_iter().flatten().collect()
}

/// An honest push but for its method.
fn methods() -> Vec<Case> {
    ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "HEAD", "GET", "PROPFIND", "post", "X"]
        .into_iter()
        .map(|method| Case { method, ..honest(&format!("method-{method}"), Refused) })
        .collect()
}

fn paths() -> Vec<Case> {
    let at = |name: &str, path: &str, expect| Case { path: path.to_owned(), ..honest(name, expect) };
    vec![
        at("path-without-an-account", "/wechat", Accepted),
        at("path-slash-after", "/wechat/main/", Either),
        at("path-slash-twice", "/wechat//main", Refused),
        at("path-slash-twice-in-front", "//wechat/main", Refused),
        at("path-unknown-account", "/wechat/nobody", Refused),
        at("path-account-in-capitals", "/wechat/MAIN", Refused),
        at("path-account-empty", "/wechat/", Refused),
        at("path-account-with-a-nul", "/wechat/main%00", Refused),
        at("path-account-with-a-space", "/wechat/main%20", Refused),
        at("path-account-with-a-line-end", "/wechat/main%0a", Refused),
        at("path-account-with-an-extension", "/wechat/main.xml", Refused),
        at("path-account-with-a-parameter", "/wechat/main;a=b", Refused),
        at("path-account-in-chinese", "/wechat/%E4%B8%BB", Refused),
        at("path-account-not-utf-8", "/wechat/%FF", Refused),
        at("path-account-bad-percent", "/wechat/%ZZ", Refused),
        at("path-account-percent-alone", "/wechat/%", Refused),
        at("path-account-sql", "/wechat/main'%20OR%20'1'='1", Refused),
        at("path-account-of-ten-thousand-letters", &format!("/wechat/{}", "a".repeat(10_000)), Refused),
        at("path-account-encoded", "/wechat/%6dain", Either),
        at("path-prefix-encoded", "/%77echat/main", Either),
        at("path-up-and-down", "/wechat/../wechat/main", Refused),
        at("path-up-from-the-account", "/wechat/main/../main", Refused),
        at("path-up-encoded", "/wechat/%2e%2e/wechat/main", Refused),
        at("path-up-encoded-slash", "/wechat/..%2fmain", Refused),
        at("path-up-encoded-twice", "/wechat/%252e%252e/main", Refused),
        at("path-here", "/wechat/./main", Refused),
        at("path-backslash", "/wechat\\main", Refused),
        at("path-slash-encoded", "/wechat%2fmain", Refused),
        at("path-below-the-account", "/wechat/main/admin", Refused),
        at("path-to-a-file", "/wechat/../../../../etc/passwd", Refused),
        at("path-in-capitals", "/WECHAT/main", Refused),
        at("path-of-another-product", "/wecom/main", Refused),
        at("path-root", "/", Refused),
        at("path-star", "*", Refused),
    ]
}

fn honest(name: &str, expect: Expect) -> Case {
    queried(name, |encrypted| Query::honest(encrypted).to_string(), expect)
}

/// The check that WeChat makes when the address is saved: a GET that must be answered with its `echostr`, byte for byte.
fn checks() -> Vec<Case> {
    let get = |name: &str, query: String, expect| Case { method: "GET", ..post(name, &query, "", expect) };
    let (time, nonce) = (now().to_string(), "1514711492");
    let good = signature(&[TOKEN, &time, nonce]);
    let signed = format!("signature={good}&timestamp={time}&nonce={nonce}");
    let echoed = |name: &str, echo: &str| {
        get(name, format!("{signed}&echostr={}", percent_encoded(echo)), Expect::Echoed(echo.to_owned()))
    };
    let body_on_get = Case { body: event("check-with-a-body").into(), ..echoed("check-with-a-body", "1") };
    vec![
        echoed("check-honest", "4375120948345356249"),
        echoed("check-with-a-tag", "<script>alert(1)</script>"),
        echoed("check-with-reserved-characters", "a&b=c#d?e/f%g+h i"),
        echoed("check-in-chinese", "回信"),
        echoed("check-of-a-thousand-digits", &"7".repeat(1000)),
        body_on_get,
        get("check-without-a-signature", format!("timestamp={time}&nonce={nonce}&echostr=1"), Refused),
        get("check-with-an-empty-signature", format!("signature=&timestamp={time}&nonce={nonce}&echostr=1"), Refused),
        get(
            "check-with-another-signature",
            format!("signature={}&timestamp={time}&nonce={nonce}&echostr=1", "0".repeat(40)),
            Refused,
        ),
        get(
            "check-with-a-signature-in-capitals",
            format!("signature={}A&timestamp={time}&nonce={nonce}&echostr=1", good.to_uppercase()),
            Refused,
        ),
        get("check-with-another-time", format!("signature={good}&timestamp={}&nonce={nonce}&echostr=1", now() - 1), Refused),
        get("check-with-another-nonce", format!("signature={good}&timestamp={time}&nonce=1&echostr=1"), Refused),
        get("check-without-a-time", format!("signature={good}&nonce={nonce}&echostr=1"), Refused),
        get("check-without-a-nonce", format!("signature={good}&timestamp={time}&echostr=1"), Refused),
        get("check-with-two-signatures", format!("{signed}&signature={}&echostr=1", "0".repeat(40)), Refused),
        get("check-with-two-echoes", format!("{signed}&echostr=1&echostr=2"), Refused),
        get("check-signed-as-a-body", format!("msg_signature={good}&timestamp={time}&nonce={nonce}&echostr=1"), Refused),
        get("check-without-an-echo", signed.clone(), Either),
        get("check-with-an-empty-echo", format!("{signed}&echostr="), Either),
        get("check-that-is-empty", String::new(), Refused),
    ]
}
