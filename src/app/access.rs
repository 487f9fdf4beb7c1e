//! The access token and the JS-SDK ticket that all callers and all replicas share, and calls to WeChat made with them.
//!
//! One refresh serves any number of callers: in the process through a single flight, between replicas through a claim in the
//! database. Knows nothing of what the calls are for; it repeats one only when WeChat refused its token, which proves that
//! nothing was done.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use moka::{Expiry, future::Cache};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;

use crate::{
    config::Account,
    db::{
        self, Db,
        access_tokens::{self, AccessToken, Claim},
        tickets,
    },
    wechat::{
        self,
        client::{Client, Request},
        error::Class,
        media::Download,
        ticket::{Ticket, jsapi_ticket},
        token::{Refresh, Token, stable_token},
    },
};

/// WeChat issues the next token five minutes before the end of the old one, and both work meanwhile.
const OVERLAP: Duration = Duration::from_mins(5);

/// How long a token is used without looking again when it is in its last minutes, or another replica is fetching the next.
const LAST_MINUTES: Duration = Duration::from_secs(10);

/// A claim outlives a normal and a forced request (10 s each); a replica that died holds the others up for no longer.
const CLAIM: Duration = Duration::from_secs(25);

/// How long a caller waits for another replica's refresh: a passive reply still has time to say something afterwards.
const PATIENCE: Duration = Duration::from_secs(3);

/// Between two looks at the row while another replica refreshes; a refresh takes about 100 ms.
const POLL: Duration = Duration::from_millis(100);

/// For how long a refusal that only an operator can end (40164, 40125, …) is remembered.
const REFUSAL_PAUSE: Duration = Duration::from_secs(10);

/// For how long a passing failure is remembered.
const FAILURE_PAUSE: Duration = Duration::from_secs(1);

/// For how long any failure to get a ticket is remembered: pages do without, and none should wait for it in vain.
const TICKET_PAUSE: Duration = Duration::from_mins(5);

/// The platform counts its days in China, 8 hours east of UTC.
const CHINA_OFFSET_MS: i64 = 8 * 60 * 60 * 1000;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Hands out access tokens and makes calls with them.
#[derive(Clone)]
pub struct AccessTokens {
    db: Db,
    client: Client,
    /// Tells this process's claims from those of others.
    replica: Arc<str>,
    held: Cache<String, Held>,
    /// The JS-SDK tickets, by the same rules.
    tickets: Cache<String, Held>,
}

/// Why a call was not made or did not succeed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Wechat(#[from] wechat::error::Error),
    #[error("the account {account} has no app secret and cannot call WeChat; set WECHAT_APP_SECRET")]
    NoSecret { account: String },
    #[error("WeChat refuses the token that it hands out, and no forced refresh is left for now")]
    Rejected,
    #[error("the shared access token cannot be read")]
    Database(#[source] Arc<db::Error>),
}

/// What the last look brought, a failure included, and for how long it counts.
#[derive(Clone)]
struct Held {
    token: Result<SecretString, Error>,
    lifetime: Duration,
}

struct ByLifetime;

impl Expiry<String, Held> for ByLifetime {
    fn expire_after_create(&self, _account: &String, held: &Held, _now: Instant) -> Option<Duration> {
        Some(held.lifetime)
    }
}

impl Error {
    /// The errcode, where WeChat gave one.
    pub fn errcode(&self) -> Option<i64> {
        match self {
            Self::Wechat(error) => error.errcode(),
            Self::NoSecret { .. } | Self::Rejected | Self::Database(_) => None,
        }
    }

    /// Storms of callers must not hammer WeChat with a question whose answer is known.
    fn pause(&self) -> Duration {
        let Self::Wechat(error) = self else { return FAILURE_PAUSE };
        match error.refusal().map(wechat::error::WechatError::class) {
            Some(Class::Stop | Class::Fix | Class::Wait | Class::Drop | Class::Unlisted) => REFUSAL_PAUSE,
            Some(Class::Retry | Class::Refresh) | None => FAILURE_PAUSE,
        }
    }
}

impl From<db::Error> for Error {
    fn from(error: db::Error) -> Self {
        Self::Database(Arc::new(error))
    }
}

impl AccessTokens {
    /// `replica` is unlike that of any other process.
    pub fn new(db: Db, client: Client, replica: &str) -> Self {
        let cache = || Cache::builder().expire_after(ByLifetime).build();
        Self { db, client, replica: replica.into(), held: cache(), tickets: cache() }
    }

