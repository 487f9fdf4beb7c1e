//! Aliyun's moderator of what a model is asked and answers: `TextModerationPlus`.
//!
//! Source: <https://help.aliyun.com/document_detail/2671445.html>. Its risk of `high` drops, `medium` holds; where Aliyun's library of
//! answers has one for what was found, the follower gets that answer.

use serde::Deserialize;
use serde_json::{Value, json};

use super::error::{RemoteError, tidy};
use crate::acs3::encode;
use crate::moderation::{By, Decision, Point, Verdict};

pub(super) const ACTION: &str = "TextModerationPlus";
pub(super) const VERSION: &str = "2022-03-02";

/// The two services for language models, and how many characters each takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    Query,
    Response,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "Code")]
    code: Value,
    #[serde(rename = "Data")]
    judgement: Option<Judgement>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Judgement {
    risk_level: Option<String>,
    attack_level: Option<String>,
    result: Option<Vec<Finding>>,
    advice: Option<Vec<Advice>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Finding {
    label: Option<String>,
    confidence: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Advice {
    answer: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    None,
    Low,
    Medium,
    High,
}

impl Service {
    /// The service for texts of `point`: what the model reads is a query, what it wrote a response.
    pub(super) fn of(point: Point) -> Self {
        match point {
            Point::Question | Point::PicturePrompt | Point::Passage | Point::Transcript => Self::Query,
            Point::Answer => Self::Response,
        }
    }

    pub(super) fn piece_max_chars(self) -> usize {
        match self {
            Self::Query => 2_000,
            Self::Response => 5_000,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Query => "llm_query_moderation",
            Self::Response => "llm_response_moderation",
        }
    }
}

/// The form that asks about one piece. Pieces of one `session` are judged together by the service for responses.
pub(super) fn body(service: Service, piece: &str, session: &str) -> String {
    let parameters = match service {
        Service::Response if !session.is_empty() => json!({ "content": piece, "sessionId": session }),
        Service::Query | Service::Response => json!({ "content": piece }),
    };
    format!("Service={}&ServiceParameters={}", service.name(), encode(&parameters.to_string()))
}

/// The verdict that an answer holds.
pub(super) fn read(status: u16, body: &[u8]) -> Result<Verdict, RemoteError> {
    if !(200..300).contains(&status) {
        return Err(refusal(status, body));
    }
    let answer: Answer = serde_json::from_slice(body).map_err(|_| RemoteError::Malformed { reason: "no code" })?;
    match number(&answer.code) {
        Some(200) => verdict(answer.judgement.ok_or(RemoteError::Malformed { reason: "no verdict" })?),
        // The account may not use the service, has not opened it, or owes money.
        Some(408) => Err(RemoteError::Unauthorized { code: "408".to_owned() }),
        Some(429 | 588) => Err(RemoteError::RateLimited),
        Some(code) => Err(RemoteError::of_status(code, &code.to_string())),
        None => Err(RemoteError::Malformed { reason: "no code" }),
    }
}

fn verdict(judgement: Judgement) -> Result<Verdict, RemoteError> {
    let risk = level(judgement.risk_level.as_deref()).ok_or(RemoteError::Malformed { reason: "no level of risk" })?;
    // Only the service for queries looks for attacks.
    let attack = level(judgement.attack_level.as_deref()).unwrap_or(Level::None);
    let findings = judgement.result.unwrap_or_default();
    let confidence = |finding: &&Finding| finding.confidence.unwrap_or(0.0);
    let worst = findings.iter().max_by(|one, other| confidence(one).total_cmp(&confidence(other)));
    let (label, score) = match worst {
        Some(finding) if risk >= attack => (finding.label.as_deref().map_or_else(String::new, tidy), finding.confidence),
        _ if attack > risk => ("attack".to_owned(), None),
        _ => (String::new(), None),
    };
    let answer =
        judgement.advice.into_iter().flatten().filter_map(|advice| advice.answer).find(|answer| !answer.trim().is_empty());
    let decision = match (risk.max(attack), answer) {
        (Level::None, _) | (Level::Low, None) => return Ok(Verdict::pass(By::Aliyun)),
        (Level::Low | Level::Medium | Level::High, Some(answer)) => Decision::Instead(answer),
        (Level::Medium, None) => Decision::Hold,
        (Level::High, None) => Decision::Drop,
    };
    Ok(Verdict { decision, label, score, by: By::Aliyun })
}

/// An unknown level is as bad as the worst; a missing one is none at all.
fn level(text: Option<&str>) -> Option<Level> {
    Some(match text?.to_ascii_lowercase().as_str() {
        "" => return None,
        "none" => Level::None,
        "low" => Level::Low,
        "medium" => Level::Medium,
        _ => Level::High,
    })
}

/// The error of a gateway's refusal, whose code says more than its status: a wrong key has 404, a wrong signature 400.
fn refusal(status: u16, body: &[u8]) -> RemoteError {
    let document: Value = serde_json::from_slice(body).unwrap_or_default();
    let code = document.get("Code").or_else(|| document.get("code")).and_then(Value::as_str).unwrap_or_default();
    if ["InvalidAccessKeyId", "SignatureDoesNotMatch", "IncompleteSignature", "Forbidden", "NoPermission"]
        .iter()
        .any(|known| code.starts_with(known))
    {
        return RemoteError::Unauthorized { code: tidy(code) };
    }
    if code.starts_with("Throttling") {
        return RemoteError::RateLimited;
    }
    RemoteError::of_status(status, code)
}

fn number(value: &Value) -> Option<u16> {
    value.as_u64().and_then(|number| u16::try_from(number).ok()).or_else(|| value.as_str()?.parse().ok())
}
