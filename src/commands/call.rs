//! `huixin call`: any WeChat API with the managed access token, the command line's twin of 接口调试工具.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use huixin::{
    config::{Config, MAIN_ACCOUNT},
    server::call::{ApiCall, call},
    wechat::client,
};

/// One call.
#[derive(Args)]
pub(crate) struct Options {
    method: Method,
    /// The path, such as /cgi-bin/get_api_domain_ip, with its query but without the access token
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
    let Options { method, path, json: body, account } = options;
    let method = match method {
        Method::Get => client::Method::Get,
        Method::Post => client::Method::Post,
    };
    let answer = call(&Config::from_environment()?, ApiCall { account, method, path, body }).await?;
    println!("{}", serde_json::to_string_pretty(&answer)?);
    Ok(ExitCode::SUCCESS)
}