    /// Makes `request` for `account`; once more with a new token if WeChat refuses the old one (40001, 40014, 42001).
    pub async fn call<T: DeserializeOwned>(&self, account: &Account, request: &Request<T>) -> Result<T, Error> {
        let token = self.current(account).await?;
        match self.client.call(&token, request).await {
            Err(error) if error.is_stale_token() => {
                Ok(self.client.call(&self.instead(account, &token, error).await?, request).await?)
            }
            other => Ok(other?),
        }
    }

    /// Fetches a file for `account`, likewise.
    pub async fn download(&self, account: &Account, request: &Request<Download>) -> Result<Download, Error> {
        let token = self.current(account).await?;
        match self.client.download(&token, request).await {
            Err(error) if error.is_stale_token() => {
                Ok(self.client.download(&self.instead(account, &token, error).await?, request).await?)
            }
            other => Ok(other?),
        }
    }

    /// Another token than the one that was `refused`; without one the refusal is what the caller should read.
    async fn instead(&self, account: &Account, bad: &SecretString, refused: wechat::error::Error) -> Result<SecretString, Error> {
        match self.replace(account, bad).await {
            Err(Error::Rejected) => Err(refused.into()),
            other => other,
        }
    }

    /// The account's JS-SDK ticket, fetched if need be, and used until a few minutes before its end.
    pub async fn ticket(&self, account: &Account) -> Result<SecretString, Error> {
        let look = async {
            match self.shared_ticket(account).await {
                Ok(held) => held,
                Err(error) => Held { lifetime: error.pause().max(TICKET_PAUSE), token: Err(error) },
            }
        };
        self.tickets.get_with_by_ref(&account.name, look).await.token
    }

    async fn shared_ticket(&self, account: &Account) -> Result<Held, Error> {
        let now = self.db.now_ms().await?;
        let row = tickets::show(&self.db, &account.name).await?;
        if let Some(fresh) = row.and_then(|row| until_due(row.ticket.into(), row.expires_at - now)) {
            return Ok(fresh);
        }
        let Ticket { ticket, expires_in } = self.call(account, &jsapi_ticket()).await?;
        tickets::store(&self.db, &account.name, ticket.expose_secret(), now + expires_in.as_millis() as i64).await?;
        Ok(held(&Token { value: ticket, expires_in }))
    }

    /// The account's token, fetched if need be.
    pub async fn current(&self, account: &Account) -> Result<SecretString, Error> {
        self.held.get_with_by_ref(&account.name, self.look(account)).await.token
    }

    /// A token other than `bad`, which WeChat has refused.
    pub async fn replace(&self, account: &Account, bad: &SecretString) -> Result<SecretString, Error> {
        access_tokens::reject(&self.db, &account.name, bad.expose_secret()).await?;
        // Twice, because a look that began before the rejection may still bring the bad one.
        for _ in 0..2 {
            if self.held.get(&account.name).await.is_some_and(|held| held.token.is_ok_and(|token| is_same(&token, bad))) {
                self.held.invalidate(&account.name).await;
            }
            let token = self.current(account).await?;
            if !is_same(&token, bad) {
                return Ok(token);
            }
        }
        Err(Error::Rejected)
    }

    /// Forgets what the last look brought, a remembered refusal above all: the account's secret has changed.
    pub async fn look_again(&self, account: &Account) {
        self.held.invalidate(&account.name).await;
    }

    /// Withdraws the account's token everywhere: it belongs to another official account.
    pub async fn forget(&self, account: &Account) {
        match access_tokens::show(&self.db, &account.name).await {
            Ok(None) => {}
            Ok(Some(row)) => {
                if let Err(error) = access_tokens::reject(&self.db, &account.name, &row.token).await {
                    tracing::error!(account = account.name, %error, "the old access token could not be withdrawn");
                }
            }
            Err(error) => tracing::error!(account = account.name, %error, "the old access token could not be looked up"),
        }
        self.look_again(account).await;
    }

    async fn look(&self, account: &Account) -> Held {
        match self.shared(account).await {
            Ok(held) => held,
            Err(error) => Held { lifetime: error.pause(), token: Err(error) },
        }
    }

