//! `huixin migrate`: the schema, without serving.

use std::process::ExitCode;

use huixin::{config::Config, db};
use secrecy::ExposeSecret;

/// Applies what the schema lacks, and says how much that was.
pub(crate) async fn run() -> anyhow::Result<ExitCode> {
    let config = Config::from_environment()?;
    let db = db::connect(config.database_url.expose_secret()).await?;
    let pending = db::pending_migrations(&db).await?;
    db::migrate(&db).await?;
    println!("{pending} migration(s) applied; the schema is up to date");
    db.close().await;
    Ok(ExitCode::SUCCESS)
}
