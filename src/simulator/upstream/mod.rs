//! The demo model: an OpenAI-compatible upstream that talks about huixin and misbehaves on request.
//!
//! It remembers what it was asked, so that a test can read the prompt. It checks no key.

mod answer;
mod plan;
mod script;

use std::{io, sync::Arc};

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Bytes, Data, Json},
};
use futures_util::stream;
use serde_json::{Value, json};

use self::{
    plan::{Ending, Plan, Shape},
    script::{Step, Words},
};
use super::world::World;

/// The models it lists.
const MODELS: [&str; 2] = ["huixin-demo", "huixin-demo-mini"];

/// `GET /v1/models`
pub(super) async fn list_models() -> HttpResponse {
    let models = MODELS.map(|id| json!({ "id": id, "object": "model", "created": 1_789_000_000, "owned_by": "huixin" }));
    HttpResponse::Ok().json(json!({ "object": "list", "data": models }))
}

/// `POST /v1/chat/completions`
pub(super) async fn complete_chat(world: Data<World>, request: Json<Value>) -> HttpResponse {
    let request = request.into_inner();
    let question = question(&request);
    let (fault, switched_delay_secs, first_time) = world.change(|platform| {
        platform.asked.add(request.clone());
        let switches = &platform.switches;
        (switches.upstream_fault.clone(), switches.model_delay_secs.clamp(0.0, 60.0), platform.answered.insert(question.clone()))
    });
    let mut plan = Plan::read(&question, fault.as_deref());
    plan.delay_secs = plan.delay_secs.max(switched_delay_secs);
    if plan.ending == Ending::DieOnce && !first_time {
        plan.ending = Ending::Stop;
    }
    if let Some(refusal) = refusal(&plan, first_time) {
        return refusal;
    }
    let content = answer::answer(&question, plan.is_long);
    let thinking = answer::thinking(&question);
    let words = Words {
        model: request["model"].as_str().unwrap_or(MODELS[0]),
        thinking: &thinking,
        content: &content,
        prompt_tokens: request["messages"].to_string().chars().count() / 2,
        with_usage: request["stream_options"]["include_usage"].as_bool().unwrap_or(false),
    };
    if plan.shape == Shape::Json || request["stream"] != true {
        world.wait(plan.delay_secs + plan.over_secs.unwrap_or(0.0)).await;
        return HttpResponse::Ok().json(script::whole(&plan, &words));
    }
    let steps = script::write(&plan, &words);
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header(("Cache-Control", "no-cache"))
        .streaming(play(world.into_inner(), steps))
}

fn refusal(plan: &Plan, first_time: bool) -> Option<HttpResponse> {
    match plan.shape {
        Shape::Status(status) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            Some(HttpResponse::build(status).json(script::error("server_error", "The demo model was asked to fail")))
        }
        Shape::BusyOnce if first_time => Some(
            HttpResponse::TooManyRequests()
                .insert_header(("Retry-After", "1"))
                .json(script::error("rate_limit_exceeded", "The demo model was asked to be busy once")),
        ),
        Shape::BusyOnce | Shape::Stream | Shape::Json | Shape::Garbage | Shape::Empty => None,
    }
}

/// The text of the last user message.
fn question(request: &Value) -> String {
    let messages = request["messages"].as_array().map_or(&[][..], Vec::as_slice);
    let Some(last) = messages.iter().rev().find(|message| message["role"] == "user") else { return String::new() };
    match &last["content"] {
        Value::String(text) => text.clone(),
        parts => {
            let texts = parts.as_array().map_or(&[][..], Vec::as_slice).iter().filter_map(|part| part["text"].as_str());
            texts.collect::<Vec<_>>().join("\n")
        }
    }
}

/// Performs the steps at the simulator's pace.
fn play(world: Arc<World>, steps: Vec<Step>) -> impl futures_util::Stream<Item = Result<Bytes, io::Error>> {
    stream::unfold((world, steps.into_iter()), |(world, mut steps)| async move {
        loop {
            match steps.next()? {
                Step::Wait(secs) => {
                    if !world.wait(secs).await {
                        return None;
                    }
                }
                Step::Send(text) => return Some((Ok(Bytes::from(text)), (world, steps))),
                Step::Break => return Some((Err(io::Error::other("asked to break")), (world, steps))),
                Step::Hang => {
                    world.stop.cancelled().await;
                    return None;
                }
            }
        }
    })
}
