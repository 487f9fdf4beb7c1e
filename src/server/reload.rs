//! Reading again what may change while the server runs: on SIGHUP, without a lost message.
//!
//! What cannot be read leaves everything as it was and is told with all its problems, as at a start.

use crate::{
    app::{App, accounts::Identity},
    config::Problems,
};

/// How reading one source again ended.
enum Reread {
    Changed(String),
    Unchanged,
    /// The configuration names no such file.
    Absent,
}

/// Reads everything again. A new source is one more line here.
pub async fn reload(app: &App) {
    report("accounts", accounts(app).await);
}

/// `ACCOUNTS_FILE`: new accounts are served, removed ones no longer, changed ones with their new values.
async fn accounts(app: &App) -> Result<Reread, Problems> {
    if !app.config.accounts_source.has_file() {
        return Ok(Reread::Absent);
    }
    let differences = app.accounts.replace(&app.config.accounts_again()?);
    for changed in &differences.changed {
        let Some(account) = app.account(&changed.name) else { continue };
        match changed.identity {
            Identity::Same => app.access.look_again(&account).await,
            Identity::Other => {
                app.access.forget(&account).await;
                app.forget_capabilities(&account).await;
            }
        }
    }
    if differences.is_empty() {
        return Ok(Reread::Unchanged);
    }
    let changed: Vec<&str> = differences.changed.iter().map(|changed| changed.name.as_str()).collect();
    Ok(Reread::Changed(format!("added {:?}, changed {changed:?}, removed {:?}", differences.added, differences.removed)))
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
