//! The page as HTML, whole or in the pieces that an event replaces, and the page of a link that leads nowhere.

use actix_web::http::StatusCode;
use actix_web::http::header::ContentType;
use actix_web::{HttpResponse, web};
use askama::Template;
use jiff::Timestamp;

use super::share::Share;
use super::view::{AnswerState, AnswerView, Language, MediaKind, Work};
use super::words::Words;
use crate::article::html::GrowingAnswer;
use crate::http::assets;
use crate::http::headers::{Transport, WECHAT_SCRIPT, allow_wechat_script, protect_page};

/// A question of more letters is folded; about five lines of a phone.
const FOLDED_QUESTION: usize = 90;

/// Letters of the title, which WeChat shows in one or two lines when the page is shared.
pub(super) const TITLE_LETTERS: usize = 40;

/// Letters of the description below a shared page's title.
const DESCRIPTION_LETTERS: usize = 100;

/// Official accounts live on China's time; the page's script turns it into the reader's.
const CHINA_OFFSET_MS: i64 = 8 * 60 * 60 * 1000;

/// Why a link shows no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// No such token was ever given out, or so it seems.
    Unknown,
    /// The answer was deleted when its time had come.
    Expired,
}

#[derive(Template)]
#[template(path = "answer/page.html")]
struct Page<'v> {
    words: &'static Words,
    frame: Frame,
    view: &'v AnswerView,
    description: String,
    short_question: Option<String>,
    state: StateLine<'v>,
    answer: String,
    thought: String,
    foot: Foot<'v>,
    share: Option<&'v Share>,
    share_script: String,
    wechat_script: &'static str,
}

/// The pictures above an answer's words, and the answer as it sounds.
#[derive(Template)]
#[template(path = "answer/media.html")]
struct MediaPieces<'v> {
    words: &'static Words,
    view: &'v AnswerView,
}

#[derive(Template)]
#[template(path = "answer/absent.html")]
struct AbsentPage {
    words: &'static Words,
    frame: Frame,
    title: &'static str,
    text: &'static str,
}

/// What every page's head needs.
pub(in crate::http) struct Frame {
    pub(in crate::http) title: String,
    pub(in crate::http) style: String,
    pub(in crate::http) script: String,
    pub(in crate::http) icon: String,
}

/// The line that says how far the answer is.
#[derive(Template)]
#[template(path = "answer/state.html")]
pub(super) struct StateLine<'v> {
    state: &'v AnswerState,
    sentence: &'static str,
}

/// What stands below the answer: why it ends early, who wrote it and when.
#[derive(Template)]
#[template(path = "answer/foot.html")]
pub(super) struct Foot<'v> {
    words: &'static Words,
    notice: Option<&'v str>,
    model: Option<&'v str>,
    asked: Moment,
    answered: Option<Moment>,
    expires: Moment,
}

/// One moment as a machine and a reader see it.
pub(in crate::http) struct Moment {
    pub(in crate::http) machine: String,
    pub(in crate::http) reader: String,
}

/// The answer page, which can be shared where it is signed. Rendering happens beside the event loop: a page full of code takes
/// tens of milliseconds.
pub async fn page(view: AnswerView, share: Option<Share>, transport: Transport) -> HttpResponse {
    let is_signed = share.is_some();
    let html = web::block(move || render(&view, share.as_ref())).await;
    let mut response = match html {
        Ok(html) => respond(StatusCode::OK, transport, html),
        Err(error) => return failed(&error),
    };
    if is_signed {
        allow_wechat_script(response.headers_mut());
    }
    response
}

/// The page of a link that leads to no answer: 404, or 410 when it once did.
pub fn absent_page(absence: Absence, language: Language, transport: Transport) -> HttpResponse {
    let words = Words::of(language);
    let (status, title, text) = match absence {
        Absence::Unknown => (StatusCode::NOT_FOUND, words.unknown_title, words.unknown_text),
        Absence::Expired => (StatusCode::GONE, words.expired_title, words.expired_text),
    };
    notice_page(status, (title, text), language, transport)
}

/// A page that only says something: a title and a text.
pub(in crate::http) fn notice_page(
    status: StatusCode,
    (title, text): (&'static str, &'static str),
    language: Language,
    transport: Transport,
) -> HttpResponse {
    let words = Words::of(language);
    respond(status, transport, AbsentPage { words, frame: Frame::new(title.to_owned()), title, text }.render())
}

