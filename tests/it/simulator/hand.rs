//! The phone in a hand: pictures, voices, the menu, links, and the browser they open.

use std::time::Duration;

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use futures_util::{StreamExt, stream};
use huixin::simulator::{Message, Mode, Recording, Shown, Simulator, Via};
use image::ImageFormat;
use serde_json::{Value, json};

use crate::support::browser::{Browser, Scripts, Theme};

use super::{FOLLOWER, PERSONAL, VERIFIED, cdata, media::picture, say, start, stop};

/// A site whose pages forbid being framed; it tells what it was asked with.
fn site() -> String {
    let server = HttpServer::new(|| {
        App::new()
            .route("/", web::get().to(show))
            .route("/", web::post().to(async |body: web::Bytes| HttpResponse::Ok().body(format!("{} bytes", body.len()))))
            .route("/away", web::get().to(async || HttpResponse::Found().insert_header(("Location", "/?moved")).finish()))
            .route("/slow", web::get().to(async || HttpResponse::Ok().streaming(first_piece())))
            .default_service(web::route().to(async |request: HttpRequest| request.uri().to_string()))
    })
    .workers(1)
    .disable_signals()
    .bind("127.0.0.1:0")
    .unwrap();
    let url = format!("http://{}", server.addrs()[0]);
    tokio::spawn(server.run());
    url
}

/// One piece, and then nothing for a minute.
fn first_piece() -> impl futures_util::Stream<Item = Result<web::Bytes, std::io::Error>> {
    let rest = stream::once(async {
        tokio::time::sleep(Duration::from_mins(1)).await;
        Ok(web::Bytes::from_static(b"late"))
    });
    stream::iter([Ok(web::Bytes::from_static(b"first"))]).chain(rest)
}

async fn show(request: HttpRequest) -> HttpResponse {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("").to_owned();
    let told = format!("<p id=told>{} {} {}</p>", request.query_string(), header("user-agent"), header("origin"));
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header(("X-Frame-Options", "DENY"))
        .insert_header(("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'"))
        .insert_header(("Strict-Transport-Security", "max-age=1"))
        .body(format!("<meta name=viewport content='width=device-width'><h1>A page</h1>{told}"))
}

/// Opens an address in the phone's browser; returns where it is found.
async fn browse(simulator: &Simulator, url: &str) -> Value {
    let request = reqwest::Client::new().post(format!("{}/simulator/browse", simulator.url()));
    request.json(&json!({ "url": url })).send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn the_phones_browser_shows_a_page_that_lets_nobody_frame_it() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    let site = site();
    let opened = browse(&simulator, &format!("{site}/?a=1&b=%20")).await;
    assert_eq!(opened["path"], "/?a=1&b=%20");
    let base = format!("http://127.0.0.1:{}", opened["port"]);
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let request = client.get(format!("{base}/?a=1&b=%20")).header("Origin", &base).header("User-Agent", "desktop");
    let page = request.send().await.unwrap();
    let headers = page.headers();
    assert_eq!(headers["content-security-policy"], "default-src 'self'");
    assert!(!headers.contains_key("x-frame-options") && !headers.contains_key("strict-transport-security"));
    let text = page.text().await.unwrap();
    assert!(text.contains("a=1&b=%20") && text.contains("MicroMessenger") && text.contains(&site), "{text}");
    assert!(!text.contains("desktop") && !text.contains(&base), "{text}");
    let sent = client.post(&base).body(vec![7_u8; 200_000]).send().await.unwrap();
    assert_eq!(sent.text().await.unwrap(), "200000 bytes");
    assert_eq!(client.get(format!("{base}/away")).send().await.unwrap().headers()["location"], "/?moved");
    let mut slow = client.get(format!("{base}/slow")).send().await.unwrap();
    assert_eq!(slow.chunk().await.unwrap().unwrap(), "first", "what is streamed arrives as it comes");
    drop(slow);
    let elsewhere = client.get(format!("{base}//127.0.0.1:1/x")).send().await.unwrap();
    assert_eq!(elsewhere.text().await.unwrap(), "//127.0.0.1:1/x", "no path leads to another host");
    assert!(browse(&simulator, "file:///etc/passwd").await["error"].is_string());
    stop(simulator, bot).await;
}

#[tokio::test]
async fn a_link_opens_in_a_sheet_over_the_phone_and_closes_again() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    let site = site();
    let browser = Browser::start(Scripts::On).await;
    browser.screen(1280, 900, Theme::Light).await;
    browser.open(&simulator.url()).await;
    browser.until("document.querySelectorAll('.person').length === 4").await;
    say(&simulator, &format!("{site}/?q=1")).await;
    browser.until("document.querySelector('.line:not(.mine) .bubble a')").await;
    browser.tap(".line:not(.mine) .bubble a").await;
    browser.until("document.querySelector('#overlay iframe')").await;
    let shown = simulator.url();
    browser
        .until(&format!(
            "overlay.hidden === false && new URL(document.querySelector('#overlay iframe').src).origin !== '{shown}'"
        ))
        .await;
    assert_eq!(browser.value("document.getElementById('overlay-title').textContent").await, site.trim_start_matches("http://"));
    assert_eq!(browser.value("document.getElementById('overlay-tab').href").await, format!("{site}/?q=1"));
    browser.framed("document.getElementById('told')?.textContent.includes('MicroMessenger')").await;
    browser.picture("phone-page").await;
    browser.tap("#overlay-close").await;
    assert_eq!(browser.value("overlay.hidden && !document.querySelector('iframe')").await, true);
    assert_eq!(browser.console().await, Vec::<String>::new());
    stop(simulator, bot).await;
}

