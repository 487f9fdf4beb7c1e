//! A page that is shared: signed for WeChat where the account may, and never later or worse for it.

use std::{
    net::TcpListener,
    time::{Duration, Instant},
};

use huixin::{
    simulator::{ApiFault, Wrong},
    wechat::ticket::signature,
};

use crate::support::{Engine, World, WorldBuilder, on_both_engines};

const ANNA: &str = "oAnna000000000000000000000001";

const WECHAT: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0.60";

/// A page as WeChat's browser gets it: its policy and its HTML.
async fn in_wechat(world: &World, path: &str) -> (String, String) {
    let url = format!("{}{path}", world.url);
    let page = reqwest::Client::new().get(url).header("user-agent", WECHAT).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    (policy, page.text().await.unwrap())
}

/// The value of a data attribute.
fn attribute(html: &str, name: &str) -> String {
    let (_, rest) = html.split_once(&format!("data-{name}=\"")).unwrap_or_else(|| panic!("no {name} in {html}"));
    rest.split('"').next().unwrap().to_owned()
}

fn is_unsigned((policy, html): &(String, String)) -> bool {
    !policy.contains("res.wx.qq.com") && !html.contains("data-signature") && !html.contains("jweixin")
}

on_both_engines! {
    async fn a_page_in_wechat_is_signed_for_the_address_that_it_was_opened_at(engine: Engine) {
        let world = World::new(engine).await;
        world.simulator.follow(ANNA);
        world.hears(ANNA, "你好").await;
        let page = world.answer_page().await;
        // The first page may be faster than the ticket.
        world.until("a page is signed", async |world: &World| !is_unsigned(&in_wechat(world, &page).await)).await;
        let (policy, html) = in_wechat(&world, &format!("{page}?from=singlemessage")).await;
        assert!(policy.contains("script-src 'self' https://res.wx.qq.com/open/js/jweixin-1.6.0.js;"), "{policy}");
        let ticket = world.texts("SELECT ticket FROM tickets".into()).await.remove(0);
        let (timestamp, nonce) = (attribute(&html, "timestamp").parse().unwrap(), attribute(&html, "nonce"));
        let expected = signature(&ticket.into(), &nonce, timestamp, &format!("https://huixin.test{page}?from=singlemessage"));
        assert_eq!(attribute(&html, "signature"), expected);
        assert_eq!(attribute(&html, "app-id"), world.values.of("WECHAT_APP_ID").unwrap());
        assert_eq!((attribute(&html, "link"), attribute(&html, "title")), (format!("https://huixin.test{page}"), "你好".to_owned()));
        let elsewhere = world.fetch(&page).await;
        let policy = elsewhere.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(is_unsigned(&(policy, elsewhere.text().await.unwrap())));
        assert_eq!(world.simulator.calls().iter().filter(|call| call.path == "/cgi-bin/ticket/getticket").count(), 1);
        world.end().await;
    }

    async fn a_page_goes_out_unsigned_where_the_account_has_no_right(engine: Engine) {
        let world = World::new(engine).await;
        let wrong = Wrong::Errcode { errcode: 48001, errmsg: "api unauthorized".into() };
        world.simulator.switch(|switches| {
            switches.api_faults.push(ApiFault { path: "/cgi-bin/ticket/getticket".into(), times: 99, wrong });
        });
        world.simulator.follow(ANNA);
        world.hears(ANNA, "你好").await;
        let page = world.answer_page().await;
        for _ in 0..3 {
            assert!(is_unsigned(&in_wechat(&world, &page).await));
        }
        world.until("the refusal is remembered", async |world: &World| {
            in_wechat(world, &page).await;
            world.simulator.calls().iter().filter(|call| call.path == "/cgi-bin/ticket/getticket").count() == 1
        }).await;
        world.end().await;
    }

    async fn a_page_waits_for_no_ticket_that_does_not_come(engine: Engine) {
        // Accepts connections and never answers.
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let builder = WorldBuilder::new(engine).with("REPLY_MODE", "passive");
        let world = builder.with("WECHAT_API_URL", format!("http://{}", silent.local_addr().unwrap())).start().await;
        world.simulator.follow(ANNA);
        world.hears(ANNA, "你好").await;
        let page = world.answer_page().await;
        let started = Instant::now();
        assert!(is_unsigned(&in_wechat(&world, &page).await));
        // Ten times the patience of a page, for a busy machine; WeChat's own client would wait for ten seconds.
        assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
        world.abandon().await;
    }

    async fn an_account_without_a_secret_has_pages_all_the_same(engine: Engine) {
        let world = WorldBuilder::new(engine).with("WECHAT_APP_SECRET", "").start().await;
        world.simulator.follow(ANNA);
        world.hears(ANNA, "你好").await;
        assert!(is_unsigned(&in_wechat(&world, &world.answer_page().await).await));
        assert!(world.simulator.calls().is_empty());
        world.end().await;
    }
}
