//! A WeChat to try things against: it pushes messages to a webhook, answers the platform's API, shows what a follower would
//! see on a phone in the browser, and brings a demo model along.
//!
//! It stands outside the product: it knows the envelope of a push, and nothing of how huixin answers one, so that it can test
//! any other bot as well. It has no login; bind it to the loopback address.

mod act;
mod api;
mod browser;
mod clock;
mod delivery;
mod journal;
mod message;
mod multipart;
mod phone;
mod platform;
mod reply;
mod settings;
mod sound;
mod upstream;
mod world;

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use actix_web::{App, HttpServer, dev::ServerHandle, web};
use anyhow::Context;
use tokio::{
    runtime::Handle,
    sync::{OnceCell, watch},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use self::{
    act::{Recognition, Recording, VoiceFormat},
    delivery::Verification,
    journal::{ApiCall, Bubble, Card, Exchange, MenuOption, Outcome, PushId, Shown, Via},
    message::Message,
    platform::{MediaKind, Medium, NO_SERVICE},
    settings::{Account, AccountKind, ApiFault, Mode, PushFaults, Settings, Switches, Wrong},
    world::ORIGINAL_ID,
};
use self::{clock::Clock, platform::Platform, world::World};
use crate::wechat::envelope::AesKey;

/// A question may carry several pictures as text; an upload that is too large must still arrive to be refused as WeChat refuses it.
const MAX_BODY: usize = 48 * 1024 * 1024;

/// A running simulator. Dropping it without [`Simulator::stop`] leaves the server running until the runtime ends.
pub struct Simulator {
    world: Arc<World>,
    server: ServerHandle,
    warning: Option<String>,
}

impl Simulator {
    /// Binds and starts serving, on the Tokio runtime it is called in. Fails if the address is taken or the key is no
    /// `EncodingAESKey`.
    pub fn start(settings: Settings) -> anyhow::Result<Self> {
        let warning = (!settings.bind.ip().is_loopback())
            .then(|| format!("the simulator has no login, and {} can be reached from other machines", settings.bind));
        let bind = settings.bind;
        let world = Arc::new(world(settings)?);
        let shared = Arc::clone(&world);
        let server = HttpServer::new(move || {
            App::new()
                .app_data(web::Data::from(Arc::clone(&shared)))
                .app_data(web::PayloadConfig::new(MAX_BODY))
                .app_data(web::JsonConfig::default().limit(MAX_BODY))
                .configure(phone::routes)
                .configure(upstream::routes)
                .route("/cgi-bin/{call:.*}", web::route().to(api::answer))
        })
        .workers(2)
        .disable_signals()
        .bind(bind)
        .with_context(|| format!("cannot bind {bind}"))?;
        let address = server.addrs().first().copied().unwrap_or(bind);
        let _ = world.url.set(format!("http://{}", reachable(address)));
        let running = server.run();
        let handle = running.handle();
        tokio::spawn(running);
        Ok(Self { world, server: handle, warning })
    }

    /// `http://127.0.0.1:port`, without a slash: the value of `WECHAT_API_URL`; with `/v1` that of `LLM_BASE_URL`.
    pub fn url(&self) -> String {
        self.world.url().to_owned()
    }

    /// What should be printed when it can be reached from elsewhere.
    pub fn warning(&self) -> Option<&str> {
        self.warning.as_deref()
    }

    /// Ends every delivery and closes the port.
    pub async fn stop(self) {
        self.world.stop.cancel();
        self.world.tasks.close();
        self.server.stop(false).await;
        if let Some(browser) = self.world.browser.get() {
            browser.server.stop(false).await;
        }
        self.world.tasks.wait().await;
    }

    /// Where pushes go from now on.
    pub fn set_webhook(&self, url: impl Into<String>) {
        let url = url.into();
        self.world.change(|platform| platform.webhook_url = Some(url));
    }

    pub fn switches(&self) -> Switches {
        self.world.look(|platform| platform.switches.clone())
    }

    pub fn set_switches(&self, switches: Switches) {
        self.world.change(|platform| platform.switches = switches);
    }

    /// Changes a few switches and leaves the others.
    pub fn switch(&self, change: impl FnOnce(&mut Switches)) {
        self.world.change(|platform| change(&mut platform.switches));
    }

    /// Somebody else refreshed the token by force: those given out so far are worth nothing.
    pub fn revoke_tokens(&self) {
        self.world.change(|platform| platform.tokens.revoke());
    }

    /// Moves windows and lifetimes on, as if so much time had passed. Pushes keep the real time.
    pub fn advance(&self, by: Duration) {
        self.world.clock.advance(by);
    }

    /// Makes `openid` a follower without any event.
    pub fn follow(&self, openid: &str) {
        let now_ms = self.world.clock.now_ms();
        self.world.change(|platform| {
            platform.follow(openid, now_ms);
        });
    }

    /// Checks the webhook's address as the console does on saving it.
    pub async fn verify_webhook(&self) -> Verification {
        delivery::verify(&self.world).await
    }

    /// Waits until the deliveries of `push` have ended, repetitions by fault excepted.
    pub async fn finished(&self, push: PushId) {
        self.until(|simulator| simulator.world.look(|platform| platform.is_finished(push))).await;
    }

    /// Waits until `holds` holds, looking again after every change. Has no deadline of its own.
    pub async fn until(&self, holds: impl Fn(&Self) -> bool) {
        let mut changes = self.world.changes.subscribe();
        while !holds(self) {
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    /// What the follower sees, oldest first.
    pub fn chat(&self, openid: &str) -> Vec<Bubble> {
        self.world
            .look(|platform| platform.followers.get(openid).map(|follower| follower.chat.iter().cloned().collect()))
            .unwrap_or_default()
    }

    /// Every delivery so far, oldest first.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.world.look(|platform| platform.exchanges.iter().cloned().collect())
    }

    /// Every call of the API so far, oldest first.
    pub fn calls(&self) -> Vec<ApiCall> {
        self.world.look(|platform| platform.calls.iter().cloned().collect())
    }

    /// Every request to the demo model so far, oldest first.
    pub fn asked(&self) -> Vec<serde_json::Value> {
        self.world.look(|platform| platform.asked.iter().cloned().collect())
    }
}

fn world(settings: Settings) -> anyhow::Result<World> {
    let clock = Clock::new(settings.clock_factor);
    let mut platform = Platform::new(Switches::healthy(settings.account, settings.mode), settings.webhook_url);
    for openid in &settings.followers {
        platform.follow(openid, clock.now_ms());
    }
    Ok(World {
        app_id: settings.app_id,
        app_secret: settings.app_secret,
        token: settings.token,
        key: AesKey::parse(&settings.encoding_aes_key)?,
        clock,
        // WeChat follows no redirects; a connection of its own for each delivery can be closed without harm to another.
        http: reqwest::Client::builder()
            .user_agent("Mozilla/4.0")
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .pool_max_idle_per_host(0)
            .build()?,
        runtime: Handle::current(),
        tasks: TaskTracker::new(),
        stop: CancellationToken::new(),
        url: OnceLock::new(),
        address: settings.bind,
        browser: OnceCell::new(),
        platform: Mutex::new(platform),
        changes: watch::Sender::new(0),
    })
}

/// An address that a client on this machine can use.
fn reachable(address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() { SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), address.port()) } else { address }
}
