//! `POST /v1/moderations`: flags the texts that hold one of two words.
//!
//! Source: <https://platform.openai.com/docs/api-reference/moderations>

use actix_web::{
    HttpResponse,
    web::{Data, Json},
};
use serde_json::{Value, json};

use super::{
    plan::{Job, Shape},
    refusal,
};
use crate::simulator::world::World;

/// What it objects to.
const FORBIDDEN: [&str; 2] = ["违禁", "forbidden-word"];

/// Judges one text, several, or the texts among parts; one verdict for each text, one for all parts.
pub(super) async fn judge(world: Data<World>, request: Json<Value>) -> HttpResponse {
    let request = request.into_inner();
    let texts = texts(&request["input"]);
    if texts.is_empty() {
        return refusal::invalid("input", "missing_required_parameter", "Missing required parameter: 'input'.");
    }
    let (plan, first_time) = super::plan(&world, Job::Moderation, &request, &texts.join("\n"));
    world.wait(plan.delay_secs).await;
    if let Some(refusal) = refusal::planned(&plan, first_time) {
        return refusal;
    }
    let results: Vec<Value> = match plan.shape {
        Shape::Garbage => return HttpResponse::Ok().body("not a verdict"),
        Shape::Empty => Vec::new(),
        Shape::Stream | Shape::Json | Shape::Status(_) | Shape::BusyOnce => texts.iter().map(|text| verdict(text)).collect(),
    };
    let model = request["model"].as_str().unwrap_or("omni-moderation-latest");
    HttpResponse::Ok().json(json!({ "id": "modr-demo", "model": model, "results": results }))
}

fn verdict(text: &str) -> Value {
    let flagged = FORBIDDEN.iter().any(|word| text.contains(word));
    let score = if flagged { 0.98 } else { 0.01 };
    json!({
        "flagged": flagged,
        "categories": { "harassment": false, "illicit": flagged, "sexual": false, "violence": false },
        "category_scores": { "harassment": 0.01, "illicit": score, "sexual": 0.01, "violence": 0.01 }
    })
}

fn texts(input: &Value) -> Vec<String> {
    let items = match input {
        Value::String(text) => return vec![text.clone()],
        Value::Array(items) => items,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => return Vec::new(),
    };
    if items.iter().all(Value::is_string) {
        return items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect();
    }
    vec![items.iter().filter_map(|part| part["text"].as_str()).collect::<Vec<_>>().join("\n")]
}
