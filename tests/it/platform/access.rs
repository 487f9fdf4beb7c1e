//! The shared token: one refresh for everybody, one repeat after a refused token, and no storms.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use huixin::{
    app::access::{AccessTokens, Error},
    config::Account,
    db::{
        self, Db,
        access_tokens::{self, Claim},
    },
    wechat::{
        client::{Client, Connections},
        customer::send_text,
    },
};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::fake::{Answer, Fake, Seen};
use crate::support::{Engine, database::Database, on_both_engines};

const TOKEN: &str = "/cgi-bin/stable_token";
const SEND: &str = "/cgi-bin/message/custom/send";

/// What the platform does; tests change it while it serves.
struct Platform {
    /// The token that normal mode hands out is `T<current>`; a forced refresh counts on.
    current: u32,
    expires_in: u32,
    refused_tokens: HashSet<&'static str>,
    /// What every answer of the token endpoint is, if set.
    token_error: Option<Value>,
    /// The errcode of every business call with a good token.
    errcode: i64,
}

struct Scene {
    platform: Arc<Mutex<Platform>>,
    fake: Fake,
    db: Db,
    _database: Database,
}

impl Platform {
    fn answer(&mut self, request: &Seen) -> Value {
        if !request.line.contains(TOKEN) {
            let stale = self.refused_tokens.iter().any(|token| request.line.contains(&format!("access_token={token} ")));
            return json!({"errcode": if stale { 40001 } else { self.errcode }, "errmsg": "rid: 1-2-3"});
        }
        if let Some(error) = &self.token_error {
            return error.clone();
        }
        if request.json()["force_refresh"] == true {
            self.current += 1;
        }
        json!({"access_token": format!("T{}", self.current), "expires_in": self.expires_in})
    }
}

impl Scene {
    async fn new(engine: Engine) -> Self {
        let refused_tokens = HashSet::new();
        let platform = Platform { current: 1, expires_in: 7200, refused_tokens, token_error: None, errcode: 0 };
        let platform = Arc::new(Mutex::new(platform));
        let answering = platform.clone();
        let fake = Fake::start(move |request, _| Answer::Json(answering.lock().unwrap().answer(request))).await;
        let database = Database::new(engine).await;
        let db = db::connect(&database.url).await.unwrap();
        db::migrate(&db).await.unwrap();
        Self { platform, fake, db, _database: database }
    }

    fn replica(&self, name: &str) -> AccessTokens {
        AccessTokens::new(self.db.clone(), Client::new(self.fake.base_url.clone(), Connections::Kept).unwrap(), name)
    }

    fn change(&self, change: impl FnOnce(&mut Platform)) {
        change(&mut self.platform.lock().unwrap());
    }

    fn forced(&self) -> usize {
        self.fake.requests().iter().filter(|seen| seen.line.contains(TOKEN) && seen.json()["force_refresh"] == true).count()
    }
}

fn account() -> Account {
    Account {
        name: "main".into(),
        app_id: "wx1".into(),
        app_secret: Some("app-secret".into()),
        token: "token".into(),
        encoding_aes_key: None,
        encoding_aes_key_previous: None,
        allow_plaintext: true,
    }
}

async fn token(tokens: &AccessTokens) -> String {
    tokens.current(&account()).await.unwrap().expose_secret().to_owned()
}

