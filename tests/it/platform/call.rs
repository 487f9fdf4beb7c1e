//! `huixin call`: any of WeChat's calls, with the shared token.

use huixin::{
    config::{Config, Values},
    server::call::{ApiCall, call},
    wechat::client::Method,
};
use serde_json::json;

use super::fake::{Answer, Fake};

const TOKEN: &str = "CANARY0123456789";

#[tokio::test]
async fn a_call_from_the_command_line_uses_the_shared_token() {
    let fake = Fake::start(|seen, _| {
        if seen.line.contains("/cgi-bin/media/get") {
            Answer::Json(json!({"errcode": 40007, "errmsg": "invalid media_id"}))
        } else {
            Answer::Json(if seen.line.contains("stable_token") {
                json!({"access_token": TOKEN, "expires_in": 7200})
            } else {
                json!({})
            })
        }
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let values = Values::default()
        .with("DATABASE_URL", format!("sqlite://{}/huixin.db", folder.path().display()))
        .with("WECHAT_API_URL", fake.base_url.as_str())
        .with("WECHAT_APP_ID", "wx0123456789abcdef")
        .with("WECHAT_APP_SECRET", "app-secret")
        .with("WECHAT_TOKEN", "token")
        .with("WECHAT_ALLOW_PLAINTEXT", "true")
        .with("LLM_BASE_URL", fake.base_url.as_str())
        .with("LLM_MODEL", "demo");
    let config = Config::from_values(&values).unwrap();
    let request = |path: &str, body: Option<&str>| ApiCall {
        account: "main".to_owned(),
        method: if body.is_some() { Method::Post } else { Method::Get },
        path: path.to_owned(),
        body: body.map(str::to_owned),
    };
    assert_eq!(call(&config, request("/cgi-bin/user/get?next_openid=o", None)).await.unwrap(), json!({}));
    assert!(fake.requests()[1].line.starts_with(&format!("GET /cgi-bin/user/get?access_token={TOKEN}&next_openid=o ")));
    call(&config, request("/cgi-bin/menu/create", Some(r#"{"button":[]}"#))).await.unwrap();
    assert_eq!((fake.requests()[2].json(), fake.calls_of("stable_token")), (json!({"button": []}), 1));
    let refusal = call(&config, request("/cgi-bin/media/get?media_id=m", None)).await.unwrap_err();
    assert!(refusal.to_string().contains("40007 invalid media_id"), "{refusal}");
    for (path, body) in [("cgi-bin/x", None), ("/x?access_token=t", None), ("/x", Some("{"))] {
        assert!(call(&config, request(path, body)).await.is_err(), "{path}");
    }
}