/// The answer's HTML, closed where it breaks off, below its pictures and its voice.
pub(super) fn answer_html(view: &AnswerView, growing: &mut GrowingAnswer) -> askama::Result<String> {
    let words = match view.state {
        AnswerState::Waiting | AnswerState::Writing => growing.draft_html(&view.answer),
        AnswerState::Finished | AnswerState::Failed { .. } => growing.page_html(&view.answer),
    };
    if view.media.is_empty() {
        return Ok(words);
    }
    Ok(MediaPieces { words: Words::of(view.language), view }.render()? + &words)
}

/// What the folded reasoning is called.
pub(super) fn thought(view: &AnswerView) -> String {
    let words = Words::of(view.language);
    match view.reasoned_ms {
        Some(elapsed) => (words.thought_for)((elapsed / 1000).max(1)),
        None if view.state.is_final() => words.thought.to_owned(),
        None => words.thinking.to_owned(),
    }
}

fn render(view: &AnswerView, share: Option<&Share>) -> askama::Result<String> {
    let words = Words::of(view.language);
    Page {
        words,
        frame: Frame::new(shortened(&view.question, TITLE_LETTERS)),
        view,
        description: shortened(&plain(&view.answer), DESCRIPTION_LETTERS),
        short_question: (view.question.chars().count() > FOLDED_QUESTION).then(|| shortened(&view.question, FOLDED_QUESTION)),
        state: StateLine::new(view),
        answer: answer_html(view, &mut GrowingAnswer::default())?,
        thought: thought(view),
        foot: Foot::new(view),
        share,
        share_script: assets::url("share.js"),
        wechat_script: WECHAT_SCRIPT,
    }
    .render()
}

/// A rendered page with its protections.
pub(in crate::http) fn respond(status: StatusCode, transport: Transport, html: askama::Result<String>) -> HttpResponse {
    let html = match html {
        Ok(html) => html,
        Err(error) => return failed(&error),
    };
    let mut response = HttpResponse::build(status).content_type(ContentType::html()).body(html);
    protect_page(response.headers_mut(), transport);
    response
}

fn failed(error: &dyn std::error::Error) -> HttpResponse {
    tracing::error!(%error, "a page could not be rendered");
    HttpResponse::InternalServerError().finish()
}

impl Frame {
    pub(in crate::http) fn new(title: String) -> Self {
        Self { title, style: assets::url("answer.css"), script: assets::url("answer.js"), icon: assets::url("favicon.svg") }
    }
}

impl<'v> StateLine<'v> {
    pub(super) fn new(view: &'v AnswerView) -> Self {
        let words = Words::of(view.language);
        let sentence = match (&view.state, view.work) {
            (AnswerState::Waiting | AnswerState::Writing, Work::Drawing) => words.drawing,
            (AnswerState::Waiting, Work::Writing) => words.waiting,
            (AnswerState::Writing, Work::Writing) => words.writing,
            (AnswerState::Finished, Work::Writing) => words.finished,
            (AnswerState::Finished, Work::Drawing) => words.drawn,
            (AnswerState::Failed { .. }, _) => words.failed,
        };
        Self { state: &view.state, sentence }
    }
}

impl<'v> Foot<'v> {
    pub(super) fn new(view: &'v AnswerView) -> Self {
        let words = Words::of(view.language);
        let notice = match (&view.state, view.cut) {
            (AnswerState::Failed { apology }, _) => Some(apology.as_str()),
            (_, Some(cut)) => Some(words.cut(cut)),
            (_, None) => None,
        };
        Self {
            words,
            notice,
            model: view.model.as_deref(),
            asked: Moment::at(view.asked_at),
            answered: view.answered_at.map(Moment::at),
            expires: Moment::at(view.expires_at),
        }
    }
}

impl Moment {
    pub(in crate::http) fn at(unix_ms: i64) -> Self {
        let format = |unix_ms, format| Timestamp::from_millisecond(unix_ms).unwrap_or_default().strftime(format).to_string();
        Self {
            machine: format(unix_ms, "%Y-%m-%dT%H:%M:%SZ"),
            reader: format(unix_ms.saturating_add(CHINA_OFFSET_MS), "%Y-%m-%d %H:%M"),
        }
    }
}

/// The beginning of a text in one line, with an ellipsis if more follows.
pub(super) fn shortened(text: &str, letters: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(letters) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

/// Markdown without its marks, near enough for a line of description.
fn plain(markdown: &str) -> String {
    let start = markdown.char_indices().nth(DESCRIPTION_LETTERS * 4).map_or(markdown, |(end, _)| &markdown[..end]);
    start.chars().filter(|letter| !"#*`>|~_".contains(*letter)).collect()
}
