//! No secret leaves the process: an hour of good and bad life, after which everything that can be read is searched.

use std::{fmt::Write as _, fs::File, path::Path};

use huixin::{
    config::Values,
    db::Db,
    simulator::{ApiFault, Message, Wrong},
};

use crate::support::{Engine, World, WorldBuilder, chat::page_link, on_both_engines, process::Process, world::VERIFIED};

const ANNA: &str = "oAnna000000000000000000000001";

const APP_SECRET: &str = "5ec2e7aa5ec2e7bb5ec2e7cc5ec2e7dd";
const TOKEN: &str = "markedTokenOfTheWebhook";
const AES_KEY: &str = "markedAesKey9876543210abcdefghijklmnopqrstu";
const API_KEY: &str = "sk-marked-key-of-the-model";
const METRICS_TOKEN: &str = "marked-token-of-the-metrics";

/// A process, its surroundings, and the file of its log.
struct Hour {
    world: World,
    process: Process,
    log: std::path::PathBuf,
}

async fn begin(engine: Engine, format: &str) -> Hour {
    let world = WorldBuilder::new(engine)
        .account(VERIFIED)
        .settings(|settings| {
            APP_SECRET.clone_into(&mut settings.app_secret);
            TOKEN.clone_into(&mut settings.token);
            AES_KEY.clone_into(&mut settings.encoding_aes_key);
        })
        .with("LLM_API_KEY", API_KEY)
        .with("METRICS_TOKEN", METRICS_TOKEN)
        .with("LOG_FORMAT", format)
        .with("LLM_TIMEOUT_SECS", "2")
        .with("RUST_LOG", "debug")
        .surroundings()
        .await;
    let log = Path::new(world.values.of("DATA_DIR").unwrap()).join("stderr");
    let process = start(&world.values, &log).await;
    world.simulator.set_webhook(format!("{}/wechat", process.url));
    world.simulator.follow(ANNA);
    Hour { world, process, log }
}

async fn start(values: &Values, log: &Path) -> Process {
    let file = File::options().create(true).append(true).open(log).unwrap();
    Process::start_logging(values, file).await
}

/// Questions, faults of the model and of the platform, and tokens that are revoked; returns every token that was in use.
async fn live(world: &World) -> Vec<String> {
    for message in
        [Message::Subscribe { scene: None }, Message::Image { media_id: "m".into() }, Message::Click { key: "清空".into() }]
    {
        let push = world.simulator.push(ANNA, message);
        world.simulator.finished(push).await;
    }
    for question in ["你好", "think 你是谁", "500 甲", "401 乙", "die 丙", "garbage 丁", "hang 戊"] {
        world.says(ANNA, question).await;
        world.is_quiet().await;
    }
    let wrongs = [
        Wrong::Errcode { errcode: 40001, errmsg: format!("invalid credential {APP_SECRET}") },
        Wrong::Errcode { errcode: -1, errmsg: "system error".into() },
        Wrong::Status { status: 502 },
        Wrong::Garbage,
    ];
    world.says(ANNA, "slow 20 第一个").await;
    let mut used = Vec::new();
    for wrong in wrongs {
        world.simulator.revoke_tokens();
        world.simulator.switch(|switches| {
            for path in ["/cgi-bin/message/custom/send", "/cgi-bin/stable_token"] {
                switches.api_faults.push(ApiFault { path: path.into(), times: 1, wrong: wrong.clone() });
            }
        });
        world.says(ANNA, "slow 8 下一个").await;
        world.reads_on(ANNA).await;
        used.extend(tokens(world).await);
    }
    used
}

/// Bodies of whatever a stranger can ask for, hostile requests included.
async fn strangers_see(world: &World, url: &str) -> String {
    let client = reqwest::Client::new();
    let mut seen = String::new();
    let stamp = "signature=0&timestamp=1&nonce=2&msg_signature=3&encrypt_type=aes&echostr=hello";
    for path in
        ["/", "/nothing", "/readyz", "/livez", "/metrics", "/a/unknown", &format!("/wechat?{stamp}"), "/wechat/none", "/wechat"]
    {
        for request in
            [client.get(format!("{url}{path}")), client.post(format!("{url}{path}")).body("<xml><Encrypt>x</Encrypt></xml>")]
        {
            let answer = request.send().await.unwrap();
            writeln!(seen, "{path} {:?} {}", answer.headers().clone(), answer.text().await.unwrap()).unwrap();
        }
    }
    let metrics = client.get(format!("{url}/metrics")).bearer_auth(METRICS_TOKEN).send().await.unwrap();
    assert!(metrics.status().is_success());
    seen.push_str(&metrics.text().await.unwrap());
    for link in world.received(ANNA).iter().filter_map(|text| page_link(text)) {
        let page = link.replace("https://huixin.test", url);
        seen.push_str(&client.get(page).send().await.unwrap().text().await.unwrap());
    }
    for token in world.texts("SELECT page_token FROM questions".to_owned()).await {
        seen.push_str(&client.get(format!("{url}/a/{token}")).send().await.unwrap().text().await.unwrap());
    }
    seen
}

