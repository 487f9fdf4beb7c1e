//! `huixin privacy`: a follower's right to a copy of their data, and to be forgotten.

use std::{
    io::{IsTerminal, stdin},
    process::ExitCode,
};

use clap::{Args, Subcommand};
use huixin::{
    config::{Config, MAIN_ACCOUNT},
    server::privacy::{self, Whom},
};

/// What is done.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Print everything that is kept of a follower as JSON, with the keys of their pictures and files
    Export(Follower),
    /// Erase everything that is kept of a follower, and print a receipt
    Erase {
        #[command(flatten)]
        follower: Follower,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Args)]
pub(crate) struct Follower {
    /// The account's name
    #[arg(long, default_value = MAIN_ACCOUNT)]
    account: String,
    /// The follower's openid, as the export, the logs in full, or WeChat's list of followers has it
    #[arg(long)]
    openid: String,
}

/// Exports, or asks and erases.
pub(crate) async fn run(command: Command) -> anyhow::Result<ExitCode> {
    let config = Config::from_environment()?;
    match command {
        Command::Export(follower) => {
            let export = privacy::export(&config, &whom(follower)).await?;
            println!("{}", serde_json::to_string_pretty(&export)?);
        }
        Command::Erase { follower, yes } => {
            let whom = whom(follower);
            if !yes && !is_confirmed(&whom)? {
                eprintln!("Nothing was erased.");
                return Ok(ExitCode::FAILURE);
            }
            let receipt = privacy::erase(&config, &whom).await?;
            println!(
                "Erased of {} in {}: {} question(s) with their answers, {} stored object(s), and all choices. Copies in backups go when those expire.",
                whom.openid, whom.account, receipt.questions, receipt.objects
            );
            if !receipt.left.is_empty() {
                eprintln!("The store would not delete these now; the housekeeping will: {}", receipt.left.join(" "));
                return Ok(ExitCode::FAILURE);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn whom(follower: Follower) -> Whom {
    Whom { account: follower.account, openid: follower.openid }
}

/// Asks a person; a script has to say `--yes`.
fn is_confirmed(whom: &Whom) -> anyhow::Result<bool> {
    anyhow::ensure!(stdin().is_terminal(), "nobody can be asked here; add --yes to erase without a question");
    eprintln!(
        "This erases everything that is kept of {} in {}. It cannot be undone. Type yes to go on:",
        whom.openid, whom.account
    );
    let mut line = String::new();
    stdin().read_line(&mut line)?;
    Ok(line.trim() == "yes")
}
