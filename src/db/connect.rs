//! Opening either engine, and bringing its schema up to date.

use std::{path::Path, str::FromStr, sync::Arc, time::Duration};

use anyhow::Context;
use sqlx::{
    migrate::{Migrate, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{Db, Lite};

/// The one migrations folder, compiled in: a static, so that it is built once for all tests.
static MIGRATIONS: Migrator = sqlx::migrate!();

/// Readers on SQLite; each is a thread, and reads are short.
const SQLITE_READERS: u32 = 8;

/// Rows that a statement may be ahead of whoever reads them: a whole batch, so that the writer's thread never stops between rows.
const SQLITE_ROWS_AHEAD: usize = 1024;

/// Pages of 4 kB that are appended before they are moved to their places: a page that changes often is moved once.
const SQLITE_CHECKPOINT_PAGES: &str = "8000";

/// What the writer keeps of the file: in kB where the number is negative. The usual 2 MB hold less than one batch touches.
const SQLITE_WRITER_CACHE: &str = "-32000";

/// Connections to Postgres; more of them only queue inside the server.
const POSTGRES_CONNECTIONS: u32 = 24;

/// How long a request waits for a connection before it fails: below WeChat's patience.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(4);

/// Opens the database that `url` names, creating a SQLite file (and its folder) that is not there.
pub async fn connect(url: &str) -> anyhow::Result<Db> {
    if url.starts_with("sqlite:") {
        return Ok(Db::Lite(connect_sqlite(url).await?));
    }
    // The URL may hold a password, so it stays out of the message.
    let options = PgConnectOptions::from_str(url).map_err(|_| anyhow::anyhow!("DATABASE_URL is not a Postgres address"))?;
    let pool = PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_with(options)
        .await
        .context("Postgres cannot be reached")?;
    Ok(Db::Pg(pool))
}

/// The same database for one writer of many rows. On Postgres it has a connection of its own: who waits for one of the others is
/// served in turn, and at a deadline thousands wait. SQLite's writer is shared, past the line.
pub(super) fn apart(db: &Db) -> Db {
    match db {
        Db::Pg(pool) => {
            let own = PgPoolOptions::new().max_connections(1).acquire_timeout(ACQUIRE_TIMEOUT);
            Db::Pg(own.connect_lazy_with(pool.connect_options().as_ref().clone()))
        }
        Db::Lite(lite) => Db::Lite(lite.clone()),
    }
}

async fn connect_sqlite(url: &str) -> anyhow::Result<Lite> {
    let options = SqliteConnectOptions::from_str(url).context("DATABASE_URL is not a SQLite address")?;
    if let Some(folder) = options.get_filename().parent().filter(|folder| *folder != Path::new("")) {
        std::fs::create_dir_all(folder).with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    }
    let options = options
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // What was acknowledged survives a power cut.
        .synchronous(SqliteSynchronous::Full)
        .pragma("wal_autocheckpoint", SQLITE_CHECKPOINT_PAGES)
        .row_buffer_size(SQLITE_ROWS_AHEAD)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(4));
    let context = || format!("the SQLite file {} cannot be opened", options.get_filename().display());
    let pool = |connections| SqlitePoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE_TIMEOUT);
    let writer = pool(1).connect_with(options.clone().pragma("cache_size", SQLITE_WRITER_CACHE)).await.with_context(context)?;
    let readers = pool(SQLITE_READERS).connect_with(options.clone()).await.with_context(context)?;
    Ok(Lite { writer, readers, line: Arc::default() })
}

/// Applies what the schema lacks. Replicas that start together wait for each other.
pub async fn migrate(db: &Db) -> anyhow::Result<()> {
    match db {
        Db::Pg(pool) => MIGRATIONS.run(pool).await,
        Db::Lite(lite) => MIGRATIONS.run(&lite.writer).await,
    }
    .context("the database's schema cannot be brought up to date")
}

/// How a database's schema compares with the one that this version of huixin needs, in migrations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schema {
    /// Still to be applied.
    pub pending: usize,
    /// Applied by a newer version, and unknown to this one.
    pub unknown: usize,
}

/// Compares the schema; changes nothing.
pub async fn schema(db: &Db) -> anyhow::Result<Schema> {
    let applied = match db {
        Db::Pg(pool) => pool.acquire().await?.list_applied_migrations(&MIGRATIONS.table_name).await,
        Db::Lite(lite) => lite.readers.acquire().await?.list_applied_migrations(&MIGRATIONS.table_name).await,
    };
    // A database that was never migrated has no table of migrations.
    let applied: Vec<i64> = applied.unwrap_or_default().iter().map(|migration| migration.version).collect();
    let needed: Vec<i64> = MIGRATIONS.iter().map(|migration| migration.version).collect();
    Ok(Schema {
        pending: needed.iter().filter(|version| !applied.contains(version)).count(),
        unknown: applied.iter().filter(|version| !needed.contains(version)).count(),
    })
}

/// How many migrations the database still lacks.
pub async fn pending_migrations(db: &Db) -> anyhow::Result<usize> {
    Ok(schema(db).await?.pending)
}
