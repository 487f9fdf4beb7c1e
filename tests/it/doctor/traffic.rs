//! Mistakes that only WeChat's own pushes show: the console and the configuration differ.

use huixin::{
    server::doctor::{Finding, Mistake, examine},
    simulator::Mode,
};

use super::{fix, found};
use crate::support::{Engine, WorldBuilder, process::Process};

const ANNA: &str = "oAnna000000000000000000000001";

/// What is found after a follower wrote to an account whose console differs by `variable`, or by its mode.
async fn after_a_push(variable: Option<(&str, &str)>, mode: Mode) -> Vec<Finding> {
    let mut builder = WorldBuilder::new(Engine::Sqlite).mode(mode).with("PUBLIC_URL", "");
    if let Some((name, value)) = variable {
        builder = builder.with(name, value);
    }
    let world = builder.surroundings().await;
    world.simulator.follow(ANNA);
    let mut process = Process::start(&world.values).await;
    world.simulator.set_webhook(format!("{}/wechat", process.url));
    let push = world.simulator.say(ANNA, "你好");
    world.simulator.finished(push).await;
    let findings = examine(&world.values.clone().with("BIND_ADDR", process.url.trim_start_matches("http://"))).await;
    process.kill();
    world.abandon().await;
    findings
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pushes_that_are_accepted_are_counted() {
    let findings = after_a_push(None, Mode::Secure).await;
    let finding = findings.iter().find(|finding| finding.name == "pushes so far").unwrap();
    assert_eq!(finding.detail.english, "1 accepted, 0 refused");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_unlike_the_consoles_is_named() {
    let findings = after_a_push(Some(("WECHAT_TOKEN", "another")), Mode::Secure).await;
    assert!(fix(found(&findings, Mistake::ConsoleToken)).contains("WECHAT_TOKEN"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_aes_key_of_another_account_is_named() {
    let other = ("WECHAT_ENCODING_AES_KEY", "GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba");
    let findings = after_a_push(Some(other), Mode::Secure).await;
    assert!(fix(found(&findings, Mistake::ConsoleAesKey)).contains("43 characters"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pushes_of_another_account_are_named() {
    let findings = after_a_push(Some(("WECHAT_APP_ID", "wx0000000000000000")), Mode::Secure).await;
    assert!(fix(found(&findings, Mistake::ConsoleAppId)).contains("WECHAT_APP_ID"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_console_in_plaintext_mode_is_named() {
    let findings = after_a_push(None, Mode::Plain).await;
    assert!(fix(found(&findings, Mistake::ConsolePlaintext)).contains("安全模式"));
}
