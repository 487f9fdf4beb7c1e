//! One test's world: huixin, the simulated WeChat with its demo model, and the followers.

use std::time::{Duration, Instant};

pub use huixin::simulator::Account;
use huixin::{
    config::{Config, Values},
    db::{self, Db},
    server::Server,
    simulator::{AccountKind, Bubble, Exchange, Mode, Settings, Shown, Simulator, Via},
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::database::{Database, Engine};

/// Real seconds in a simulated one: deliveries are given up after one second.
pub const CLOCK_FACTOR: f64 = 0.2;

/// WeChat's five seconds at that speed.
const PATIENCE_MS: &str = "1000";

/// Leaves a busy machine 300 ms to write a reply.
const DEADLINE_MS: &str = "700";

/// Anything a test waits for comes within this, on a busy machine too.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A running product and its surroundings.
pub struct World {
    pub simulator: Simulator,
    /// Its folder goes with it.
    _database: Database,
    pub db: Db,
    pub url: String,
    pub values: Values,
    running: Option<(CancellationToken, JoinHandle<anyhow::Result<()>>)>,
}

/// What differs from the usual world.
pub struct WorldBuilder {
    engine: Engine,
    settings: Settings,
    values: Values,
}

/// An account that may push.
pub const VERIFIED: Account = Account { kind: AccountKind::Service, verified: true, sandbox: false };

/// An account that may not.
pub const UNVERIFIED: Account = Account { kind: AccountKind::Personal, verified: false, sandbox: false };

impl WorldBuilder {
    /// A verified service account in secure mode, ten times faster than life.
    pub fn new(engine: Engine) -> Self {
        let settings = Settings { account: VERIFIED, clock_factor: CLOCK_FACTOR, ..Settings::default() };
        Self { engine, settings, values: Values::default() }
    }

    pub fn account(mut self, account: Account) -> Self {
        self.settings.account = account;
        self
    }

    pub fn mode(mut self, mode: Mode) -> Self {
        self.settings.mode = mode;
        self
    }

    pub fn settings(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.values = self.values.with(name, value);
        self
    }

    /// Starts everything.
    pub async fn start(self) -> World {
        let mut world = self.surroundings().await;
        world.start().await;
        world
    }

    /// Everything but huixin, for tests that run it as a process.
    pub async fn surroundings(self) -> World {
        let database = Database::new(self.engine).await;
        let simulator = Simulator::start(self.settings.clone()).unwrap();
        let values = values(&self.settings, &simulator, &database, self.values);
        let db = db::connect(&database.url).await.unwrap();
        World { simulator, _database: database, db, url: String::new(), values, running: None }
    }
}

/// The configuration for a simulator and a database, with `own` choices on top.
pub fn values(settings: &Settings, simulator: &Simulator, database: &Database, own: Values) -> Values {
    own.or("BIND_ADDR", "127.0.0.1:0")
        .or("DATA_DIR", database.folder.path().display().to_string())
        .or("DATABASE_URL", &database.url)
        .or("PUBLIC_URL", "https://huixin.test")
        .or("WECHAT_API_URL", simulator.url())
        .or("WECHAT_APP_ID", &settings.app_id)
        .or("WECHAT_APP_SECRET", &settings.app_secret)
        .or("WECHAT_TOKEN", &settings.token)
        .or("WECHAT_ENCODING_AES_KEY", &settings.encoding_aes_key)
        .or("WECHAT_PATIENCE_MS", PATIENCE_MS)
        .or("REPLY_DEADLINE_MS", DEADLINE_MS)
        .or("LLM_BASE_URL", format!("{}/v1", simulator.url()))
        .or("LLM_MODEL", "demo")
        .or("LLM_API_KEY", "demo-key")
}

impl World {
    /// The usual world.
    pub async fn new(engine: Engine) -> Self {
        WorldBuilder::new(engine).start().await
    }

    async fn start(&mut self) {
        let mut config = Config::from_values(&self.values).unwrap();
        config.program = env!("CARGO_BIN_EXE_huixin").into();
        let server = Server::build(config).await.unwrap();
        self.url = format!("http://{}", server.address());
        self.simulator.set_webhook(format!("{}/wechat", self.url));
        let stop = CancellationToken::new();
        self.running = Some((stop.clone(), tokio::spawn(server.run_until_stopped(stop))));
    }

    /// Stops huixin as SIGTERM does, and starts it again on the same database.
    pub async fn restart(&mut self) {
        self.stop_huixin().await;
        self.start().await;
    }

    async fn stop_huixin(&mut self) {
        if let Some((stop, running)) = self.running.take() {
            stop.cancel();
            running.await.unwrap().unwrap();
        }
    }

    /// Ends the world, after proof that nothing is left over: no open question, no part that nobody got.
    pub async fn end(mut self) {
        self.until("every question is settled and delivered", async |world: &Self| world.left_over().await == 0).await;
        self.stop_huixin().await;
        self.simulator.stop().await;
        self.db.close().await;
    }

    /// Ends the world without looking at what is left.
    pub async fn abandon(mut self) {
        self.stop_huixin().await;
        self.simulator.stop().await;
        self.db.close().await;
    }

    async fn left_over(&self) -> i64 {
        self.count("SELECT COUNT(*) FROM questions WHERE state NOT IN ('delivered', 'failed')").await
            + self.count("SELECT COUNT(*) FROM answer_parts WHERE state IN ('waiting', 'sending', 'unknown')").await
    }

    /// A number from the database.
    pub async fn count(&self, sql: &'static str) -> i64 {
        match &self.db {
            Db::Pg(pool) => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
            Db::Lite(lite) => sqlx::query_scalar(sql).fetch_one(&lite.readers).await.unwrap(),
        }
    }

    /// A number from the database, about one follower.
    pub async fn count_of(&self, sql: &'static str, openid: &str) -> i64 {
        match &self.db {
            Db::Pg(pool) => sqlx::query_scalar(sql).bind(openid).fetch_one(pool).await.unwrap(),
            Db::Lite(lite) => sqlx::query_scalar(sql).bind(openid).fetch_one(&lite.readers).await.unwrap(),
        }
    }

    /// A column of texts from the database.
    pub async fn texts(&self, sql: String) -> Vec<String> {
        let sql = sqlx::AssertSqlSafe(sql);
        match &self.db {
            Db::Pg(pool) => sqlx::query_scalar(sql).fetch_all(pool).await.unwrap(),
            Db::Lite(lite) => sqlx::query_scalar(sql).fetch_all(&lite.readers).await.unwrap(),
        }
    }

    /// Changes the database behind huixin's back.
    pub async fn execute(&self, sql: &'static str) {
        match &self.db {
            Db::Pg(pool) => drop(sqlx::query(sql).execute(pool).await.unwrap()),
            Db::Lite(lite) => drop(sqlx::query(sql).execute(&lite.writer).await.unwrap()),
        }
    }

    /// Polls until `holds`, or fails with `what` and everything the follower saw.
    pub async fn until(&self, what: &str, holds: impl AsyncFn(&Self) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !holds(self).await {
            assert!(Instant::now() < deadline, "waited in vain: {what}\n{}", self.transcript());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The texts that came to `openid`, notices of the platform included.
    pub fn received(&self, openid: &str) -> Vec<String> {
        let chat = self.simulator.chat(openid);
        chat.iter().filter(|bubble| !matches!(bubble.via, Via::Follower { .. })).filter_map(text_of).collect()
    }

    /// Waits until `openid` has received `count` texts, and returns them.
    pub async fn receives(&self, openid: &str, count: usize) -> Vec<String> {
        let what = format!("{openid} receives {count} text(s)");
        self.until(&what, async |world: &Self| world.received(openid).len() >= count).await;
        self.received(openid)
    }

    /// How often the model was asked a question with `word` in it.
    pub fn asked(&self, word: &str) -> usize {
        let is_about = |request: &&serde_json::Value| {
            let messages = request["messages"].as_array();
            messages.and_then(|messages| messages.last()).is_some_and(|last| last["content"].to_string().contains(word))
        };
        self.simulator.asked().iter().filter(is_about).count()
    }

    /// Every chat and exchange, for a failure's message.
    pub fn transcript(&self) -> String {
        let exchanges = self.simulator.exchanges();
        let lines = exchanges.iter().rev().take(12).rev().map(|exchange| {
            let Exchange { openid, delivery, status, ms, outcome, .. } = exchange;
            format!("push {:?} delivery {delivery} of {openid}: status {status:?}, {ms} ms, {outcome:?}", exchange.push)
        });
        let calls = self.simulator.calls();
        let calls =
            calls.iter().rev().take(12).rev().map(|call| format!("call {} errcode {} {}", call.path, call.errcode, call.body));
        lines.chain(calls).collect::<Vec<_>>().join("\n")
    }
}

/// The text of a bubble.
pub fn text_of(bubble: &Bubble) -> Option<String> {
    match &bubble.content {
        Shown::Text { text } | Shown::Event { text } => Some(text.clone()),
        _ => None,
    }
}
