//! What the account does with one push: the order of deciders, on one screen.
//!
//! It decides, stores, and only then answers; nothing a follower sees precedes its durable row.

use std::{sync::Arc, time::Instant};

use crate::{
    app::{Account, App},
    clock,
    config::Language,
    db::{
        answer_parts, attachments,
        followers::{Allowance, Change, Following, Session},
        inbound::{Arrival, Key, NotStored, Stored},
        questions::{self, Kind},
    },
    telemetry::{self, crash},
    wechat::{
        incoming::{Content, Event, Incoming},
        reply::Reply,
    },
};

use super::{
    command::{self, Reading},
    commands,
    delivery::{self, Delivery, Wants},
    material, question, wording,
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
pub(super) enum Decision {
    /// Recorded by kind, and acknowledged.
    Record,
    Say(String),
    /// Says it, and begins the conversation anew.
    Reset(String),
    Ask(Asking),
    /// Says it, and keeps a picture until a question is asked about it.
    Keep(String, attachments::New),
    /// Hands out more of this answer.
    Continue(String),
    /// Hands out this answer from its beginning.
    Rewind(String),
    /// The follower left.
    Leave,
    /// The account's standing changed, so what was learnt about its rights no longer holds.
    Relearn,
}

/// A question, with what came along.
#[derive(Debug)]
pub(super) struct Asking {
    pub kind: Kind,
    pub text: String,
    pub attachments: Vec<attachments::New>,
}

impl Asking {
    /// A question in words.
    pub(super) fn words(text: String) -> Self {
        Self { kind: Kind::Chat, text, attachments: Vec::new() }
    }
}

/// Answers one push that arrived at `arrived`.
pub async fn respond(app: &Arc<App>, account: &Arc<Account>, incoming: &Incoming, arrived: Instant) -> Result<Answer, NotStored> {
    // Thousands wait for their answers below, and keep nothing of what was needed until here.
    let Taken { key, stored, wants } = Box::pin(take_in(app, account, incoming)).await?;
    let number = stored.deliveries;
    if let (None, Some(question_id)) = (stored.reply(), &stored.question_id) {
        let question_id = question_id.clone();
        let delivery = Delivery { key, question_id, number, first_at: stored.received_at, arrived, wants };
        return Ok(delivery::deliver(app, account, &delivery).await);
    }
    log(&key, incoming, number, arrived);
    Ok(delivery::again(stored.reply()))
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
        begin(app, account, &(key.clone(), stored.received_at), admitted, &decision).await;
    }
    let is_more = matches!(decision, Decision::Continue(_) | Decision::Rewind(_));
    let wants = if is_more { Wants::More } else { Wants::Answer };
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
async fn begin(app: &Arc<App>, account: &Arc<Account>, arrival: &(Key, i64), asked: Option<questions::New>, decision: &Decision) {
    let (key, received_at) = (&arrival.0, arrival.1);
    if let Some(new) = asked {
        question::start(app, account, question::Asked::of(new, key));
    }
    match decision {
        Decision::Leave => {
            // What they asked later, having come back, is not dropped.
            if let Err(error) = Box::pin(questions::drop_open(&app.db, &key.account, &key.openid, received_at)).await {
                tracing::error!(account = key.account, %error, "the questions of a follower who left could not be dropped");
            }
        }
        Decision::Relearn => Box::pin(app.forget_capabilities(account)).await,
        Decision::Rewind(question_id) => {
            if let Err(error) = Box::pin(answer_parts::rewind(&app.db, question_id, clock::now_ms())).await {
                tracing::error!(request = question_id, %error, "an answer could not be handed out again");
            }
        }
        Decision::Record
        | Decision::Say(_)
        | Decision::Reset(_)
        | Decision::Ask(_)
        | Decision::Keep(..)
        | Decision::Continue(_) => {}
    }
}

/// The deciders, in order: what is no message, commands, what needs no model, the model.
async fn decide(app: &App, account: &Account, incoming: &Incoming) -> Result<Decision, sqlx::Error> {
    let openid = &incoming.openid;
    let language = app.language(&account.name, openid);
    let asking = match &incoming.content {
        Content::Event(Event::Click { key }) => match command::read(key, None) {
            Reading::Command(commanded) => return commands::obey(app, account, incoming, commanded).await,
            Reading::Wish(_) | Reading::NearMiss(_) | Reading::Question => material::in_words(key),
        },
        Content::Event(event) => match decide_event(app, event, language) {
            Decision::Ask(asking) => asking,
            decision => return Ok(decision),
        },
        Content::Text { text, menu_id } => match command::read(text, menu_id.as_deref()) {
            Reading::Command(commanded) => return commands::obey(app, account, incoming, commanded).await,
            Reading::NearMiss(command) => return Ok(Decision::Say(wording::near_miss(command, language))),
            // Where nothing can be drawn, the model may still describe it.
            Reading::Wish(prompt) if app.painter.is_some() => Asking { kind: Kind::Draw, ..Asking::words(prompt) },
            Reading::Question if text.trim().is_empty() || text.starts_with(UNSUPPORTED_NOTICE) => {
                return Ok(Decision::Say(wording::cannot_read("unknown", language)));
            }
            Reading::Wish(_) | Reading::Question => material::in_words(text.trim()),
        },
        Content::Voice { recognition: Some(heard), media_id, .. } => material::heard(heard, media_id),
        Content::Voice { recognition: None, media_id, format } if app.config.audio.hearing_model.is_some() => {
            material::unheard(media_id, format.as_deref())
        }
        Content::Location { latitude, longitude, label } => {
            Asking::words(wording::place(label.as_deref().unwrap_or_default(), latitude, longitude, language))
        }
        Content::Link { title, description, url } => {
            material::link(title, description.as_deref().unwrap_or_default(), url, language)
        }
        Content::Image { pic_url, media_id } => {
            return Box::pin(material::picture(app, account, openid, (media_id, pic_url.as_deref()))).await;
        }
        Content::File { .. } => return Ok(Decision::Say(wording::file_elsewhere(language).into())),
        Content::Voice { recognition: None, .. } | Content::Video { .. } | Content::ShortVideo { .. } => {
            return Ok(Decision::Say(wording::cannot_read(&incoming.kind(), language)));
        }
        Content::MiniProgramPage { .. } | Content::Unknown { .. } => return Ok(Decision::Record),
    };
    Ok(admit(app, account, openid, asking))
}

/// A question, unless too much waits already.
pub(super) fn admit(app: &App, account: &Account, openid: &str, asking: Asking) -> Decision {
    if app.slots.waiting() >= MAX_WAITING {
        return Decision::Say(wording::crowded(app.language(&account.name, openid)).into());
    }
    Decision::Ask(asking)
}

/// The bound on a follower's open questions; it is judged where they are stored.
fn room(app: &App, key: &Key) -> questions::Room {
    let refusal = wording::too_many_open(app.language(&key.account, &key.openid)).into();
    questions::Room { questions: MAX_OPEN_QUESTIONS, refusal }
}

fn decide_event(app: &App, event: &Event, language: Language) -> Decision {
    match event {
        Event::Subscribe { .. } | Event::Scan { .. } => Decision::Say(welcome(app, language)),
        Event::Unsubscribe => Decision::Leave,
        Event::Click { key } => Decision::Ask(Asking::words(key.clone())),
        Event::ScancodeWaitMsg { result: Some(result), .. } => Decision::Ask(material::in_words(result)),
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

fn welcome(app: &App, language: Language) -> String {
    app.config.reply.welcome.clone().unwrap_or_else(|| wording::welcome(language))
}

fn arrival(app: &App, account: &Account, incoming: &Incoming, decision: &Decision) -> Arrival {
    let received_at = clock::now_ms();
    let key = Key { account: account.name.clone(), openid: incoming.openid.clone(), dedup_key: incoming.dedup_key() };
    let reply = match decision {
        Decision::Say(text) | Decision::Reset(text) | Decision::Keep(text, _) => Some(text.clone()),
        Decision::Record
        | Decision::Ask(_)
        | Decision::Continue(_)
        | Decision::Rewind(_)
        | Decision::Leave
        | Decision::Relearn => None,
    };
    let question = match decision {
        Decision::Ask(asking) => Some(question::new(app, asking, received_at, room(app, &key))),
        _ => None,
    };
    let attachments = match decision {
        Decision::Ask(asking) => asking.attachments.clone(),
        Decision::Keep(_, picture) => vec![picture.clone()],
        _ => Vec::new(),
    };
    let continues = match decision {
        Decision::Continue(id) | Decision::Rewind(id) => Some(id.clone()),
        _ => None,
    };
    Arrival {
        key,
        kind: incoming.kind(),
        received_at,
        reply,
        question,
        attachments,
        continues,
        follower: change(incoming, decision),
    }
}

/// The key of a push in the ledger.
pub(super) fn key(account: &Account, incoming: &Incoming) -> Key {
    Key { account: account.name.clone(), openid: incoming.openid.clone(), dedup_key: incoming.dedup_key() }
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
