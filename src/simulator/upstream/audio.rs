//! `POST /v1/audio/transcriptions` and `/v1/audio/speech`: hears the words that a recording carries, and speaks by silence.
//!
//! Sources: <https://platform.openai.com/docs/api-reference/audio/createTranscription> and
//! <https://platform.openai.com/docs/api-reference/audio/createSpeech>

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Bytes, Data, Json},
};
use serde_json::{Value, json};

use super::{
    answer,
    plan::{Job, Shape},
    refusal,
};
use crate::simulator::{
    multipart::{self, Part},
    platform::sniff,
    sound,
    world::World,
};

/// Endings of a file name that OpenAI's own models take; AMR and Speex are not among them.
const ENDINGS: [&str; 10] = ["flac", "m4a", "mp3", "mp4", "mpeg", "mpga", "oga", "ogg", "wav", "webm"];

/// Models that look at the ending.
const STRICT: [&str; 2] = ["whisper", "gpt-4o"];

/// Seconds that a spoken text takes at most, and those of one that was asked to be too long for a voice message.
const MAX_SECS: f64 = 59.0;
const OVERLONG_SECS: f64 = 75.0;

/// Characters that can be spoken at once.
const MAX_INPUT: usize = 4096;

/// Writes down what a recording says; of somebody else's recording, how long it is.
pub(super) async fn hear(world: Data<World>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let content_type = request.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let parts = multipart::parts(content_type, &body);
    let field = |name: &str| parts.iter().find(|part| part.name == name).map(Part::text);
    let Some(file) = parts.iter().find(|part| part.name == "file") else {
        return refusal::invalid("file", "missing_required_parameter", "Missing required parameter: 'file'.");
    };
    let model = field("model").unwrap_or_default();
    let words = sound::words(file.bytes).unwrap_or_default();
    let (plan, first_time) = super::plan(&world, Job::Hearing, &record(&model, file), &words);
    world.wait(plan.delay_secs).await;
    if let Some(refusal) = refusal::planned(&plan, first_time).or_else(|| unreadable(&model, file)) {
        return refusal;
    }
    let secs = sound::seconds(file.bytes).unwrap_or(0.0);
    let text = match plan.shape {
        Shape::Garbage => return HttpResponse::Ok().body("not a text"),
        Shape::Empty => String::new(),
        Shape::Stream | Shape::Json | Shape::Status(_) | Shape::BusyOnce if words.is_empty() => {
            format!("（一段 {secs:.0} 秒的录音）")
        }
        Shape::Stream | Shape::Json | Shape::Status(_) | Shape::BusyOnce => words,
    };
    match field("response_format").as_deref() {
        Some("text") => HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(text + "\n"),
        Some("verbose_json") => {
            let language = if answer::is_chinese(&text) { "chinese" } else { "english" };
            let body = json!({ "task": "transcribe", "language": language, "duration": secs, "text": text, "segments": [] });
            HttpResponse::Ok().json(body)
        }
        Some(_) | None => HttpResponse::Ok().json(json!({ "text": text })),
    }
}

/// What is remembered of a form: the file by its name and size.
fn record(model: &str, file: &Part<'_>) -> Value {
    json!({
        "model": model,
        "file": { "name": file.file_name, "content_type": file.content_type, "bytes": file.bytes.len(), "sniffed": sniff(file.bytes) }
    })
}

/// What is no sound, or not called like one that the model takes.
fn unreadable(model: &str, file: &Part<'_>) -> Option<HttpResponse> {
    let name = file.file_name.as_deref().unwrap_or_default();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let is_strict = STRICT.iter().any(|piece| model.contains(piece));
    let is_sound = sniff(file.bytes).is_none_or(|kind| kind.starts_with("audio/")) && !file.bytes.is_empty();
    (!is_sound || is_strict && !ENDINGS.contains(&ending))
        .then(|| refusal::invalid("file", "invalid_value", &format!("Invalid file format. Supported formats: {ENDINGS:?}")))
}

/// An MP3 as long as the text takes to say, which carries the text.
pub(super) async fn speak(world: Data<World>, request: Json<Value>) -> HttpResponse {
    let request = request.into_inner();
    let input = request["input"].as_str().unwrap_or_default();
    let (plan, first_time) = super::plan(&world, Job::Speaking, &request, input);
    world.wait(plan.delay_secs).await;
    if let Some(refusal) = refusal::planned(&plan, first_time).or_else(|| unspeakable(&request, input)) {
        return refusal;
    }
    let secs = if plan.is_overlong { OVERLONG_SECS } else { sound::spoken_secs(input).min(MAX_SECS) };
    let sound = match plan.shape {
        Shape::Garbage => b"not a sound".to_vec(),
        Shape::Empty => Vec::new(),
        Shape::Stream | Shape::Json | Shape::Status(_) | Shape::BusyOnce => sound::mp3(input, secs),
    };
    HttpResponse::Ok().content_type("audio/mpeg").body(sound)
}

fn unspeakable(request: &Value, input: &str) -> Option<HttpResponse> {
    match input.chars().count() {
        0 => return Some(refusal::invalid("input", "missing_required_parameter", "Missing required parameter: 'input'.")),
        1..=MAX_INPUT => {}
        _ => return Some(refusal::invalid("input", "string_above_max_length", "Invalid 'input': string too long.")),
    }
    let format = request["response_format"].as_str().unwrap_or("mp3");
    (format != "mp3").then(|| refusal::invalid("response_format", "invalid_value", "The demo model speaks MP3 alone."))
}
