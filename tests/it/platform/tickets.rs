//! The JS-SDK ticket: fetched once for everybody, and again when it is due.

use futures_util::future::join_all;
use huixin::{
    app::access::AccessTokens,
    config::Account,
    db,
    wechat::{
        client::{Client, Connections},
        media::{Download, download},
    },
};
use secrecy::ExposeSecret;
use serde_json::json;

use super::fake::{Answer, Fake, response};
use crate::support::{Engine, database::Database, on_both_engines};

const TICKET: &str = "/cgi-bin/ticket/getticket";

struct Scene {
    fake: Fake,
    db: db::Db,
    _database: Database,
}

/// A platform whose `n`-th ticket is `K<n>` and lives so long, and that refuses the first access token for files.
async fn scene(engine: Engine, expires_in: u32) -> Scene {
    let fake = Fake::start(move |request, index| {
        if request.line.contains(TICKET) {
            assert!(request.line.contains("&type=jsapi "), "{}", request.line);
            return Answer::Json(json!({"errcode": 0, "errmsg": "ok", "ticket": format!("K{index}"), "expires_in": expires_in}));
        }
        if request.line.contains("stable_token") {
            return Answer::Json(json!({"access_token": format!("T{index}"), "expires_in": 7200}));
        }
        if request.line.contains("access_token=T0&") {
            return Answer::Json(json!({"errcode": 40001, "errmsg": "not latest"}));
        }
        response("Content-Type: image/png\r\n", b"\x89PNG")
    })
    .await;
    let database = Database::new(engine).await;
    let db = db::connect(&database.url).await.unwrap();
    db::migrate(&db).await.unwrap();
    Scene { fake, db, _database: database }
}

impl Scene {
    fn replica(&self, name: &str) -> AccessTokens {
        AccessTokens::new(self.db.clone(), Client::new(self.fake.base_url.clone(), Connections::Kept).unwrap(), name)
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

async fn ticket(tokens: &AccessTokens) -> String {
    tokens.ticket(&account()).await.unwrap().expose_secret().to_owned()
}

on_both_engines! {
    async fn a_ticket_is_fetched_once_for_all_callers_and_replicas(engine: Engine) {
        let scene = scene(engine, 7200).await;
        let one = scene.replica("one");
        let seen = join_all((0..50).map(|_| ticket(&one))).await;
        assert!(seen.iter().all(|ticket| ticket == "K1"));
        assert_eq!(ticket(&scene.replica("two")).await, "K1");
        assert_eq!(scene.fake.calls_of(TICKET), 1);
    }

    async fn a_ticket_in_its_last_minutes_is_replaced(engine: Engine) {
        let scene = scene(engine, 200).await;
        assert_eq!(ticket(&scene.replica("one")).await, "K1");
        assert_eq!(ticket(&scene.replica("two")).await, "K2");
        assert_eq!(scene.fake.calls_of(TICKET), 2);
    }

    async fn a_file_is_fetched_again_with_a_new_token(engine: Engine) {
        let scene = scene(engine, 7200).await;
        let file = scene.replica("one").download(&account(), &download("m")).await.unwrap();
        assert!(matches!(file, Download::File(file) if file.content_type == "image/png"));
        assert_eq!(scene.fake.calls_of("/cgi-bin/media/get"), 2);
    }
}
