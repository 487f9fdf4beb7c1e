//! A question that is answered in words: with all that came along, by the model its follower chose, through the moderators.

use std::{sync::Arc, time::Instant};

use tokio::sync::mpsc;

use crate::{
    app::{
        Account, App,
        running::{Live, Written},
    },
    bot::{
        conversation::{self, Conversation},
        drawing, limits, moderating,
        reading::{self, Material},
        speaking, wording,
    },
    clock,
    config::Language,
    db::{
        preferences::{self, Preferences},
        questions::{self, Admission},
    },
    llm::{
        UpstreamError,
        chat::{self, Call, Delta, Outcome, Tools},
    },
    moderation::{Gate, Point, Verdict, gate::Passed, links::Policy},
    telemetry::crash,
};

use super::{
    Asked, prefix,
    settle::{Ending, Told},
};

/// Asks the chat model.
///
/// `None` when the question is no longer ours.
pub(super) async fn chat(
    app: &Arc<App>,
    account: &Arc<Account>,
    asked: &Asked,
    live: &Live,
) -> Result<Option<Ending>, sqlx::Error> {
    let chosen = preferences::show(&app.db, &asked.account, &asked.openid).await?;
    let material = match Box::pin(reading::read(app, account, asked, &chosen)).await? {
        Ok(material) => material,
        Err(declined) => return Ok(Some(Ending::Declined(declined))),
    };
    let question = match moderating::judge(app, asked, Point::Question, &material.text).await? {
        Ok(question) => question,
        Err(declined) => return Ok(Some(Ending::Declined(declined))),
    };
    if question != material.text {
        // Later questions bring this one along, and must not bring what was starred out.
        questions::set_text(&app.db, &asked.id, &app.holder, &question).await?;
    }
    let conversation = conversation::conversation(app, account, asked, (&question, &material, &chosen)).await?;
    let language = app.language(&asked.account, &asked.openid);
    live.write(|written| begin_anew(written, &asked.shown, &material.heading, language));
    crash::point("upstream asked");
    let started = Instant::now();
    let heard = listen(app, asked, live, (&conversation, &material, &chosen)).await;
    metrics::histogram!("huixin_upstream_seconds").record(started.elapsed().as_secs_f64());
    if !matches!(heard, Heard::Whole(Ok(_))) {
        live.write(|written| drop_lone_heading(written, &material.heading));
    }
    Ok(Some(match heard {
        Heard::Whole(Ok(Outcome { call: Some(Call::Draw { prompt }), .. })) => {
            return draw_instead(app, account, asked, (live, prompt)).await;
        }
        Heard::Whole(Ok(outcome)) => {
            let answer = live.written().answer;
            let own_words = answer.strip_prefix(&material.heading).unwrap_or(&answer);
            let spoken = if chosen.speaks { speaking::speak(app, asked, own_words).await } else { None };
            Ending::Told(Box::new(Told {
                outcome,
                spoken,
                sources: material.sources,
                is_first: conversation.is_first,
                prompt_tokens: conversation.tokens,
            }))
        }
        Heard::Whole(Err(UpstreamError::CannotSee { .. })) => {
            Ending::Declined(Box::pin(crate::bot::sight::blind(app, asked, &chosen)).await)
        }
        Heard::Whole(Err(error)) => Ending::Broken(error),
        Heard::Stopped(Stopped { verdict, withheld }) => {
            let text = live.written().answer + &withheld;
            moderating::record(app, asked, Point::Answer, &text, &verdict).await?;
            Ending::Stopped(moderating::declined(app, asked, &verdict))
        }
    }))
}

/// Draws what the model wants drawn, within the limits of pictures.
async fn draw_instead(
    app: &Arc<App>,
    account: &Arc<Account>,
    asked: &Asked,
    (live, prompt): (&Live, String),
) -> Result<Option<Ending>, sqlx::Error> {
    let own = (asked.id.as_str(), app.holder.as_str());
    match questions::turn_into_drawing(&app.db, own, &prompt, &app.config.limits, clock::now_ms()).await? {
        Admission::Granted => {}
        Admission::Refused { limit, free_at } => return Ok(Some(limits::refuse(app, asked, limit, free_at))),
        Admission::Busy | Admission::Lost => return Ok(None),
    }
    live.write(|written| written.is_drawing = true);
    let drawing = Asked { kind: questions::Kind::Draw, text: prompt, ..asked.clone() };
    Box::pin(drawing::draw(app, account, &drawing, live)).await.map(Some)
}

/// How listening to the model ended.
enum Heard {
    Whole(Result<Outcome, UpstreamError>),
    Stopped(Stopped),
}

/// A moderator let nothing more through.
struct Stopped {
    verdict: Verdict,
    /// What it did not let through.
    withheld: String,
}

/// What the model says and what it thinks are both shown, so both are looked at.
struct Gates {
    answer: Gate,
    thoughts: Gate,
}

