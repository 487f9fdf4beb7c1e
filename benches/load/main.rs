//! Load on a real huixin process, and what it bears: `scripts/bench` builds and runs this.
//!
//! Loopback only, bounded in messages and in time. It knows the product by its HTTP door, its database and `/proc` alone.

#![expect(clippy::print_stdout, reason = "measurements are printed")]

mod closed_loop;
mod hello;
mod messages;
mod old;
mod product;
mod replies;
mod start;
mod upstream;
mod waiting;
mod wire;

use anyhow::{Context, bail};

const USAGE: &str = "load replies [MESSAGES [ROUNDS]] | waiting [FOLLOWERS] | start | old [ROWS]";

fn main() -> anyhow::Result<()> {
    // `cargo bench` adds an argument of its own.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let number = |index: usize, default: usize| {
        arguments.get(index).map_or(Ok(default), |text| text.parse().with_context(|| format!("{text} is not a number")))
    };
    // One thread: the generator must leave room for what it measures.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match arguments.first().map(String::as_str) {
        Some(hello::ARGUMENT) => hello::serve(),
        Some("replies") => runtime.block_on(replies::measure(number(1, 100_000)?, number(2, 3)?)),
        Some("waiting") => runtime.block_on(waiting::measure(number(1, 15_000)?)),
        Some("start") => runtime.block_on(start::measure()),
        Some("old") => runtime.block_on(old::measure(number(1, 10_000_000)?)),
        _ => bail!("usage: {USAGE}"),
    }
}
