//! How the demo model says no: OpenAI's error object, with the words of the real refusals that a client must understand.
//!
//! Source: <https://platform.openai.com/docs/guides/error-codes>

use actix_web::{HttpResponse, http::StatusCode};
use serde_json::{Value, json};

use super::plan::{Plan, Shape};

/// OpenAI's error object.
pub(super) fn error(kind: &str, message: &str) -> Value {
    json!({ "error": { "message": message, "type": kind, "param": null, "code": kind } })
}

/// A request that is wrong in one of its parameters.
pub(super) fn invalid(param: &str, code: &str, message: &str) -> HttpResponse {
    let error = json!({ "message": message, "type": "invalid_request_error", "param": param, "code": code });
    HttpResponse::BadRequest().json(json!({ "error": error }))
}

/// A parameter that this model has never heard of.
pub(super) fn unknown_parameter(param: &str) -> HttpResponse {
    invalid(param, "unknown_parameter", &format!("Unknown parameter: '{param}'."))
}

/// The refusal that the question itself asks for; `first_time` is whether it is met for the first time.
pub(super) fn planned(plan: &Plan, first_time: bool) -> Option<HttpResponse> {
    match plan.shape {
        Shape::Status(status) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            Some(HttpResponse::build(status).json(error("server_error", "The demo model was asked to fail")))
        }
        Shape::BusyOnce if first_time => Some(
            HttpResponse::TooManyRequests()
                .insert_header(("Retry-After", "1"))
                .json(error("rate_limit_exceeded", "The demo model was asked to be busy once")),
        ),
        Shape::BusyOnce | Shape::Stream | Shape::Json | Shape::Garbage | Shape::Empty => None,
    }
}
