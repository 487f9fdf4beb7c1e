//! Asking the model: from a stored question to its whole answer, or an apology, in the database.
//!
//! The work belongs to the process that owns the question's row. Whoever waits for it (a delivery, a page) only listens, so a
//! connection that goes away stops nothing.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    app::{
        Account, App,
        running::{Live, Stage, Written},
    },
    clock,
    config::Language,
    db::{
        inbound,
        questions::{self, Finish, Finished, Progress, Question, State},
        usage::Tokens,
    },
    llm::{
        UpstreamError,
        chat::{Delta, Outcome},
    },
    telemetry::{self, crash},
};

use super::{
    command::{self, Commanded},
    conversation, delivery,
    delivery::reply,
    text, wording,
};

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
            text: question.text,
            asked_at: question.asked_at,
            shown,
        }
    }
}

/// A new question, owned by this process, with an unguessable page.
pub fn new(app: &App, text: &str, asked_at: i64, room: questions::Room) -> questions::New {
    questions::New {
        id: uuid::Uuid::now_v7().simple().to_string(),
        text: text.to_owned(),
        page_token: app.random_token(),
        page_expires_at: asked_at + app.config.reply.page_lifetime.as_millis() as i64,
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

/// Begins to answer in a task of its own.
pub fn start(app: &Arc<App>, account: &Arc<Account>, asked: Asked) {
    let Some(live) = app.running.begin(&asked.id) else { return };
    let ending = Ending { app: app.clone(), id: asked.id.clone(), stage: Stage::Abandoned };
    let (app, account) = (app.clone(), account.clone());
    app.clone().tasks.spawn(async move {
        // As a whole, or the closure would take its field alone and leave the rest to end here.
        let mut ending = ending;
        ending.stage = answer(&app, &account, &asked, &live).await;
    });
}

/// Ends a registered answer however its task ends, a panic included.
struct Ending {
    app: Arc<App>,
    id: String,
    stage: Stage,
}

impl Drop for Ending {
    fn drop(&mut self) {
        self.app.running.end(&self.id, self.stage);
    }
}

async fn answer(app: &Arc<App>, account: &Arc<Account>, asked: &Asked, live: &Live) -> Stage {
    let outcome = tokio::select! {
        outcome = ask(app, account, asked, live) => outcome,
        // The row stays open, and whoever is alive takes it over.
        () = app.stopping.cancelled() => return Stage::Abandoned,
    };
    match outcome {
        Ok(Some(outcome)) => Box::pin(settle(app, account, asked, live, outcome)).await,
        Ok(None) => Stage::Abandoned,
        Err(error) => {
            tracing::error!(request = asked.id, account = asked.account, %error, "the database failed a question; it is tried again");
            Stage::Abandoned
        }
    }
}

/// Asks the model; `None` when the question is no longer ours.
///
/// Thousands wait in here for a slot or for the model; what they do not wait in has a box of its own.
async fn ask(
    app: &App,
    account: &Account,
    asked: &Asked,
    live: &Live,
) -> Result<Option<Result<Outcome, UpstreamError>>, sqlx::Error> {
    let follower = format!("{}/{}", asked.account, asked.openid);
    let Some(_slot) = app.slots.acquire(&follower).await else { return Ok(None) };
    if !Box::pin(questions::start_answering(&app.db, &asked.id, &app.holder)).await? {
        return Ok(None);
    }
    crash::point("question started");
    let language = app.config.reply.language;
    let turns = Box::pin(conversation::turns(app, account, asked)).await?;
    live.write(|written| begin_anew(written, &asked.shown, language));
    crash::point("upstream asked");
    let started = Instant::now();
    let outcome = Box::pin(app.upstream.answer(&turns, |delta| match delta {
        Delta::Started { model } => live.write(|written| written.model = Some(model)),
        // Postgres takes no NUL in a text.
        Delta::Reasoning(piece) => live.write(|written| {
            written.reasoning_since.get_or_insert_with(Instant::now);
            written.reasoning.extend(piece.chars().filter(|letter| *letter != '\0'));
        }),
        Delta::Content(piece) => {
            crash::point("first words");
            live.write(|written| {
                written.answer_since.get_or_insert_with(Instant::now);
                written.answer.extend(piece.chars().filter(|letter| *letter != '\0'));
            });
        }
        // What the follower has seen stays; the new answer follows it.
        Delta::Restarted => live.write(|written| {
            let shown = prefix(&written.answer, written.shown).to_owned();
            begin_anew(written, &shown, language);
            written.restarts += 1;
        }),
    }))
    .await;
    metrics::histogram!("huixin_upstream_seconds").record(started.elapsed().as_secs_f64());
    Ok(Some(outcome))
}

/// Lets an answer begin behind what the follower has `shown` to them already.
fn begin_anew(written: &mut Written, shown: &str, language: Language) {
    written.answer = if shown.is_empty() { String::new() } else { format!("{shown}\n\n{}\n\n", wording::begun_anew(language)) };
    written.shown = shown.len() as i64;
    written.reasoning.clear();
}

/// Makes the answer, or the apology, durable, and sees to its delivery.
async fn settle(
    app: &Arc<App>,
    account: &Arc<Account>,
    asked: &Asked,
    live: &Live,
    outcome: Result<Outcome, UpstreamError>,
) -> Stage {
    crash::point("answer whole");
    let settled = Settled::of(app, asked, live.written(), outcome);
    settled.log(asked);
    let written = live.written();
    let mut shown = written.shown;
    loop {
        // After a new beginning, what another replica showed is of the void answer: all of the new one is delivered.
        let is_of_another_text = written.restarts > 0 && shown != written.shown;
        let is_within = settled.progress.answer.is_char_boundary(shown as usize);
        let begins_at = if is_of_another_text || !is_within { 0 } else { shown };
        let parts = settled.parts(app, begins_at as usize);
        let finished = Finished {
            progress: &settled.progress,
            // What was shown may have been all there is.
            state: if parts.is_empty() { State::Delivered } else { settled.state },
            failure: settled.failure,
            shown,
            parts: &parts,
            usage: settled.usage,
            at: clock::now_ms(),
        };
        match questions::finish(&app.db, &finished).await {
            Ok(Finish::Done { acknowledged }) => {
                crash::point("answer stored");
                if acknowledged {
                    delivery::push::schedule(app, account, &asked.id).await;
                }
                return Stage::Settled;
            }
            Ok(Finish::ShownMoved(now)) => shown = now,
            Ok(Finish::Lost) => {
                tracing::info!(
                    question = asked.id,
                    account = asked.account,
                    "the question is answered elsewhere, or its follower left"
                );
                return Stage::Abandoned;
            }
            Err(error) => {
                tracing::error!(request = asked.id, account = asked.account, %error, "an answer could not be stored; it is asked again");
                return Stage::Abandoned;
            }
        }
    }
}

/// What a question came to.
struct Settled {
    progress: Progress,
    state: State,
    /// The class of what went wrong, also where the answer stands up to there.
    failure: Option<&'static str>,
    error: Option<UpstreamError>,
    usage: Option<Tokens>,
}

impl Settled {
    fn of(app: &App, asked: &Asked, written: Written, outcome: Result<Outcome, UpstreamError>) -> Self {
        let mut progress = progress_of(app, &asked.id, written);
        let (failure, error, usage) = match outcome {
            Ok(outcome) => {
                progress.model = Some(outcome.model);
                (cut(&outcome.finish), None, outcome.usage)
            }
            Err(error) => (Some(error.class()), Some(error), None),
        };
        let has_answer = !progress.answer.trim().is_empty();
        Self {
            state: if error.is_some() && !has_answer { State::Failed } else { State::Answered },
            usage: usage.map(|usage| Tokens { prompt: usage.prompt_tokens as i64, completion: usage.completion_tokens as i64 }),
            progress,
            failure,
            error,
        }
    }

    /// What is still to be delivered, once the first `shown` bytes of the Markdown have been.
    fn parts(&self, app: &App, shown: usize) -> Vec<String> {
        let language = app.config.reply.language;
        let mut parts = text::split(&text::remainder(&self.progress.answer, shown), reply::part_limit(app));
        if parts.is_empty() && shown == 0 {
            // Markdown that shows nothing in a chat, such as a lone comment, is no answer to anybody.
            return vec![wording::apology(self.failure.unwrap_or_default(), language).to_owned()];
        }
        match (self.state, self.failure) {
            (State::Failed, failure) => vec![wording::apology(failure.unwrap_or_default(), language).to_owned()],
            (_, Some(failure)) => {
                let note = wording::cut_short(failure, language);
                match parts.last_mut() {
                    Some(last) if last.len() + note.len() < reply::part_limit(app) => *last = format!("{last}\n\n{note}"),
                    _ => parts.push(note.to_owned()),
                }
                parts
            }
            (_, None) => parts,
        }
    }

    fn log(&self, asked: &Asked) {
        let (question, account, openid) = (&asked.id, &asked.account, telemetry::short(&asked.openid));
        let ms = clock::now_ms() - asked.asked_at;
        let class = self.failure.unwrap_or("none");
        metrics::counter!("huixin_answers_total", "state" => self.state.as_str(), "failure" => class).increment(1);
        match &self.error {
            None => {
                tracing::info!(request = %question, account, openid, ms, bytes = self.progress.answer.len(), "question answered");
            }
            Some(error) => {
                tracing::warn!(request = %question, account, openid, ms, class, %error, "question failed at the upstream");
            }
        }
    }
}

fn cut(finish: &crate::llm::chat::Finish) -> Option<&'static str> {
    use crate::llm::chat::Finish;
    match finish {
        Finish::Length => Some("length"),
        Finish::ContentFilter => Some("content_filtered"),
        Finish::Stop | Finish::Other(_) => None,
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
    let stage = settle(app, account, &asked, &live, Err(error)).await;
    app.running.end(&asked.id, stage);
}

/// The first `bytes` of `answer`, or all of it if that is no place to cut.
fn prefix(answer: &str, bytes: i64) -> &str {
    answer.get(..bytes as usize).unwrap_or(answer)
}
