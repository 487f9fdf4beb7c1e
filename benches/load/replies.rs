//! Durable replies a second: distinct messages in secure mode, each stored, answered and sealed.

use anyhow::ensure;

use crate::{
    closed_loop::{self, Expect, Measured},
    hello::Hello,
    messages,
    product::{Engine, Product, Site},
};

/// Messages before the clock starts, so that pages, caches and connections are there.
pub(crate) const WARM_UP: usize = 5_000;

/// Every engine and command, `rounds` times, beside the yardstick in the same minute. Rows are counted after a `kill -9`; the
/// processor time is the product's alone, a message.
pub(crate) async fn measure(messages: usize, rounds: usize) -> anyhow::Result<()> {
    println!("{messages} distinct sealed messages over {} connections, a closed loop", closed_loop::CONNECTIONS);
    for round in 1..=rounds {
        println!("round {round}");
        let hello = Hello::start()?;
        let bare = closed_loop::run(hello.address, messages::requests("/help", 0, messages)?, Expect::Anything).await?;
        drop(hello);
        print("bare actix-web hello", &bare, &bare);
        for engine in Engine::all() {
            for command in ["/help", "/reset"] {
                let site = Site::new(engine).await?;
                let product = site.start().await?;
                let measured = drive(&product, command, messages).await?;
                let each = product.processor_time()?.as_secs_f64() * 1_000_000.0 / (WARM_UP + messages) as f64;
                let rows = product.kill_and_count().await?;
                ensure!(rows == (WARM_UP + messages) as i64, "{rows} rows of {} answered messages", WARM_UP + messages);
                print(&format!("{} {command}, {rows} rows, {each:.0} µs of processor", engine.name()), &measured, &bare);
            }
        }
    }
    Ok(())
}

/// Sends `count` messages with `command` to a product that was warmed up with others.
pub(crate) async fn drive(product: &Product, command: &str, count: usize) -> anyhow::Result<Measured> {
    closed_loop::run(product.address, messages::requests(command, 0, WARM_UP)?, Expect::SealedReply).await?;
    let requests = messages::requests(command, WARM_UP as u64, count)?;
    closed_loop::run(product.address, requests, Expect::SealedReply).await
}

/// One line of the report.
pub(crate) fn print(what: &str, measured: &Measured, bare: &Measured) {
    let latencies = measured.latencies();
    println!(
        "  {what:<44} {:>8.0}/s  p50 {:>6.2} ms  p99 {:>6.2} ms  {:.2} of hello",
        measured.rate(),
        latencies.quantile_ms(0.5),
        latencies.quantile_ms(0.99),
        measured.rate() / bare.rate(),
    );
}
