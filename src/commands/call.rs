//! `huixin call`: any WeChat API with the managed access token, the command line's twin of 接口调试工具.

use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use huixin::{
    config::{Config, MAIN_ACCOUNT},
    server,
    wechat::client::Request,
};
use serde_json::Value;

/// One call.
#[derive(Args)]
pub(crate) struct Options {
    method: Method,
    /// The path, such as /cgi-bin/get_api_domain_ip
    path: String,
    /// The body of a POST, as JSON
    json: Option<String>,
    /// The account's name
    #[arg(long, default_value = MAIN_ACCOUNT)]
    account: String,
}

#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "UPPER")]
enum Method {
    #[value(alias = "get")]
    Get,
    #[value(alias = "post")]
    Post,
}

/// Calls, and prints WeChat's answer.
pub(crate) async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let config = Config::from_environment()?;
    let Some(account) = config.accounts.iter().find(|account| account.name == options.account).cloned() else {
        bail!("no account is named {}", options.account);
    };
    let request: Request<Value> = match (options.method, options.json) {
        (Method::Get, None) => Request::get(options.path),
        (Method::Get, Some(_)) => bail!("a GET has no body"),
        (Method::Post, body) => {
            let body = body.as_deref().unwrap_or("{}");
            Request::post(options.path, serde_json::from_str(body).context("the body is not JSON")?)
        }
    };
    let answer = server::access(&config).await?.call(&account, &request).await?;
    println!("{}", serde_json::to_string_pretty(&answer)?);
    Ok(ExitCode::SUCCESS)
}
