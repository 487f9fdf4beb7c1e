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
        drawing, moderating,
        reading::{self, Material},
        speaking, wording,
    },
    config::Language,
    db::{
        preferences::{self, Preferences},
        questions,
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
pub(super) async fn chat(app: &Arc<App>, account: &Arc<Account>, asked: &Asked, live: &Live) -> Result<Ending, sqlx::Error> {
    let chosen = preferences::show(&app.db, &asked.account, &asked.openid).await?;
    let material = match reading::read(app, account, asked, &chosen).await? {
        Ok(material) => material,
        Err(declined) => return Ok(Ending::Declined(declined)),
    };
    let question = match moderating::judge(app, asked, Point::Question, &material.text).await? {
        Ok(question) => question,
        Err(declined) => return Ok(Ending::Declined(declined)),
    };
    let conversation = conversation::conversation(app, account, asked, (&question, &material)).await?;
    let language = app.language(&asked.account, &asked.openid);
    live.write(|written| begin_anew(written, &asked.shown, &material.heading, language));
    crash::point("upstream asked");
    let started = Instant::now();
    let heard = listen(app, asked, live, (&conversation, &material, &chosen)).await;
    metrics::histogram!("huixin_upstream_seconds").record(started.elapsed().as_secs_f64());
    Ok(match heard {
        Heard::Whole(Ok(Outcome { call: Some(Call::Draw { prompt }), .. })) => {
            // From here on it is a drawing, also for whoever takes it over.
            questions::turn_into_drawing(&app.db, &asked.id, &app.holder, &prompt).await?;
            live.write(|written| written.is_drawing = true);
            let drawing = Asked { kind: questions::Kind::Draw, text: prompt, ..asked.clone() };
            return drawing::draw(app, account, &drawing, live).await;
        }
        Heard::Whole(Ok(outcome)) => {
            let answer = live.written().answer;
            let spoken = if chosen.speaks { speaking::speak(app, asked, &answer).await } else { None };
            Ending::Told(Box::new(Told {
                outcome,
                spoken,
                sources: material.sources,
                is_first: conversation.is_first,
                prompt_tokens: conversation.tokens,
            }))
        }
        Heard::Whole(Err(UpstreamError::CannotSee { .. })) => {
            Ending::Declined(crate::bot::sight::blind(app, asked, &chosen).await)
        }
        Heard::Whole(Err(error)) => Ending::Broken(error),
        Heard::Stopped(verdict) => {
            let text = live.written().answer;
            moderating::record(app, asked, Point::Answer, &text, &verdict).await?;
            Ending::Stopped(moderating::declined(app, asked, &verdict))
        }
    })
}

/// How listening to the model ended.
enum Heard {
    Whole(Result<Outcome, UpstreamError>),
    /// A moderator let nothing more through.
    Stopped(Verdict),
}

/// Asks the upstream and writes down what passes the gate; a gate that closes ends the request.
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
    let mut gate = Gate::new(app.moderation.clone(), Point::Answer, asked.id.clone());
    if let Some(canary) = &conversation.canary {
        gate = gate.guarding(Policy { canary: Some(canary.clone()), known: material.known.clone() });
    }
    let language = app.language(&asked.account, &asked.openid);
    let writing = async {
        while let Some(delta) = arriving.recv().await {
            if let Err(verdict) = write(live, &mut gate, delta, (&material.heading, language)).await {
                return Some(verdict);
            }
        }
        match gate.end().await {
            Passed::Text(text) => append(live, &text),
            Passed::Stopped(verdict) => return Some(verdict),
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
                    (Some(verdict), _) => Heard::Stopped(verdict),
                    (None, Some(result)) => Heard::Whole(result),
                    (None, None) => Heard::Whole(asking.await),
                };
            }
        }
    }
}

/// Writes down one piece of the answer.
async fn write(live: &Live, gate: &mut Gate, delta: Delta, (heading, language): (&str, Language)) -> Result<(), Verdict> {
    match delta {
        Delta::Started { model } => live.write(|written| written.model = Some(model)),
        Delta::Reasoning(piece) => live.write(|written| {
            written.reasoning_since.get_or_insert_with(Instant::now);
            written.reasoning.extend(storable(&piece));
        }),
        Delta::Content(piece) => match gate.push(piece).await {
            Passed::Text(text) => append(live, &text),
            Passed::Stopped(verdict) => return Err(verdict),
        },
        // What the follower has seen stays; the new answer follows it.
        Delta::Restarted => {
            gate.restart();
            live.write(|written| {
                let shown = prefix(&written.answer, written.shown).to_owned();
                begin_anew(written, &shown, heading, language);
                written.restarts += 1;
            });
        }
    }
    Ok(())
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

/// Lets an answer begin behind what the follower has `shown` to them already, or below its heading.
fn begin_anew(written: &mut Written, shown: &str, heading: &str, language: Language) {
    written.answer =
        if shown.is_empty() { heading.to_owned() } else { format!("{shown}\n\n{}\n\n", wording::begun_anew(language)) };
    written.shown = shown.len() as i64;
    written.reasoning.clear();
}
