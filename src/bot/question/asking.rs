//! Asking the model: within the limits, with what belongs to the question, in a slot that is fair between followers.

use std::time::{Duration, Instant};

use crate::{
    app::{Account, App, running::{Live, Written}},
    bot::{conversation, limits, wording},
    clock,
    config::Language,
    db::questions::{self, Admission},
    llm::chat::Delta,
    telemetry::crash,
};

use super::{Asked, prefix, settle::Ending};

/// How often a question looks whether its account may ask one more at the same time.
const BUSY_POLL: Duration = Duration::from_millis(200);

/// Asks; `None` when the question is no longer ours.
///
/// Thousands wait in here for a slot or for the model; what they do not wait in has a box of its own.
pub(super) async fn ask(app: &App, account: &Account, asked: &Asked, live: &Live) -> Result<Option<Ending>, sqlx::Error> {
    let follower = format!("{}/{}", asked.account, asked.openid);
    let Some(_slot) = app.slots.acquire(&follower).await else { return Ok(None) };
    loop {
        match Box::pin(questions::admit(&app.db, (&asked.id, &app.holder), &app.config.limits, clock::now_ms())).await? {
            Admission::Granted => break,
            Admission::Busy => tokio::time::sleep(BUSY_POLL).await,
            Admission::Refused { limit, free_at } => return Ok(Some(limits::refuse(app, asked, limit, free_at))),
            Admission::Lost => return Ok(None),
        }
    }
    crash::point("question started");
    chat(app, account, asked, live).await.map(Some)
}

async fn chat(app: &App, account: &Account, asked: &Asked, live: &Live) -> Result<Ending, sqlx::Error> {
    let language = app.language(&asked.account, &asked.openid);
    let turns = Box::pin(conversation::turns(app, account, asked)).await?;
    live.write(|written| begin_anew(written, &asked.shown, language));
    crash::point("upstream asked");
    let started = Instant::now();
    let outcome = app
        .upstream
        .answer(&turns, |delta| match delta {
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
        })
        .await;
    metrics::histogram!("huixin_upstream_seconds").record(started.elapsed().as_secs_f64());
    Ok(match outcome {
        Ok(outcome) => Ending::Told(outcome),
        Err(error) => Ending::Broken(error),
    })
}

/// Lets an answer begin behind what the follower has `shown` to them already.
fn begin_anew(written: &mut Written, shown: &str, language: Language) {
    written.answer = if shown.is_empty() { String::new() } else { format!("{shown}\n\n{}\n\n", wording::begun_anew(language)) };
    written.shown = shown.len() as i64;
    written.reasoning.clear();
}
