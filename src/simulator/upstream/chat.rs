//! `POST /v1/chat/completions`: the answer to a question, to pictures, to a passage, or a call of a tool.
//!
//! Source: <https://platform.openai.com/docs/api-reference/chat>

use std::{io, sync::Arc};

use actix_web::{
    HttpResponse,
    web::{self, Bytes, Data, Json},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use futures_util::stream;
use serde_json::{Value, json};

use super::{
    answer, models,
    plan::{Job, Plan, Shape, Tools},
    prompt::{self, Prompt},
    refusal,
    script::{self, Call, Step, Words},
    sight::{self, Seen},
};
use crate::simulator::world::World;

/// Answers one question.
pub(super) async fn complete(world: Data<World>, request: Json<Value>) -> HttpResponse {
    let request = request.into_inner();
    let prompt = prompt::read(&request);
    let (plan, first_time) = super::plan(&world, Job::Chat, &request, &prompt.question);
    if let Some(refusal) = refusal::planned(&plan, first_time).or_else(|| incapable(&request, &prompt, &plan)) {
        return refusal;
    }
    let Ok(seen) = look(&world, &prompt.pictures).await else {
        return refusal::invalid("messages", "invalid_image_url", "The picture cannot be read.");
    };
    let content = content(&prompt, &seen, &plan);
    let thinking = answer::thinking(&prompt.question);
    let call = call(&request, &prompt, &plan);
    let words = Words {
        model: request["model"].as_str().unwrap_or(models::USUAL),
        thinking: &thinking,
        content: &content,
        call: call.as_ref(),
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

/// What the model cannot do, as the real ones say it.
fn incapable(request: &Value, prompt: &Prompt, plan: &Plan) -> Option<HttpResponse> {
    let model = request["model"].as_str().unwrap_or(models::USUAL);
    if !models::chats(model) {
        let message = format!("The model '{model}' does not exist or is not a chat model.");
        return Some(HttpResponse::NotFound().json(refusal::error("model_not_found", &message)));
    }
    if !prompt.pictures.is_empty() && !models::sees(model) {
        let message = "Invalid content type. image_url is only supported by certain models.";
        return Some(refusal::invalid("messages.[0].content.[1].type", "invalid_value", message));
    }
    if plan.tools == Tools::Refused && offered(request).is_some() {
        return Some(refusal::unknown_parameter("tools"));
    }
    None
}

/// Looks at every picture, off the thread that serves.
async fn look(world: &World, addresses: &[String]) -> Result<Vec<Seen>, ()> {
    if addresses.is_empty() {
        return Ok(Vec::new());
    }
    let pictures: Option<Vec<Vec<u8>>> = addresses.iter().map(|address| bytes(world, address)).collect();
    let pictures = pictures.ok_or(())?;
    let seen = web::block(move || pictures.iter().map(|picture| sight::look(picture)).collect::<Option<Vec<_>>>()).await;
    seen.ok().flatten().ok_or(())
}

/// The bytes of a data URL, or of a medium that the simulator itself serves; it fetches nothing from elsewhere.
fn bytes(world: &World, address: &str) -> Option<Vec<u8>> {
    if let Some(media_id) = address.strip_prefix(&format!("{}/simulator/media/", world.url())) {
        return world.look(|platform| platform.media.kept(media_id).map(|medium| medium.bytes.clone()));
    }
    let (_, encoded) = address.strip_prefix("data:image/")?.split_once(";base64,")?;
    STANDARD.decode(encoded).ok()
}

fn content(prompt: &Prompt, seen: &[Seen], plan: &Plan) -> String {
    let is_chinese = answer::is_chinese(&prompt.question);
    if !seen.is_empty() {
        return sight::describe(seen, is_chinese || prompt.question.is_empty());
    }
    match (&prompt.tool_answer, &prompt.passage) {
        (Some(result), _) => answer::after_tool(result, is_chinese),
        (None, Some(passage)) => answer::about_passage(passage, &prompt.question),
        (None, None) => answer::answer(&prompt.question, plan.is_long),
    }
}

/// The first tool that is offered.
fn offered(request: &Value) -> Option<&Value> {
    request["tools"].as_array()?.first().map(|tool| &tool["function"])
}

/// The call of a tool that the question asks for, unless none is offered or it has answered already.
fn call(request: &Value, prompt: &Prompt, plan: &Plan) -> Option<Call> {
    let function = offered(request).filter(|_| prompt.tool_answer.is_none())?;
    let name = function["name"].as_str().unwrap_or_default().to_owned();
    // What is left of the question goes into the tool's first parameter.
    let parameters = function["parameters"]["properties"].as_object();
    let parameter = parameters.and_then(|properties| properties.keys().next()).map_or("prompt", String::as_str);
    let wish = prompt.question.split_once(char::is_whitespace).map_or("", |(_, rest)| rest.trim());
    let arguments = json!({ parameter: wish }).to_string();
    match plan.tools {
        Tools::Called => Some(Call { name, arguments }),
        Tools::Unknown => Some(Call { name: "launch_rocket".to_owned(), arguments }),
        Tools::Garbage => Some(Call { name, arguments: "{\"prompt\": \"half".to_owned() }),
        Tools::Ignored | Tools::Refused => None,
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
