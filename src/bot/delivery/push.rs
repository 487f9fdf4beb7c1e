//! Pushing late answers as customer-service messages, within the allowance that WeChat gives for each follower.
//!
//! The intent is durable before the call, the outcome after it. An outcome that is unknown is tried once more: a doubled chat
//! message is harmless, a lost one is not. What may not be pushed waits for the follower's next message, and on the page.

use std::{sync::Arc, time::Duration};

use tokio::sync::Semaphore;

use crate::{
    app::{Account, App, access, capability::Pushing},
    bot::{text, wording},
    clock,
    db::{
        answer_parts::{self, Kind, PushEnd, Waiting},
        followers,
        questions::{self, Push},
    },
    telemetry::{self, crash},
    wechat::{
        client::Request,
        customer::{self, Typing},
        error::{Class, Error},
    },
};

use super::{
    Delivery, media,
    reply::{self, Manner},
};

/// Answers that are claimed at once.
const BATCH: i64 = 64;

/// Answers that are pushed at the same time, over all accounts.
static PUSHING: Semaphore = Semaphore::const_new(32);

/// The first pause after a push that WeChat could not take; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_mins(5);

/// The pause before an uncertain push is repeated.
const UNCERTAIN_PAUSE: Duration = Duration::from_millis(500);

/// "Typing" is shown once a question takes this long.
const TYPING_AFTER: Duration = Duration::from_millis(1200);

/// Below the last part that the allowance has room for.
const QUOTE_CHARS: usize = 16;

/// What one round did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Round {
    Worked,
    Idle,
}

/// How pushing an answer went on after one part.
enum Next {
    Part,
    /// Nothing more can be pushed until the follower acts, or ever.
    Stop,
    /// WeChat could not take it now.
    Later,
}

/// Lets an answer be pushed as soon as possible, unless the account is known not to push.
pub async fn schedule(app: &Arc<App>, account: &Arc<Account>, question_id: &str) {
    if app.pushing(account).await == Pushing::Refused {
        return;
    }
    match questions::schedule_push(&app.db, question_id, clock::now_ms()).await {
        Ok(()) => app.push_due.notify_one(),
        Err(error) => tracing::error!(request = question_id, %error, "a push could not be scheduled; it is found later"),
    }
}

/// Pushes what is due, each answer in a task of its own.
pub async fn run_once(app: &Arc<App>) -> Result<Round, sqlx::Error> {
    let due = questions::claim_pushes(&app.db, &app.holder, clock::now_ms(), BATCH).await?;
    if due.is_empty() {
        return Ok(Round::Idle);
    }
    for push in due {
        let app = app.clone();
        app.clone().tasks.spawn(async move {
            let _slot = PUSHING.acquire().await;
            let id = push.id.clone();
            if let Err(error) = push_answer(&app, push).await {
                tracing::error!(request = id, %error, "the database failed a push; it is tried again");
                give_back(&app, &id).await;
            }
        });
    }
    Ok(Round::Worked)
}

/// Ends a claim that met a fault of the database, as soon as that is possible: a claimed part is out of everybody's reach.
async fn give_back(app: &App, id: &str) {
    let again_at = clock::now_ms() + FIRST_PAUSE.as_millis() as i64;
    while questions::end_push(&app.db, id, &app.holder, Some(again_at)).await.is_err() {
        tokio::select! {
            () = app.stopping.cancelled() => return,
            () = tokio::time::sleep(FIRST_PAUSE) => {}
        }
    }
}

/// Whether WeChat allows another push to this follower now.
pub async fn is_allowed(app: &App, delivery: &Delivery) -> Result<bool, sqlx::Error> {
    let left = followers::sends_left(&app.db, &delivery.key.account, &delivery.key.openid, clock::now_ms()).await?;
    Ok(left > 0)
}

