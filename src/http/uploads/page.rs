//! The page as HTML. It is complete when it is loaded; its script sends the files.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::{
    app::App,
    bot::{
        files::{self, MAX_BYTES, Refusal},
        wording,
    },
    config,
    http::{
        answers::{self, Frame, Moment},
        assets,
    },
};

use super::{language, status, words::Words};

#[derive(Template)]
#[template(path = "upload/page.html")]
struct Page {
    words: &'static Words,
    frame: Frame,
    upload_style: String,
    upload_script: String,
    max_bytes: u64,
    open_until: Moment,
}

/// `GET /f/{token}`: a follower's own page for handing in files.
pub async fn show_page(request: HttpRequest, app: web::Data<App>, token: web::Path<String>) -> HttpResponse {
    let link = match files::page(&app, &token).await {
        Ok(link) => link,
        Err(closed) => return absent(&app, &closed.refusal, language(&closed, &request)),
    };
    let words = Words::of(app.language(&link.account, &link.openid));
    let page = Page {
        words,
        frame: Frame::new(words.title.to_owned()),
        upload_style: assets::url("upload.css"),
        upload_script: assets::url("upload.js"),
        max_bytes: MAX_BYTES,
        open_until: Moment::at(link.expires_at),
    };
    answers::respond(actix_web::http::StatusCode::OK, answers::transport(&app), page.render())
}

/// The page of a link that leads nowhere: 404, or 410 when it once led here.
fn absent(app: &App, refusal: &Refusal, language: config::Language) -> HttpResponse {
    let words = Words::of(language);
    let title = match refusal {
        Refusal::Expired => words.expired_title,
        Refusal::Unknown => words.unknown_title,
        _ => {
            tracing::error!(%refusal, "an upload page cannot be shown");
            return HttpResponse::ServiceUnavailable().finish();
        }
    };
    let text = wording::not_taken(refusal, language);
    answers::notice_page(status(refusal), (title, text), language.into(), answers::transport(app))
}
