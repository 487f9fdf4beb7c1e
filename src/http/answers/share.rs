//! What proves to WeChat that the account lets a page say how it looks when it is shared.
//!
//! A page is worth more than its card: where there is no right, no secret, or no ticket at once, it goes out without.

use std::{sync::Arc, time::Duration};

use actix_web::{HttpRequest, http::header::USER_AGENT};
use secrecy::SecretString;

use crate::{
    app::{Account, App},
    clock,
    db::questions::Question,
    wechat::ticket::signature,
};

/// How long a page waits for a ticket that nobody has fetched yet; it usually takes 100 ms, once in two hours.
const PATIENCE: Duration = Duration::from_millis(300);

/// What WeChat's browser calls itself.
const WECHAT: &str = "MicroMessenger";

/// The parameters of `wx.config`, and the address that is shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    pub app_id: String,
    pub timestamp: i64,
    pub nonce: String,
    pub signature: String,
    pub link: String,
}

/// Signs the page of `question` for the browser that asks, if that is WeChat's and the account may.
pub(super) async fn signed(request: &HttpRequest, app: &Arc<App>, question: &Question) -> Option<Share> {
    let browser = request.headers().get(USER_AGENT)?.to_str().ok()?;
    if !browser.contains(WECHAT) {
        return None;
    }
    let public_url = app.config.public_url.as_deref()?;
    let account = app.account(&question.account)?;
    account.configured.app_secret.as_ref()?;
    let ticket = ticket(app, &account).await?;
    // WeChat appends parameters to a shared address, and what the browser shows is what must be signed.
    let shown = request.uri().path_and_query().map_or("/", |shown| shown.as_str());
    let (timestamp, nonce) = (clock::now_ms() / 1000, app.random_token());
    Some(Share {
        signature: signature(&ticket, &nonce, timestamp, &format!("{public_url}{shown}")),
        app_id: account.configured.app_id.clone(),
        timestamp,
        nonce,
        link: format!("{public_url}/a/{}", question.page_token),
    })
}

/// The ticket, if it is there in time. The task goes on without the page, so that the next one finds it.
async fn ticket(app: &Arc<App>, account: &Arc<Account>) -> Option<SecretString> {
    let (own, named) = (app.clone(), account.clone());
    let fetching = app.tasks.spawn(async move { own.access.ticket(&named.configured).await });
    match tokio::time::timeout(PATIENCE, fetching).await.ok()?.ok()? {
        Ok(ticket) => Some(ticket),
        Err(error) => {
            tracing::debug!(account = account.name, %error, "a page cannot be signed");
            None
        }
    }
}
