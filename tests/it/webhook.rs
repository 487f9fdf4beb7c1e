//! WeChat's door, beside the table of hostile requests: every mode, every account, rotation, and senders that take their time.

use std::time::{Duration, Instant};

use huixin::{
    simulator::Mode,
    wechat::envelope::{AesKey, decrypt, encrypt, signature},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{Engine, World, WorldBuilder, on_both_engines};

const ANNA: &str = "oAnna000000000000000000000001";
const APP_ID: &str = "wx5151515151515151";
const TOKEN: &str = "simulator";
const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
const OTHER_KEY: &str = "GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba";

fn now() -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.unwrap().as_secs().to_string()
}

fn message(text: &str, msg_id: &str) -> String {
    format!(
        "<xml><ToUserName><![CDATA[gh_x]]></ToUserName><FromUserName><![CDATA[{ANNA}]]></FromUserName>\
         <CreateTime>{}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}]]></Content><MsgId>{msg_id}</MsgId></xml>",
        now()
    )
}

/// A sealed push to `path`, as WeChat sends it to an account with `key`.
async fn push_sealed(url: &str, path: &str, key: &str, xml: &str) -> (u16, String) {
    let (timestamp, nonce) = (now(), "12345");
    let sealed = encrypt(&AesKey::parse(key).unwrap(), APP_ID, xml.as_bytes(), [7; 16]);
    let query = format!(
        "signature={}&timestamp={timestamp}&nonce={nonce}&encrypt_type=aes&msg_signature={}",
        signature(&[TOKEN, &timestamp, nonce]),
        signature(&[TOKEN, &timestamp, nonce, &sealed])
    );
    let body = format!("<xml><ToUserName><![CDATA[gh_x]]></ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>");
    let answer = reqwest::Client::new().post(format!("{url}{path}?{query}")).body(body).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// What a sealed reply says, if `key` opens it.
fn unsealed(reply: &str, key: &str) -> Option<String> {
    let sealed = reply.split("<Encrypt><![CDATA[").nth(1)?.split("]]>").next()?;
    let plain = decrypt(&AesKey::parse(key).unwrap(), APP_ID, sealed).ok()?;
    Some(String::from_utf8(plain).unwrap())
}

on_both_engines! {
    async fn every_mode_of_the_console_is_answered_in_kind(engine: Engine) {
        for mode in [Mode::Plain, Mode::Compatible, Mode::Secure] {
            let world = WorldBuilder::new(engine).mode(mode).with("WECHAT_ALLOW_PLAINTEXT", "true").start().await;
            world.simulator.follow(ANNA);
            let push = world.simulator.say(ANNA, "/help");
            world.simulator.finished(push).await;
            let texts = world.receives(ANNA, 1).await;
            assert!(texts[0].contains("继续"), "{mode:?}: {texts:?}\n{}", world.transcript());
            let reply = world.simulator.exchanges()[0].reply.clone().unwrap();
            assert_eq!(reply.contains("<Encrypt>"), mode != Mode::Plain, "{mode:?}: {reply}");
            world.end().await;
        }
    }

    async fn plaintext_is_refused_unless_it_was_allowed(engine: Engine) {
        let world = WorldBuilder::new(engine).mode(Mode::Plain).start().await;
        world.simulator.follow(ANNA);
        let push = world.simulator.say(ANNA, "/help");
        world.simulator.finished(push).await;
        assert_eq!(world.simulator.exchanges()[0].status, Some(403), "{}", world.transcript());
        assert_eq!(world.count("SELECT COUNT(*) FROM inbound").await, 0);
        world.abandon().await;
    }

    async fn both_keys_of_a_rotation_open_and_seal(engine: Engine) {
        let world = WorldBuilder::new(engine)
            .with("WECHAT_ENCODING_AES_KEY", OTHER_KEY)
            .with("WECHAT_ENCODING_AES_KEY_PREVIOUS", KEY)
            .start()
            .await;
        for (index, key) in [KEY, OTHER_KEY].into_iter().enumerate() {
            let (status, reply) = push_sealed(&world.url, "/wechat/main", key, &message("/help", &format!("{index}"))).await;
            assert_eq!(status, 200);
            assert!(unsealed(&reply, key).is_some_and(|reply| reply.contains("继续")), "{reply}");
        }
        world.end().await;
    }

    async fn further_accounts_have_their_own_address_and_keys(engine: Engine) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(
            file.path(),
            format!("[second]\napp_id = \"wx00000000000000ff\"\ntoken = \"{TOKEN}\"\nencoding_aes_key = \"{OTHER_KEY}\"\n"),
        )
        .unwrap();
        let world = WorldBuilder::new(engine).with("ACCOUNTS_FILE", file.path().display().to_string()).start().await;
        let xml = message("/help", "1");
        assert_eq!(push_sealed(&world.url, "/wechat/main", KEY, &xml).await.0, 200);
        assert_eq!(push_sealed(&world.url, "/wechat/second", KEY, &xml).await.0, 403, "another account's key");
        assert_eq!(push_sealed(&world.url, "/wechat/second", OTHER_KEY, &xml).await.0, 403, "another account's appid");
        assert_eq!(push_sealed(&world.url, "/wechat/third", KEY, &xml).await.0, 404);
        world.end().await;
    }

    async fn the_same_msg_id_of_two_followers_is_two_messages(engine: Engine) {
        let world = World::new(engine).await;
        let xml = message("/help", "77");
        push_sealed(&world.url, "/wechat", KEY, &xml).await;
        push_sealed(&world.url, "/wechat", KEY, &xml.replace(ANNA, "oBen")).await;
        push_sealed(&world.url, "/wechat", KEY, &xml).await;
        assert_eq!(world.count("SELECT COUNT(*) FROM inbound").await, 2);
        assert_eq!(world.count("SELECT CAST(SUM(deliveries) AS BIGINT) FROM inbound").await, 3);
        world.end().await;
    }

    async fn a_body_that_trickles_in_is_let_go_after_five_seconds(engine: Engine) {
        let world = World::new(engine).await;
        let (timestamp, nonce) = (now(), "1");
        let address = world.url.trim_start_matches("http://").to_owned();
        let mut stream = TcpStream::connect(&address).await.unwrap();
        let head = format!(
            "POST /wechat?signature={}&timestamp={timestamp}&nonce={nonce}&encrypt_type=aes&msg_signature=x HTTP/1.1\r\n\
             Host: {address}\r\nContent-Length: 1000\r\n\r\n<xml>",
            signature(&[TOKEN, &timestamp, nonce])
        );
        let started = Instant::now();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = vec![0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(String::from_utf8_lossy(&answer), "HTTP/1.1 408");
        assert!((Duration::from_secs(4)..Duration::from_secs(8)).contains(&started.elapsed()), "{:?}", started.elapsed());
        world.end().await;
    }
}
