//! What the model is told: who it is, what was said before, the question.
//!
//! The past is the follower's own, since the last reset or pause, newest first within a budget of tokens.

use crate::{
    app::{Account, App},
    config::Language,
    db::{followers, preferences::Preferences, questions},
    llm::{
        chat::{Role, Turn},
        history::{self, Exchange},
        tokens,
    },
    moderation::canary::Canary,
};

use super::{question::Asked, reading::Material, wording};

/// Turns that are looked at; more never fit into a budget.
const MAX_TURNS: i64 = 50;

/// What is put to the model.
pub(super) struct Conversation {
    pub turns: Vec<Turn>,
    /// Nothing was said before: the follower begins a conversation.
    pub is_first: bool,
    /// The mark in the system prompt that must not leave; only where foreign material is read.
    pub canary: Option<Canary>,
    /// About how many tokens that is.
    pub tokens: usize,
}

/// The conversation up to and including `asked`: its `question` as it may be put, and what came along.
pub(super) async fn conversation(
    app: &App,
    account: &Account,
    asked: &Asked,
    (question, material, chosen): (&str, &Material, &Preferences),
) -> Result<Conversation, sqlx::Error> {
    let follower = followers::show(&app.db, &account.name, &asked.openid).await?;
    let session_start = follower.map_or(0, |follower| follower.session_started_at);
    let between = (session_start, asked.asked_at);
    let past = questions::turns(&app.db, (&account.name, &asked.openid), between, MAX_TURNS).await?;
    let canary = material.fence.as_ref().map(|_| Canary::random());
    let language = app.language(&account.name, &asked.openid);
    let model = chosen.chat_model.as_deref().unwrap_or(&app.config.llm.model);
    let mut system = system_prompt(app, model, language);
    if let (Some(fence), Some(canary)) = (&material.fence, &canary) {
        system = format!("{system}\n\n{}\n[{}]", fence.rule(), canary.mark());
    }
    let mut turns = vec![Turn::new(Role::System, system)];
    turns.extend(history::remember(unbroken(app, model, asked.asked_at, past), app.config.session.tokens));
    let is_first = turns.len() == 1;
    let content = material.passages.iter().map(String::as_str).chain([question]).collect::<Vec<_>>().join("\n\n");
    turns.push(Turn { images: material.images.clone(), ..Turn::new(Role::User, content) });
    let tokens = turns.iter().map(|turn| tokens::estimate(&turn.content) + tokens::PER_MESSAGE).sum();
    Ok(Conversation { turns, is_first, canary, tokens })
}

/// The turns up to the first pause that is longer than a conversation's.
fn unbroken(app: &App, model: &str, asked_at: i64, newest_first: Vec<questions::Turn>) -> impl Iterator<Item = Exchange> {
    let idle = app.config.session.idle.as_millis() as i64;
    let echoes = app.config.llm.echo_reasoning.iter().any(|echoing| echoing == model);
    newest_first
        .into_iter()
        .scan(asked_at, move |later, turn| {
            (*later - turn.asked_at <= idle).then(|| {
                *later = turn.asked_at;
                turn
            })
        })
        .map(move |turn| Exchange {
            // The model did not write what stands above its answer, and would learn to.
            answer: wording::without_heard(&turn.answer, &turn.text).to_owned(),
            question: turn.text,
            reasoning: Some(turn.reasoning).filter(|reasoning| echoes && !reasoning.is_empty()),
        })
}

fn system_prompt(app: &App, model: &str, language: Language) -> String {
    let today = jiff::ZonedDateTime::now().strftime("%Y-%m-%d (%A, %Z)").to_string();
    match &app.config.llm.system_prompt {
        Some(prompt) => format!("{prompt}\n\n[model: {model}; date: {today}]"),
        None => wording::system_prompt(model, &today, language),
    }
}
