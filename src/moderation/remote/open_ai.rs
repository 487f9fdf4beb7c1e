//! A moderator that speaks OpenAI's `/moderations`.
//!
//! Source: <https://platform.openai.com/docs/api-reference/moderations>. A moderator of one's own needs `results[].flagged` alone.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::error::{RemoteError, tidy};
use crate::moderation::{By, Decision, Verdict};

/// A piece of text that is judged as one: the documentation advises shorter ones than this for long texts.
pub(super) const PIECE_MAX_CHARS: usize = 2_000;

#[derive(Deserialize)]
struct Answer {
    results: Vec<Judgement>,
}

#[derive(Deserialize)]
struct Judgement {
    flagged: bool,
    // A category that does not apply may be null.
    #[serde(default)]
    categories: BTreeMap<String, Option<bool>>,
    #[serde(default)]
    category_scores: BTreeMap<String, Option<f64>>,
}

#[derive(Deserialize)]
struct Refusal {
    error: RefusalCode,
}

#[derive(Deserialize)]
struct RefusalCode {
    code: Option<serde_json::Value>,
    r#type: Option<String>,
}

/// The body that asks about one piece.
pub(super) fn body(model: &str, piece: &str) -> String {
    if model.is_empty() { json!({ "input": piece }).to_string() } else { json!({ "model": model, "input": piece }).to_string() }
}

/// The verdict that an answer holds.
pub(super) fn read(status: u16, body: &[u8]) -> Result<Verdict, RemoteError> {
    if !(200..300).contains(&status) {
        return Err(RemoteError::of_status(status, &code(body)));
    }
    let answer: Answer = serde_json::from_slice(body).map_err(|_| RemoteError::Malformed { reason: "no list of results" })?;
    if answer.results.is_empty() {
        return Err(RemoteError::Malformed { reason: "an empty list of results" });
    }
    let Some(judgement) = answer.results.into_iter().find(|judgement| judgement.flagged) else {
        return Ok(Verdict::pass(By::OpenAi));
    };
    let score = |category: &str| judgement.category_scores.get(category).copied().flatten();
    let flagged = judgement.categories.iter().filter(|(_, flagged)| **flagged == Some(true)).map(|(category, _)| category);
    let worst = flagged.max_by(|one, other| score(one).unwrap_or(0.0).total_cmp(&score(other).unwrap_or(0.0)));
    Ok(Verdict {
        decision: Decision::Drop,
        label: worst.map_or_else(|| "flagged".to_owned(), |category| tidy(category)),
        score: worst.and_then(|category| score(category)),
        by: By::OpenAi,
    })
}

fn code(body: &[u8]) -> String {
    let Ok(Refusal { error }) = serde_json::from_slice(body) else { return String::new() };
    let code =
        error.code.filter(|code| !code.is_null()).map(|code| code.as_str().map_or_else(|| code.to_string(), str::to_owned));
    code.or(error.r#type).unwrap_or_default()
}
