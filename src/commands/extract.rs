//! `huixin extract`: reads one file and ends. The server starts it for each file that a follower uploads.

use std::{ffi::OsString, io::Write, os::unix::process::CommandExt, path::PathBuf, process::ExitCode};

use anyhow::Context;
use huixin::extract::{self, Limits, worker};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// What reading may cost, as JSON
    #[arg(long)]
    limits: String,
    /// Whether the process is under its limits already
    #[arg(long)]
    confined: bool,
    path: PathBuf,
    /// What the follower calls the file
    name: String,
}

/// Prints what the file says, or why it says nothing, as JSON.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let limits: Limits = serde_json::from_str(&options.limits).context("--limits")?;
    if !options.confined {
        worker::confine(&limits).context("cannot limit the process")?;
        return again_confined(options);
    }
    let bytes = std::fs::read(&options.path).context("cannot open the file")?;
    let result = extract::read(&bytes, &options.name, &limits);
    drop(bytes);
    let mut answer = std::io::BufWriter::new(std::io::stdout().lock());
    serde_json::to_writer(&mut answer, &result)?;
    answer.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// Starts over within the limits: this process's allocator has reserved its memory before there were any.
fn again_confined(options: &Options) -> anyhow::Result<ExitCode> {
    let program = "/proc/self/exe";
    let limits = format!("--limits={}", options.limits);
    let arguments: [OsString; 6] = [
        "extract".into(),
        limits.into(),
        "--confined".into(),
        "--".into(),
        options.path.clone().into(),
        options.name.clone().into(),
    ];
    // The limit counts what is mapped. The allocator is told to give back what is freed instead of keeping it in an arena.
    let error = std::process::Command::new(program).args(arguments).env("MIMALLOC_DISALLOW_ARENA_ALLOC", "1").exec();
    Err(error).context("cannot start over")
}
