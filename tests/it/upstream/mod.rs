//! The chat upstream, asked over real sockets: what it may send, how it may fail, what is made of it.

mod calls;
mod catalogue;
mod chunking;
mod errors;
mod fake;
mod memory;
mod messes;
mod pictures;
mod retries;
mod sight;
mod speech;

use std::time::Duration;

use huixin::llm::UpstreamError;
use huixin::llm::chat::{Delta, Echo, Outcome, Question, Role, Settings, Turn, Upstream};

use self::fake::Fake;

const KEY: &str = "sk-canary-0123456789";

fn settings(fake: &Fake) -> Settings {
    Settings {
        base_url: fake.url.clone(),
        api_key: KEY.into(),
        model: "main".to_owned(),
        fallback_model: None,
        temperature: None,
        top_p: None,
        max_tokens: None,
        timeout: Duration::from_secs(20),
        echo_reasoning: Echo::Never,
    }
}

fn with_fallback(fake: &Fake) -> Settings {
    Settings { fallback_model: Some("spare".to_owned()), ..settings(fake) }
}

/// What a listener made of an answer: a `Restarted` voids what came before.
#[derive(Debug, Default, PartialEq, Eq)]
struct Heard {
    content: String,
    reasoning: String,
    started: Vec<String>,
    restarts: usize,
}

impl Heard {
    fn take(&mut self, delta: Delta) {
        match delta {
            Delta::Started { model } => self.started.push(model),
            Delta::Content(text) => self.content += &text,
            Delta::Reasoning(text) => self.reasoning += &text,
            Delta::Restarted => {
                self.restarts += 1;
                self.content.clear();
                self.reasoning.clear();
            }
        }
    }
}

async fn ask(settings: Settings) -> (Heard, Result<Outcome, UpstreamError>) {
    ask_again(&Upstream::new(settings).unwrap()).await
}

async fn ask_again(upstream: &Upstream) -> (Heard, Result<Outcome, UpstreamError>) {
    let mut heard = Heard::default();
    let result = upstream.answer(Question::new(&[Turn::new(Role::User, "你好")]), |delta| heard.take(delta)).await;
    (heard, result)
}
