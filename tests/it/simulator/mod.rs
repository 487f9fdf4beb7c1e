//! The simulator is held against a small bot of its own, so that it can be trusted as everybody else's WeChat.

mod api;
mod hand;
mod media;
mod model;
mod phone;
mod pushes;
mod senses;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use actix_web::{App, HttpResponse, HttpServer, dev::ServerHandle, web};
use huixin::{
    simulator::{Account, AccountKind, Mode, NO_SERVICE, Outcome, Settings, Shown, Simulator, Via},
    wechat::envelope::{self, AesKey},
};
use serde_json::Value;

const FOLLOWER: &str = "oSimulatedFollower0000000001";
const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

/// Five seconds become a quarter of one.
const FACTOR: f64 = 0.05;

/// A bot that does what the message says: `late`, `never`, `malformed`, `clear`, `500`, `ok`, `long`, `image ID`, `voice ID`, or else
/// an echo.
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
            App::new()
                .app_data(web::Data::from(Arc::clone(&shared)))
                .route("/wechat", web::post().to(answer))
                .route("/wechat", web::get().to(echo))
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

async fn echo(query: web::Query<Value>) -> String {
    query["echostr"].as_str().unwrap_or_default().to_owned()
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
    let document = |kind: &str, body: &str| {
        format!(
            "<xml><ToUserName><![CDATA[{openid}]]></ToUserName><FromUserName><![CDATA[{account}]]></FromUserName>\
             <CreateTime>1789000000</CreateTime><MsgType><![CDATA[{kind}]]></MsgType>{body}</xml>"
        )
    };
    let reply = |text: &str| document("text", &format!("<Content><![CDATA[{text}]]></Content>"));
    let medium = |kind: &str, name: &str, media_id: &str| {
        document(kind, &format!("<{name}><MediaId><![CDATA[{media_id}]]></MediaId></{name}>"))
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
        other => match other.split_once(' ') {
            Some(("image", media_id)) => medium("image", "Image", media_id),
            Some(("voice", media_id)) => medium("voice", "Voice", media_id),
            _ => reply(&format!("echo {other}")),
        },
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
