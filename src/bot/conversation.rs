//! What the model is told: who it is, what was said before, the question.
//!
//! The past is the follower's own, since the last reset or pause, newest first within a budget of tokens.

use crate::{
    app::{Account, App},
    db::{followers, questions},
    llm::{
        chat::{Role, Turn},
        history::{self, Exchange},
    },
};

use super::{question::Asked, wording};

/// Turns that are looked at; more never fit into a budget.
const MAX_TURNS: i64 = 50;

/// The conversation up to and including `asked`.
pub async fn turns(app: &App, account: &Account, asked: &Asked) -> Result<Vec<Turn>, sqlx::Error> {
    let follower = followers::show(&app.db, &account.name, &asked.openid).await?;
    let session_start = follower.map_or(0, |follower| follower.session_started_at);
    let between = (session_start, asked.asked_at);
    let past = questions::turns(&app.db, (&account.name, &asked.openid), between, MAX_TURNS).await?;
    let mut turns = vec![Turn::new(Role::System, system_prompt(app))];
    turns.extend(history::remember(unbroken(app, asked.asked_at, past), app.config.session.tokens));
    turns.push(Turn::new(Role::User, asked.text.clone()));
    Ok(turns)
}

/// The turns up to the first pause that is longer than a conversation's.
fn unbroken(app: &App, asked_at: i64, newest_first: Vec<questions::Turn>) -> impl Iterator<Item = Exchange> {
    let idle = app.config.session.idle.as_millis() as i64;
    let echoes = app.config.llm.echo_reasoning.contains(&app.config.llm.model);
    newest_first
        .into_iter()
        .scan(asked_at, move |later, turn| {
            (*later - turn.asked_at <= idle).then(|| {
                *later = turn.asked_at;
                turn
            })
        })
        .map(move |turn| Exchange {
            question: turn.text,
            answer: turn.answer,
            reasoning: Some(turn.reasoning).filter(|reasoning| echoes && !reasoning.is_empty()),
        })
}

fn system_prompt(app: &App) -> String {
    let today = jiff::ZonedDateTime::now().strftime("%Y-%m-%d (%A, %Z)").to_string();
    let own = &app.config.llm;
    match &own.system_prompt {
        Some(prompt) => format!("{prompt}\n\n[model: {}; date: {today}]", own.model),
        None => wording::system_prompt(&own.model, &today, app.config.reply.language),
    }
}
