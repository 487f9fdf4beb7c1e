//! The database: two engines, one SQL text, one file for each table.
//!
//! SQL lives here and nowhere else. A file holds the row, the enums of its columns and its queries; each arrow of a state
//! machine is one function whose guard stands in the `WHERE`. Rows know nothing of what they are used for.

mod bulk;
mod connect;

pub mod access_tokens;
pub mod answer_parts;
pub mod attachments;
pub mod capabilities;
pub mod counts;
pub mod followers;
pub mod inbound;
pub mod leases;
pub mod moderations;
pub mod outlet;
pub mod preferences;
pub mod privacy;
pub mod questions;
pub mod temporary_media;
pub mod tickets;
pub mod upload_links;
pub mod usage;

pub use connect::{Schema, connect, migrate, pending_migrations, schema};

use std::sync::Arc;

use sqlx::{PgPool, SqlitePool};
use tokio::sync::Mutex;

/// The connection pools of the one engine that `DATABASE_URL` chose.
#[derive(Debug, Clone)]
pub enum Db {
    Pg(PgPool),
    Lite(Lite),
}

/// SQLite has one writer at a time, so it gets one connection and waits its turn in our queue instead of in SQLite's.
#[derive(Debug, Clone)]
pub struct Lite {
    pub writer: SqlitePool,
    pub readers: SqlitePool,
    /// All writers but those of many rows stand in this line, so that a batch with everybody's messages or replies waits for two others
    /// at most.
    pub(crate) line: Arc<Mutex<()>>,
}

/// What can go wrong in a query.
pub type Error = sqlx::Error;

/// Whether a statement of many rows may have failed because of one of them, rather than because the database is away.
fn is_of_one_row(error: &Error) -> bool {
    matches!(error, Error::Database(_) | Error::Encode(_))
}

/// Runs the same body on either engine: `on_engine!(db, writer, |pool| query(…).execute(pool).await)`.
///
/// The second word chooses SQLite's pool: `readers`, `writer`, or `apart`, the writer past its line; Postgres has one for all.
macro_rules! on_engine {
    ($db:expr, writer, |$pool:ident| $body:expr) => {
        match $db {
            $crate::db::Db::Pg($pool) => $body,
            $crate::db::Db::Lite(lite) => {
                let _turn = lite.line.lock().await;
                let $pool = &lite.writer;
                $body
            }
        }
    };
    ($db:expr, apart, |$pool:ident| $body:expr) => {
        match $db {
            $crate::db::Db::Pg($pool) => $body,
            $crate::db::Db::Lite(lite) => {
                let $pool = &lite.writer;
                $body
            }
        }
    };
    ($db:expr, readers, |$pool:ident| $body:expr) => {
        match $db {
            $crate::db::Db::Pg($pool) => $body,
            $crate::db::Db::Lite(lite) => {
                let $pool = &lite.readers;
                $body
            }
        }
    };
}
pub(crate) use on_engine;

/// What no id that was made at `at` (unix milliseconds) or later is less than: ids begin with their time.
fn first_id(at: i64) -> String {
    format!("{:012x}", at.max(0))
}

impl Db {
    /// Milliseconds by the database's clock, the one that all replicas share.
    pub async fn now_ms(&self) -> Result<i64, Error> {
        // The engines spell the current time differently.
        match self {
            Self::Pg(pool) => {
                sqlx::query_scalar("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)").fetch_one(pool).await
            }
            Self::Lite(lite) => {
                sqlx::query_scalar("SELECT CAST(unixepoch('now', 'subsec') * 1000 AS INTEGER)").fetch_one(&lite.readers).await
            }
        }
    }

    /// Ends every connection, after what they are doing.
    pub async fn close(&self) {
        match self {
            Self::Pg(pool) => pool.close().await,
            Self::Lite(lite) => {
                lite.readers.close().await;
                lite.writer.close().await;
            }
        }
    }
}
