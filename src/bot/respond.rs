//! What the account does with one push: the order of deciders, on one screen.
//!
//! It decides, stores, and only then answers; nothing a follower sees precedes its durable row.

use std::{sync::Arc, time::Instant};

use crate::{
    app::{Account, App},
    clock,
    db::{
        followers::{Allowance, Change, Following, Session},
        inbound::{Arrival, Key, NotStored, Stored},
        questions,
    },
    telemetry::{self, crash},
    wechat::{
        incoming::{Content, Event, Incoming},
        reply::Reply,
    },
};

use super::{
    command::{self, Command},
    delivery::{self, Delivery, Wants},
    question, wording,
};

/// Open questions a follower may have: enough for quick thoughts, too few to crowd out others.
const MAX_OPEN_QUESTIONS: i64 = 8;

/// Questions that may wait for the model, over all followers; later ones would wait for minutes.
const MAX_WAITING: usize = 20_000;

/// What WeChat gives an unsupported sticker as: a text of its own.
const UNSUPPORTED_NOTICE: &str = "【收到不支持的消息类型";

/// What goes back to WeChat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Reply(Reply),
    /// Handled; the follower sees nothing of this response.
    Success,
    /// Not handled; WeChat is to bring the push again.
    Again,
}

/// What a push means.
#[derive(Debug)]
enum Decision {
    /// Recorded by kind, and acknowledged.
    Record,
    Say(String),
    /// Says it, and begins the conversation anew.
    Reset(String),
    Ask(String),
    /// Hands out more of this answer.
    Continue(String),
    /// The follower left.
    Leave,
    /// The account's standing changed, so what was learnt about its rights no longer holds.
    Relearn,
}

/// Answers one push that arrived at `arrived`.
pub async fn respond(app: &Arc<App>, account: &Arc<Account>, incoming: &Incoming, arrived: Instant) -> Result<Answer, NotStored> {
    // Thousands wait for their answers below, and keep nothing of what was needed until here.
    let Taken { key, stored, wants } = Box::pin(take_in(app, account, incoming)).await?;
    match stored {
        Stored { reply: Some(content), deliveries, .. } => {
            log(&key, incoming, deliveries, arrived);
            Ok(Answer::Reply(Reply::Text { content }))
        }
        Stored { question_id: Some(question_id), deliveries, received_at, .. } => {
            let delivery = Delivery { key, question_id, number: deliveries, first_at: received_at, arrived, wants };
            Ok(delivery::deliver(app, account, &delivery).await)
        }
        Stored { question_id: None, deliveries, .. } => {
            log(&key, incoming, deliveries, arrived);
            Ok(Answer::Success)
        }
    }
}

/// A push that is stored, and what it set going begun.
struct Taken {
    key: Key,
    stored: Stored,
    wants: Wants,
}

async fn take_in(app: &Arc<App>, account: &Arc<Account>, incoming: &Incoming) -> Result<Taken, NotStored> {
    let decision = decide(app, account, incoming).await.map_err(|error| NotStored::Database(Arc::new(error)))?;
    let arrival = arrival(app, account, incoming, &decision);
    let key = arrival.key.clone();
    let asked = arrival.question.clone();
    let stored = app.intake.store(arrival).await?;
    crash::point("push stored");
    if stored.deliveries == 1 {
        let admitted = asked.filter(|new| stored.question_id.as_ref() == Some(&new.id));
        begin(app, account, &key, admitted, &decision);
    }
    let wants = if matches!(decision, Decision::Continue(_)) { Wants::More } else { Wants::Answer };
    Ok(Taken { key, stored, wants })
}

/// The line of a push that needed no model; a question's deliveries have their own.
fn log(key: &Key, incoming: &Incoming, delivery: i64, arrived: Instant) {
    tracing::info!(
        request = key.dedup_key,
        account = key.account,
        openid = telemetry::short(&key.openid),
        kind = incoming.kind(),
        delivery,
        ms = arrived.elapsed().as_millis() as u64,
        "push answered"
    );
}

