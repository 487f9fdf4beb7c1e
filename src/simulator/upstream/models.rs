//! The names it lists, and what a model of each name can do.
//!
//! Its own names come first; the others are real ones, so that names of every kind are met. Whatever is asked, the demo answers.

use actix_web::HttpResponse;
use serde_json::json;

/// The model that answers where none is named.
pub(super) const USUAL: &str = "huixin-demo";

const NAMES: [&str; 13] = [
    USUAL,
    "huixin-demo-mini",
    "huixin-demo-vl",
    "deepseek-r1-distill-qwen-32b",
    "qwen3-30b-a3b-instruct-2507",
    "glm-4.5-air",
    "gpt-4o-mini",
    "huixin-draw",
    "dall-e-3",
    "gpt-image-1",
    "huixin-hear",
    "whisper-1",
    "huixin-speak",
];

/// Pieces of the names of models that see.
const SEEING: [&str; 6] = ["-vl", "vision", "gpt-4o", "gpt-4.1", "glm-4v", "omni"];

/// Pieces of the names of models that do not chat.
const SILENT: [&str; 8] = ["huixin-draw", "dall-e", "gpt-image", "flux", "whisper", "huixin-hear", "huixin-speak", "tts-"];

/// `GET /v1/models`
pub(super) async fn list() -> HttpResponse {
    let models = NAMES.map(|id| json!({ "id": id, "object": "model", "created": 1_789_000_000, "owned_by": "huixin" }));
    HttpResponse::Ok().json(json!({ "object": "list", "data": models }))
}

/// Whether pictures may be among the parts of a question to `model`.
pub(super) fn sees(model: &str) -> bool {
    SEEING.iter().any(|piece| model.contains(piece))
}

/// Whether `model` answers questions at all.
pub(super) fn chats(model: &str) -> bool {
    !SILENT.iter().any(|piece| model.contains(piece))
}