/// Waits until `tokens` hands out `expected`.
async fn becomes(tokens: &AccessTokens, expected: &str) {
    let deadline = Instant::now() + Duration::from_secs(8);
    while token(tokens).await != expected {
        assert!(Instant::now() < deadline, "no {expected}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

on_both_engines! {
    async fn a_hundred_callers_cause_one_refresh(engine: Engine) {
        let scene = Scene::new(engine).await;
        let tokens = scene.replica("one");
        let seen = join_all((0..100).map(|_| token(&tokens))).await;
        assert!(seen.iter().all(|token| token == "T1"));
        assert_eq!(scene.fake.calls_of(TOKEN), 1);
    }

    async fn replicas_on_one_database_cause_one_refresh(engine: Engine) {
        let scene = Scene::new(engine).await;
        let replicas: Vec<AccessTokens> = (0..4).map(|n| scene.replica(&format!("replica-{n}"))).collect();
        let seen = join_all((0..100).map(|n| token(&replicas[n % 4]))).await;
        assert!(seen.iter().all(|token| token == "T1"));
        assert_eq!(scene.fake.calls_of(TOKEN), 1);
        assert_eq!(token(&scene.replica("started later")).await, "T1");
        assert_eq!(scene.fake.calls_of(TOKEN), 1);
    }

    async fn a_token_is_renewed_five_minutes_before_its_end(engine: Engine) {
        let scene = Scene::new(engine).await;
        scene.change(|platform| platform.expires_in = 5 * 60 + 1);
        let tokens = scene.replica("one");
        assert_eq!(token(&tokens).await, "T1");
        scene.change(|platform| (platform.current, platform.expires_in) = (2, 7200));
        becomes(&tokens, "T2").await;
        assert_eq!(token(&tokens).await, "T2");
        assert_eq!(scene.fake.calls_of(TOKEN), 2);
    }

    async fn a_refused_token_is_replaced_and_the_call_repeated_once(engine: Engine) {
        let scene = Scene::new(engine).await;
        let tokens = scene.replica("one");
        assert_eq!(token(&tokens).await, "T1");
        scene.change(|platform| {
            platform.current = 2;
            platform.refused_tokens.insert("T1");
        });
        let (account, request) = (account(), send_text("o", "hi"));
        let results = join_all((0..20).map(|_| tokens.call(&account, &request))).await;
        assert!(results.iter().all(Result::is_ok));
        assert_eq!((scene.fake.calls_of(TOKEN), scene.forced()), (2, 0));
        // Another replica that still holds the old token learns of the new one without asking WeChat.
        assert_eq!(token(&scene.replica("two")).await, "T2");
        assert_eq!(scene.fake.calls_of(TOKEN), 2);
    }

    async fn a_refused_token_that_comes_back_is_forced_out_once_in_thirty_seconds(engine: Engine) {
        let scene = Scene::new(engine).await;
        scene.change(|platform| {
            platform.refused_tokens.insert("T1");
        });
        let tokens = scene.replica("one");
        tokens.call(&account(), &send_text("o", "hi")).await.unwrap();
        assert_eq!((scene.fake.calls_of(TOKEN), scene.forced(), scene.fake.calls_of(SEND)), (3, 1, 2));
        scene.change(|platform| {
            platform.refused_tokens.insert("T2");
        });
        for _ in 0..5 {
            let error = tokens.call(&account(), &send_text("o", "hi")).await.unwrap_err();
            assert!(error.errcode() == Some(40001) || matches!(error, Error::Rejected), "{error}");
        }
        assert_eq!(scene.forced(), 1, "the spacing of forced refreshes holds");
    }

    async fn no_other_refusal_is_repeated(engine: Engine) {
        let scene = Scene::new(engine).await;
        let tokens = scene.replica("one");
        for errcode in [-1, 40013, 40125, 40164, 45009, 45015, 48001] {
            scene.change(|platform| platform.errcode = errcode);
            let before = scene.fake.calls_of(SEND);
            let error = tokens.call(&account(), &send_text("o", "hi")).await.unwrap_err();
            assert_eq!((error.errcode(), scene.fake.calls_of(SEND) - before), (Some(errcode), 1));
        }
        assert_eq!(scene.fake.calls_of(TOKEN), 1);
    }

    async fn a_refusal_to_hand_out_a_token_is_remembered_for_a_while(engine: Engine) {
        let scene = Scene::new(engine).await;
        let refusal =
            json!({"errcode": 40164, "errmsg": "invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist rid: 1-2"});
        scene.change(|platform| platform.token_error = Some(refusal));
        let tokens = scene.replica("one");
        for _ in 0..20 {
            let error = tokens.call(&account(), &send_text("o", "hi")).await.unwrap_err();
            assert_eq!(error.errcode(), Some(40164));
            assert!(error.to_string().contains("To add: 203.0.113.9."), "{error}");
        }
        assert_eq!((scene.fake.calls_of(TOKEN), scene.fake.calls_of(SEND)), (1, 0));
    }

    async fn a_token_in_its_last_minutes_serves_while_wechat_is_out_of_order(engine: Engine) {
        let scene = Scene::new(engine).await;
        scene.change(|platform| platform.expires_in = 200);
        assert_eq!(token(&scene.replica("one")).await, "T1");
        scene.change(|platform| platform.token_error = Some(json!({"errcode": -1, "errmsg": "system error"})));
        let restarted = scene.replica("two");
        assert_eq!(token(&restarted).await, "T1");
        assert_eq!(token(&restarted).await, "T1");
        assert_eq!(scene.fake.calls_of(TOKEN), 2);
    }

    async fn a_replica_that_died_while_refreshing_does_not_hold_up_the_others(engine: Engine) {
        let scene = Scene::new(engine).await;
        let now = scene.db.now_ms().await.unwrap();
        let claim = Claim { account: "main", replica: "dead", now, until: now + 60_000 };
        assert!(access_tokens::claim(&scene.db, claim, 0).await.unwrap());
        assert_eq!(token(&scene.replica("alive")).await, "T1");
        assert_eq!(scene.forced(), 0);
    }

    async fn an_account_without_a_secret_says_so_and_calls_nobody(engine: Engine) {
        let scene = Scene::new(engine).await;
        let account = Account { app_secret: None, ..account() };
        let error = scene.replica("one").call(&account, &send_text("o", "hi")).await.unwrap_err();
        assert!(error.to_string().contains("WECHAT_APP_SECRET"));
        assert!(scene.fake.requests().is_empty());
    }
}