    /// The row's token if it is fresh; else fetches one, or waits for the replica that does.
    async fn shared(&self, account: &Account) -> Result<Held, Error> {
        let started = Instant::now();
        loop {
            let now = self.db.now_ms().await?;
            let row = access_tokens::show(&self.db, &account.name).await?;
            if let Some(fresh) = row.as_ref().and_then(|row| fresh(row, now)) {
                return Ok(fresh);
            }
            let until = now + CLAIM.as_millis() as i64;
            let claim = Claim { account: &account.name, replica: &self.replica, now, until };
            if access_tokens::claim(&self.db, claim, row.as_ref().map_or(0, |row| row.refreshed_at)).await? {
                return self.refresh(account, claim, row).await;
            }
            if let Some(last_minutes) = row.as_ref().and_then(|row| last_minutes(row, now)) {
                return Ok(last_minutes);
            }
            if started.elapsed() > PATIENCE {
                // The holder of the claim is slow or dead. In normal mode any number of processes may ask.
                return Ok(held(&self.ask(account, Refresh::Normal).await?));
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Fetches a token under `claim` and shares it; while WeChat is out of order, an old one that still works will do.
    async fn refresh(&self, account: &Account, claim: Claim<'_>, old: Option<AccessToken>) -> Result<Held, Error> {
        match self.fetch(account, claim, old.as_ref()).await {
            Ok(token) => {
                let expires_at = claim.now + token.expires_in.as_millis() as i64;
                access_tokens::store(&self.db, claim, token.value.expose_secret(), expires_at).await?;
                tracing::info!(account = account.name, expires_in_s = token.expires_in.as_secs(), "renewed the access token");
                Ok(held(&token))
            }
            Err(error) => {
                access_tokens::release(&self.db, claim).await?;
                tracing::warn!(account = account.name, %error, "the access token could not be renewed");
                old.and_then(|old| last_minutes(&old, claim.now)).ok_or(error)
            }
        }
    }

    /// Normal mode first. If it brings the very token that WeChat refuses, one forced refresh, as far as they are allowed.
    async fn fetch(&self, account: &Account, claim: Claim<'_>, old: Option<&AccessToken>) -> Result<Token, Error> {
        let token = self.ask(account, Refresh::Normal).await?;
        let was_rejected = old.is_some_and(|old| old.expires_at == 0 && old.token == token.value.expose_secret());
        if !was_rejected {
            return Ok(token);
        }
        let day = (claim.now + CHINA_OFFSET_MS) / DAY_MS;
        if !access_tokens::take_forced(&self.db, claim, day).await? {
            return Err(Error::Rejected);
        }
        self.ask(account, Refresh::Forced).await
    }

    async fn ask(&self, account: &Account, refresh: Refresh) -> Result<Token, Error> {
        let Some(secret) = &account.app_secret else {
            return Err(Error::NoSecret { account: account.name.clone() });
        };
        Ok(stable_token(&self.client, &account.app_id, secret, refresh).await?)
    }
}

fn is_same(one: &SecretString, other: &SecretString) -> bool {
    one.expose_secret() == other.expose_secret()
}

/// The row's token with the time until its successor is due, if that is not yet.
fn fresh(row: &AccessToken, now: i64) -> Option<Held> {
    until_due(row.token.clone().into(), row.expires_at - now)
}

fn until_due(token: SecretString, remaining_ms: i64) -> Option<Held> {
    let remaining = Duration::from_millis(u64::try_from(remaining_ms).ok()?);
    let lifetime = remaining.checked_sub(OVERLAP).filter(|lifetime| !lifetime.is_zero())?;
    Some(Held { token: Ok(token), lifetime })
}

/// The row's token for a little while, if it works at all.
fn last_minutes(row: &AccessToken, now: i64) -> Option<Held> {
    let remaining = Duration::from_millis(u64::try_from(row.expires_at - now).ok()?);
    (remaining > LAST_MINUTES).then(|| Held { token: Ok(row.token.clone().into()), lifetime: LAST_MINUTES })
}

/// A token just fetched. One that is in its last minutes already is used for a part of them.
fn held(token: &Token) -> Held {
    let until_due = token.expires_in.checked_sub(OVERLAP).filter(|lifetime| !lifetime.is_zero());
    Held { token: Ok(token.value.clone()), lifetime: until_due.unwrap_or(LAST_MINUTES.min(token.expires_in / 2)) }
}
