//! The background work. Each kind has a `run_once` elsewhere; here is only how often, and when it ends.

use std::{sync::Arc, time::Duration};

use tokio_util::task::TaskTracker;

use crate::{
    app::{App, capability::Pushing, retention},
    bot::{delivery::push, question, reading},
    clock,
    db::{
        self, Db, Error, answer_parts, attachments, followers, inbound, leases, moderations, privacy, questions, temporary_media,
        upload_links, usage,
    },
    telemetry,
};

use super::seat::Seat;

/// A process that does not renew its lease for this long counts as dead.
const LEASE: Duration = Duration::from_secs(8);

/// Renewed four times in a lease, so that one slow write does not end it.
const RENEW_EVERY: Duration = Duration::from_secs(2);

/// How often questions and pushes of dead processes are looked for.
const TAKE_OVER_EVERY: Duration = Duration::from_secs(1);

/// An answer that is being written is saved this often.
const SAVE_EVERY: Duration = Duration::from_millis(500);

/// A push is noticed at once in its own process, and this soon in others.
const PUSH_POLL: Duration = Duration::from_millis(500);

/// A little more than a reply takes to count as written.
const LAST_REPLIES: Duration = Duration::from_millis(310);

/// Languages that followers chose elsewhere, and lists of words that changed.
const FOLLOW_EVERY: Duration = Duration::from_secs(1);

/// How often files are looked for whose process died over them.
const READ_EVERY: Duration = Duration::from_secs(15);
/// Samples wait in the recorder until they are counted; where nobody reads the metrics, nobody else counts them.
const COUNT_SAMPLES_EVERY: Duration = Duration::from_secs(5);

const HOUSEKEEPING_EVERY: Duration = Duration::from_hours(1);

/// No delivery of a message comes later than 16 s after the first.
const FORGOTTEN_AFTER: f64 = 3.2;

/// Frees what earlier occupants of the seat held, and begins this one's lease.
pub(super) async fn take_seat(db: &Db, seat: &Seat) -> Result<(), Error> {
    leases::end_seat(db, seat.name()).await?;
    renew(db, seat.holder()).await
}

/// Followers that are read at once to be erased, one transaction for each.
const ERASED_AT_ONCE: i64 = 200;

/// Starts all background work; it ends when the app is stopping.
pub(super) fn spawn(app: &Arc<App>, seat: &Seat) -> TaskTracker {
    let workers = TaskTracker::new();
    let _ = seat;
    workers.spawn(every(app.clone(), "renewing the lease", RENEW_EVERY, |app| async move { renew(&app.db, &app.holder).await }));
    workers.spawn(every(app.clone(), "taking over", TAKE_OVER_EVERY, |app| async move { take_over(&app).await }));
    workers.spawn(every(app.clone(), "saving answers", SAVE_EVERY, |app| async move { save(&app).await }));
    workers.spawn(every(app.clone(), "following choices and lists", FOLLOW_EVERY, |app| async move { follow(&app).await }));
    workers.spawn(every(app.clone(), "reading files", READ_EVERY, |app| async move { reading::read_left_behind(&app).await }));
    workers.spawn(every(app.clone(), "housekeeping", HOUSEKEEPING_EVERY, |app| async move { keep_house(&app).await }));
    workers.spawn(every(app.clone(), "counting samples", COUNT_SAMPLES_EVERY, |_| async {
        telemetry::metrics().run_upkeep();
        Ok(())
    }));
    workers.spawn(push_due(app.clone()));
    workers
}

/// Marks the last replies as written. Every request has been answered by now.
pub(super) async fn save_last(app: &App) {
    tokio::time::sleep(LAST_REPLIES).await;
    if let Err(error) = save(app).await {
        tracing::warn!(%error, "the last replies could not be marked as written; they may be delivered again");
    }
}

/// Ends this process's lease, so that others need not wait for it.
pub(super) async fn leave(app: &App) {
    let seat = app.holder.split('/').next().unwrap_or_default();
    if let Err(error) = leases::end_seat(&app.db, seat).await {
        tracing::warn!(%error, "the lease could not be ended; others wait until it does");
    }
}

async fn every<Work, Done>(app: Arc<App>, name: &'static str, pause: Duration, work: Work)
where
    Work: Fn(Arc<App>) -> Done,
    Done: Future<Output = Result<(), Error>>,
{
    let mut ticks = tokio::time::interval(pause);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = app.stopping.cancelled() => return,
            _ = ticks.tick() => {}
        }
        if let Err(error) = work(app.clone()).await {
            tracing::error!(%error, "{name} failed; it is tried again");
        }
    }
}

