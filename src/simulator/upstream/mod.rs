//! The demo model: an OpenAI-compatible upstream that chats, sees, draws, hears, speaks and judges, and misbehaves on request.
//!
//! It remembers what it was asked, so that a test can read the prompt. It checks no key. How a question steers it is in [`plan()`].

mod answer;
mod audio;
mod chat;
mod drawing;
mod models;
mod moderation;
mod picture;
mod plan;
mod prompt;
mod refusal;
mod script;
mod sight;

use actix_web::web::{self, ServiceConfig};
use serde_json::Value;

use self::plan::{Ending, Job, Plan};
use super::world::World;

/// A text longer than this in a request is a file, of which the record keeps the start.
const MAX_RECORDED: usize = 20_000;

/// Characters of a file that the record keeps.
const KEPT: usize = 100;

/// Everything below `/v1`.
pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/v1/models", web::get().to(models::list))
        .route("/v1/chat/completions", web::post().to(chat::complete))
        .route("/v1/images/generations", web::post().to(drawing::draw))
        .route("/v1/audio/transcriptions", web::post().to(audio::hear))
        .route("/v1/audio/speech", web::post().to(audio::speak))
        .route("/v1/moderations", web::post().to(moderation::judge));
}

/// Notes the request, and decides how it is treated; true if the question is met for the first time.
fn plan(world: &World, job: Job, request: &Value, question: &str) -> (Plan, bool) {
    let (fault, switched_delay_secs, first_time) = world.change(|platform| {
        platform.asked.add(recorded(request));
        let switches = &platform.switches;
        let delay_secs = switches.model_delay_secs.clamp(0.0, 60.0);
        (switches.upstream_fault.clone(), delay_secs, platform.answered.insert(format!("{job:?} {question}")))
    });
    let mut plan = Plan::read(job, question, fault.as_deref());
    if matches!(job, Job::Chat | Job::Picture) {
        plan.delay_secs = plan.delay_secs.max(switched_delay_secs);
    }
    if plan.ending == Ending::DieOnce && !first_time {
        plan.ending = Ending::Stop;
    }
    (plan, first_time)
}

/// The request as it is remembered: whole, but for the files in it.
fn recorded(request: &Value) -> Value {
    match request {
        Value::String(text) if text.len() > MAX_RECORDED && text.starts_with("data:") => {
            Value::String(format!("{}… ({} bytes)", text.chars().take(KEPT).collect::<String>(), text.len()))
        }
        Value::Array(items) => items.iter().map(recorded).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), recorded(value))).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => request.clone(),
    }
}