/// Everything in every text column, the one place of the access token excepted.
async fn stored(world: &World) -> String {
    let columns = match &world.db {
        Db::Pg(_) => {
            "SELECT table_name || '.' || column_name FROM information_schema.columns
             WHERE table_schema = 'public' AND data_type IN ('text', 'character varying')"
        }
        Db::Lite(_) => {
            "SELECT tables.name || '.' || columns.name FROM sqlite_master AS tables JOIN pragma_table_info(tables.name) AS columns
             WHERE tables.type = 'table' AND columns.type = 'TEXT'"
        }
    };
    let columns = world.texts(columns.to_owned()).await;
    assert!(columns.len() > 20 && columns.contains(&"access_tokens.token".to_owned()), "{columns:?}");
    let mut stored = String::new();
    for column in columns.iter().filter(|column| *column != "access_tokens.token") {
        let (table, name) = column.split_once('.').unwrap();
        for value in world.texts(format!("SELECT {name} FROM {table} WHERE {name} IS NOT NULL")).await {
            writeln!(stored, "{column}: {value}").unwrap();
        }
    }
    stored
}

fn secrets(world: &World) -> Vec<String> {
    let mut secrets: Vec<String> = [APP_SECRET, TOKEN, AES_KEY, API_KEY, METRICS_TOKEN].map(str::to_owned).to_vec();
    let database = reqwest::Url::parse(world.values.of("DATABASE_URL").unwrap()).unwrap();
    secrets.extend(database.password().map(str::to_owned));
    secrets
}

/// Panics with the line in which a secret was found.
fn search(place: &str, text: &str, secrets: &[String]) {
    for (number, secret) in secrets.iter().enumerate() {
        if let Some(line) = text.lines().find(|line| line.contains(secret.as_str())) {
            panic!("secret {number} ({secret}) in {place}: {}", line.chars().take(600).collect::<String>());
        }
    }
}

async fn tokens(world: &World) -> Vec<String> {
    world.texts("SELECT token FROM access_tokens WHERE token <> ''".to_owned()).await
}

/// Starts with values that must be refused, and returns what was said about them.
async fn refused_start(world: &World, log: &Path) {
    let wrong = world.values.clone().with("WECHAT_ENCODING_AES_KEY", format!("{AES_KEY}!")).with("REPLY_DEADLINE_MS", "1");
    let mut process = start(&wrong, log).await;
    assert_ne!(process.exit_code().await, Some(0));
}

on_both_engines! {
    async fn no_secret_is_read_in_logs_pages_errors_metrics_or_rows(engine: Engine) {
        for format in ["human", "json"] {
            let Hour { world, mut process, log } = begin(engine, format).await;
            let mut secrets = secrets(&world);
            secrets.extend(live(&world).await);
            assert!(secrets.len() > 6, "tokens were in use");
            world.simulator.switch(|switches| switches.address_refused = true);
            world.simulator.revoke_tokens();
            world.says(ANNA, "slow 8 最后一个").await;
            world.simulator.switch(|switches| switches.address_refused = false);
            let seen = strangers_see(&world, &process.url).await;
            process.signal("-TERM");
            process.exit_code().await;
            refused_start(&world, &log).await;
            secrets.extend(tokens(&world).await);
            let logged = std::fs::read_to_string(&log).unwrap();
            assert!(logged.lines().count() > 100 && logged.contains("DEBUG"), "the log is at level debug");
            assert!(logged.contains("access token"), "the log tells of the token");
            assert!(seen.contains("huixin_deliveries_total") && seen.contains("你问的是"), "metrics and pages were read");
            for (place, text) in [("the log", &logged), ("what strangers see", &seen), ("the database", &stored(&world).await)] {
                search(&format!("{place} ({format})"), text, &secrets);
            }
            world.abandon().await;
        }
    }
}