async fn renew(db: &Db, holder: &str) -> Result<(), Error> {
    let expires_at = db.now_ms().await? + LEASE.as_millis() as i64;
    leases::hold(db, &format!("process/{holder}"), holder, expires_at).await
}

async fn save(app: &App) -> Result<(), Error> {
    question::save_progress(app).await?;
    let written = app.replies.take_written();
    if written.is_empty() {
        return Ok(());
    }
    let marked = inbound::replies_written(&app.db, &written, &app.holder).await;
    if marked.is_err() {
        app.replies.put_back(written);
    }
    marked
}

async fn take_over(app: &Arc<App>) -> Result<(), Error> {
    // First of all: a process whose own lease has lapsed (the clock jumped, the database was away) is not dead.
    renew(&app.db, &app.holder).await?;
    answer_parts::take_back(&app.db, &app.holder, app.db.now_ms().await?).await?;
    question::begin_dropped_again(app).await?;
    while question::take_over(app).await? > 0 {}
    if questions::release_pushes(&app.db, &app.holder, app.db.now_ms().await?).await? > 0 {
        app.push_due.notify_one();
    }
    let now = clock::now_ms();
    let forgotten = app.config.reply.patience.mul_f64(FORGOTTEN_AFTER).as_millis() as i64;
    for account in app.accounts.current().iter() {
        if app.pushing(account).await != Pushing::Refused
            && questions::schedule_forgotten_pushes(&app.db, &account.name, now - forgotten, now).await? > 0
        {
            app.push_due.notify_one();
        }
    }
    Ok(())
}

async fn follow(app: &Arc<App>) -> Result<(), Error> {
    app.languages.refresh(&app.db).await?;
    let moderation = app.moderation.clone();
    // What is wrong with a list is told where it is read.
    let _ = tokio::task::spawn_blocking(move || moderation.reload_if_changed()).await;
    Ok(())
}

async fn push_due(app: Arc<App>) {
    loop {
        tokio::select! {
            () = app.stopping.cancelled() => return,
            () = app.push_due.notified() => {}
            () = tokio::time::sleep(PUSH_POLL) => {}
        }
        loop {
            match push::run_once(&app).await {
                Ok(push::Round::Worked) => {}
                Ok(push::Round::Idle) => break,
                Err(error) => {
                    tracing::error!(%error, "pushing failed; it is tried again");
                    break;
                }
            }
        }
    }
}

async fn keep_house(app: &App) -> Result<(), Error> {
    let now = clock::now_ms();
    let pushes = inbound::prune(&app.db, before(now, retention::PUSHES)).await?;
    let kept_since = before(now, app.config.privacy.retention);
    let questions = questions::prune(&app.db, now, kept_since).await?;
    usage::prune(&app.db, kept_since).await?;
    let followers = erase_unfollowed(app, before(now, retention::UNFOLLOWED)).await?;
    db::leases::prune(&app.db, before(now, retention::PUSHES)).await?;
    temporary_media::prune(&app.db, now).await?;
    upload_links::prune(&app.db, before(now, retention::UPLOAD_LINKS)).await?;
    moderations::prune(&app.db, kept_since).await?;
    let objects = attachments::prune(&app.db, kept_since).await?;
    app.delete_objects(privacy::unnamed(&app.db, objects).await?).await;
    sweep(app, kept_since).await?;
    if pushes + questions > 0 || followers > 0 {
        tracing::info!(pushes, questions, followers, "erased what is kept no longer");
    }
    Ok(())
}

fn before(now: i64, kept: Duration) -> i64 {
    now - kept.as_millis() as i64
}

/// Erases everything of those who left before `before`. Returns how many they were.
async fn erase_unfollowed(app: &App, before: i64) -> Result<usize, Error> {
    let mut erased = 0;
    loop {
        let left = followers::unfollowed(&app.db, before, ERASED_AT_ONCE).await?;
        for (account, openid) in &left {
            if let Some(gone) = privacy::erase_unfollowed(&app.db, account, openid, before).await? {
                app.delete_objects(gone.objects).await;
                app.languages.forget(account, openid);
                erased += 1;
            }
        }
        if (left.len() as i64) < ERASED_AT_ONCE {
            return Ok(erased);
        }
    }
}

/// Deletes objects that are old and that no row names.
async fn sweep(app: &App, before: i64) -> Result<(), Error> {
    for shard in 0..=u8::MAX {
        let listed = match app.storage.list(shard).await {
            Ok(listed) => listed,
            Err(error) => {
                tracing::warn!(%error, "the stored objects cannot be listed; they are swept another time");
                return Ok(());
            }
        };
        let old = listed.into_iter().filter(|object| object.put_at < before).map(|object| object.key.to_string()).collect();
        app.delete_objects(privacy::unnamed(&app.db, old).await?).await;
    }
    Ok(())
}
