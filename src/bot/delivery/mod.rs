//! How an answer reaches its follower: in the reply to a delivery, by a push, or by the next reply and the page.
//!
//! WeChat brings a message up to three times, five seconds apart, until it sees a reply. An account that may push acknowledges
//! at the deadline and pushes later. One that may not holds the first two deliveries until WeChat gives up on them, and says
//! what there is on the last. Which answer of two racing deliveries counts is decided by the database.

pub mod media;
pub mod push;
pub mod reply;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    app::{
        Account, App,
        capability::Pushing,
        running::{Live, Stage},
    },
    clock,
    db::{
        answer_parts::{self, Kind},
        inbound::{self, Key},
        outlet::{Beginning, PassiveReply, Written},
        questions::{self, State},
    },
    telemetry::{self, crash},
    wechat::reply::Reply,
};

use super::{respond::Answer, wording};
use reply::{Content, Manner, Plan};

/// WeChat brings a message three times.
const LAST_DELIVERY: i64 = 3;

/// A delivery so long after the first is the last one, whatever was counted: 9 s with WeChat's patience of 5 s.
const LAST_AFTER: f64 = 1.8;

/// A held delivery is let go after 5.5 s, when WeChat has surely given up on it.
const HOLD: f64 = 1.1;

/// How often another replica's answer is looked for.
const POLL: Duration = Duration::from_millis(120);

/// Tries to write a reply while other deliveries, or the end of the answer, come in between.
const CONFLICTS: usize = 8;

/// One delivery of a message that wants (more of) an answer.
#[derive(Debug, Clone)]
pub struct Delivery {
    pub key: Key,
    pub question_id: String,
    /// Counted from 1, over all replicas.
    pub number: i64,
    /// When the first delivery came, in unix milliseconds.
    pub first_at: i64,
    pub arrived: Instant,
    pub wants: Wants,
}

/// What the message asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wants {
    /// The answer to its own question.
    Answer,
    /// More of an earlier one.
    More,
}

/// How one delivery ended; the names are the metric's `outcome`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Whole,
    Beginning,
    Acknowledged,
    LetGo,
    Elsewhere,
    Fault,
}

/// Answers a delivery, at the latest at its deadline (or, where it is held, when WeChat has given up on it).
pub async fn deliver(app: &Arc<App>, account: &Arc<Account>, delivery: &Delivery) -> Answer {
    let result = try_deliver(app, account, delivery).await;
    let (answer, outcome) = result.unwrap_or_else(|error| {
        tracing::error!(request = delivery.question_id, account = account.name, %error, "the database failed a delivery");
        (Answer::Again, Outcome::Fault)
    });
    record(account, delivery, outcome);
    answer
}

/// Thousands of followers wait in here, so what they do not wait in has a box of its own instead of a place in each of them.
async fn try_deliver(app: &Arc<App>, account: &Arc<Account>, delivery: &Delivery) -> Result<(Answer, Outcome), sqlx::Error> {
    let deadline = delivery.arrived + app.config.reply.deadline;
    let pushing = app.pushing(account).await;
    push::show_typing(app, account, delivery, pushing);
    if is_settled_by(app, &delivery.question_id, deadline).await? {
        return Box::pin(hand_over(app, account, delivery)).await;
    }
    let pushing = app.pushing(account).await;
    if pushing == Pushing::Allowed && Box::pin(push::is_allowed(app, delivery)).await? {
        return Box::pin(acknowledge(app, account, delivery)).await;
    }
    if is_last(app, delivery) {
        return Box::pin(begin(app, account, delivery)).await;
    }
    hold(app, account, delivery).await
}

/// Holds a delivery until WeChat has given up on it. An answer that comes meanwhile is for the newest delivery to give, since
/// nobody may be listening here any more; this one repeats what that said.
async fn hold(app: &Arc<App>, account: &Arc<Account>, delivery: &Delivery) -> Result<(Answer, Outcome), sqlx::Error> {
    let until = delivery.arrived + app.config.reply.patience.mul_f64(HOLD);
    let mut is_settled = is_settled_by(app, &delivery.question_id, until).await?;
    while is_settled {
        match Box::pin(inbound::show(&app.db, &delivery.key)).await? {
            Some(stored) if stored.reply().is_some() => return Ok((again(stored.reply()), Outcome::Whole)),
            Some(stored) if stored.deliveries > delivery.number => {}
            _ => return Box::pin(hand_over(app, account, delivery)).await,
        }
        is_settled = Instant::now() < until;
        tokio::time::sleep(POLL.min(until.saturating_duration_since(Instant::now()))).await;
    }
    // WeChat does not listen any more. Should someone else, an honest word is better than silence; it changes nothing here.
    let content = reply::interim(Manner::new(app, account, &delivery.key.openid), &delivery.question_id, None);
    Ok((Answer::Reply(Reply::Text { content }), Outcome::LetGo))
}

