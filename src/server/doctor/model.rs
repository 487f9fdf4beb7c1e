//! The model upstream: asks each configured model for a few words.

use std::time::Duration;

use reqwest::Url;

use super::{Finding, Mistake, Words, words};
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
    let mut findings = vec![examine_one(config, &config.llm.model).await];
    if let Some(model) = &config.llm.fallback_model {
        findings.push(examine_one(config, model).await);
    }
    findings
}

async fn examine_one(config: &Config, model: &str) -> Finding {
    let name = format!("model {model}");
    let error = match ask(config, model, &config.llm.base_url).await {
        Ok(()) => return Finding::ok(name, words!("会回答", "answers")),
        Err(error) => error,
    };
    if let Some(better) = better_base_url(config, model, &error).await {
        return Finding::fault(
            name,
            Mistake::ModelBaseUrl,
            Words::foreign(error.to_string()),
            words!(
                "在 {better} 模型会回答：设 LLM_BASE_URL={better}",
                "the model answers at {better}: set LLM_BASE_URL={better}"
            ),
        );
    }
    let (mistake, fix) = judged(&error);
    Finding::fault(name, mistake, Words::foreign(error.to_string()), fix)
}

/// Asks one question of `model` at `base_url`.
async fn ask(config: &Config, model: &str, base_url: &str) -> Result<(), UpstreamError> {
    let settings = Settings {
        base_url: base_url.to_owned(),
        api_key: config.llm.api_key.clone().unwrap_or_default(),
        model: model.to_owned(),
        fallback_model: None,
        temperature: None,
        top_p: None,
        max_tokens: Some(MAX_TOKENS),
        timeout: TIMEOUT,
        echo_reasoning: Echo::Never,
    };
    let upstream = Upstream::new(settings).map_err(|error| UpstreamError::Unreachable { reason: error.to_string() })?;
    match upstream.answer(Question::new(&[Turn::new(Role::User, "ping")]), |_| {}).await {
        // A model that thinks uses up the few tokens before its first word, and has shown that it is there.
        Ok(_) | Err(UpstreamError::Empty) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The address with `/v1`, if that was forgotten and the model answers there.
async fn better_base_url(config: &Config, model: &str, error: &UpstreamError) -> Option<String> {
    let is_no_api =
        matches!(error, UpstreamError::NotFound { .. } | UpstreamError::Malformed { .. } | UpstreamError::BadRequest { .. });
    let base_url = config.llm.base_url.trim_end_matches('/');
    let has_no_path = Url::parse(base_url).is_ok_and(|url| url.path() == "/");
    if !is_no_api || !has_no_path {
        return None;
    }
    let better = format!("{base_url}/v1");
    ask(config, model, &better).await.is_ok().then_some(better)
}

fn judged(error: &UpstreamError) -> (Mistake, Words) {
    match error {
        UpstreamError::Unreachable { .. } => (
            Mistake::ModelUnreachable,
            words!(
                "核对 LLM_BASE_URL、DNS、出站防火墙，有代理时查 HTTPS_PROXY",
                "check LLM_BASE_URL, DNS, the outgoing firewall, and HTTPS_PROXY if there is a proxy"
            ),
        ),
        UpstreamError::Unauthorized { .. } => (
            Mistake::ModelKey,
            words!(
                "核对 LLM_API_KEY：完整、未过期，并且允许用这个模型",
                "check LLM_API_KEY: complete, not expired, and allowed to use this model"
            ),
        ),
        UpstreamError::NotFound { message } if !is_page(message) => (
            Mistake::ModelUnknown,
            words!(
                "核对模型名的拼写（LLM_MODEL、LLM_FALLBACK_MODEL），以及 LLM_BASE_URL 是否以 …/v1 结尾",
                "check the model's spelling (LLM_MODEL, LLM_FALLBACK_MODEL) and that LLM_BASE_URL ends like …/v1"
            ),
        ),
        UpstreamError::QuotaExhausted { .. } => {
            (Mistake::ModelQuota, words!("给上游账户充值", "top up the account at the upstream"))
        }
        UpstreamError::NotFound { .. } | UpstreamError::Malformed { .. } => (
            Mistake::ModelNoApi,
            words!(
                "LLM_BASE_URL 那里应答的不是 chat completions 接口（可能是网页）：填文档里的 API 地址，到 /v1 为止",
                "what answers at LLM_BASE_URL is no chat-completions API (a web page?): give the API's address from its documentation, up to /v1"
            ),
        ),
        UpstreamError::Timeout => trouble(words!(
            "上游太慢或卡住了：再试一次，或换更快的模型",
            "the upstream is slow or hangs; try again, or choose a faster model"
        )),
        UpstreamError::RateLimited { .. } => trouble(words!(
            "等一分钟；一直这样就向上游申请更高的限额",
            "wait a minute; if it stays, raise the rate limit at the upstream"
        )),
        UpstreamError::Overloaded { .. } => trouble(words!(
            "上游自己出了问题；可为这种时候设 LLM_FALLBACK_MODEL",
            "the upstream has trouble of its own; set LLM_FALLBACK_MODEL for such times"
        )),
        UpstreamError::BadRequest { .. } | UpstreamError::CannotSee { .. } | UpstreamError::ContextTooLong { .. } => {
            trouble(words!(
                "上游连一个普通问题都拒绝：这是对话模型吗？地址是 chat completions 吗？",
                "the upstream refuses a plain question: is this a chat model, at a chat-completions address?"
            ))
        }
        UpstreamError::ContentFiltered { .. } => trouble(words!(
            "上游连一个普通问题都过滤：问问它的运营者",
            "the upstream filters even a plain question; ask its operator"
        )),
        UpstreamError::Broken { .. } | UpstreamError::Empty => {
            trouble(words!("有代理掐断了流吗？", "does a proxy cut the stream off?"))
        }
    }
}

fn trouble(fix: Words) -> (Mistake, Words) {
    (Mistake::ModelTrouble, fix)
}

/// Whether a web page came: the client says so, or repeats its beginning.
fn is_page(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    ["web page", "<!doctype", "<html"].iter().any(|words| message.contains(words))
}
