//! Asking the model: from a stored question to its whole answer, or an apology, in the database.
//!
//! The work belongs to the process that owns the question's row. Whoever waits for it (a delivery, a page) only listens, so a
//! connection that goes away stops nothing.

mod asking;
mod chatting;
mod settle;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tracing::Instrument;

use crate::{
    app::{
        Account, App,
        running::{Live, Stage, Written},
    },
    clock,
    db::{
        inbound,
        questions::{self, Kind, Progress, Question, State},
    },
    llm::UpstreamError,
    telemetry::crash,
};

use super::{
    command::{self, Commanded},
    respond::Asking,
};
pub use settle::{Declined, Drawn, Ending};

/// How many of a follower's newest questions a short code is looked for in.
const RECENT: i64 = 30;

/// A question that is this old and has no task was dropped; one just stored may not have its task yet.
const DROPPED_AFTER: Duration = Duration::from_secs(5);

/// A question that is to be answered by this process.
#[derive(Debug, Clone)]
pub struct Asked {
    pub id: String,
    pub account: String,
    pub openid: String,
    pub kind: Kind,
    pub text: String,
    pub asked_at: i64,
    /// What an earlier owner wrote, as far as the follower has seen it.
    pub shown: String,
}

impl Asked {
    /// A question that was just stored.
    pub fn of(new: questions::New, key: &inbound::Key) -> Self {
        Self {
            id: new.id,
            account: key.account.clone(),
            openid: key.openid.clone(),
            kind: new.kind,
            text: new.text,
            asked_at: clock::now_ms(),
            shown: String::new(),
        }
    }

    /// A question that its owner left behind.
    pub fn again(question: Question) -> Self {
        let shown = prefix(&question.answer, question.shown).to_owned();
        Self {
            id: question.id,
            account: question.account,
            openid: question.openid,
            kind: question.kind,
            text: question.text,
            asked_at: question.asked_at,
            shown,
        }
    }
}

/// A new question, owned by this process, with an unguessable page.
pub(super) fn new(app: &App, asking: &Asking, asked_at: i64, room: questions::Room) -> questions::New {
    questions::New {
        id: uuid::Uuid::now_v7().simple().to_string(),
        kind: asking.kind,
        text: asking.text.clone(),
        page_token: app.random_token(),
        // A page cannot outlive the answer that it shows.
        page_expires_at: asked_at + app.config.reply.page_lifetime.min(app.config.privacy.retention).as_millis() as i64,
        owner: app.holder.clone(),
        room,
    }
}

/// The question that a command is about. The follower's own only, whatever id the command names.
pub async fn find(app: &App, account: &Account, openid: &str, commanded: &Commanded) -> Result<Option<Question>, sqlx::Error> {
    let newest = questions::newest(&app.db, &account.name, openid, RECENT).await?;
    let is_meant = |question: &&Question| match &commanded.answer {
        command::Answer::Id(id) => question.id == *id,
        command::Answer::Code(code) => command::code(&question.id) == code,
        command::Answer::Newest => true,
    };
    if commanded.command == command::Command::Continue && commanded.answer == command::Answer::Newest {
        // The oldest of those with something left, as a reader would go on.
        let has_more =
            |question: &&Question| question.state != State::Delivered && question.failure.as_deref() != Some("unfollowed");
        let mut left = newest.iter().filter(has_more);
        let waiting = crate::db::answer_parts::waiting(&app.db, &account.name, openid).await?;
        if let Some(first) = waiting.first() {
            return questions::show(&app.db, &first.question_id).await;
        }
        return Ok(left.find(|question| !question.state.is_settled()).cloned());
    }
    Ok(newest.iter().find(is_meant).cloned())
}

/// The newest question whose answer can be read again.
pub async fn last_answered(app: &App, account: &Account, openid: &str) -> Result<Option<Question>, sqlx::Error> {
    let newest = questions::newest(&app.db, &account.name, openid, RECENT).await?;
    Ok(newest.into_iter().find(|question| matches!(question.state, State::Answered | State::Delivered)))
}

