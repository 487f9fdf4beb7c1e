//! One call: what each answer means, and that no error ever shows a secret.

use huixin::wechat::{
    client::{Client, Connections, Request},
    customer,
    error::{Class, Effect, Error},
    token::{Refresh, stable_token},
};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::fake::{Answer, Fake, response};

/// Stands for every secret; no error may show it.
const CANARY: &str = "CANARY-7f3a/+=";

fn canary() -> SecretString {
    CANARY.into()
}

fn client(url: &Url) -> Client {
    Client::new(url.clone(), Connections::Kept).unwrap()
}

/// The outcome of one call that is answered with `answer`.
async fn outcome(answer: impl Fn() -> Answer + Send + Sync + 'static) -> Result<Value, Error> {
    let fake = Fake::start(move |_, _| answer()).await;
    let result = client(&fake.base_url).call(&canary(), &Request::<Value>::post("/cgi-bin/any", json!({}))).await;
    if let Err(error) = &result {
        let shown = format!("{error} {error:?} {:#}", anyhow::Error::from(error.clone()));
        assert!(!shown.contains("CANARY"), "{shown}");
    }
    assert_eq!(fake.requests().len(), 1, "nothing is repeated");
    result
}

async fn of_body(body: &'static str) -> Result<Value, Error> {
    outcome(move || response("content-type: text/plain\r\n", body.as_bytes())).await
}

