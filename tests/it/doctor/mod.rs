//! `huixin doctor`: each mistake is prepared, found, named as `docs/DOCTOR.md` says, and told without a secret.

mod document;
mod local;
mod model;
mod platform;
mod proxy;
mod traffic;
mod way_in;

use huixin::{
    config::Values,
    server::doctor::{Finding, Mistake, State, examine, is_healthy},
    simulator::{Settings, Simulator},
};
use tempfile::TempDir;

use document::Document;

/// Every secret of the configurations here ends like this.
const CANARY: &str = "CANARY0123456789";

const KEY: &str = "abcdefghijklmnopqrstuvwxyzACANARY0123456789";

/// A simulated WeChat and its model, and a configuration for both in which nothing is wrong.
struct Scene {
    simulator: Simulator,
    values: Values,
    _folder: TempDir,
}

impl Scene {
    fn new() -> Self {
        let settings = Settings {
            app_secret: format!("app-secret-{CANARY}"),
            token: format!("token{CANARY}"),
            encoding_aes_key: KEY.into(),
            webhook_url: Some("http://127.0.0.1:1/wechat".into()),
            ..Settings::default()
        };
        let simulator = Simulator::start(settings.clone()).unwrap();
        let folder = TempDir::new().unwrap();
        let values = Values::default()
            // Nothing listens there.
            .with("BIND_ADDR", "127.0.0.1:1")
            .with("DATA_DIR", folder.path().display().to_string())
            .with("WECHAT_API_URL", simulator.url())
            .with("WECHAT_APP_ID", &settings.app_id)
            .with("WECHAT_APP_SECRET", &settings.app_secret)
            .with("WECHAT_TOKEN", &settings.token)
            .with("WECHAT_ENCODING_AES_KEY", &settings.encoding_aes_key)
            .with("LLM_BASE_URL", format!("{}/v1", simulator.url()))
            .with("LLM_API_KEY", format!("key-{CANARY}"))
            .with("LLM_MODEL", "demo")
            .with("LLM_CONCURRENCY", "100");
        Self { simulator, values, _folder: folder }
    }

    /// What is found with these changes of the configuration.
    async fn examined(&self, changes: &[(&str, &str)]) -> Vec<Finding> {
        examined(&changes.iter().fold(self.values.clone(), |values, (name, value)| values.with(name, *value))).await
    }
}

async fn examined(values: &Values) -> Vec<Finding> {
    let findings = examine(values).await;
    for finding in &findings {
        assert!(!format!("{finding:?}").contains("CANARY"), "{finding:?}");
        assert_eq!(
            finding.fix.is_some(),
            finding.mistake().is_some(),
            "a mistake has a remedy, and nothing else has: {finding:?}"
        );
        let has_fault = matches!(finding.state, State::Fault(_));
        assert!(!has_fault || !is_healthy(&findings));
    }
    findings
}

/// The finding of `mistake`, worded as the document says.
fn found(findings: &[Finding], mistake: Mistake) -> &Finding {
    let finding = findings.iter().find(|finding| finding.mistake() == Some(mistake));
    let finding = finding.unwrap_or_else(|| panic!("no {mistake:?} in {findings:#?}"));
    Document::read().assert_says(mistake, &finding.detail.english);
    finding
}

/// The English remedy of `finding`.
fn fix(finding: &Finding) -> &str {
    &finding.fix.as_ref().unwrap().english
}

fn mistakes(findings: &[Finding]) -> Vec<Mistake> {
    findings.iter().filter_map(Finding::mistake).collect()
}