/// Whether no delivery will come after this one.
fn is_last(app: &App, delivery: &Delivery) -> bool {
    let since_first = clock::now_ms() - delivery.first_at - delivery.arrived.elapsed().as_millis() as i64;
    let late = app.config.reply.patience.mul_f64(LAST_AFTER).as_millis() as i64;
    delivery.number >= LAST_DELIVERY || since_first >= late
}

/// Waits until the answer (or the apology) is in the database, or until the deadline.
async fn is_settled_by(app: &App, question_id: &str, deadline: Instant) -> Result<bool, sqlx::Error> {
    loop {
        if let Some(live) = app.running.find(question_id)
            && let Some(settled) = follow(&live, deadline).await
        {
            return Ok(settled);
        }
        // Abandoned here; someone else goes on with it.
        match Box::pin(questions::show(&app.db, question_id)).await? {
            Some(question) if question.state.is_settled() => return Ok(true),
            // Erased with its follower: nothing will come.
            None => return Ok(true),
            Some(_) => {}
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(false);
        }
        tokio::time::sleep(left.min(POLL)).await;
    }
}

/// Waits for an answer of this process; `None` when it is abandoned.
async fn follow(live: &Live, deadline: Instant) -> Option<bool> {
    let mut stages = live.follow();
    loop {
        match *stages.borrow_and_update() {
            Stage::Settled => return Some(true),
            Stage::Abandoned => return None,
            Stage::Writing(_) => {}
        }
        match tokio::time::timeout_at(deadline.into(), stages.changed()).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return None,
            Err(_) => return Some(false),
        }
    }
}

/// Replies with what waits: first the answer to this message, then late ones that fit.
async fn hand_over(app: &Arc<App>, account: &Arc<Account>, delivery: &Delivery) -> Result<(Answer, Outcome), sqlx::Error> {
    let pushing = app.pushing(account).await;
    for _ in 0..CONFLICTS {
        let waiting = answer_parts::waiting(&app.db, &account.name, &delivery.key.openid).await?;
        let manner = Manner::new(app, account, &delivery.key.openid);
        let Some(plan) = reply::plan(manner, delivery, &waiting, pushing) else { break };
        let written = composed(app, manner, &plan).await?;
        crash::point("reply composed");
        let passive = PassiveReply {
            inbound: delivery.key.clone(),
            kind: written.kind,
            reply: written.content.clone(),
            parts: plan.parts.clone(),
            beginning: None,
            owner: app.holder.clone(),
            at: clock::now_ms(),
        };
        match app.outlet.write(passive).await? {
            Written::Reply => {
                crash::point("reply stored");
                app.replies.handed_over(&delivery.key);
                push_rest(app, account, delivery, &plan, pushing).await;
                return Ok((again(Some(written)), Outcome::Whole));
            }
            Written::Already(reply) => return Ok((again(Some(reply)), Outcome::Whole)),
            Written::Conflict => {}
        }
    }
    let stored = inbound::show(&app.db, &delivery.key).await?;
    Ok(match (stored.and_then(|stored| stored.reply()), delivery.wants) {
        (Some(reply), _) => (again(Some(reply)), Outcome::Whole),
        // It went out another way: pushed, or with another message's reply.
        (None, Wants::Answer) => (Answer::Success, Outcome::Elsewhere),
        (None, Wants::More) => {
            let content = wording::nothing_more(app.language(&account.name, &delivery.key.openid)).to_owned();
            (Answer::Reply(Reply::Text { content }), Outcome::Elsewhere)
        }
    })
}

/// The reply of a plan, as it is stored: a picture or voice under the `media_id` that WeChat has for it.
async fn composed(app: &App, manner: Manner<'_>, plan: &Plan) -> Result<inbound::Reply, sqlx::Error> {
    let part = match &plan.content {
        Content::Text(text) => return Ok(inbound::Reply { kind: Kind::Text, content: text.clone() }),
        Content::Medium(part) => part,
    };
    Ok(match media::media_id(app, manner.account, part).await? {
        Some(media_id) => inbound::Reply { kind: part.kind, content: media_id },
        None => inbound::Reply { kind: Kind::Text, content: media::in_words(manner, part) },
    })
}

