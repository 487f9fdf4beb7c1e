//! The model upstream: asks each configured model for a few words.

use std::time::Duration;

use super::Finding;
use crate::{
    config::Config,
    llm::{
        UpstreamError,
        chat::{Echo, Question, Role, Settings, Turn, Upstream},
    },
};

/// Enough for every upstream to accept, little enough to cost nothing.
const MAX_TOKENS: u32 = 16;

/// A first word that takes longer makes no passive reply.
const TIMEOUT: Duration = Duration::from_secs(20);

/// One finding for the model, and one for the fallback.
pub(super) async fn examine(config: &Config) -> Vec<Finding> {
    let mut findings = vec![ask(config, &config.llm.model).await];
    if let Some(model) = &config.llm.fallback_model {
        findings.push(ask(config, model).await);
    }
    findings
}

async fn ask(config: &Config, model: &str) -> Finding {
    let name = format!("model {model}");
    let settings = Settings {
        base_url: config.llm.base_url.clone(),
        api_key: config.llm.api_key.clone().unwrap_or_default(),
        model: model.to_owned(),
        fallback_model: None,
        temperature: None,
        top_p: None,
        max_tokens: Some(MAX_TOKENS),
        timeout: TIMEOUT,
        echo_reasoning: Echo::Never,
    };
    let upstream = match Upstream::new(settings) {
        Ok(upstream) => upstream,
        Err(error) => return Finding::fault(name, error.to_string(), "check LLM_BASE_URL and LLM_API_KEY"),
    };
    match upstream.answer(Question::new(&[Turn::new(Role::User, "ping")]), |_| {}).await {
        // A model that thinks uses up the few tokens before its first word, and has shown that it is there.
        Ok(_) | Err(UpstreamError::Empty) => Finding::ok(name, "answers"),
        Err(error) => Finding::fault(name, error.to_string(), fix(&error)),
    }
}

fn fix(error: &UpstreamError) -> &'static str {
    match error {
        UpstreamError::Unreachable { .. } => {
            "check LLM_BASE_URL, DNS, the outgoing firewall, and HTTPS_PROXY if there is a proxy"
        }
        UpstreamError::Timeout => "the upstream is slow or hangs; try again, or choose a faster model",
        UpstreamError::Unauthorized { .. } => "check LLM_API_KEY: complete, not expired, and allowed to use this model",
        UpstreamError::NotFound { .. } => {
            "check the model's spelling (LLM_MODEL, LLM_FALLBACK_MODEL) and that LLM_BASE_URL ends like …/v1"
        }
        UpstreamError::RateLimited { .. } => "wait a minute; if it stays, raise the rate limit at the upstream",
        UpstreamError::Overloaded { .. } => "the upstream has trouble of its own; set LLM_FALLBACK_MODEL for such times",
        UpstreamError::BadRequest { .. } | UpstreamError::CannotSee { .. } | UpstreamError::ContextTooLong { .. } => {
            "the upstream refuses a plain question: is this a chat model, at a chat-completions address?"
        }
        UpstreamError::ContentFiltered { .. } => "the upstream filters even a plain question; ask its operator",
        UpstreamError::QuotaExhausted { .. } => "top up the account at the upstream",
        UpstreamError::Broken { .. } | UpstreamError::Malformed { .. } | UpstreamError::Empty => {
            "is LLM_BASE_URL a chat-completions API (…/v1), and does no proxy cut the stream off?"
        }
    }
}
