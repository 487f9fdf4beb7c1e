//! `huixin simulate`: the WeChat simulator alone, for testing any bot.

use std::{net::SocketAddr, process::ExitCode};

use clap::Args;
use huixin::{
    simulator::{Settings, Simulator},
    telemetry,
};

/// Where the simulator listens, and whom it pushes to.
#[derive(Args)]
pub(crate) struct Options {
    /// The address of the phone and of the simulated API
    #[arg(long, default_value = "127.0.0.1:8070")]
    bind: SocketAddr,
    /// The bot's webhook
    #[arg(long)]
    webhook: Option<String>,
    #[arg(long, default_value = "wx5151515151515151")]
    app_id: String,
    #[arg(long, default_value = "51515151515151515151515151515151")]
    app_secret: String,
    #[arg(long, default_value = "simulator")]
    token: String,
    #[arg(long, default_value = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")]
    aes_key: String,
    /// Real seconds per simulated second of waiting
    #[arg(long, default_value_t = 1.0)]
    clock_factor: f64,
}

/// Simulates until Ctrl-C.
pub(crate) async fn run(options: Options) -> anyhow::Result<ExitCode> {
    telemetry::init_logs(huixin::config::LogFormat::Human, None);
    let stop = super::stop_on_signals()?;
    let simulator = Simulator::start(Settings {
        bind: options.bind,
        webhook_url: options.webhook,
        app_id: options.app_id.clone(),
        app_secret: options.app_secret.clone(),
        token: options.token.clone(),
        encoding_aes_key: options.aes_key.clone(),
        clock_factor: options.clock_factor,
        ..Settings::default()
    })?;
    let url = simulator.url();
    if let Some(warning) = simulator.warning() {
        eprintln!("{warning}");
    }
    println!("The phone:      {url}/");
    println!("The API:        {url}/cgi-bin/…      (WECHAT_API_URL={url})");
    println!("The demo model: {url}/v1             (LLM_BASE_URL={url}/v1)");
    println!(
        "appid {}  secret {}  token {}  EncodingAESKey {}",
        options.app_id, options.app_secret, options.token, options.aes_key
    );
    stop.cancelled().await;
    simulator.stop().await;
    Ok(ExitCode::SUCCESS)
}