/// Starts what the first delivery of a push sets going.
fn begin(app: &Arc<App>, account: &Arc<Account>, key: &Key, asked: Option<questions::New>, decision: &Decision) {
    if let Some(new) = asked {
        question::start(app, account, question::Asked::of(new, key));
    }
    let (app, account, key) = (app.clone(), account.clone(), key.clone());
    match decision {
        Decision::Leave => drop(app.clone().tasks.spawn(async move {
            if let Err(error) = questions::drop_open(&app.db, &key.account, &key.openid, clock::now_ms()).await {
                tracing::error!(account = key.account, %error, "the questions of a follower who left could not be dropped");
            }
        })),
        Decision::Relearn => drop(app.clone().tasks.spawn(async move { app.forget_capabilities(&account).await })),
        Decision::Record | Decision::Say(_) | Decision::Reset(_) | Decision::Ask(_) | Decision::Continue(_) => {}
    }
}

/// The deciders, in order: what is no message, commands, what needs no model, the model.
async fn decide(app: &App, account: &Account, incoming: &Incoming) -> Result<Decision, sqlx::Error> {
    let language = app.config.reply.language;
    let asked = match &incoming.content {
        Content::Event(Event::Click { key }) => {
            if let Some(commanded) = command::parse(key, None) {
                return obey(app, account, &incoming.openid, commanded).await;
            }
            key.clone()
        }
        Content::Event(event) => match decide_event(app, event) {
            Decision::Ask(asked) => asked,
            decision => return Ok(decision),
        },
        Content::Text { text, menu_id } => {
            if let Some(commanded) = command::parse(text, menu_id.as_deref()) {
                return obey(app, account, &incoming.openid, commanded).await;
            }
            if text.trim().is_empty() || text.starts_with(UNSUPPORTED_NOTICE) {
                return Ok(Decision::Say(wording::cannot_read("unknown", language)));
            }
            text.trim().to_owned()
        }
        Content::Voice { recognition: Some(heard), .. } => heard.clone(),
        Content::Location { latitude, longitude, label } => {
            wording::place(label.as_deref().unwrap_or_default(), latitude, longitude, language)
        }
        Content::Link { title, description, url } => {
            wording::link(title, description.as_deref().unwrap_or_default(), url, language)
        }
        Content::Voice { recognition: None, .. }
        | Content::Image { .. }
        | Content::Video { .. }
        | Content::ShortVideo { .. }
        | Content::File { .. } => return Ok(Decision::Say(wording::cannot_read(&incoming.kind(), language))),
        Content::MiniProgramPage { .. } | Content::Unknown { .. } => return Ok(Decision::Record),
    };
    Ok(admit(app, asked))
}

/// A question, unless too much waits already.
fn admit(app: &App, asked: String) -> Decision {
    if app.slots.waiting() >= MAX_WAITING {
        return Decision::Say(wording::crowded(app.config.reply.language).into());
    }
    Decision::Ask(asked)
}

/// The bound on a follower's open questions; it is judged where they are stored.
fn room(app: &App) -> questions::Room {
    questions::Room { questions: MAX_OPEN_QUESTIONS, refusal: wording::too_many_open(app.config.reply.language).into() }
}

