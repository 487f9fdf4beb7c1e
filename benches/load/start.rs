//! From nothing to ready, and what an idle process costs.

use std::time::Duration;

use crate::product::{Engine, PROGRAM, Site};

/// How often the start is measured.
const STARTS: usize = 5;

/// Long enough for the first round of the background work.
const IDLE: Duration = Duration::from_secs(3);

/// Start-up on an empty and on an existing database, idle memory, the size of the program.
pub(crate) async fn measure() -> anyhow::Result<()> {
    let program = std::fs::metadata(PROGRAM)?.len() as f64 / 1024.0 / 1024.0;
    println!("program: {program:.1} MiB");
    for engine in Engine::all() {
        let site = Site::new(engine).await?;
        let mut ready = Vec::with_capacity(STARTS);
        for _ in 0..STARTS {
            ready.push(site.start().await?.ready_after.as_millis());
        }
        let product = site.start().await?;
        tokio::time::sleep(IDLE).await;
        let resident = product.resident_mib()?;
        println!("{}: ready after {ready:?} ms (the first with an empty database), idle {resident:.1} MiB", engine.name());
    }
    Ok(())
}
