//! An answer of the images endpoint as pictures.
//!
//! Read leniently: the list is `data` or `images`; an item is an object or an address; base64 may come in a data URL, and a
//! data URL under the name of an address.

use serde_json::Value;

use super::{PICTURE_MAX, Source};
use crate::llm::data_url;
use crate::llm::error::UpstreamError;
use crate::llm::refusal;
use crate::llm::usage::{self, Usage};

/// Pictures beyond this number are not looked at: one is asked for.
const PICTURES_MAX: usize = 10;

/// What an answer holds; at least one picture.
pub(super) struct Answer {
    pub pictures: Vec<Source>,
    pub revised_prompt: Option<String>,
    pub usage: Option<Usage>,
}

/// Reads a whole body with status 200.
pub(super) fn read(body: &[u8]) -> Result<Answer, UpstreamError> {
    let malformed = |reason: String| UpstreamError::Malformed { reason };
    let mut document: Value = serde_json::from_slice(body).map_err(|error| malformed(format!("not JSON: {error}")))?;
    let usage = usage::of(&document["usage"]);
    let mut items = match ["data", "images"].iter().find(|name| document[**name].as_array().is_some_and(|list| !list.is_empty()))
    {
        Some(name) => document[*name].take(),
        None => Value::Null,
    };
    let items = items.as_array_mut().map(std::mem::take).unwrap_or_default();
    let revised_prompt = items.iter().find_map(|item| item["revised_prompt"].as_str()).filter(|text| !text.is_empty());
    let revised_prompt = revised_prompt.map(str::to_owned);
    let mut complaint = None;
    let mut pictures = Vec::new();
    for mut item in items.into_iter().take(PICTURES_MAX) {
        match picture(&mut item) {
            Ok(Some(picture)) => pictures.push(picture),
            // One of several may be filtered while the others are drawn.
            Ok(None) => complaint = complaint.or_else(|| refusal::of_document(&item)),
            Err(reason) => complaint = Some(malformed(reason.to_owned())),
        }
    }
    if pictures.is_empty() {
        return Err(complaint.or_else(|| refusal::of_document(&document)).unwrap_or(UpstreamError::Empty));
    }
    Ok(Answer { pictures, revised_prompt, usage })
}

fn picture(item: &mut Value) -> Result<Option<Source>, &'static str> {
    let mut text = |name: &str| match item.get_mut(name).map(Value::take) {
        Some(Value::String(text)) if !text.trim().is_empty() => Some(text),
        _ => None,
    };
    if let Some(base64) = text("b64_json").or_else(|| text("b64")) {
        return bytes(&base64).map(Some);
    }
    let url = text("url").or_else(|| item.as_str().map(str::to_owned));
    match url {
        Some(url) if url.starts_with("data:") => bytes(&url).map(Some),
        Some(url) => Ok(Some(Source::Url(url.trim().to_owned()))),
        None => Ok(None),
    }
}

fn bytes(base64: &str) -> Result<Source, &'static str> {
    let bytes = data_url::decode(base64).ok_or("a picture is not base64")?;
    if bytes.is_empty() {
        return Err("a picture without a byte");
    }
    if bytes.len() > PICTURE_MAX { Err("a picture is too large") } else { Ok(Source::Bytes(bytes)) }
}