async fn push_answer(app: &Arc<App>, push: Push) -> Result<(), sqlx::Error> {
    let Some(account) = app.account(&push.account) else {
        return questions::end_push(&app.db, &push.id, &app.holder, None).await;
    };
    if app.pushing(&account).await == Pushing::Refused {
        return questions::end_push(&app.db, &push.id, &app.holder, None).await;
    }
    let parts = answer_parts::unsent(&app.db, &push.id).await?;
    let allowed = followers::sends_left(&app.db, &push.account, &push.openid, clock::now_ms()).await? as usize;
    let count = parts.len().min(allowed);
    let mut again_at = None;
    for (index, part) in parts.iter().take(count).enumerate() {
        let is_first = index == 0;
        let is_last = index + 1 == count;
        let place = (is_first, is_last && count < parts.len(), is_last);
        let manner = Manner::new(app, &account, &push.openid);
        match push_part(app, manner, &push, (part, place)).await? {
            Next::Part => {}
            Next::Stop => break,
            Next::Later => {
                again_at = Some(clock::now_ms() + pause(push.push_tries).as_millis() as i64);
                break;
            }
        }
    }
    questions::end_push(&app.db, &push.id, &app.holder, again_at).await?;
    crash::point("push claim ended");
    Ok(())
}

/// The text of one push: which question it answers, the part, and what can be done next.
fn composed(manner: Manner<'_>, part: &Waiting, place: (bool, bool, bool)) -> String {
    let (is_first, is_cut, is_last) = place;
    let quoted = text::quote(&part.question, QUOTE_CHARS);
    let label = if is_first { format!("{}\n", wording::label(&quoted, manner.language)) } else { String::new() };
    let footer = if is_last { format!("\n\n{}", reply::footer(manner, part, is_cut)) } else { String::new() };
    format!("{label}{}{footer}", part.text)
}

/// The message that brings one part: a text, or a picture or voice under the `media_id` that WeChat has for it.
async fn message(
    app: &App,
    manner: Manner<'_>,
    push: &Push,
    (part, place): (&Waiting, (bool, bool, bool)),
) -> Result<Request, sqlx::Error> {
    if part.kind == Kind::Text {
        return Ok(customer::send_text(&push.openid, &composed(manner, part, place)));
    }
    Ok(match (media::media_id(app, manner.account, part).await?, part.kind) {
        (Some(media_id), Kind::Voice) => customer::send_voice(&push.openid, &media_id),
        (Some(media_id), Kind::Image | Kind::Text) => customer::send_image(&push.openid, &media_id),
        (None, _) => customer::send_text(&push.openid, &media::in_words(manner, part)),
    })
}

/// Pushes one part, repeating it once if the outcome is unknown.
async fn push_part(
    app: &Arc<App>,
    manner: Manner<'_>,
    push: &Push,
    part: (&Waiting, (bool, bool, bool)),
) -> Result<Next, sqlx::Error> {
    let account = manner.account;
    let place = (push.id.as_str(), part.0.seq);
    // Uploaded before the push is begun: a process that dies over it has sent nothing.
    let message = message(app, manner, push, part).await?;
    while answer_parts::begin_push(&app.db, place.0, place.1, clock::now_ms()).await? {
        if !followers::take_send(&app.db, &push.account, &push.openid, clock::now_ms()).await? {
            answer_parts::end_push(&app.db, place, PushEnd::NotSent, clock::now_ms()).await?;
            return Ok(Next::Stop);
        }
        crash::point("send begun");
        let result = app.call(account, &message).await;
        crash::point("sent");
        record(push, &result);
        if result.as_ref().is_err_and(|error| error.errcode() == Some(INVALID_MEDIA_ID)) {
            media::forget(app, account, part.0).await?;
        }
        let (end, next) = verdict(app, account, push, result).await?;
        if end == PushEnd::NotSent {
            followers::return_send(&app.db, &push.account, &push.openid, clock::now_ms()).await?;
        }
        answer_parts::end_push(&app.db, place, end, clock::now_ms()).await?;
        crash::point("send recorded");
        if end != PushEnd::Unknown {
            return Ok(next);
        }
        tokio::time::sleep(UNCERTAIN_PAUSE).await;
    }
    answer_parts::end_push(&app.db, place, PushEnd::Unknown, clock::now_ms()).await?;
    Ok(Next::Part)
}

