//! Reading again what may change while the server runs: on SIGHUP, without a lost message.
//!
//! What cannot be read leaves everything as it was and is told with all its problems, as at a start.

use std::{sync::Arc, time::Duration};

use crate::{
    app::{App, accounts::Identity},
    clock,
    config::Problems,
    db::{self, questions},
    moderation::words::Reload,
};

/// WeChat lets nothing be pushed later than this after the follower's message, in milliseconds.
const PUSH_WINDOW_MS: i64 = 48 * 60 * 60 * 1000;

/// A push that was being refused just now is found by a second look.
const SECOND_LOOK: Duration = Duration::from_secs(2);

/// How reading one source again ended.
enum Reread {
    Changed(String),
    Unchanged,
    /// The configuration names no such file.
    Absent,
}

/// Reads everything again, and tries again what WeChat refused. A new source is one more line here.
pub async fn reload(app: &Arc<App>) {
    report("accounts", accounts(app).await);
    report("words", words(app).await);
    push_again(app).await;
    let app = app.clone();
    app.clone().tasks.spawn(async move {
        tokio::select! {
            () = app.stopping.cancelled() => {}
            () = tokio::time::sleep(SECOND_LOOK) => push_again(&app).await,
        }
    });
}

/// Pushes what was given up: the operator may have mended what it was refused for, here or in the console.
async fn push_again(app: &App) {
    for account in app.accounts.current().iter().filter(|account| account.app_secret.is_some()) {
        app.access.look_again(account).await;
        match schedule_again(app, &account.name).await {
            Ok(0) => {}
            Ok(answers) => {
                tracing::info!(account = account.name, answers, "pushing again what was refused");
                app.push_due.notify_one();
            }
            Err(error) => tracing::error!(account = account.name, %error, "what was refused cannot be pushed again"),
        }
    }
}

async fn schedule_again(app: &App, account: &str) -> Result<u64, db::Error> {
    let now = clock::now_ms();
    questions::schedule_refused_pushes(&app.db, account, now - PUSH_WINDOW_MS, now).await
}

/// `ACCOUNTS_FILE`: new accounts are served, removed ones no longer, changed ones with their new values.
async fn accounts(app: &App) -> Result<Reread, Problems> {
    if !app.config.accounts_source.has_file() {
        return Ok(Reread::Absent);
    }
    let differences = app.accounts.replace(&app.config.accounts_again()?);
    for changed in &differences.changed {
        let Some(account) = app.account(&changed.name) else { continue };
        if changed.identity == Identity::Other {
            app.access.forget(&account).await;
            app.forget_capabilities(&account).await;
        }
    }
    if differences.is_empty() {
        return Ok(Reread::Unchanged);
    }
    let changed: Vec<&str> = differences.changed.iter().map(|changed| changed.name.as_str()).collect();
    Ok(Reread::Changed(format!("added {:?}, changed {changed:?}, removed {:?}", differences.added, differences.removed)))
}

/// `MODERATION_WORDS`. What is wrong with a list is told where it is read, and the old one stays.
async fn words(app: &App) -> Result<Reread, Problems> {
    let moderation = app.moderation.clone();
    let reload = tokio::task::spawn_blocking(move || moderation.reload()).await;
    Ok(match reload {
        Ok(Reload::Loaded { words, .. }) => Reread::Changed(format!("{words} words")),
        Ok(Reload::Unchanged) => Reread::Absent,
        Ok(Reload::Kept { .. }) | Err(_) => Reread::Unchanged,
    })
}

fn report(source: &'static str, result: Result<Reread, Problems>) {
    let outcome = match result {
        Ok(Reread::Absent) => return,
        Ok(Reread::Unchanged) => {
            tracing::info!(source, "read again: nothing has changed");
            "unchanged"
        }
        Ok(Reread::Changed(what)) => {
            tracing::info!(source, what, "read again and in use");
            "changed"
        }
        Err(problems) => {
            tracing::error!(source, %problems, "cannot be read again; everything stays as it was");
            "refused"
        }
    };
    metrics::counter!("huixin_reloads_total", "source" => source, "outcome" => outcome).increment(1);
}
