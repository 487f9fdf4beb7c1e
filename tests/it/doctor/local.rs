//! Mistakes on the machine itself.

use std::process::{Command, Output};

use huixin::{
    config::Values,
    db::{self, leases},
    server::doctor::{Mistake, State, is_healthy},
};
use serde_json::Value;

use super::{CANARY, Scene, examined, fix, found, mistakes};

/// The executable itself, started by a shell that may change its limits first.
fn run(values: &Values, before: &str, arguments: &str) -> Output {
    let command = format!("{before}exec {} doctor {arguments}", env!("CARGO_BIN_EXE_huixin"));
    Command::new("sh").args(["-c", &command]).env_clear().envs(values.pairs()).output().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_healthy_installation_has_no_mistake_and_the_exit_code_says_so() {
    let scene = Scene::new();
    let findings = scene.examined(&[]).await;
    assert!(is_healthy(&findings) && mistakes(&findings).is_empty(), "{findings:#?}");
    let skipped: Vec<&str> =
        findings.iter().filter(|finding| finding.state == State::Skipped).map(|finding| &*finding.name).collect();
    assert_eq!(skipped, ["pushes so far", "public address"]);
    for (language, word) in [("en", "✓ model demo: answers"), ("zh-CN", "✓ model demo: 会回答")] {
        let output = run(&scene.values.clone().with("REPLY_LANGUAGE", language), "", "");
        let printed = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && printed.contains(word), "{printed}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_variable_that_is_wrong_is_named() {
    let scene = Scene::new();
    let findings = scene.examined(&[("WECHAT_ENCODING_AES_KEY", "forty-two"), ("LLM_MODEL", ""), ("PUBLIC_URL", "bot")]).await;
    assert_eq!(mistakes(&findings), [Mistake::Configuration; 3]);
    for variable in ["WECHAT_ENCODING_AES_KEY", "LLM_MODEL", "PUBLIC_URL"] {
        assert!(findings.iter().any(|finding| finding.detail.english.starts_with(variable)), "{findings:#?}");
    }
    found(&findings, Mistake::Configuration);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plaintext_is_warned_of() {
    let scene = Scene::new();
    for changes in
        [vec![("WECHAT_ALLOW_PLAINTEXT", "true")], vec![("WECHAT_ALLOW_PLAINTEXT", "1"), ("WECHAT_ENCODING_AES_KEY", "")]]
    {
        let findings = scene.examined(&changes).await;
        assert_eq!(found(&findings, Mistake::Plaintext).state, State::Warning(Mistake::Plaintext));
        assert!(is_healthy(&findings), "a sandbox account has no other way");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_low_limit_of_open_files_is_named() {
    let scene = Scene::new();
    let values = scene.values.clone().with("LLM_CONCURRENCY", "1000").with("REPLY_LANGUAGE", "en");
    let output = run(&values, "ulimit -n 600; ", "--json");
    assert_eq!(output.status.code(), Some(1));
    let findings: Value = serde_json::from_slice(&output.stdout).unwrap();
    let faults: Vec<&Value> = findings.as_array().unwrap().iter().filter(|finding| finding["state"] == "fault").collect();
    assert_eq!(faults.len(), 1, "{findings:#}");
    assert_eq!(faults[0]["mistake"], serde_json::to_value(Mistake::FileLimit).unwrap());
    super::Document::read().assert_says(Mistake::FileLimit, faults[0]["detail"].as_str().unwrap());
    assert!(faults[0]["detail"].as_str().unwrap().contains("2256") && faults[0]["fix"].as_str().unwrap().contains("LimitNOFILE"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_data_dir_that_cannot_be_written_is_named() {
    let scene = Scene::new();
    let file = tempfile::NamedTempFile::new().unwrap();
    let below_a_file = file.path().join("data").display().to_string();
    let database = scene.values.of("DATA_DIR").map(|folder| format!("sqlite://{folder}/huixin.db")).unwrap();
    let findings = scene.examined(&[("DATA_DIR", &below_a_file), ("DATABASE_URL", &database)]).await;
    assert_eq!(mistakes(&findings), [Mistake::DataDir]);
    assert!(fix(found(&findings, Mistake::DataDir)).contains("chown"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_out_of_reach_is_named() {
    let url = format!("postgres://huixin:{CANARY}@127.0.0.1:1/huixin");
    let findings = Scene::new().examined(&[("DATABASE_URL", &url)]).await;
    assert_eq!(mistakes(&findings), [Mistake::DatabaseUnreachable]);
    assert!(fix(found(&findings, Mistake::DatabaseUnreachable)).contains("DATABASE_URL"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_a_newer_version_is_named() {
    let scene = Scene::new();
    let url = format!("sqlite://{}/huixin.db", scene.values.of("DATA_DIR").unwrap());
    let db = db::connect(&url).await.unwrap();
    db::migrate(&db).await.unwrap();
    let db::Db::Lite(lite) = &db else { unreachable!() };
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'newer', TRUE, X'00', 0)";
    sqlx::query(newer).execute(&lite.writer).await.unwrap();
    assert!(db::migrate(&db).await.is_err(), "serve refuses it, too");
    db.close().await;
    let findings = scene.examined(&[]).await;
    assert_eq!(mistakes(&findings), [Mistake::DatabaseNewer]);
    assert!(fix(found(&findings, Mistake::DatabaseNewer)).contains("backup"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_on_one_sqlite_file_are_named() {
    let scene = Scene::new();
    let db = db::connect(&format!("sqlite://{}/huixin.db", scene.values.of("DATA_DIR").unwrap())).await.unwrap();
    db::migrate(&db).await.unwrap();
    let until = db.now_ms().await.unwrap() + 60_000;
    for (holder, expires_at) in [("one/1", until), ("one/2", until), ("dead/1", until - 120_000)] {
        leases::hold(&db, &format!("process/{holder}"), holder, expires_at).await.unwrap();
    }
    assert!(mistakes(&examined(&scene.values).await).is_empty(), "one seat is one process");
    leases::hold(&db, "process/two/1", "two/1", until).await.unwrap();
    let findings = examined(&scene.values).await;
    assert_eq!(mistakes(&findings), [Mistake::DatabaseShared]);
    assert!(fix(found(&findings, Mistake::DatabaseShared)).contains("postgres://"));
    db.close().await;
}