/// What WeChat's answer means for this part and for the rest.
async fn verdict(
    app: &Arc<App>,
    account: &Account,
    push: &Push,
    result: Result<serde::de::IgnoredAny, access::Error>,
) -> Result<(PushEnd, Next), sqlx::Error> {
    let Err(error) = result else {
        app.learn_pushing(account, Pushing::Allowed).await;
        return Ok((PushEnd::Sent, Next::Part));
    };
    let error = match error {
        access::Error::Wechat(error) => error,
        access::Error::NoSecret { .. } => return Ok((PushEnd::NotSent, Next::Stop)),
        access::Error::Rejected | access::Error::Database(_) => return Ok((PushEnd::NotSent, Next::Later)),
    };
    let refusal = match &error {
        Error::Unknown { .. } | Error::Http { .. } => return Ok((PushEnd::Unknown, Next::Part)),
        Error::NotSent { .. } => return Ok((PushEnd::NotSent, Next::Later)),
        Error::Refused(refusal) => refusal,
    };
    if refusal.errcode == INVALID_MEDIA_ID {
        return Ok((PushEnd::NotSent, Next::Later));
    }
    if refusal.errcode == NOT_AUTHORISED {
        app.learn_pushing(account, Pushing::Refused).await;
        return Ok((PushEnd::NotSent, Next::Stop));
    }
    Ok(match refusal.class() {
        Class::Retry | Class::Wait | Class::Refresh => (PushEnd::NotSent, Next::Later),
        Class::Drop => {
            followers::close_window(&app.db, &push.account, &push.openid).await?;
            (PushEnd::NotSent, Next::Stop)
        }
        Class::Stop | Class::Fix | Class::Unlisted => (PushEnd::NotSent, Next::Stop),
    })
}

/// `errcode` of an API that the account may not call.
const NOT_AUTHORISED: i64 = 48001;

/// `errcode` of a `media_id` that WeChat does not know (any more); it is uploaded anew.
const INVALID_MEDIA_ID: i64 = 40007;

fn record<T>(push: &Push, result: &Result<T, access::Error>) {
    let errcode = result.as_ref().map_or_else(label, |_| "0".into());
    metrics::counter!("huixin_pushes_total", "errcode" => errcode.clone()).increment(1);
    let (request, account, openid) = (&push.id, &push.account, telemetry::short(&push.openid));
    match result {
        Ok(_) => tracing::info!(%request, account, openid, ms = clock::now_ms() - push.asked_at, "answer pushed"),
        Err(error) => tracing::warn!(%request, account, openid, errcode, %error, "push refused or uncertain"),
    }
}

fn label(error: &access::Error) -> String {
    match error {
        access::Error::Wechat(error) => error.label(),
        access::Error::NoSecret { .. } | access::Error::Rejected | access::Error::Database(_) => "no_token".into(),
    }
}

fn pause(tries: i64) -> Duration {
    let doublings = u32::try_from(tries.clamp(1, 16) - 1).unwrap_or(0);
    FIRST_PAUSE.saturating_mul(1 << doublings).min(LONGEST_PAUSE)
}

/// Shows "typing" while a question takes its time; where pushing was never tried, a refusal also tells that it is not possible.
pub fn show_typing(app: &Arc<App>, account: &Arc<Account>, delivery: &Delivery, pushing: Pushing) {
    if pushing == Pushing::Refused || delivery.number > 1 {
        return;
    }
    let (app, account, delivery) = (app.clone(), account.clone(), delivery.clone());
    app.clone().tasks.spawn(async move {
        let Some(live) = app.running.find(&delivery.question_id) else { return };
        let after = TYPING_AFTER.min(app.config.reply.deadline / 4);
        let mut stages = live.follow();
        let is_over = stages.wait_for(|stage| !matches!(stage, crate::app::running::Stage::Writing(_)));
        if tokio::time::timeout(after, is_over).await.is_ok() {
            return;
        }
        // Thousands wait for that moment, so the call has a box of its own.
        let typing = customer::typing(&delivery.key.openid, Typing::Typing);
        let result = Box::pin(app.call(&account, &typing)).await;
        if result.is_err_and(|error| error.errcode() == Some(NOT_AUTHORISED)) {
            Box::pin(app.learn_pushing(&account, Pushing::Refused)).await;
        }
    });
}