/// Begins to answer in a task of its own.
pub fn start(app: &Arc<App>, account: &Arc<Account>, asked: Asked) {
    let Some(live) = app.running.begin(&asked.id) else { return };
    let tasks = app.tasks.clone();
    let registered = Registered { app: app.clone(), id: asked.id.clone(), stage: Stage::Abandoned };
    let (app, account, span) = (app.clone(), account.clone(), live.span());
    let answering = async move {
        // As a whole, or the closure would take its field alone and leave the rest to end here.
        let mut registered = registered;
        registered.stage = answer(&app, &account, &asked, &live).await;
    };
    tasks.spawn(answering.instrument(span));
}

/// Ends a registered answer however its task ends, a panic included.
struct Registered {
    app: Arc<App>,
    id: String,
    stage: Stage,
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.app.running.end(&self.id, self.stage);
    }
}

async fn answer(app: &Arc<App>, account: &Arc<Account>, asked: &Asked, live: &Live) -> Stage {
    let outcome = tokio::select! {
        outcome = asking::ask(app, account, asked, live) => outcome,
        // The row stays open, and whoever is alive takes it over.
        () = app.stopping.cancelled() => return Stage::Abandoned,
    };
    match outcome {
        Ok(Some(ending)) => Box::pin(settle::settle(app, account, asked, live, ending)).await,
        Ok(None) => Stage::Abandoned,
        Err(error) => {
            tracing::error!(request = asked.id, account = asked.account, %error, "the database failed a question; it is tried again");
            Stage::Abandoned
        }
    }
}

/// What is written so far, as the database takes it.
pub fn progress_of(app: &App, id: &str, written: Written) -> Progress {
    let reasoned_ms = written.reasoning_since.map(|since| {
        let until = written.answer_since.unwrap_or_else(Instant::now);
        until.saturating_duration_since(since).as_millis() as i64
    });
    Progress {
        id: id.to_owned(),
        owner: app.holder.clone(),
        answer: written.answer,
        reasoning: written.reasoning,
        model: written.model,
        reasoned_ms,
    }
}

/// Saves the answers that are being written, all in one statement.
pub async fn save_progress(app: &App) -> Result<(), sqlx::Error> {
    let unsaved: Vec<Progress> =
        app.running.take_unsaved().into_iter().map(|(id, written)| progress_of(app, &id, written)).collect();
    if unsaved.is_empty() {
        return Ok(());
    }
    questions::save_progress(&app.db, &unsaved).await?;
    crash::point("progress saved");
    Ok(())
}

/// Takes over what processes without a lease left behind; returns how many questions.
pub async fn take_over(app: &Arc<App>) -> Result<usize, sqlx::Error> {
    let now = app.db.now_ms().await?;
    let left = questions::take_over(&app.db, &app.holder, now, 200).await?;
    let count = left.len();
    for question in left {
        tracing::info!(request = question.id, account = question.account, attempts = question.attempts, "question taken over");
        resume(app, question).await;
    }
    Ok(count)
}

/// Goes on with a question that was begun before.
async fn resume(app: &Arc<App>, question: Question) {
    let Some(account) = app.account(&question.account) else {
        tracing::error!(
            request = question.id,
            account = question.account,
            "an open question belongs to an account that is not configured"
        );
        return;
    };
    if questions::is_poisonous(&question) {
        give_up(app, &account, Asked::again(question)).await;
    } else {
        start(app, &account, Asked::again(question));
    }
}

/// Begins again what this process owns and does not work on: its task met a fault of the database, or was never begun.
pub async fn begin_dropped_again(app: &Arc<App>) -> Result<(), sqlx::Error> {
    let before = clock::now_ms() - DROPPED_AFTER.as_millis() as i64;
    for id in questions::owned_open(&app.db, &app.holder, before).await? {
        if app.running.find(&id).is_some() {
            continue;
        }
        if let Some(question) = questions::begin_again(&app.db, &id, &app.holder).await? {
            resume(app, question).await;
        }
    }
    Ok(())
}

/// Apologises for a question that ended every process that tried to answer it.
async fn give_up(app: &Arc<App>, account: &Arc<Account>, asked: Asked) {
    let Some(live) = app.running.begin(&asked.id) else { return };
    let error = UpstreamError::Malformed { reason: "every process that read the answer ended".into() };
    let stage = settle::settle(app, account, &asked, &live, Ending::Broken(error)).await;
    app.running.end(&asked.id, stage);
}

/// The first `bytes` of `answer`, or all of it if that is no place to cut.
fn prefix(answer: &str, bytes: i64) -> &str {
    answer.get(..bytes as usize).unwrap_or(answer)
}
