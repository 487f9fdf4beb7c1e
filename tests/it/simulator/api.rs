//! The platform's API: tokens, customer-service messages, media, followers, quotas and planned faults.

use std::time::Duration;

use huixin::simulator::{ApiFault, Message, Mode, Settings, Shown, Simulator, Wrong};
use serde_json::{Value, json};

use super::{FOLLOWER, PERSONAL, VERIFIED, answers, say, start, stop};

pub(super) async fn post(simulator: &Simulator, path: &str, body: Value) -> Value {
    let url = format!("{}{path}", simulator.url());
    let text = reqwest::Client::new().post(url).json(&body).send().await.unwrap().text().await.unwrap();
    serde_json::from_str(&text).unwrap()
}

pub(super) async fn token(simulator: &Simulator) -> String {
    let settings = Settings::default();
    let body = json!({ "grant_type": "client_credential", "appid": settings.app_id, "secret": settings.app_secret });
    post(simulator, "/cgi-bin/stable_token", body).await["access_token"].as_str().unwrap().to_owned()
}

async fn send_text(simulator: &Simulator, token: &str, content: &str) -> i64 {
    let body = json!({ "touser": FOLLOWER, "msgtype": "text", "text": { "content": content } });
    post(simulator, &format!("/cgi-bin/message/custom/send?access_token={token}"), body).await["errcode"].as_i64().unwrap()
}

#[tokio::test]
async fn an_unverified_account_may_not_push() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    say(&simulator, "ok").await;
    let token = token(&simulator).await;
    assert_eq!(send_text(&simulator, &token, "hello").await, 48001);
    stop(simulator, bot).await;
}

#[tokio::test]
async fn a_message_allows_five_sends_within_48_hours() {
    let (simulator, bot) = start(VERIFIED, Mode::Secure);
    let token = token(&simulator).await;
    assert_eq!(send_text(&simulator, &token, "too early").await, 45015);
    say(&simulator, "ok").await;
    for _ in 0..5 {
        assert_eq!(send_text(&simulator, &token, "hello").await, 0);
    }
    assert_eq!(send_text(&simulator, &token, "sixth").await, 45047);
    say(&simulator, "ok").await;
    assert_eq!(send_text(&simulator, &token, &"长".repeat(683)).await, 45002);
    simulator.advance(Duration::from_hours(1));
    assert_eq!(send_text(&simulator, &token, "hello").await, 0);
    simulator.advance(Duration::from_hours(48));
    assert_eq!(send_text(&simulator, &token, "the token has expired too").await, 42001);
    let fresh = self::token(&simulator).await;
    assert_eq!(send_text(&simulator, &fresh, "too late").await, 45015);
    stop(simulator, bot).await;
}

#[tokio::test]
async fn a_menu_click_allows_three_sends_within_a_minute() {
    let (simulator, bot) = start(VERIFIED, Mode::Secure);
    let token = token(&simulator).await;
    let push = simulator.push(FOLLOWER, Message::Click { key: "today".to_owned() });
    simulator.finished(push).await;
    for _ in 0..3 {
        assert_eq!(send_text(&simulator, &token, "hello").await, 0);
    }
    assert_eq!(send_text(&simulator, &token, "fourth").await, 45047);
    simulator.advance(Duration::from_secs(61));
    assert_eq!(send_text(&simulator, &token, "too late").await, 45015);
    stop(simulator, bot).await;
}

#[tokio::test]
async fn tokens_are_stable_until_somebody_forces_a_new_one() {
    let (simulator, bot) = start(VERIFIED, Mode::Secure);
    let first = token(&simulator).await;
    assert_eq!(token(&simulator).await, first);
    simulator.revoke_tokens();
    say(&simulator, "ok").await;
    assert_eq!(send_text(&simulator, &first, "hello").await, 40001);
    assert_eq!(send_text(&simulator, &token(&simulator).await, "hello").await, 0);
    simulator.switch(|switches| switches.address_refused = true);
    let body =
        json!({ "grant_type": "client_credential", "appid": "wx5151515151515151", "secret": "51515151515151515151515151515151" });
    let refused = post(&simulator, "/cgi-bin/stable_token", body).await;
    assert_eq!(refused["errcode"], 40164);
    let words = refused["errmsg"].as_str().unwrap();
    assert!(words.starts_with("invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in whitelist rid: "), "{words}");
    stop(simulator, bot).await;
}