#[tokio::test]
async fn a_voice_shows_its_length_and_a_tap_its_words() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    let browser = Browser::start(Scripts::On).await;
    browser.screen(360, 740, Theme::Dark).await;
    browser.open(&simulator.url()).await;
    browser.until("document.querySelectorAll('.person').length === 4").await;
    browser.value("(document.documentElement.lang === 'zh-CN' || language.click())").await;
    browser.tap("#voice").await;
    browser.value("(dialog.querySelector('[name=words]').value = '请帮我看看明天的天气', dialog.querySelector('[name=recognition]').value = 'off')").await;
    browser.tap("#dialog-send").await;
    browser.until("document.querySelector('.mine .voice-bar')").await;
    assert_eq!(browser.value("document.querySelector('.mine .voice-bar').textContent").await, "2″");
    assert_eq!(browser.value("document.querySelector('.mine .said').hidden").await, true);
    browser.tap(".mine .voice-bar").await;
    assert_eq!(browser.value("document.querySelector('.mine .said').textContent").await, "请帮我看看明天的天气");
    let message = bot.seen().pop().unwrap();
    assert_eq!((cdata(&message, "Format"), cdata(&message, "Recognition")), ("amr", ""));
    let spoken = simulator.keep(sound()).unwrap();
    say(&simulator, &format!("voice {spoken}")).await;
    browser.until("document.querySelector('.line:not(.mine) .voice-bar')").await;
    simulator.push(
        FOLLOWER,
        Message::Link {
            title: "一篇讲太阳能的文章".into(), description: String::new(), url: "https://example.com/a".into()
        },
    );
    let push = simulator.send_picture(FOLLOWER, picture(ImageFormat::Png, 300, 200, [60, 120, 200])).unwrap();
    simulator.finished(push).await;
    browser
        .until("document.querySelector('.mine .thumb img')?.naturalWidth === 300 && document.querySelector('.mine a.card')")
        .await;
    assert_eq!(browser.value("document.documentElement.scrollWidth").await, 360);
    browser.picture("phone-voice-dark").await;
    browser.tap(".mine .thumb").await;
    browser.until("document.querySelector('#overlay.picture img')?.naturalWidth === 300").await;
    browser.picture("phone-picture-dark").await;
    browser.tap("#overlay-close").await;
    assert_eq!(browser.console().await, Vec::<String>::new());
    stop(simulator, bot).await;
}

/// A short AMR with no words.
fn sound() -> Vec<u8> {
    [b"#!AMR\n".to_vec(), [&[0x3c][..], &[0; 31]].concat().repeat(400)].concat()
}

#[tokio::test]
async fn the_menu_sends_its_keys_and_the_account_tells_its_rights() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    let browser = Browser::start(Scripts::On).await;
    browser.screen(1280, 900, Theme::Light).await;
    browser.open(&simulator.url()).await;
    browser.until("document.querySelectorAll('#menu button').length === 4").await;
    browser.value("[...document.querySelectorAll('#menu button')].forEach((button) => button.click())").await;
    simulator.until(|simulator| clicks(simulator).len() == 4).await;
    let mut keys = clicks(&simulator);
    keys.sort();
    assert_eq!(keys, ["点击了菜单（/draw）", "点击了菜单（/file）", "点击了菜单（/help）", "点击了菜单（/models）"]);
    browser.tap("#tab-switches").await;
    assert_eq!(browser.value("document.querySelectorAll('#rights .may').length").await, 2);
    browser.tap("[data-act=sample]").await;
    assert_eq!(browser.value("document.querySelectorAll('.samples canvas').length").await, 4);
    browser.picture("phone-samples").await;
    browser.tap("#dialog-cancel").await;
    simulator.switch(|switches| switches.account = VERIFIED);
    browser.until("document.querySelectorAll('#rights .may').length === 5").await;
    let push = simulator.speak(FOLLOWER, &Recording::unrecognised("你好"));
    simulator.finished(push).await;
    browser.picture("phone-rights").await;
    assert_eq!(browser.console().await, Vec::<String>::new());
    stop(simulator, bot).await;
}

/// The menu taps of the first follower, as the chat shows them.
fn clicks(simulator: &Simulator) -> Vec<String> {
    let chat = simulator.chat(FOLLOWER).into_iter().filter(|bubble| matches!(bubble.via, Via::Follower { .. }));
    chat.filter_map(|bubble| match bubble.content {
        Shown::Event { text } => Some(text),
        _ => None,
    })
    .collect()
}
