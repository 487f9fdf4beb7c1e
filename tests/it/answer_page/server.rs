//! A server of answer pages alone, fed by the test.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use actix_web::middleware::Compress;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use huixin::http::answers::{Absence, AnswerState, AnswerView, Language, LiveAnswer, Work, absent_page, event_stream, page};
use huixin::http::assets::show_asset;
use huixin::http::headers::Transport;
use tokio::sync::watch;

/// 2026-11-24 14:03:20 in China.
pub const ASKED_AT: i64 = 1_795_500_200_000;

/// An answer for every Markdown habit, wide where it can be wide.
pub const RICH_ANSWER: &str = include_str!("rich_answer.md");

#[derive(Clone)]
struct Answers {
    by_token: Arc<Mutex<HashMap<String, watch::Receiver<AnswerView>>>>,
    transport: Transport,
}

pub struct AnswerServer {
    pub url: String,
    answers: Answers,
}

impl AnswerServer {
    pub fn start(transport: Transport) -> Self {
        let answers = Answers { by_token: Arc::default(), transport };
        let shared = answers.clone();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(web::Data::new(shared.clone()))
                .wrap(Compress::default())
                .route("/a/{token}", web::get().to(show_answer))
                .route("/a/{token}/events", web::get().to(stream_answer))
                .route("/assets/{file}", web::get().to(asset))
        })
        .workers(1)
        .shutdown_timeout(0)
        .disable_signals()
        .bind("127.0.0.1:0")
        .unwrap();
        let url = format!("http://{}", server.addrs()[0]);
        tokio::spawn(server.run());
        Self { url, answers }
    }

    /// Keeps an answer under a token; the sender changes it.
    pub fn keep(&self, token: &str, view: AnswerView) -> watch::Sender<AnswerView> {
        let (sender, receiver) = watch::channel(view);
        self.answers.by_token.lock().unwrap().insert(token.to_owned(), receiver);
        sender
    }

    pub fn page_url(&self, token: &str) -> String {
        format!("{}/a/{token}", self.url)
    }
}

/// A finished Chinese answer, to be changed by the test.
pub fn view(question: &str, answer: &str) -> AnswerView {
    AnswerView {
        question: question.to_owned(),
        answer: answer.into(),
        reasoning: "".into(),
        state: AnswerState::Finished,
        work: Work::Writing,
        media: Vec::new(),
        cut: None,
        model: Some("deepseek-chat".to_owned()),
        asked_at: ASKED_AT,
        answered_at: Some(ASKED_AT + 42_000),
        expires_at: ASKED_AT + 30 * 86_400_000,
        language: Language::Chinese,
        reasoned_ms: None,
    }
}

/// An answer of which nothing has been written yet.
pub fn waiting(question: &str) -> AnswerView {
    AnswerView { state: AnswerState::Waiting, answered_at: None, ..view(question, "") }
}

async fn show_answer(request: HttpRequest, answers: web::Data<Answers>, token: web::Path<String>) -> HttpResponse {
    match answers.live(&token) {
        Ok(live) => page(live.view, None, answers.transport).await,
        Err(absence) => absent_page(absence, Language::asked_for(&request), answers.transport),
    }
}

async fn stream_answer(request: HttpRequest, answers: web::Data<Answers>, token: web::Path<String>) -> HttpResponse {
    match answers.live(&token) {
        Ok(live) => event_stream(live, answers.transport),
        Err(absence) => absent_page(absence, Language::asked_for(&request), answers.transport),
    }
}

async fn asset(request: HttpRequest, file: web::Path<String>) -> HttpResponse {
    show_asset(&request, &file)
}

impl Answers {
    fn live(&self, token: &str) -> Result<LiveAnswer, Absence> {
        if token == "expired" {
            return Err(Absence::Expired);
        }
        let answers = self.by_token.lock().unwrap();
        let changes = answers.get(token).ok_or(Absence::Unknown)?.clone();
        let view = changes.borrow().clone();
        Ok(LiveAnswer { view, changes: Some(changes) })
    }
}
