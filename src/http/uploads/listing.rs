//! What became of each file, for the page's script.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;

use crate::{
    app::App,
    bot::{files, wording},
    db::attachments::{Handed, State},
};

use super::{answer, language, refuse};

#[derive(Serialize)]
struct Listing {
    files: Vec<Item>,
}

#[derive(Serialize)]
struct Item {
    id: String,
    name: String,
    /// `waiting`, `ready` or `failed`.
    state: &'static str,
    /// What the follower reads about it.
    sentence: String,
}

/// `GET /f/{token}/files`: the files of the follower's present conversation, oldest first.
pub async fn list_files(request: HttpRequest, app: web::Data<App>, token: web::Path<String>) -> HttpResponse {
    let link = match files::page(&app, &token).await {
        Ok(link) => link,
        Err(closed) => return refuse(&app, &closed.refusal, language(&closed, &request)),
    };
    let language = app.language(&link.account, &link.openid);
    match files::list(&app, &link).await {
        Ok(handed) => {
            let item = |file: Handed| {
                let sentence = wording::handed(&file, language);
                Item { id: file.id, name: file.name, state: state(file.state), sentence }
            };
            answer(&app, HttpResponse::Ok(), &Listing { files: handed.into_iter().map(item).collect() })
        }
        Err(refusal) => refuse(&app, &refusal, language),
    }
}

fn state(state: State) -> &'static str {
    match state {
        State::Waiting => "waiting",
        State::Ready => "ready",
        State::Failed => "failed",
    }
}
