//! Mistakes between WeChat and this installation, with a real server behind a proxy that makes them.

use std::time::Duration;

use huixin::server::doctor::{Finding, Mistake, State, examine, is_healthy};

use super::{
    fix, found, mistakes,
    proxy::{Proxy, Wrong},
};
use crate::support::{Engine, World, WorldBuilder, process::Process};

/// A running server, to be looked at from outside.
struct Server {
    world: World,
    process: Process,
}

impl Server {
    async fn start() -> Self {
        let world = WorldBuilder::new(Engine::Sqlite).surroundings().await;
        let process = Process::start(&world.values).await;
        world.simulator.set_webhook(format!("{}/wechat", process.url));
        Self { world, process }
    }

    /// What is found through `public_url`, with these changes of the configuration that doctor reads.
    async fn examined(&self, public_url: &str, changes: &[(&str, &str)]) -> Vec<Finding> {
        let values = self.world.values.clone().with("PUBLIC_URL", public_url).with("BIND_ADDR", "127.0.0.1:1");
        examine(&changes.iter().fold(values, |values, (name, value)| values.with(name, *value))).await
    }

    async fn behind(&self, wrong: Wrong) -> Vec<Finding> {
        self.examined(&Proxy::start(&self.process.url, wrong).await.url, &[]).await
    }

    /// The same server under an address that is not loopback by its looks.
    fn address_elsewhere(&self) -> String {
        self.process.url.replace("127.0.0.1", "0.0.0.0")
    }

    async fn end(mut self) {
        self.process.kill();
        self.world.abandon().await;
    }
}

/// Proves that `wrong` is found as `mistake`, and nothing else is.
async fn is_found(wrong: Wrong, mistake: Mistake) -> Finding {
    let server = Server::start().await;
    let findings = server.behind(wrong).await;
    assert_eq!(mistakes(&findings), [mistake], "{findings:#?}");
    let finding = found(&findings, mistake).clone();
    assert!(!is_healthy(&findings) && !finding.detail.english.contains("signature=1"));
    server.end().await;
    finding
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_that_does_its_work_is_in_order() {
    let server = Server::start().await;
    let findings = server.behind(Wrong::Nothing).await;
    assert!(mistakes(&findings).is_empty(), "{findings:#?}");
    for name in ["verification [main]", "way in", "installation", "answer pages"] {
        assert!(findings.iter().any(|finding| finding.name == name && finding.state == State::Ok), "{name}: {findings:#?}");
    }
    server.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_public_url_without_https_is_warned_of() {
    let server = Server::start().await;
    let findings = server.examined("http://bot.invalid", &[]).await;
    assert_eq!(found(&findings, Mistake::PublicUrlUnencrypted).state, State::Warning(Mistake::PublicUrlUnencrypted));
    server.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_port_that_wechat_does_not_call_is_named() {
    let server = Server::start().await;
    let findings = server.examined(&server.address_elsewhere(), &[]).await;
    assert!(fix(found(&findings, Mistake::PublicUrlPort)).contains("443"));
    server.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metrics_that_everybody_can_read_are_named() {
    let server = Server::start().await;
    let findings = server.examined(&server.address_elsewhere(), &[]).await;
    assert!(fix(found(&findings, Mistake::MetricsOpen)).contains("METRICS_TOKEN"));
    server.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_public_url_that_nobody_answers_is_named() {
    let server = Server::start().await;
    let findings = server.examined("http://127.0.0.1:1", &[]).await;
    assert_eq!(mistakes(&findings), [Mistake::PublicUrlUnreachable]);
    assert!(fix(found(&findings, Mistake::PublicUrlUnreachable)).contains("serve"));
    server.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redirect_on_the_way_in_is_named() {
    let finding = is_found(Wrong::Redirects, Mistake::PublicUrlRedirects).await;
    assert!(finding.detail.english.contains("https://elsewhere.test/wechat/"), "{finding:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_server_at_the_public_url_is_named() {
    is_found(Wrong::NotFound, Mistake::PublicUrlElsewhere).await;
    is_found(Wrong::Welcomes, Mistake::PublicUrlElsewhere).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_that_changes_the_body_is_named() {
    let finding = is_found(Wrong::AddsALineBreak, Mistake::EchostrChanged).await;
    assert!(finding.detail.english.contains("with 1 bytes around"), "{finding:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_server_with_another_token_is_named() {
    let server = Server::start().await;
    let proxy = Proxy::start(&server.process.url, Wrong::Nothing).await;
    let findings = server.examined(&proxy.url, &[("WECHAT_TOKEN", "another")]).await;
    assert_eq!(mistakes(&findings), [Mistake::TokenDiffers]);
    assert!(fix(found(&findings, Mistake::TokenDiffers)).contains("restart"));
    server.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_installation_at_the_public_url_is_named() {
    let server = Server::start().await;
    let proxy = Proxy::start(&server.process.url, Wrong::Nothing).await;
    let folder = tempfile::tempdir().unwrap();
    let own = format!("sqlite://{}/own.db", folder.path().display());
    let findings = server.examined(&proxy.url, &[("DATABASE_URL", &own)]).await;
    assert_eq!(mistakes(&findings), [Mistake::OtherInstallation], "{findings:#?}");
    assert!(fix(found(&findings, Mistake::OtherInstallation)).contains("DATABASE_URL"));
    server.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_that_cuts_bodies_is_named() {
    let finding = is_found(Wrong::RefusesBodiesOver(64 * 1024), Mistake::ProxyCutsBodies).await;
    assert!(fix(&finding).contains("client_max_body_size"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_without_patience_is_named() {
    let finding = is_found(Wrong::GivesUpAfter(Duration::from_millis(850)), Mistake::ProxyImpatient).await;
    assert!(finding.detail.english.contains("504") && fix(&finding).contains("proxy_read_timeout"), "{finding:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_that_buffers_is_named() {
    let finding = is_found(Wrong::Buffers, Mistake::ProxyBuffers).await;
    assert!(fix(&finding).contains("proxy_buffering off"));
}
