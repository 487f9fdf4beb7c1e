//! The command line: what huixin can be told to do.

mod commands;

use clap::{Parser, Subcommand};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The server behind a WeChat official account: it answers followers through a language model, durably and in time.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve followers, as the environment and `.env` configure it (see .env.example)
    Serve,
    /// Start everything on this machine, with a simulated WeChat and a phone in the browser
    Dev(commands::dev::Options),
    /// Run the WeChat simulator alone, for any bot
    Simulate(commands::simulate::Options),
    /// Bring the database's schema up to date
    Migrate,
    /// Check configuration, database, clock, token, addresses and the model; exit code 1 on a fault
    Doctor(commands::doctor::Options),
    /// Call any WeChat API with the managed access token
    Call(commands::call::Options),
    /// Show or erase everything that is kept of one follower
    #[command(subcommand)]
    Privacy(commands::privacy::Command),
    /// Ask a running huixin whether it is ready, for a container's health check
    #[command(hide = true)]
    Probe,
    /// Read one uploaded file and print its text
    #[command(hide = true)]
    Extract(commands::extract::Options),
}

#[actix_web::main]
async fn main() -> std::process::ExitCode {
    let result = match Arguments::parse().command {
        Command::Serve => commands::serve::run().await,
        Command::Dev(options) => commands::dev::run(options).await,
        Command::Simulate(options) => commands::simulate::run(options).await,
        Command::Migrate => commands::migrate::run().await,
        Command::Doctor(options) => commands::doctor::run(options).await,
        Command::Call(options) => commands::call::run(options).await,
        Command::Privacy(command) => commands::privacy::run(command).await,
        Command::Probe => commands::probe::run().await,
        Command::Extract(options) => commands::extract::run(&options),
    };
    result.unwrap_or_else(|error| commands::fail(&error))
}