fn decide_event(app: &App, event: &Event) -> Decision {
    match event {
        Event::Subscribe { .. } | Event::Scan { .. } => Decision::Say(welcome(app)),
        Event::Unsubscribe => Decision::Leave,
        Event::Click { key } => Decision::Ask(key.clone()),
        Event::ScancodeWaitMsg { result: Some(result), .. } => Decision::Ask(result.clone()),
        Event::QualificationVerifySuccess | Event::NamingVerifySuccess | Event::VerifyExpired => Decision::Relearn,
        Event::ScancodeWaitMsg { result: None, .. }
        | Event::Location { .. }
        | Event::View { .. }
        | Event::ViewMiniProgram { .. }
        | Event::ScancodePush { .. }
        | Event::PicSysPhoto { .. }
        | Event::PicPhotoOrAlbum { .. }
        | Event::PicWeixin { .. }
        | Event::LocationSelect { .. }
        | Event::MassSendJobFinish(_)
        | Event::PublishJobFinish(_)
        | Event::TemplateSendJobFinish { .. }
        | Event::SubscribeMsgPopup
        | Event::SubscribeMsgChange
        | Event::SubscribeMsgSent
        | Event::KfCreateSession
        | Event::KfCloseSession
        | Event::KfSwitchSession
        | Event::QualificationVerifyFail { .. }
        | Event::NamingVerifyFail { .. }
        | Event::AnnualRenew
        | Event::UserInfoModified
        | Event::UserAuthorizationRevoke
        | Event::UserAuthorizationCancellation
        | Event::Unknown { .. } => Decision::Record,
    }
}

fn welcome(app: &App) -> String {
    app.config.reply.welcome.clone().unwrap_or_else(|| wording::welcome(app.config.reply.language))
}

async fn obey(app: &App, account: &Account, openid: &str, commanded: command::Commanded) -> Result<Decision, sqlx::Error> {
    let language = app.config.reply.language;
    let is_more = match commanded.command {
        Command::Help => return Ok(Decision::Say(wording::help(language))),
        Command::Reset => return Ok(Decision::Reset(wording::reset(language).into())),
        Command::Continue => true,
        Command::Again => false,
    };
    let found = question::find(app, account, openid, &commanded).await?;
    Ok(match (found, commanded.answer) {
        (Some(question), _) if is_more => Decision::Continue(question.id),
        (Some(question), _) => admit(app, question.text),
        (None, command::Answer::Id(_) | command::Answer::Code(_)) => Decision::Say(wording::too_old(language).into()),
        (None, command::Answer::Newest) if is_more => Decision::Say(wording::nothing_more(language).into()),
        (None, command::Answer::Newest) => Decision::Say(wording::nothing_to_repeat(language).into()),
    })
}

fn arrival(app: &App, account: &Account, incoming: &Incoming, decision: &Decision) -> Arrival {
    let received_at = clock::now_ms();
    let reply = match decision {
        Decision::Say(text) | Decision::Reset(text) => Some(text.clone()),
        Decision::Record | Decision::Ask(_) | Decision::Continue(_) | Decision::Leave | Decision::Relearn => None,
    };
    let question = match decision {
        Decision::Ask(text) => Some(question::new(app, text, received_at, room(app))),
        _ => None,
    };
    let continues = match decision {
        Decision::Continue(id) => Some(id.clone()),
        _ => None,
    };
    Arrival {
        key: Key { account: account.name.clone(), openid: incoming.openid.clone(), dedup_key: incoming.dedup_key() },
        kind: incoming.kind(),
        received_at,
        reply,
        question,
        continues,
        follower: change(incoming, decision),
    }
}

/// What a push changes for its follower; job events come from a helper account of the platform and change nothing.
fn change(incoming: &Incoming, decision: &Decision) -> Option<Change> {
    let allowance = match &incoming.content {
        Content::Event(event) => match event {
            Event::MassSendJobFinish(_) | Event::PublishJobFinish(_) => return None,
            Event::Subscribe { .. }
            | Event::Scan { .. }
            | Event::Click { .. }
            | Event::ScancodePush { .. }
            | Event::ScancodeWaitMsg { .. } => Allowance::Event,
            _ => Allowance::None,
        },
        // A tap on a menu message counts as a menu click.
        Content::Text { menu_id: Some(_), .. } => Allowance::Event,
        _ => Allowance::Message,
    };
    Some(Change {
        allowance,
        session: if matches!(decision, Decision::Reset(_)) { Session::BeginsAnew } else { Session::GoesOn },
        following: if matches!(decision, Decision::Leave) { Following::No } else { Following::Yes },
    })
}
