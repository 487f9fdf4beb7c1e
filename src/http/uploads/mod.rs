//! The page on which a follower hands in files: `GET /f/{token}`, `POST /f/{token}/files`, `GET /f/{token}/files`.
//!
//! Brings bytes to a file on this machine and sentences to a page; what a file is and what becomes of it is decided in the bot.

mod listing;
mod page;
mod receive;
mod words;

pub use listing::list_files;
pub use page::show_page;
pub use receive::receive_file;

use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, http::StatusCode};
use serde::Serialize;

use crate::{
    app::App,
    bot::{
        files::{Closed, Refusal},
        wording,
    },
    config,
};

use super::{answers, headers::protect_page};

/// What a script is told when something is not done.
#[derive(Serialize)]
struct Problem {
    /// A sentence for the follower.
    error: &'static str,
}

/// The language in which a closed page says so: its follower's, or else what the browser asks for.
fn language(closed: &Closed, request: &HttpRequest) -> config::Language {
    closed.language.unwrap_or_else(|| match answers::Language::asked_for(request) {
        answers::Language::Chinese => config::Language::Chinese,
        answers::Language::English => config::Language::English,
    })
}

fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::Unknown => StatusCode::NOT_FOUND,
        Refusal::Expired => StatusCode::GONE,
        Refusal::Empty | Refusal::Broken | Refusal::CannotSee | Refusal::Unreadable => StatusCode::BAD_REQUEST,
        Refusal::TooBig => StatusCode::PAYLOAD_TOO_LARGE,
        Refusal::TooMany | Refusal::Busy => StatusCode::TOO_MANY_REQUESTS,
        Refusal::Failed(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

fn refuse(app: &App, refusal: &Refusal, language: config::Language) -> HttpResponse {
    if let Refusal::Failed(error) = refusal {
        tracing::error!(error = format!("{error:#}"), "a file was not taken, or the page's list not made");
    }
    answer(app, HttpResponse::build(status(refusal)), &Problem { error: wording::not_taken(refusal, language) })
}

fn answer(app: &App, mut response: HttpResponseBuilder, body: &impl Serialize) -> HttpResponse {
    let mut response = response.json(body);
    protect_page(response.headers_mut(), answers::transport(app));
    response
}
