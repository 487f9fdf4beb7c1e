//! A real `huixin serve` as a process of its own, and what the system knows about it.

use std::{
    fs::File,
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    process::{Child, Command},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use huixin::db::{self, Db};

use crate::{messages, wire::Connection};

/// The program that is measured.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_huixin");

/// The unit of `/proc`'s times on every Linux of today.
const TICKS_PER_SECOND: u64 = 100;

const PATIENCE: Duration = Duration::from_secs(30);

/// The engine, with a new database for each run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// A running huixin; dropping it kills it without warning.
pub(crate) struct Product {
    child: Child,
    pub(crate) address: SocketAddr,
    /// From the start of the process to the first successful `/readyz`.
    pub(crate) ready_after: Duration,
    database_url: String,
}

/// Where a run keeps its database, and what differs in its configuration.
pub(crate) struct Site {
    folder: tempfile::TempDir,
    database_url: String,
    settings: Vec<(&'static str, String)>,
}

impl Engine {
    /// The engines this machine offers: Postgres where the environment names one (`scripts/with-postgres` does).
    pub(crate) fn all() -> Vec<Self> {
        if std::env::var_os("TEST_POSTGRES_URL").is_some() { vec![Self::Sqlite, Self::Postgres] } else { vec![Self::Sqlite] }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

impl Site {
    /// A new, empty one. The folder is beside the build, not in a `/tmp` that may be memory.
    pub(crate) async fn new(engine: Engine) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        // The product looks for one in the folders above too, and would find a developer's own.
        std::fs::write(folder.path().join(".env"), "")?;
        let database_url = match engine {
            Engine::Sqlite => format!("sqlite://{}/huixin.db", folder.path().display()),
            Engine::Postgres => new_postgres().await?,
        };
        Ok(Self { folder, database_url, settings: Vec::new() })
    }

    /// Sets a variable of the product's environment.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.settings.push((name, value.into()));
        self
    }

    pub(crate) async fn db(&self) -> anyhow::Result<Db> {
        db::connect(&self.database_url).await
    }

    /// Starts the product here and waits until it is ready.
    pub(crate) async fn start(&self) -> anyhow::Result<Product> {
        let address = free_address()?;
        let started = Instant::now();
        // However this program ends, the product ends with it.
        let child = Command::new("/usr/bin/setpriv")
            .args(["--pdeathsig", "KILL", PROGRAM, "serve"])
            .current_dir(self.folder.path())
            .env_clear()
            .env("BIND_ADDR", address.to_string())
            .env("DATA_DIR", self.folder.path())
            .env("DATABASE_URL", &self.database_url)
            .env("WECHAT_APP_ID", messages::APP_ID)
            .env("WECHAT_TOKEN", messages::TOKEN)
            .env("WECHAT_ENCODING_AES_KEY", messages::ENCODING_AES_KEY)
            .env("LLM_BASE_URL", "http://127.0.0.1:9/v1")
            .env("LLM_MODEL", "bench")
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .stderr(File::create(self.log())?)
            .spawn()
            .context("huixin cannot be started")?;
        let mut product = Product { child, address, ready_after: Duration::ZERO, database_url: self.database_url.clone() };
        while !is_ready(address).await {
            if started.elapsed() > PATIENCE || product.child.try_wait()?.is_some() {
                bail!("huixin does not become ready: {}", std::fs::read_to_string(self.log())?);
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        product.ready_after = started.elapsed();
        Ok(product)
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }
}

impl Product {
    /// Processor time since the start, of all threads.
    pub(crate) fn processor_time(&self) -> anyhow::Result<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The fields after the name in brackets; utime and stime are the 14th and 15th of all.
        let (_, fields) = stat.rsplit_once(") ").context("no name")?;
        let ticks = fields.split(' ').skip(11).take(2).map(str::parse::<u64>).sum::<Result<u64, _>>()?;
        Ok(Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND))
    }

    /// Resident memory, in MiB.
    pub(crate) fn resident_mib(&self) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
    }

    /// Kills the process as it stands, then counts the pushes that its database kept.
    pub(crate) async fn kill_and_count(self) -> anyhow::Result<i64> {
        let url = self.database_url.clone();
        drop(self);
        let db = db::connect(&url).await?;
        let count = "SELECT COUNT(*) FROM inbound";
        let rows = match &db {
            Db::Pg(pool) => sqlx::query_scalar(count).fetch_one(pool).await?,
            Db::Lite(lite) => sqlx::query_scalar(count).fetch_one(&lite.writer).await?,
        };
        db.close().await;
        Ok(rows)
    }
}

impl Drop for Product {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn is_ready(address: SocketAddr) -> bool {
    let Ok(mut connection) = Connection::open(address).await else { return false };
    connection.exchange(b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").await.is_ok()
}

fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

async fn new_postgres() -> anyhow::Result<String> {
    let url = std::env::var("TEST_POSTGRES_URL")?;
    let (server, _) = url.rsplit_once('/').context("TEST_POSTGRES_URL names no database")?;
    let pool = sqlx::PgPool::connect(&url).await?;
    let name = format!("bench_{}", uuid::Uuid::now_v7().simple());
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&pool).await?;
    pool.close().await;
    Ok(format!("{server}/{name}"))
}
