//! The demo model: an OpenAI-compatible upstream that talks about huixin and misbehaves on request.
//!
//! It remembers what it was asked, so that a test can read the prompt. It checks no key.

mod answer;
mod picture;
mod plan;
mod script;

use std::{io, sync::Arc};

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Bytes, Data, Json},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use futures_util::stream;
use serde_json::{Value, json};

use self::{
    plan::{Ending, Plan, Shape},
    script::{Step, Words},
};
use super::{
    platform::{MediaKind, Medium},
    world::World,
};

/// The models it lists.
const MODELS: [&str; 3] = ["huixin-demo", "huixin-demo-mini", "huixin-draw"];

/// `GET /v1/models`
pub(super) async fn list_models() -> HttpResponse {
    let models = MODELS.map(|id| json!({ "id": id, "object": "model", "created": 1_789_000_000, "owned_by": "huixin" }));
    HttpResponse::Ok().json(json!({ "object": "list", "data": models }))
}

/// `POST /v1/chat/completions`
pub(super) async fn complete_chat(world: Data<World>, request: Json<Value>) -> HttpResponse {
    let request = request.into_inner();
    let question = question(&request);
    let (plan, first_time) = plan(&world, &request, &question);
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

/// `POST /v1/images/generations`: in `b64_json`, or with `response_format: "url"` at an address of the simulator.
pub(super) async fn draw_picture(world: Data<World>, request: Json<Value>) -> HttpResponse {
    let request = request.into_inner();
    let prompt = request["prompt"].as_str().unwrap_or_default().to_owned();
    let (plan, first_time) = plan(&world, &request, &prompt);
    world.wait(plan.delay_secs).await;
    if let Some(refusal) = refusal(&plan, first_time) {
        return refusal;
    }
    match (plan.ending, plan.shape) {
        (Ending::Filter, _) => {
            let error = script::error("content_policy_violation", "The demo model was asked to refuse");
            return HttpResponse::BadRequest().json(error);
        }
        (_, Shape::Garbage) => return HttpResponse::Ok().body("not a picture"),
        _ => {}
    }
    let bytes = picture::draw(&prompt);
    let picture = if request["response_format"] == "url" {
        let file_name = "drawn.png".to_owned();
        let created_at_ms = world.clock.now_ms();
        let medium = Medium { kind: MediaKind::Image, file_name, content_type: "image/png", bytes, created_at_ms };
        let media_id = world.change(|platform| platform.media.add(medium));
        json!({ "url": format!("{}/simulator/media/{media_id}", world.url()) })
    } else {
        json!({ "b64_json": STANDARD.encode(bytes) })
    };
    HttpResponse::Ok().json(json!({ "created": 1_789_000_000, "data": [picture] }))
}

/// Notes the request, and decides how it is treated; true if the question is met for the first time.
fn plan(world: &World, request: &Value, question: &str) -> (Plan, bool) {
    let (fault, switched_delay_secs, first_time) = world.change(|platform| {
        platform.asked.add(request.clone());
        let switches = &platform.switches;
        let delay_secs = switches.model_delay_secs.clamp(0.0, 60.0);
        (switches.upstream_fault.clone(), delay_secs, platform.answered.insert(question.to_owned()))
    });
    let mut plan = Plan::read(question, fault.as_deref());
    plan.delay_secs = plan.delay_secs.max(switched_delay_secs);
    if plan.ending == Ending::DieOnce && !first_time {
        plan.ending = Ending::Stop;
    }
    (plan, first_time)
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
