//! The simulator is held against a small bot of its own, so that it can be trusted as everybody else's WeChat.
#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use actix_web::{App, HttpResponse, HttpServer, dev::ServerHandle, web};
use huixin::{
    simulator::{Account, AccountKind, ApiFault, Message, Mode, NO_SERVICE, Outcome, Settings, Shown, Simulator, Via, Wrong},
    wechat::envelope::{self, AesKey},
};
use serde_json::{Value, json};

const FOLLOWER: &str = "oSimulatedFollower0000000001";
const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

/// Five seconds become a quarter of one.
const FACTOR: f64 = 0.05;

/// A bot that does what the message says: `late`, `never`, `malformed`, `clear`, `500`, `ok`, `long`, or else an echo.
struct Bot {
    url: String,
    server: ServerHandle,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Bot {
    fn start() -> Self {
        let seen: Arc<Mutex<Vec<String>>> = Arc::default();
        let shared = Arc::clone(&seen);
        let server = HttpServer::new(move || {
            App::new().app_data(web::Data::from(Arc::clone(&shared))).route("/wechat", web::post().to(answer))
        })
        .workers(1)
        .disable_signals()
        .bind("127.0.0.1:0")
        .unwrap();
        let url = format!("http://{}/wechat", server.addrs()[0]);
        let running = server.run();
        let handle = running.handle();
        tokio::spawn(running);
        Self { url, server: handle, seen }
    }

    fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

async fn answer(seen: web::Data<Mutex<Vec<String>>>, query: web::Query<Value>, body: String) -> HttpResponse {
    let key = AesKey::parse(KEY).unwrap();
    let field = |name: &str| query[name].as_str().unwrap_or_default().to_owned();
    assert!(envelope::is_signature(&field("signature"), &["simulator", &field("timestamp"), &field("nonce")]));
    let secure = query["encrypt_type"] == "aes";
    let message = if secure {
        let encrypted = between(&body, "<Encrypt><![CDATA[", "]]>");
        let parts = ["simulator", &field("timestamp"), &field("nonce"), encrypted];
        assert!(envelope::is_signature(&field("msg_signature"), &parts));
        String::from_utf8(envelope::decrypt(&key, "wx5151515151515151", encrypted).unwrap()).unwrap()
    } else {
        body
    };
    seen.lock().unwrap().push(message.clone());
    let (openid, account) = (cdata(&message, "FromUserName"), cdata(&message, "ToUserName"));
    assert_eq!(openid, field("openid"));
    let content = if message.contains("<Content>") { cdata(&message, "Content") } else { "event" };
    let reply = |text: &str| {
        format!(
            "<xml><ToUserName><![CDATA[{openid}]]></ToUserName><FromUserName><![CDATA[{account}]]></FromUserName>\
             <CreateTime>1789000000</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}]]></Content></xml>"
        )
    };
    let plain = match content {
        "ok" => return HttpResponse::Ok().body("success"),
        "500" => return HttpResponse::InternalServerError().finish(),
        "malformed" => "{\"answer\":1}".to_owned(),
        "clear" => return HttpResponse::Ok().body(reply("unsealed")),
        "never" => {
            tokio::time::sleep(Duration::from_secs(30)).await;
            return HttpResponse::Ok().body("success");
        }
        "late" if seen.lock().unwrap().len() < 3 => {
            tokio::time::sleep(Duration::from_secs(30)).await;
            return HttpResponse::Ok().body("success");
        }
        "long" => reply(&"长".repeat(700)),
        other => reply(&format!("echo {other}")),
    };
    HttpResponse::Ok().body(if secure { seal(&key, &plain) } else { plain })
}

fn seal(key: &AesKey, xml: &str) -> String {
    let encrypted = envelope::encrypt(key, "wx5151515151515151", xml.as_bytes(), envelope::random_prefix());
    let signature = envelope::signature(&["simulator", "1789000000", "77", &encrypted]);
    format!(
        "<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>\
         <TimeStamp>1789000000</TimeStamp><Nonce><![CDATA[77]]></Nonce></xml>"
    )
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    text.split_once(start).and_then(|(_, rest)| rest.split_once(end)).map_or("", |(value, _)| value)
}

fn cdata<'a>(xml: &'a str, name: &str) -> &'a str {
    between(xml, &format!("<{name}><![CDATA["), "]]>")
}

fn start(account: Account, mode: Mode) -> (Simulator, Bot) {
    let bot = Bot::start();
    let settings = Settings { webhook_url: Some(bot.url.clone()), account, mode, clock_factor: FACTOR, ..Settings::default() };
    (Simulator::start(settings).unwrap(), bot)
}

async fn stop(simulator: Simulator, bot: Bot) {
    simulator.stop().await;
    bot.server.stop(false).await;
}

