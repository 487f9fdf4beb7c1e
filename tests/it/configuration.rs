//! The configuration as a whole: every problem at once, each with its fix, and no secret in any of them.

use huixin::config::{Config, Values};

const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

fn complete() -> Values {
    Values::default()
        .with("WECHAT_APP_ID", "wx1")
        .with("WECHAT_APP_SECRET", "canary-secret")
        .with("WECHAT_TOKEN", "canary-token")
        .with("WECHAT_ENCODING_AES_KEY", KEY)
        .with("LLM_BASE_URL", "https://model.test/v1/")
        .with("LLM_MODEL", "m")
        .with("LLM_API_KEY", "canary-key")
        .with("DATABASE_URL", "postgres://huixin:canary-password@db/huixin")
}

#[test]
fn every_problem_is_reported_at_once_with_its_fix() {
    let values = complete()
        .with("BIND_ADDR", "localhost")
        .with("PUBLIC_URL", "ftp://x")
        .with("REPLY_MODE", "sometimes")
        .with("REPLY_DEADLINE_MS", "6000")
        .with("LLM_TEMPERATURE", "9")
        .with("WECHAT_ENCODING_AES_KEY", "too-short");
    let problems = Config::from_values(&values).unwrap_err().0;
    let named: Vec<&str> = problems.iter().map(|problem| problem.variable.as_str()).collect();
    for variable in ["BIND_ADDR", "PUBLIC_URL", "REPLY_MODE", "REPLY_DEADLINE_MS", "LLM_TEMPERATURE", "WECHAT_ENCODING_AES_KEY"] {
        assert!(named.contains(&variable), "{variable} is missing from {named:?}");
    }
    assert!(problems.iter().all(|problem| !problem.fix.is_empty()));
}

#[test]
fn a_complete_configuration_prints_no_secret() {
    let config = Config::from_values(&complete()).unwrap();
    let printed = format!("{config:?}");
    assert!(!printed.contains("canary") && !printed.contains(KEY), "{printed}");
    assert_eq!(config.llm.base_url, "https://model.test/v1");
}

#[test]
fn names_of_other_programs_are_told_and_do_no_harm() {
    let config = Config::from_values(&complete().with("LLM_SERVICE_HOST", "10.0.0.1").with("LLM_TEMPRATURE", "1")).unwrap();
    assert_eq!(config.unknown, ["LLM_SERVICE_HOST", "LLM_TEMPRATURE"]);
}

#[test]
fn a_wrong_accounts_file_is_explained_without_its_secrets() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "[second]\napp_id = \"wx2\"\ntoken = \"canary-token\"\nencoding_key = \"canary\"\n").unwrap();
    let values = complete().with("ACCOUNTS_FILE", file.path().display().to_string());
    let problems = Config::from_values(&values).unwrap_err().to_string();
    assert!(problems.contains("encoding_key") && problems.contains("ACCOUNTS_FILE"), "{problems}");
    assert!(!problems.contains("canary"), "{problems}");
}
