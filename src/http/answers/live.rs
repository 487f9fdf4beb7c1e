//! The page's answer as the database and this process have it: now, and every time it changes.

use std::{sync::Arc, time::Duration};

use actix_web::{HttpRequest, HttpResponse, web};
use tokio::sync::watch;

use crate::{
    app::{
        App,
        running::{Live, Stage, Written},
    },
    bot::wording,
    clock, config,
    db::{
        answer_parts::{self, Kind, Object},
        questions::{self, Question, State},
    },
    http::headers::Transport,
};

use super::{
    Absence, AnswerState, AnswerView, Cut, Language, LiveAnswer, Media, MediaKind, Work, absent_page, event_stream, page, share,
};

/// How often an answer that another replica writes is looked at; it saves twice a second.
const POLL: Duration = Duration::from_millis(300);

/// `GET /a/{token}`: an answer's page.
pub async fn show_answer(request: HttpRequest, app: web::Data<App>, token: web::Path<String>) -> HttpResponse {
    let transport = transport(&app);
    match find(&app, &token).await {
        Found::Open(question) => {
            let share = share::signed(&request, &app, &question).await;
            page(now(&app, &question).await, share, transport).await
        }
        Found::Gone => absent_page(Absence::Unknown, Language::asked_for(&request), transport),
        Found::Fault => HttpResponse::ServiceUnavailable().finish(),
    }
}

/// `GET /a/{token}/events`: the page's changes while the answer is written.
pub async fn follow_answer(request: HttpRequest, app: web::Data<App>, token: web::Path<String>) -> HttpResponse {
    let transport = transport(&app);
    let question = match find(&app, &token).await {
        Found::Open(question) => question,
        Found::Gone => return absent_page(Absence::Unknown, Language::asked_for(&request), transport),
        Found::Fault => return HttpResponse::ServiceUnavailable().finish(),
    };
    let view = now(&app, &question).await;
    let changes = (!view.state.is_final()).then(|| {
        let (sender, changes) = watch::channel(view.clone());
        let app = app.into_inner();
        app.clone().tasks.spawn(async move { forward(&app, question, &sender).await });
        changes
    });
    event_stream(LiveAnswer { view, changes }, transport)
}

enum Found {
    Open(Box<Question>),
    Gone,
    Fault,
}

async fn find(app: &App, token: &str) -> Found {
    match questions::show_by_page(&app.db, token, clock::now_ms()).await {
        Ok(Some(question)) => Found::Open(Box::new(question)),
        Ok(None) => Found::Gone,
        Err(error) => {
            tracing::error!(%error, "the database failed an answer page");
            Found::Fault
        }
    }
}

/// Sends every change until the answer is final or nobody watches.
async fn forward(app: &App, mut question: Box<Question>, sender: &watch::Sender<AnswerView>) {
    while !question.state.is_settled() {
        if let Some(live) = app.running.find(&question.id) {
            if !forward_live(app, &question, &live, sender).await {
                return;
            }
        } else {
            let is_watched = tokio::time::timeout(POLL, sender.closed()).await.is_err();
            if !is_watched || app.stopping.is_cancelled() {
                return;
            }
        }
        match questions::show(&app.db, &question.id).await {
            Ok(Some(fresh)) => *question = fresh,
            Ok(None) | Err(_) => return,
        }
        sender.send_replace(now(app, &question).await);
    }
}

/// Forwards what this process writes, until it is settled or abandoned. `false` when nobody watches any more.
async fn forward_live(app: &App, question: &Question, live: &Live, sender: &watch::Sender<AnswerView>) -> bool {
    let mut stages = live.follow();
    loop {
        if !matches!(*stages.borrow_and_update(), Stage::Writing(_)) {
            return true;
        }
        sender.send_replace(view(app, question, Some(live.written())));
        tokio::select! {
            changed = stages.changed() => if changed.is_err() { return true },
            () = sender.closed() => return false,
        }
    }
}

async fn now(app: &App, question: &Question) -> AnswerView {
    let media = if question.state.is_settled() { media(app, question).await } else { Vec::new() };
    AnswerView { media, ..view(app, question, app.running.find(&question.id).map(|live| live.written())) }
}

/// What was drawn and spoken. A page without it is better than none.
async fn media(app: &App, question: &Question) -> Vec<Media> {
    let objects = answer_parts::objects(&app.db, &question.id).await.unwrap_or_else(|error| {
        tracing::error!(request = question.id, %error, "the pictures of a page cannot be looked up");
        Vec::new()
    });
    let of = |object: Object| {
        let (kind, folder) = match object.kind {
            Kind::Image => (MediaKind::Picture, "pictures"),
            Kind::Voice => (MediaKind::Voice, "voice"),
            Kind::Text => return None,
        };
        Some(Media { kind, url: format!("/a/{}/{folder}/{}", question.page_token, object.seq) })
    };
    objects.into_iter().filter_map(of).collect()
}

fn view(app: &App, question: &Question, written: Option<Written>) -> AnswerView {
    let language = app.language(&question.account, &question.openid);
    let is_drawing = question.kind == questions::Kind::Draw || written.as_ref().is_some_and(|written| written.is_drawing);
    let (mut answer, reasoning, model) = match written {
        Some(written) => (written.answer, written.reasoning, written.model),
        None => (question.answer.clone(), question.reasoning.clone(), question.model.clone()),
    };
    let state = match question.state {
        State::Received | State::Answering if answer.is_empty() => AnswerState::Waiting,
        State::Received | State::Answering => AnswerState::Writing,
        State::Answered | State::Delivered => AnswerState::Finished,
        State::Failed => AnswerState::Failed { apology: apology(question, &mut answer, language) },
    };
    AnswerView {
        question: question.text.clone(),
        answer: Arc::from(answer),
        reasoning: Arc::from(reasoning),
        state,
        work: if is_drawing { Work::Drawing } else { Work::Writing },
        media: Vec::new(),
        cut: question.failure.as_deref().map(cut),
        model,
        asked_at: question.asked_at,
        answered_at: question.answered_at,
        expires_at: question.page_expires_at,
        language: language.into(),
        reasoned_ms: question.reasoned_ms,
    }
}

/// Why there is no answer. What huixin itself declines has its own sentence in the answer's place; an answer that broke off when
/// its follower left stands as it is.
fn apology(question: &Question, answer: &mut String, language: config::Language) -> String {
    let class = question.failure.as_deref().unwrap_or_default();
    if answer.trim().is_empty() || class == "unfollowed" {
        return wording::apology(class, language).to_owned();
    }
    std::mem::take(answer)
}

fn cut(failure: &str) -> Cut {
    match failure {
        "length" => Cut::Length,
        "content_filtered" => Cut::Filter,
        _ => Cut::Interrupted,
    }
}

pub(in crate::http) fn transport(app: &App) -> Transport {
    let is_https = app.config.public_url.as_ref().is_some_and(|url| url.starts_with("https://"));
    if is_https { Transport::Https } else { Transport::Plain }
}