/// A reply that was written, for WeChat (again).
pub fn again(reply: Option<inbound::Reply>) -> Answer {
    match reply {
        Some(inbound::Reply { kind: Kind::Text, content }) => Answer::Reply(Reply::Text { content }),
        Some(inbound::Reply { kind: Kind::Image, content: media_id }) => Answer::Reply(Reply::Image { media_id }),
        Some(inbound::Reply { kind: Kind::Voice, content: media_id }) => Answer::Reply(Reply::Voice { media_id }),
        None => Answer::Success,
    }
}

async fn push_rest(app: &Arc<App>, account: &Arc<Account>, delivery: &Delivery, plan: &Plan, pushing: Pushing) {
    if plan.leaves_more && pushing == Pushing::Allowed {
        push::schedule(app, account, &delivery.question_id).await;
    }
}

/// Tells WeChat that all is well; the answer will be pushed. One that came this very moment goes with the reply instead.
async fn acknowledge(app: &Arc<App>, account: &Arc<Account>, delivery: &Delivery) -> Result<(Answer, Outcome), sqlx::Error> {
    let state = app.outlet.acknowledge(&delivery.question_id, clock::now_ms()).await?;
    crash::point("acknowledged");
    if state.is_some_and(State::is_settled) {
        return Box::pin(hand_over(app, account, delivery)).await;
    }
    Ok((Answer::Success, Outcome::Acknowledged))
}

/// Replies to the last delivery with the whole sentences so far, and how to see the rest.
async fn begin(app: &Arc<App>, account: &Arc<Account>, delivery: &Delivery) -> Result<(Answer, Outcome), sqlx::Error> {
    for _ in 0..CONFLICTS {
        let Some(question) = questions::show(&app.db, &delivery.question_id).await? else { break };
        if question.state.is_settled() {
            return Box::pin(hand_over(app, account, delivery)).await;
        }
        let own = app.running.find(&question.id).filter(|_| question.owner.as_ref() == Some(&app.holder));
        let answer = own.as_ref().map_or_else(|| question.answer.clone(), |live| live.written().answer);
        let from = question.shown as usize;
        let beginning = reply::beginning(app, answer.get(from..).unwrap_or_default());
        let to = from + beginning.bytes;
        let is_outdated = |live: &Arc<Live>| answer.get(..to).is_some_and(|shown| !live.show(shown));
        if own.as_ref().is_some_and(is_outdated) {
            continue;
        }
        let manner = Manner::new(app, account, &delivery.key.openid);
        let content = reply::interim(manner, &question.id, Some((&beginning.text, &question)));
        let written = Beginning {
            question_id: question.id,
            text: beginning.text,
            // An answer that is shorter than what was shown of it is being written anew: nothing can be said of it yet.
            answer: if answer.len() < to { question.answer } else { answer },
            owner: question.owner.unwrap_or_default(),
            from: from as i64,
            to: to as i64,
        };
        let passive = PassiveReply {
            inbound: delivery.key.clone(),
            kind: Kind::Text,
            reply: content.clone(),
            parts: Vec::new(),
            beginning: Some(written),
            owner: app.holder.clone(),
            at: clock::now_ms(),
        };
        match app.outlet.write(passive).await? {
            Written::Reply => {
                crash::point("reply stored");
                app.replies.handed_over(&delivery.key);
                return Ok((Answer::Reply(Reply::Text { content }), Outcome::Beginning));
            }
            Written::Already(reply) => return Ok((again(Some(reply)), Outcome::Whole)),
            Written::Conflict => {}
        }
    }
    hand_over(app, account, delivery).await
}

fn record(account: &Account, delivery: &Delivery, outcome: Outcome) {
    let outcome = match outcome {
        Outcome::Whole => "whole",
        Outcome::Beginning => "beginning",
        Outcome::Acknowledged => "acknowledged",
        Outcome::LetGo => "let_go",
        Outcome::Elsewhere => "elsewhere",
        Outcome::Fault => "fault",
    };
    let waited = delivery.arrived.elapsed();
    let number = delivery.number;
    metrics::counter!("huixin_deliveries_total", "delivery" => number.min(9).to_string(), "outcome" => outcome).increment(1);
    metrics::histogram!("huixin_delivery_wait_seconds").record(waited.as_secs_f64());
    tracing::info!(
        request = delivery.question_id,
        account = account.name,
        openid = telemetry::short(&delivery.key.openid),
        delivery = number,
        outcome,
        ms = waited.as_millis() as u64,
        "delivery answered"
    );
}
