//! `huixin probe`: a health check for images without curl.

use std::{process::ExitCode, time::Duration};

use huixin::config::Config;

/// Asks `/readyz` of the server that this configuration starts.
pub(crate) async fn run() -> anyhow::Result<ExitCode> {
    let config = Config::from_environment()?;
    let mut address = config.bind_addr;
    if address.ip().is_unspecified() {
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    let client = reqwest::Client::builder().timeout(Duration::from_secs(3)).no_proxy().build()?;
    let answer = client.get(format!("http://{address}/readyz")).send().await?;
    println!("{}", answer.status());
    Ok(if answer.status().is_success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