#[tokio::test]
async fn an_answer_without_an_errcode_is_a_success_whatever_its_content_type() {
    assert_eq!(of_body(r#"{"media_id":"m"}"#).await.unwrap()["media_id"], "m");
    assert!(of_body(r#" {"errcode":0,"errmsg":"ok"}"#).await.is_ok());
    assert!(of_body(r#"{"errcode":"0","errmsg":"ok"}"#).await.is_ok());
}

#[tokio::test]
async fn an_errcode_is_a_refusal_even_as_a_string_and_under_a_bad_status() {
    let refusal = of_body(r#"{"errcode":"45015","errmsg":"out of time limit rid: 66f0-1-2"}"#).await.unwrap_err();
    assert_eq!((refusal.errcode(), refusal.effect()), (Some(45015), Effect::None));
    assert_eq!(refusal.refusal().unwrap().rid.as_deref(), Some("66f0-1-2"));
    assert_eq!(refusal.refusal().unwrap().message, "out of time limit");
    let refused = || Answer::Raw(b"HTTP/1.1 412 No\r\ncontent-length: 17\r\n\r\n{\"errcode\":48001}".to_vec());
    assert_eq!(outcome(refused).await.unwrap_err().errcode(), Some(48001));
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_leaves_the_outcome_unknown() {
    for body in ["", "ok", "[]", r#"{"errcode":0"#, "\u{feff}", r#"{"errcode":{}}"#, "<html>access_token=CANARY</html>"] {
        assert!(matches!(of_body(body).await, Err(Error::Unknown { .. })), "{body}");
    }
    let truncated = || Answer::Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"errcode\":0".to_vec());
    assert!(matches!(outcome(truncated).await, Err(Error::Unknown { .. })));
    assert!(matches!(outcome(|| Answer::Reset).await, Err(Error::Unknown { .. })));
    let gzip = || response("content-encoding: gzip\r\n", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\x05\x00");
    assert!(matches!(outcome(gzip).await, Err(Error::Unknown { .. })), "a compressed body is not inflated");
    let large = || response("", format!("{{\"errmsg\":\"{}\"}}", "x".repeat(2 << 20)).as_bytes());
    assert!(matches!(outcome(large).await, Err(Error::Unknown { .. })), "a body has a limit");
}

#[tokio::test]
async fn a_bad_status_without_an_errcode_leaves_the_outcome_unknown_and_redirects_are_not_followed() {
    for (head, status) in [("500 Oops", 500), ("502 Bad Gateway", 502), ("302 Found\r\nlocation: /elsewhere", 302)] {
        let answer = move || Answer::Raw(format!("HTTP/1.1 {head}\r\ncontent-length: 2\r\n\r\nno").into_bytes());
        let error = outcome(answer).await.unwrap_err();
        assert_eq!(error, Error::Http { status });
        assert_eq!(error.effect(), Effect::Unknown);
    }
}

#[tokio::test]
async fn what_never_left_is_known_not_to_be_sent() {
    let refusing = Url::parse("http://127.0.0.1:1").unwrap();
    let fake = Fake::start(|_, _| Answer::Reset).await;
    let mut without_tls = fake.base_url.clone();
    without_tls.set_scheme("https").unwrap();
    for url in [refusing, without_tls] {
        let error = client(&url).call(&canary(), &customer::send_text("o", "hi")).await.unwrap_err();
        assert!(matches!(error, Error::NotSent { .. }), "{error:?}");
        assert_eq!(error.effect(), Effect::None);
        assert!(!format!("{error} {error:?}").contains("CANARY"));
    }
}

#[tokio::test]
async fn a_secret_that_the_platform_repeats_is_taken_out() {
    let echo = format!(r#"{{"errcode":40001,"errmsg":"bad {CANARY}, access_token={CANARY} secret: '{CANARY}'"}}"#);
    let error = outcome(move || response("", echo.as_bytes())).await.unwrap_err();
    assert!(error.to_string().contains("***"));
    let fake = Fake::start(|_, _| Answer::Json(json!({"errcode": 40125, "errmsg": format!("invalid appsecret {CANARY}")}))).await;
    let error = stable_token(&client(&fake.base_url), "wx", &canary(), Refresh::Normal).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("CANARY"));
    let request = Request::<Value>::post("/cgi-bin/stable_token", json!({"secret": CANARY}));
    assert!(!format!("{request:?}").contains("CANARY"));
}

#[tokio::test]
async fn a_request_carries_the_token_in_its_query_and_raw_utf8_in_its_body() {
    let fake = Fake::start(|_, _| Answer::Json(json!({"errcode": 0}))).await;
    let base = fake.base_url.join("/wx/").unwrap();
    client(&base).call(&"a+b".into(), &customer::send_text("openid", "你好 \u{1}🙂")).await.unwrap();
    client(&base).call(&"t".into(), &customer::typing("openid", customer::Typing::CancelTyping)).await.unwrap();
    let request = Request::<Value>::get("/cgi-bin/x").with_query("type", "image");
    client(&base).call(&"t".into(), &request).await.unwrap();
    let seen = fake.requests();
    assert!(seen[0].line.starts_with("POST /wx/cgi-bin/message/custom/send?access_token=a%2Bb "), "{}", seen[0].line);
    assert!(String::from_utf8(seen[0].body.clone()).unwrap().contains("你好 🙂"));
    assert_eq!(seen[1].json(), json!({"touser": "openid", "command": "CancelTyping"}));
    assert!(seen[2].line.starts_with("GET /wx/cgi-bin/x?access_token=t&type=image "), "{}", seen[2].line);
    assert!(seen[2].body.is_empty());
}

#[tokio::test]
async fn a_token_is_asked_for_as_the_platform_wants_it() {
    let fake = Fake::start(|_, index| match index {
        0 => Answer::Json(json!({"access_token": CANARY, "expires_in": "7200"})),
        1 => Answer::Json(json!({"access_token": "", "expires_in": 7200})),
        2 => Answer::Json(json!({"access_token": [CANARY], "expires_in": 7200})),
        _ => Answer::Json(json!({"errcode": 40001, "errmsg": "invalid credential"})),
    })
    .await;
    let client = client(&fake.base_url);
    let secret = "s".into();
    let ask = |refresh| stable_token(&client, "wx1", &secret, refresh);
    let token = ask(Refresh::Normal).await.unwrap();
    assert_eq!((token.value.expose_secret(), token.expires_in.as_secs()), (CANARY, 7200));
    assert!(!format!("{token:?}").contains("CANARY"));
    assert_eq!(
        fake.requests()[0].json(),
        json!({"grant_type": "client_credential", "appid": "wx1", "secret": "s", "force_refresh": false})
    );
    assert!(matches!(ask(Refresh::Forced).await, Err(Error::Unknown { .. })));
    assert_eq!(fake.requests()[1].json()["force_refresh"], true);
    let error = ask(Refresh::Normal).await.unwrap_err();
    assert!(matches!(error, Error::Unknown { .. }) && !format!("{error:?}").contains("CANARY"));
    let wrong_secret = ask(Refresh::Normal).await.unwrap_err();
    assert_eq!(wrong_secret.refusal().unwrap().class(), Class::Stop, "40001 about a secret is not cured by a new token");
}

#[test]
fn every_class_has_the_errcodes_it_should() {
    use huixin::wechat::error::WechatError;
    for (errcodes, class) in [
        (&[-1, 45085, 268_487_001][..], Class::Retry),
        (&[40001, 40014, 42001], Class::Refresh),
        (&[42010, 45009, 45011, 45028, 45066, 61503, 89504], Class::Wait),
        (&[40013, 40125, 40164, 40243, 48001, 48004, 50004, 50007, 45065, 65400, 89503, 9_500_001], Class::Stop),
        (&[40002, 40007, 40033, 44003, 45002, 47001, 53503, 88010], Class::Fix),
        (&[40003, 43004, 45015, 45047, 45080, 48002, 50005, 70000], Class::Drop),
        (&[0, 1, 99999, 65315], Class::Unlisted),
    ] {
        for errcode in errcodes {
            assert_eq!(WechatError::new(*errcode, "").class(), class, "{errcode}");
        }
    }
}
