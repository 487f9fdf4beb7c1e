//! `GET /privacy`: what is kept of a follower, for how long, and who else sees it; written from the running configuration.
//!
//! Says nothing that the configuration does not bear out; the operator's own lawyers know more than a page can.

mod chinese;
mod english;
mod facts;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;

use crate::app::App;

use super::{
    answers::{self, Frame, Language},
    assets,
};

use facts::Facts;

/// A heading and what is said below it.
struct Section {
    title: &'static str,
    sentences: Vec<String>,
}

/// A whole page in one language.
struct Text {
    /// For the `lang` attribute.
    tag: &'static str,
    site: &'static str,
    title: &'static str,
    lead: String,
    sections: Vec<Section>,
}

#[derive(Template)]
#[template(path = "privacy/page.html")]
struct Page {
    words: Text,
    frame: Frame,
    privacy_style: String,
}

/// Shows the page in the language that the browser asks for.
pub async fn show_privacy(request: HttpRequest, app: web::Data<App>) -> HttpResponse {
    let facts = Facts::of(&app.config);
    let words = match Language::asked_for(&request) {
        Language::Chinese => chinese::text(&facts),
        Language::English => english::text(&facts),
    };
    let frame = Frame::new(words.title.to_owned());
    let page = Page { words, frame, privacy_style: assets::url("privacy.css") };
    answers::respond(StatusCode::OK, answers::transport(&app), page.render())
}