impl Gates {
    fn new(app: &App, asked: &Asked, conversation: &Conversation, material: &Material) -> Self {
        let gate = || {
            let gate = Gate::new(app.moderation.clone(), Point::Answer, asked.id.clone());
            match &conversation.canary {
                Some(canary) => gate.guarding(Policy { canary: Some(canary.clone()), known: material.known.clone() }),
                None => gate,
            }
        };
        Self { answer: gate(), thoughts: gate() }
    }

    /// Closed for good, with what it was closed at.
    fn stopped(&self, verdict: Verdict) -> Stopped {
        Stopped { verdict, withheld: self.answer.withheld().to_owned() }
    }
}

/// Asks the upstream and writes down what passes the gates; one that closes on the answer ends the request.
async fn listen(
    app: &Arc<App>,
    asked: &Asked,
    live: &Live,
    (conversation, material, chosen): (&Conversation, &Material, &Preferences),
) -> Heard {
    let (pieces, mut arriving) = mpsc::unbounded_channel::<Delta>();
    let question = chat::Question {
        turns: &conversation.turns,
        model: chosen.chat_model.as_deref(),
        tools: if app.config.image.by_model && app.painter.is_some() { Tools::Draw } else { Tools::None },
    };
    let asking = app.upstream.answer(question, move |delta| {
        // Nobody listens any more once the gate is closed.
        let _ = pieces.send(delta);
    });
    let mut gates = Gates::new(app, asked, conversation, material);
    let language = app.language(&asked.account, &asked.openid);
    let writing = async {
        while let Some(delta) = arriving.recv().await {
            if let Err(verdict) = write(live, &mut gates, delta, (&material.heading, language)).await {
                return Some(gates.stopped(verdict));
            }
        }
        let rest = gates.thoughts.end().await;
        think(live, rest);
        match gates.answer.end().await {
            Passed::Text(text) => append(live, &text),
            Passed::Stopped(verdict) => return Some(gates.stopped(verdict)),
        }
        None
    };
    tokio::pin!(asking, writing);
    let mut outcome = None;
    loop {
        tokio::select! {
            result = &mut asking, if outcome.is_none() => outcome = Some(result),
            stopped = &mut writing => {
                return match (stopped, outcome) {
                    (Some(stopped), _) => Heard::Stopped(stopped),
                    (None, Some(result)) => Heard::Whole(result),
                    (None, None) => Heard::Whole(asking.await),
                };
            }
        }
    }
}

/// Writes down one piece of the answer.
async fn write(live: &Live, gates: &mut Gates, delta: Delta, (heading, language): (&str, Language)) -> Result<(), Verdict> {
    match delta {
        Delta::Started { model } => live.write(|written| written.model = Some(model)),
        Delta::Reasoning(piece) => {
            let passed = gates.thoughts.push(piece).await;
            think(live, passed);
        }
        Delta::Content(piece) => {
            // The thought before a word is whole.
            let rest = gates.thoughts.end().await;
            think(live, rest);
            match gates.answer.push(piece).await {
                Passed::Text(text) => append(live, &text),
                Passed::Stopped(verdict) => return Err(verdict),
            }
        }
        // What the follower has seen stays; the new answer follows it.
        Delta::Restarted => {
            gates.answer.restart();
            gates.thoughts.restart();
            live.write(|written| {
                let shown = prefix(&written.answer, written.shown).to_owned();
                begin_anew(written, &shown, heading, language);
                written.restarts += 1;
            });
        }
    }
    Ok(())
}

/// Writes down what the model thinks; a thought that may not be shown takes all the others with it, and the answer may still pass.
fn think(live: &Live, passed: Passed) {
    match passed {
        Passed::Text(text) if text.is_empty() => {}
        Passed::Text(text) => live.write(|written| {
            written.reasoning_since.get_or_insert_with(Instant::now);
            written.reasoning.extend(storable(&text));
        }),
        Passed::Stopped(_) => live.write(|written| written.reasoning.clear()),
    }
}

fn append(live: &Live, text: &str) {
    if text.is_empty() {
        return;
    }
    crash::point("first words");
    live.write(|written| {
        written.answer_since.get_or_insert_with(Instant::now);
        written.answer.extend(storable(text));
    });
}

/// Postgres takes no NUL in a text.
fn storable(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|letter| *letter != '\0')
}

/// What was heard is no answer by itself.
fn drop_lone_heading(written: &mut Written, heading: &str) {
    if written.answer == heading {
        written.answer.clear();
    }
}

/// Lets an answer begin behind what the follower has `shown` to them already, or below its heading.
fn begin_anew(written: &mut Written, shown: &str, heading: &str, language: Language) {
    written.answer =
        if shown.is_empty() { heading.to_owned() } else { format!("{shown}\n\n{}\n\n", wording::begun_anew(language)) };
    written.shown = shown.len() as i64;
    written.reasoning.clear();
}
