//! The page and its JSON, as a browser uses them.

use huixin::simulator::{Mode, Shown, Simulator};
use serde_json::{Value, json};

use crate::support::browser::{Browser, Scripts, Theme};

use super::{FOLLOWER, PERSONAL, VERIFIED, answers, start, stop};

async fn send(simulator: &Simulator, method: reqwest::Method, path: &str, body: &Value) -> u16 {
    let request = reqwest::Client::new().request(method, format!("{}{path}", simulator.url())).json(body);
    request.send().await.unwrap().status().as_u16()
}

async fn state(simulator: &Simulator) -> Value {
    reqwest::get(format!("{}/simulator/state?openid={FOLLOWER}", simulator.url())).await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn the_page_allows_no_inline_script_and_needs_none() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    let page = reqwest::get(simulator.url()).await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("script-src 'self'; style-src 'self'") && !policy.contains("unsafe"), "{policy}");
    let html = page.text().await.unwrap();
    assert!(!html.contains("<style") && !html.contains(" style=") && !html.contains(" onclick="));
    for quoted in html.split('"').filter(|part| part.starts_with("/simulator/")) {
        let asset = reqwest::get(format!("{}{quoted}", simulator.url())).await.unwrap();
        assert_eq!(asset.status(), 200, "{quoted}");
    }
    stop(simulator, bot).await;
}

#[tokio::test]
async fn a_message_pushed_through_the_page_shows_up_in_its_state() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    let body = json!({ "openid": FOLLOWER, "message": { "kind": "text", "content": "你好" } });
    assert_eq!(send(&simulator, reqwest::Method::POST, "/simulator/push", &body).await, 200);
    simulator.until(|simulator| answers(simulator) == [Shown::text("echo 你好")]).await;
    let state = state(&simulator).await;
    assert_eq!(state["chat"][1]["via"], json!({ "via": "passive", "push": 1, "delivery": 1 }));
    assert_eq!(state["exchanges"][0]["outcome"], json!({ "outcome": "replied" }));
    assert_eq!(state["followers"][0]["sends_left"], 0, "an unverified account may not push");
    simulator.switch(|switches| switches.account = VERIFIED);
    assert_eq!(self::state(&simulator).await["followers"][0]["sends_left"], 5);
    stop(simulator, bot).await;
}

#[tokio::test]
async fn the_switches_travel_as_json() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    let mut switches = state(&simulator).await["switches"].clone();
    switches["mode"] = json!("plain");
    switches["api_faults"] = json!([{ "path": "*", "times": 2, "wrong": "errcode", "errcode": -1, "errmsg": "system error" }]);
    assert_eq!(send(&simulator, reqwest::Method::PUT, "/simulator/switches", &switches).await, 204);
    assert_eq!(simulator.switches().mode, Mode::Plain);
    assert_eq!(simulator.switches().api_faults[0].times, 2);
    stop(simulator, bot).await;
}

#[tokio::test]
async fn a_foreign_page_cannot_push_with_a_plain_form() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    let body = json!({ "openid": FOLLOWER, "message": { "kind": "text", "content": "forged" } }).to_string();
    let request = reqwest::Client::new().post(format!("{}/simulator/push", simulator.url()));
    let status = request.header("Content-Type", "text/plain").body(body).send().await.unwrap().status().as_u16();
    assert!(status >= 400, "{status}");
    assert!(simulator.chat(FOLLOWER).is_empty());
    stop(simulator, bot).await;
}

#[tokio::test]
async fn a_follower_chats_in_the_browser() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    let browser = Browser::start(Scripts::On).await;
    browser.screen(1280, 900, Theme::Light).await;
    browser.open(&format!("{}/?openid={FOLLOWER}", simulator.url())).await;
    browser.until("document.querySelectorAll('.person').length === 4").await;
    browser.value("(text.value = '<b>你好</b> http://a.example/?x=1&y=2', composer.requestSubmit())").await;
    browser.until("document.querySelectorAll('.line:not(.mine) .bubble').length === 1").await;
    assert_eq!(
        browser.value("document.querySelector('.line:not(.mine) .bubble').textContent").await,
        "echo <b>你好</b> http://a.example/?x=1&y=2"
    );
    assert_eq!(browser.value("document.querySelector('.bubble a').href").await, "http://a.example/?x=1&y=2");
    browser.tap(".dots").await;
    browser.until("document.querySelector('.entry.lit details[open] pre').textContent.includes('<Content>')").await;
    browser.tap("[data-act=sample]").await;
    browser.tap(".samples button").await;
    browser.until("document.querySelector('.mine .bubble img')?.naturalWidth > 0").await;
    simulator.say(FOLLOWER, "malformed");
    browser.until(&format!("chat.textContent.includes('{}')", huixin::simulator::NO_SERVICE)).await;
    browser.picture("phone-desktop").await;
    assert_eq!(browser.console().await, Vec::<String>::new());
    stop(simulator, bot).await;
}

#[tokio::test]
async fn the_phone_fits_a_narrow_dark_screen_and_speaks_english() {
    let (simulator, bot) = start(PERSONAL, Mode::Secure);
    let browser = Browser::start(Scripts::On).await;
    browser.screen(360, 740, Theme::Dark).await;
    browser.open(&simulator.url()).await;
    browser.until("document.querySelectorAll('.person').length === 4").await;
    browser.value("(document.documentElement.lang === 'en' || language.click())").await;
    assert_eq!(browser.value("document.getElementById('title').textContent").await, "Test account");
    assert_eq!(browser.value("document.documentElement.scrollWidth").await, 360);
    browser.tap("#inspect").await;
    browser.tap("#tab-switches").await;
    browser.value("(switches.elements.kind.value = 'service', switches.elements.kind.dispatchEvent(new Event('change', { bubbles: true })))").await;
    browser.until("!switches.elements.verified.disabled").await;
    assert_eq!(simulator.switches().account.kind, huixin::simulator::AccountKind::Service);
    let nameless = "[...document.querySelectorAll('button, input, select, textarea')].filter((one) => one.id !== 'file' && !one.textContent.trim() && !one.getAttribute('aria-label') && !one.labels?.length).map((one) => one.outerHTML)";
    assert_eq!(browser.value(nameless).await, json!([]), "every control has a name");
    assert_eq!(browser.value("document.documentElement.scrollWidth").await, 360);
    assert_eq!(browser.value("switches.scrollWidth - switches.clientWidth").await, 0, "the switches scroll downwards alone");
    browser.picture("phone-switches-dark").await;
    assert_eq!(browser.console().await, Vec::<String>::new());
    stop(simulator, bot).await;
}