const PERSONAL: Account = Account { kind: AccountKind::Personal, verified: false, sandbox: false };
const VERIFIED: Account = Account { kind: AccountKind::Service, verified: true, sandbox: false };

async fn say(simulator: &Simulator, text: &str) {
    let push = simulator.say(FOLLOWER, text);
    tokio::time::timeout(Duration::from_secs(10), simulator.finished(push)).await.unwrap();
}

/// What the account and the platform put into the chat.
fn answers(simulator: &Simulator) -> Vec<Shown> {
    let bubbles = simulator.chat(FOLLOWER).into_iter();
    bubbles.filter(|bubble| !matches!(bubble.via, Via::Follower { .. })).map(|bubble| bubble.content).collect()
}

fn outcomes(simulator: &Simulator) -> Vec<Outcome> {
    simulator.exchanges().into_iter().map(|exchange| exchange.outcome).collect()
}

fn notice() -> Shown {
    Shown::Event { text: NO_SERVICE.to_owned() }
}

async fn post(simulator: &Simulator, path: &str, body: Value) -> Value {
    let url = format!("{}{path}", simulator.url());
    let text = reqwest::Client::new().post(url).json(&body).send().await.unwrap().text().await.unwrap();
    serde_json::from_str(&text).unwrap()
}

async fn token(simulator: &Simulator) -> String {
    let settings = Settings::default();
    let body = json!({ "grant_type": "client_credential", "appid": settings.app_id, "secret": settings.app_secret });
    post(simulator, "/cgi-bin/stable_token", body).await["access_token"].as_str().unwrap().to_owned()
}

async fn send_text(simulator: &Simulator, token: &str, content: &str) -> i64 {
    let body = json!({ "touser": FOLLOWER, "msgtype": "text", "text": { "content": content } });
    post(simulator, &format!("/cgi-bin/message/custom/send?access_token={token}"), body).await["errcode"].as_i64().unwrap()
}

#[tokio::test]
async fn a_passive_reply_is_shown_in_every_mode() {
    for mode in [Mode::Plain, Mode::Compatible, Mode::Secure] {
        let (simulator, bot) = start(PERSONAL, mode);
        say(&simulator, "你好").await;
        assert_eq!(answers(&simulator), [Shown::text("echo 你好")], "{mode:?}");
        assert_eq!(outcomes(&simulator), [Outcome::Replied]);
        stop(simulator, bot).await;
    }
}

#[tokio::test]
async fn silence_is_delivered_three_times_and_ends_in_the_notice() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    let started = Instant::now();
    say(&simulator, "never").await;
    assert!(started.elapsed() >= Duration::from_millis(740), "three times five seconds, scaled");
    assert_eq!(outcomes(&simulator), [Outcome::TimedOut, Outcome::TimedOut, Outcome::TimedOut]);
    assert_eq!(answers(&simulator), [notice()]);
    let seen = bot.seen();
    assert_eq!(seen.len(), 3);
    assert!(seen.iter().all(|message| message == &seen[0]), "the same message, with the same MsgId");
    let queries: std::collections::BTreeSet<_> =
        simulator.exchanges().into_iter().map(|exchange| between(&exchange.query, "nonce=", "&").to_owned()).collect();
    assert_eq!(queries.len(), 3, "each with a nonce of its own");
    stop(simulator, bot).await;
}

#[tokio::test]
async fn the_third_delivery_can_still_be_answered() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    say(&simulator, "late").await;
    assert_eq!(outcomes(&simulator), [Outcome::TimedOut, Outcome::TimedOut, Outcome::Replied]);
    let last = simulator.chat(FOLLOWER).pop().unwrap();
    assert!(matches!(last.via, Via::Passive { delivery: 3, .. }), "{last:?}");
    stop(simulator, bot).await;
}

#[tokio::test]
async fn a_success_ends_the_push_in_silence() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    say(&simulator, "ok").await;
    assert_eq!(outcomes(&simulator), [Outcome::Acknowledged]);
    assert_eq!(answers(&simulator), []);
    stop(simulator, bot).await;
}

#[tokio::test]
async fn what_is_no_reply_becomes_the_notice() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    for text in ["malformed", "clear", "500"] {
        say(&simulator, text).await;
    }
    assert_eq!(answers(&simulator), [notice(), notice(), notice()]);
    let outcomes = outcomes(&simulator);
    assert!(matches!(outcomes[0], Outcome::Malformed(_)), "an HTTP 200 with JSON");
    assert!(matches!(outcomes[1], Outcome::Malformed(_)), "a clear reply in secure mode");
    assert_eq!(outcomes[2..], [Outcome::Refused, Outcome::Refused, Outcome::Refused], "another status is repeated");
    stop(simulator, bot).await;
}