#[tokio::test]
async fn a_planned_fault_hits_so_many_calls_and_no_more() {
    let (simulator, bot) = start(VERIFIED, Mode::Secure);
    let token = token(&simulator).await;
    say(&simulator, "ok").await;
    let wrong = Wrong::Errcode { errcode: -1, errmsg: "system error".to_owned() };
    let fault = ApiFault { path: "/cgi-bin/message/custom/send".to_owned(), times: 2, wrong };
    simulator.switch(|switches| switches.api_faults.push(fault));
    assert_eq!(send_text(&simulator, &token, "a").await, -1);
    assert_eq!(send_text(&simulator, &token, "b").await, -1);
    assert_eq!(send_text(&simulator, &token, "c").await, 0);
    assert_eq!(answers(&simulator), [Shown::text("c")], "the refused calls did nothing");
    stop(simulator, bot).await;
}

pub(super) async fn get(simulator: &Simulator, path_and_query: &str) -> Value {
    let text = reqwest::get(format!("{}{path_and_query}", simulator.url())).await.unwrap().text().await.unwrap();
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn a_token_of_the_old_kind_replaces_the_one_before_after_five_minutes() {
    let (simulator, bot) = start(VERIFIED, Mode::Secure);
    let path = "/cgi-bin/token?grant_type=client_credential&appid=wx5151515151515151&secret=51515151515151515151515151515151";
    let stable = token(&simulator).await;
    let first = get(&simulator, path).await["access_token"].as_str().unwrap().to_owned();
    let second = get(&simulator, path).await["access_token"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    let list = async |token: &str| get(&simulator, &format!("/cgi-bin/user/get?access_token={token}")).await["errcode"].clone();
    assert_eq!(list(&first).await, Value::Null);
    simulator.advance(Duration::from_secs(301));
    assert_eq!(list(&first).await, 42001);
    assert_eq!((list(&second).await, list(&stable).await), (Value::Null, Value::Null), "the two kinds are isolated");
    assert_eq!(get(&simulator, &path.replace("wx5", "wx6")).await["errcode"], 40013);
    assert_eq!(get(&simulator, &path.replace("secret=5", "secret=6")).await["errcode"], 40125);
    assert_eq!(get(&simulator, "/cgi-bin/stable_token").await["errcode"], 43002);
    stop(simulator, bot).await;
}

#[tokio::test]
async fn a_forced_refresh_kills_the_token_and_has_its_limits() {
    let (simulator, bot) = start(VERIFIED, Mode::Secure);
    let settings = Settings::default();
    let body = json!({
        "grant_type": "client_credential", "appid": settings.app_id, "secret": settings.app_secret, "force_refresh": true
    });
    let force = async || post(&simulator, "/cgi-bin/stable_token", body.clone()).await;
    let before = token(&simulator).await;
    let forced = force().await["access_token"].clone();
    assert_ne!(forced, before.as_str());
    assert_eq!(force().await["access_token"], forced, "again within thirty seconds");
    for _ in 1..20 {
        simulator.advance(Duration::from_secs(31));
        assert!(force().await["access_token"].is_string());
    }
    simulator.advance(Duration::from_secs(31));
    assert_eq!(force().await["errcode"], 45009, "the twenty-first of the day");
    stop(simulator, bot).await;
}

/// Uploads `bytes` as a multipart form, with the part's head as given.
pub(super) async fn upload(simulator: &Simulator, path: &str, disposition: &str, bytes: &[u8]) -> Value {
    let token = token(simulator).await;
    let mut body =
        format!("--XX\r\nContent-Disposition: form-data; {disposition}\r\nContent-Type: image/png\r\n\r\n").into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--XX--\r\n");
    let separator = if path.contains('?') { '&' } else { '?' };
    let request = reqwest::Client::new().post(format!("{}{path}{separator}access_token={token}", simulator.url()));
    let response = request.header("Content-Type", "multipart/form-data; boundary=XX").body(body).send().await.unwrap();
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nrest\r\nof the picture";

#[tokio::test]
async fn media_comes_back_byte_for_byte_until_three_days_are_over() {
    let (simulator, bot) = start(VERIFIED, Mode::Secure);
    let file = "name=\"media\"; filename=\"a.png\"";
    let uploaded = upload(&simulator, "/cgi-bin/media/upload?type=image", file, PNG).await;
    let media_id = uploaded["media_id"].as_str().unwrap();
    let url = |token: &str| format!("{}/cgi-bin/media/get?access_token={token}&media_id={media_id}", simulator.url());
    let bytes = reqwest::get(url(&token(&simulator).await)).await.unwrap().bytes().await.unwrap();
    assert_eq!(bytes, PNG);
    assert_eq!(upload(&simulator, "/cgi-bin/media/upload?type=image", "name=\"media\"", PNG).await["errcode"], 41005);
    assert_eq!(upload(&simulator, "/cgi-bin/media/upload?type=image", file, b"RIFF....WEBP").await["errcode"], 40005);
    assert_eq!(upload(&simulator, "/cgi-bin/media/upload?type=film", file, PNG).await["errcode"], 40004);
    let picture = upload(&simulator, "/cgi-bin/media/uploadimg", file, PNG).await;
    assert_eq!(reqwest::get(picture["url"].as_str().unwrap()).await.unwrap().bytes().await.unwrap(), PNG);
    say(&simulator, "ok").await;
    let image = json!({ "touser": FOLLOWER, "msgtype": "image", "image": { "media_id": media_id } });
    let send = async |token: String| {
        post(&simulator, &format!("/cgi-bin/message/custom/send?access_token={token}"), image.clone()).await
    };
    assert_eq!(send(token(&simulator).await).await["errcode"], 0);
    simulator.advance(Duration::from_hours(72));
    assert_eq!(send(token(&simulator).await).await["errcode"], 40007);
    stop(simulator, bot).await;
}

#[tokio::test]
async fn typing_needs_a_recent_exchange_and_is_not_told_twice() {
    let (simulator, bot) = start(VERIFIED, Mode::Secure);
    let path = format!("/cgi-bin/message/custom/typing?access_token={}", token(&simulator).await);
    let typing =
        async |command: &str| post(&simulator, &path, json!({ "touser": FOLLOWER, "command": command })).await["errcode"].clone();
    assert_eq!(typing("Typing").await, 45080);
    say(&simulator, "ok").await;
    assert_eq!(typing("Typing").await, 0);
    assert_eq!(typing("Typing").await, 45081);
    assert_eq!(typing("CancelTyping").await, 0);
    assert_eq!(typing("Whistle").await, 45072);
    simulator.advance(Duration::from_secs(31));
    assert_eq!(typing("Typing").await, 45080);
    stop(simulator, bot).await;
}

#[tokio::test]
async fn a_call_can_be_looked_up_by_its_rid() {
    let (simulator, bot) = start(VERIFIED, Mode::Secure);
    let token = token(&simulator).await;
    let refused = get(&simulator, &format!("/cgi-bin/nothing/here?access_token={token}")).await;
    assert_eq!(refused["errcode"], 40066);
    let rid = refused["errmsg"].as_str().unwrap().rsplit_once("rid: ").unwrap().1.to_owned();
    let found = post(&simulator, &format!("/cgi-bin/openapi/rid/get?access_token={token}"), json!({ "rid": rid })).await;
    assert_eq!(found["request"]["request_url"], "/cgi-bin/nothing/here");
    let quota = json!({ "cgi_path": "/cgi-bin/stable_token" });
    let quota = post(&simulator, &format!("/cgi-bin/openapi/quota/get?access_token={token}"), quota).await;
    assert_eq!(quota["quota"]["used"], 1);
    assert!(simulator.calls().iter().all(|call| !call.query.contains(&token)), "no token in the records");
    stop(simulator, bot).await;
}

#[tokio::test]
async fn an_answer_can_be_lost_although_the_message_arrived() {
    let (simulator, bot) = start(VERIFIED, Mode::Secure);
    let token = token(&simulator).await;
    say(&simulator, "ok").await;
    let path = "/cgi-bin/message/custom/send";
    for (wrong, shown) in [(Wrong::TimeoutBefore, 0), (Wrong::TimeoutAfter, 1)] {
        simulator.switch(|switches| switches.api_faults.push(ApiFault { path: path.to_owned(), times: 1, wrong }));
        let body = json!({ "touser": FOLLOWER, "msgtype": "text", "text": { "content": "lost?" } });
        let request = reqwest::Client::new().post(format!("{}{path}?access_token={token}", simulator.url())).json(&body);
        assert!(request.timeout(Duration::from_millis(300)).send().await.is_err(), "no answer in time");
        assert_eq!(answers(&simulator).len(), shown);
    }
    stop(simulator, bot).await;
}
