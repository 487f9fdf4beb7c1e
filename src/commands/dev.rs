//! `huixin dev`: everything on one machine, with nothing to install and no account.

use std::{net::TcpListener, path::PathBuf, process::ExitCode};

use anyhow::Context;
use clap::Args;
use huixin::{
    config::{Config, Values},
    server::Server,
    simulator::{Settings, Simulator},
    telemetry,
};

/// The demo model's name, where no upstream is configured.
const DEMO_MODEL: &str = "huixin-demo";

/// Where everything is kept and found.
#[derive(Args)]
pub(crate) struct Options {
    /// The folder of the embedded database
    #[arg(long, default_value = "data/dev")]
    data_dir: PathBuf,
    /// The port of the phone; 0 lets the system choose
    #[arg(long, default_value_t = 0)]
    port: u16,
}

/// Runs huixin, the simulator and the demo model until Ctrl-C.
pub(crate) async fn run(options: Options) -> anyhow::Result<ExitCode> {
    // An unreadable .env shows as an upstream that is not used.
    let _ = dotenvy::dotenv();
    let settings = Settings { bind: ([127, 0, 0, 1], options.port).into(), ..Settings::default() };
    let simulator = Simulator::start(settings.clone())?;
    let config = Config::from_values(&values(&options, &settings, &simulator)?)?;
    telemetry::init_logs(config.log_format, None);
    let stop = super::stop_on_signals()?;
    let (model, upstream) = (config.llm.model.clone(), config.llm.base_url.clone());
    let server = Server::build(config).await?;
    simulator.set_webhook(format!("http://{}/wechat", server.address()));
    println!("\n  Open the phone:  {}/\n", simulator.url());
    println!("  huixin           http://{}", server.address());
    println!("  the model        {model} at {upstream}");
    println!("  the database     {}/huixin.db", options.data_dir.display());
    println!("  Ctrl-C ends everything.\n");
    server.run_until_stopped(stop).await?;
    simulator.stop().await;
    Ok(ExitCode::SUCCESS)
}

/// The environment's choices, with the simulator in WeChat's place; and in the model's, unless `LLM_BASE_URL` names one.
fn values(options: &Options, settings: &Settings, simulator: &Simulator) -> anyhow::Result<Values> {
    let port = TcpListener::bind(("127.0.0.1", 0)).and_then(|free| free.local_addr()).context("no free port")?.port();
    let address = format!("127.0.0.1:{port}");
    let mut values = Values::from_environment()
        .with("BIND_ADDR", &address)
        .with("PUBLIC_URL", format!("http://{address}"))
        .with("DATA_DIR", options.data_dir.display().to_string())
        .with("DATABASE_URL", "")
        .with("ACCOUNTS_FILE", "")
        .with("WECHAT_API_URL", simulator.url())
        .with("WECHAT_APP_ID", &settings.app_id)
        .with("WECHAT_APP_SECRET", &settings.app_secret)
        .with("WECHAT_TOKEN", &settings.token)
        .with("WECHAT_ENCODING_AES_KEY", &settings.encoding_aes_key)
        .with("WECHAT_ENCODING_AES_KEY_PREVIOUS", "")
        .with("WECHAT_ALLOW_PLAINTEXT", "true")
        // The simulator's own pages and pictures lie on this machine.
        .with("FETCH_ALLOW_HOSTS", simulator.url().trim_start_matches("http://"));
    if values.of("LLM_BASE_URL").is_none() {
        values = values
            .with("LLM_BASE_URL", format!("{}/v1", simulator.url()))
            .with("LLM_MODEL", DEMO_MODEL)
            .with("LLM_FALLBACK_MODEL", "")
            .with("LLM_MODELS", "")
            .with("LLM_API_KEY", "demo")
            .with("IMAGE_BASE_URL", "")
            .with("IMAGE_MODEL", "huixin-draw")
            .with("AUDIO_BASE_URL", "")
            .with("AUDIO_HEARING_MODEL", "huixin-hear")
            .with("AUDIO_SPEAKING_MODEL", "huixin-speak");
    }
    Ok(values)
}
