//! The composition root: the only place that opens, binds, spawns and stops.

mod assemble;
pub mod call;
pub mod doctor;
pub mod privacy;
pub mod reload;
mod seat;
mod workers;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use actix_web::{HttpServer, dev::ServerHandle, web};
use anyhow::Context;
use secrecy::ExposeSecret;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    app::{App, access::AccessTokens},
    config::Config,
    db, http, telemetry,
    wechat::client::{Client, Connections},
};

use seat::Seat;

/// Requests under way get this long after SIGTERM.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(8);

/// Where somebody watches `/readyz`, it says 503 for this long before the door closes, so that nobody is sent to a closed one.
const LEAVING: Duration = Duration::from_secs(2);

/// Connections one worker holds: followers of a slow model wait on theirs for seconds.
const CONNECTIONS_PER_WORKER: usize = 20_000;

/// A built server: bound, migrated, and not yet running.
pub struct Server {
    address: SocketAddr,
    http: actix_web::dev::Server,
    app: Arc<App>,
    seat: Seat,
    writers: std::pin::Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Server {
    /// Opens the database, brings its schema up to date, and binds.
    pub async fn build(config: Config) -> anyhow::Result<Self> {
        // In a box: it is awaited inside of others, and holds all handles for a moment.
        Box::pin(Self::open(config)).await
    }

    async fn open(config: Config) -> anyhow::Result<Self> {
        telemetry::metrics();
        for name in &config.unknown {
            tracing::warn!(name, "no variable of huixin has this name; see .env.example for the spelling");
        }
        raise_file_limit();
        let database_url = config.database_url.expose_secret().to_owned();
        let seat = Seat::take(&config.data_dir, &database_url)?;
        let db = db::connect(&database_url).await?;
        db::migrate(&db).await?;
        workers::take_seat(&db, &seat).await.context("the lease of this process cannot be written")?;
        let (app, writers) = assemble::assemble(config, db, &seat)?;
        // Before the first push, so that nobody is spoken to in a language they left.
        app.languages.refresh(&app.db).await.context("the languages that followers chose cannot be read")?;
        let (http, address) = bind(&app)?;
        Ok(Self { address, http, app, seat, writers: Box::pin(writers) })
    }

    /// The address that was bound; with port 0 in the configuration, the system chose.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The bound port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// What the server shares, for whoever composes more around it.
    pub fn app(&self) -> Arc<App> {
        self.app.clone()
    }

    /// Serves until `stop` is cancelled; then finishes what is under way and leaves the rest to whoever starts next.
    pub async fn run_until_stopped(self, stop: CancellationToken) -> anyhow::Result<()> {
        let Self { address, http, app, seat, writers } = self;
        let writers = tokio::spawn(writers);
        let workers = workers::spawn(&app, &seat);
        tracing::info!(%address, accounts = app.accounts.current().len(), "huixin is ready");
        let ended = tokio::spawn(stop_on(stop, http.handle(), app.clone()));
        http.await.context("the HTTP server failed")?;
        app.stopping.cancel();
        ended.abort();
        finish(app, workers, writers).await;
        drop(seat);
        tracing::info!("huixin has stopped");
        Ok(())
    }
}

/// A follower who waits is an open file, and one at the model is two; many systems begin with a limit of 1024 that may be raised.
fn raise_file_limit() {
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(limit) => tracing::debug!(limit, "files that may be open"),
        Err(error) => tracing::warn!(%error, "the limit of open files cannot be raised; see `ulimit -n`"),
    }
}

fn bind(app: &Arc<App>) -> anyhow::Result<(actix_web::dev::Server, SocketAddr)> {
    let bind_addr = app.config.bind_addr;
    let data = web::Data::from(app.clone());
    let server = HttpServer::new(move || actix_web::App::new().app_data(data.clone()).configure(http::routes))
        .max_connections(CONNECTIONS_PER_WORKER)
        .backlog(4096)
        .client_request_timeout(Duration::from_secs(5))
        .shutdown_timeout(SHUTDOWN_TIMEOUT.as_secs())
        .disable_signals()
        .bind(bind_addr)
        .with_context(|| format!("BIND_ADDR {bind_addr} cannot be bound; is another program using it?"))?;
    let address = server.addrs().first().copied().context("nothing was bound")?;
    Ok((server.run(), address))
}

/// Says that nothing new should come, stops accepting, and lets what is under way end.
async fn stop_on(stop: CancellationToken, http: ServerHandle, app: Arc<App>) {
    stop.cancelled().await;
    app.readiness.leave();
    if app.readiness.is_watched() {
        tracing::info!("leaving: /readyz says 503, and everything is still answered");
        tokio::time::sleep(LEAVING).await;
    }
    tracing::info!("stopping: no new connections, what is under way may end");
    tokio::select! {
        () = http.stop(true) => {}
        () = tokio::time::sleep(SHUTDOWN_TIMEOUT) => {}
    }
    app.stopping.cancel();
}

/// Gives back what this process owns. Nothing here is needed for correctness: a start is the recovery.
async fn finish(app: Arc<App>, workers: TaskTracker, writers: tokio::task::JoinHandle<()>) {
    workers.close();
    app.tasks.close();
    let everything = async {
        workers.wait().await;
        app.tasks.wait().await;
    };
    let is_over = tokio::time::timeout(Duration::from_secs(1), everything).await.is_ok();
    workers::save_last(&app).await;
    if is_over {
        workers::leave(&app).await;
    } else {
        tracing::warn!("some work did not end in time; the next start takes it over");
    }
    writers.abort();
    app.db.close().await;
}

/// The shared access tokens alone, for commands that call WeChat without serving.
pub async fn access(config: &Config) -> anyhow::Result<AccessTokens> {
    let db = db::connect(config.database_url.expose_secret()).await?;
    db::migrate(&db).await?;
    let wechat_url = config.wechat_api_url.parse().context("WECHAT_API_URL is not an address")?;
    let client = Client::new(wechat_url, Connections::Kept).context("the client for WeChat cannot be made")?;
    Ok(AccessTokens::new(db, client, &format!("command/{}", std::process::id())))
}
