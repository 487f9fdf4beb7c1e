//! A database of its own for each test.

use sqlx::{Connection, Executor, PgConnection};
use tempfile::TempDir;

/// Which engine a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A fresh database; a SQLite file goes with the folder.
pub struct Database {
    pub url: String,
    pub folder: TempDir,
}

impl Database {
    /// An empty database on `engine`.
    pub async fn new(engine: Engine) -> Self {
        let folder = TempDir::new().unwrap();
        let url = match engine {
            Engine::Sqlite => format!("sqlite://{}/huixin.db", folder.path().display()),
            Engine::Postgres => new_on_postgres().await,
        };
        Self { url, folder }
    }
}

async fn new_on_postgres() -> String {
    let Ok(admin_url) = std::env::var("TEST_POSTGRES_URL") else {
        panic!("TEST_POSTGRES_URL is not set: run scripts/test, or scripts/with-postgres cargo test")
    };
    let name = format!("test_{}", uuid::Uuid::now_v7().simple());
    let mut admin = PgConnection::connect(&admin_url).await.unwrap();
    admin.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    admin.close().await.unwrap();
    let (server, _) = admin_url.rsplit_once('/').unwrap();
    format!("{server}/{name}")
}