#[tokio::test]
async fn a_reply_above_2048_bytes_is_not_shown() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    say(&simulator, "long").await;
    assert_eq!(outcomes(&simulator), [Outcome::TooLong(2100)]);
    assert_eq!(answers(&simulator), []);
    stop(simulator, bot).await;
}

#[tokio::test]
async fn a_duplicate_arrives_twice_and_is_shown_once() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    simulator.switch(|switches| switches.push_faults.duplicate = true);
    say(&simulator, "twice").await;
    assert_eq!(bot.seen().len(), 2);
    assert_eq!(answers(&simulator), [Shown::text("echo twice")]);
    stop(simulator, bot).await;
}

#[tokio::test]
async fn message_numbers_repeat_across_followers() {
    let (simulator, bot) = start(PERSONAL, Mode::Plain);
    for openid in [FOLLOWER, "oSimulatedFollower0000000002"] {
        let push = simulator.say(openid, "hi");
        simulator.finished(push).await;
    }
    let numbers: Vec<_> = bot.seen().iter().map(|message| between(message, "<MsgId>", "</MsgId>").to_owned()).collect();
    assert_eq!(numbers[0], numbers[1]);
    stop(simulator, bot).await;
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

/// The body of a streamed answer, or how far it came.
async fn ask(simulator: &Simulator, question: &str) -> (u16, String, bool) {
    let url = format!("{}/v1/chat/completions", simulator.url());
    let body = json!({
        "model": "huixin-demo", "stream": true, "stream_options": { "include_usage": true },
        "messages": [{ "role": "system", "content": "be brief" }, { "role": "user", "content": question }]
    });
    let mut response = reqwest::Client::new().post(url).json(&body).send().await.unwrap();
    let (status, mut text) = (response.status().as_u16(), String::new());
    loop {
        match response.chunk().await {
            Ok(Some(bytes)) => text.push_str(&String::from_utf8_lossy(&bytes)),
            Ok(None) => return (status, text, true),
            Err(_) => return (status, text, false),
        }
    }
}

fn joined(stream: &str, field: &str) -> String {
    let events = stream.lines().filter_map(|line| serde_json::from_str::<Value>(line.strip_prefix("data: ")?).ok());
    events.filter_map(|event| event["choices"][0]["delta"][field].as_str().map(str::to_owned)).collect()
}

#[tokio::test]
async fn the_demo_model_streams_an_answer_in_the_language_of_the_question() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    let (status, stream, complete) = ask(&simulator, "你是谁").await;
    assert_eq!((status, complete), (200, true));
    assert!(joined(&stream, "content").starts_with("你问的是「你是谁」。"), "{stream}");
    assert!(
        stream.contains("\"finish_reason\":\"stop\"") && stream.contains("\"usage\":{") && stream.ends_with("data: [DONE]\n\n")
    );
    assert!(joined(&ask(&simulator, "a table please").await.1, "content").contains("| --- |"));
    assert_eq!(simulator.asked().len(), 2);
    assert_eq!(simulator.asked()[0]["messages"][1]["content"], "你是谁");
    stop(simulator, bot).await;
}

#[tokio::test]
async fn the_demo_model_misbehaves_on_request() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    let started = Instant::now();
    assert!(ask(&simulator, "slow 10 hello").await.2);
    assert!(started.elapsed() >= Duration::from_millis(500), "ten seconds, scaled");
    assert!(joined(&ask(&simulator, "long hello").await.1, "content").chars().count() >= 6000);
    assert!(!joined(&ask(&simulator, "think hello").await.1, "reasoning_content").is_empty());
    assert!(joined(&ask(&simulator, "thinktag hello").await.1, "content").starts_with("<think>"));
    assert!(!ask(&simulator, "die hello").await.2, "the connection breaks");
    assert!(!ask(&simulator, "die-once hello").await.2);
    assert!(ask(&simulator, "die-once hello").await.2);
    assert_eq!(ask(&simulator, "500 hello").await.0, 500);
    assert_eq!(ask(&simulator, "429 hello").await.0, 429);
    assert_eq!(ask(&simulator, "429 hello").await.0, 200);
    assert!(ask(&simulator, "filter hello").await.1.contains("content_filter"));
    assert!(ask(&simulator, "length hello").await.1.contains("\"finish_reason\":\"length\""));
    assert!(ask(&simulator, "json hello").await.1.starts_with('{'));
    assert_eq!(joined(&ask(&simulator, "empty hello").await.1, "content"), "");
    assert!(ask(&simulator, "error-in-stream hello").await.1.contains("\"error\":{"));
    simulator.switch(|switches| switches.upstream_fault = Some("503".to_owned()));
    assert_eq!(ask(&simulator, "hello").await.0, 503);
    stop(simulator, bot).await;
}
