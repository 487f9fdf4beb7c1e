//! `huixin call`: any of WeChat's calls with the shared access token, the command-line twin of 接口调试工具.

use anyhow::Context;
use reqwest::Url;
use serde_json::{Value, json};

use crate::{
    config::Config,
    wechat::client::{Method, Request},
};

/// What to call.
#[derive(Debug, Clone)]
pub struct ApiCall {
    /// The account's name.
    pub account: String,
    pub method: Method,
    /// `/cgi-bin/…`, with a query if the call has one. The access token is added.
    pub path: String,
    /// JSON, for a POST; `{}` if there is none.
    pub body: Option<String>,
}

/// Makes the call and returns WeChat's answer. The error of a refusal says what to do.
pub async fn call(config: &Config, call: ApiCall) -> anyhow::Result<Value> {
    let account = config.accounts.iter().find(|account| account.name == call.account).with_context(|| {
        let names: Vec<&str> = config.accounts.iter().map(|account| account.name.as_str()).collect();
        format!("no account is named {}; there are: {}", call.account, names.join(", "))
    })?;
    let request = request(&call)?;
    Ok(super::access(config).await?.call(account, &request).await?)
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
