//! `huixin call`: any of WeChat's calls with the shared access token, the command-line twin of 接口调试工具.

use anyhow::Context;
use reqwest::Url;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    app::access::AccessTokens,
    config::Config,
    db,
    wechat::client::{Client, Connections, Method, Request},
};

/// What to call.
#[derive(Debug, Clone)]
pub struct ApiCall {
    /// The account's name; the first one if there is none.
    pub account: Option<String>,
    pub method: Method,
    /// `/cgi-bin/…`, with a query if the call has one. The access token is added.
    pub path: String,
    /// JSON, for a POST.
    pub body: Option<String>,
}

/// Makes the call and returns WeChat's answer. The error of a refusal says what to do.
pub async fn call(config: &Config, call: ApiCall) -> anyhow::Result<Value> {
    let account = match &call.account {
        Some(name) => config.accounts.iter().find(|account| account.name == *name).with_context(|| no_account(config, name))?,
        None => config.accounts.first().context("no account is configured")?,
    };
    let request = request(&call)?;
    let db = db::connect(config.database_url.expose_secret()).await?;
    anyhow::ensure!(db::pending_migrations(&db).await? == 0, "the database's schema is not up to date; run `huixin migrate`");
    // A call may be one that must not be repeated, so it gets a connection of its own.
    let client = Client::new(config.wechat_api_url.parse()?, Connections::Fresh)?;
    let tokens = AccessTokens::new(db.clone(), client, &format!("call/{}", Uuid::now_v7()));
    let answer = tokens.call(account, &request).await;
    db.close().await;
    Ok(answer?)
}

fn request(call: &ApiCall) -> anyhow::Result<Request<Value>> {
    anyhow::ensure!(call.path.starts_with('/'), "the path starts with a slash, for example /cgi-bin/menu/get");
    // Only the path and the query of this URL are used.
    let url = Url::parse("https://api.weixin.qq.com")?.join(&call.path).context("the path cannot be read")?;
    let path = url.path().to_owned();
    let mut request = match (call.method, &call.body) {
        (Method::Get, None) => Request::get(path),
        (Method::Get, Some(_)) => anyhow::bail!("a GET has no body; give its parameters in the path, after a question mark"),
        (Method::Post, Some(body)) => Request::post(path, serde_json::from_str(body).context("the body is not JSON")?),
        (Method::Post, None) => Request::post(path, json!({})),
    };
    for (name, value) in url.query_pairs() {
        anyhow::ensure!(name != "access_token", "leave the access token out; huixin adds its own");
        request = request.with_query(name.into_owned(), value);
    }
    Ok(request)
}

fn no_account(config: &Config, name: &str) -> String {
    let names: Vec<&str> = config.accounts.iter().map(|account| account.name.as_str()).collect();
    format!("there is no account {name:?}; there are: {}", names.join(", "))
}
