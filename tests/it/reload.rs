//! Reading the accounts again at SIGHUP, with a real process and a real signal.

use std::time::{Duration, Instant};

use huixin::{clock, simulator::Settings, wechat::envelope::signature};
use reqwest::StatusCode;
use tempfile::NamedTempFile;

use crate::support::{Engine, World, WorldBuilder, process::Process, world::VERIFIED};

const ANNA: &str = "oAnna000000000000000000000001";

/// A process whose accounts all stand in a file.
struct Scene {
    world: World,
    process: Process,
    file: NamedTempFile,
    log: NamedTempFile,
    reloads: u32,
}

impl Scene {
    async fn start(accounts: &str) -> Self {
        let (file, log) = (NamedTempFile::new().unwrap(), NamedTempFile::new().unwrap());
        std::fs::write(file.path(), accounts).unwrap();
        let mut builder = WorldBuilder::new(Engine::Sqlite).account(VERIFIED).with("REPLY_MODE", "push");
        for name in ["WECHAT_APP_ID", "WECHAT_APP_SECRET", "WECHAT_TOKEN", "WECHAT_ENCODING_AES_KEY"] {
            builder = builder.with(name, "");
        }
        let world = builder.with("ACCOUNTS_FILE", file.path().display().to_string()).surroundings().await;
        world.simulator.follow(ANNA);
        let process = Process::start_logging(&world.values, log.reopen().unwrap()).await;
        world.simulator.set_webhook(format!("{}/wechat", process.url));
        Self { world, process, file, log, reloads: 0 }
    }

    /// Writes the file, sends the signal and waits until it was answered with `outcome`.
    async fn reload(&mut self, accounts: &str, outcome: &str) {
        std::fs::write(self.file.path(), accounts).unwrap();
        self.process.signal("-HUP");
        self.reloads += 1;
        let deadline = Instant::now() + Duration::from_secs(10);
        while self.counted().await < self.reloads {
            assert!(Instant::now() < deadline && self.process.is_alive(), "no reload\n{}", self.logged());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let line = format!("outcome=\"{outcome}\"");
        assert!(self.metrics().await.lines().any(|metric| metric.contains(&line)), "{}", self.logged());
    }

    async fn metrics(&self) -> String {
        reqwest::get(format!("{}/metrics", self.process.url)).await.unwrap().text().await.unwrap()
    }

    async fn counted(&self) -> u32 {
        let metrics = self.metrics().await;
        let counts = metrics.lines().filter(|line| line.starts_with("huixin_reloads_total{"));
        counts.map(|line| line.rsplit(' ').next().unwrap().parse::<u32>().unwrap()).sum()
    }

    fn logged(&self) -> String {
        std::fs::read_to_string(self.log.path()).unwrap()
    }

    /// What the verification of `path` with `token` answers.
    async fn verify(&self, path: &str, token: &str) -> StatusCode {
        let timestamp = (clock::now_ms() / 1000).to_string();
        let signature = signature(&[token, &timestamp, "nonce"]);
        let url = format!("{}{path}?signature={signature}&timestamp={timestamp}&nonce=nonce&echostr=1", self.process.url);
        reqwest::get(url).await.unwrap().status()
    }

    async fn end(mut self) {
        self.process.kill();
        self.world.abandon().await;
    }
}

/// The simulator's account with another secret, where `secret` is given.
fn main_account(secret: Option<&str>) -> String {
    let settings = Settings::default();
    format!(
        "[main]\napp_id = \"{}\"\napp_secret = \"{}\"\ntoken = \"{}\"\nencoding_aes_key = \"{}\"\n",
        settings.app_id,
        secret.unwrap_or(&settings.app_secret),
        settings.token,
        settings.encoding_aes_key
    )
}

fn second(token: &str) -> String {
    format!("[second]\napp_id = \"wx2\"\napp_secret = \"s\"\ntoken = \"{token}\"\nallow_plaintext = true\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accounts_come_change_and_go_without_a_restart() {
    let main = main_account(None);
    let mut scene = Scene::start(&main).await;
    assert_eq!(scene.verify("/wechat/second", "one").await, StatusCode::NOT_FOUND);
    scene.reload(&format!("{main}{}", second("one")), "changed").await;
    assert_eq!(scene.verify("/wechat/second", "one").await, StatusCode::OK);
    scene.reload(&format!("{main}{}", second("two")), "changed").await;
    assert_eq!(scene.verify("/wechat/second", "one").await, StatusCode::FORBIDDEN);
    assert_eq!(scene.verify("/wechat/second", "two").await, StatusCode::OK);
    scene.reload(&format!("{main}{}", second("two")), "unchanged").await;
    scene.reload(&main, "changed").await;
    assert_eq!(scene.verify("/wechat/second", "two").await, StatusCode::NOT_FOUND);
    assert_eq!(scene.verify("/wechat", &Settings::default().token).await, StatusCode::OK);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_accounts_file_changes_nothing_and_is_told_without_its_secrets() {
    let both = format!("{}{}", main_account(None), second("one"));
    let mut scene = Scene::start(&both).await;
    let broken = "[second]\napp_id = \"wx2\"\ntoken = \"canary-token\"\nencoding_aes_key = \"canary-key\"\n[main]\napp = 1\n";
    for accounts in [broken, "not toml = = canary", ""] {
        scene.reload(accounts, "refused").await;
        assert_eq!(scene.verify("/wechat/second", "one").await, StatusCode::OK);
    }
    let log = scene.logged();
    assert!(log.contains("everything stays as it was") && log.contains("ACCOUNTS_FILE"), "{log}");
    assert!(!log.contains("canary"), "{log}");
    scene.reload(&main_account(None), "changed").await;
    assert_eq!(scene.verify("/wechat/second", "one").await, StatusCode::NOT_FOUND);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_that_was_mended_is_used_at_once() {
    let mut scene = Scene::start(&main_account(Some("reset-by-somebody"))).await;
    scene.world.simulator.say(ANNA, "slow 6 回信");
    scene
        .world
        .until("the wrong secret is refused, and the push given up", async |world: &World| {
            world.count("SELECT COUNT(*) FROM questions WHERE push_tries > 0 AND push_at IS NULL").await == 1
        })
        .await;
    assert!(scene.world.simulator.calls().iter().all(|call| call.errcode == 40125));
    scene.reload(&main_account(None), "changed").await;
    let texts = scene.world.receives(ANNA, 1).await;
    assert!(texts[0].contains("slow 6 回信"), "{texts:?}");
    scene.end().await;
}
