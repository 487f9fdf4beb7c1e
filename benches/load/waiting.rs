//! Many followers who wait for a slow model, and someone who only wants the help meanwhile.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use crate::{
    closed_loop::Latencies,
    messages,
    product::{Engine, Product, Site},
    upstream,
    wire::Connection,
};

/// How long the model thinks: longer than WeChat's three deliveries.
const MODEL_HOLDS: Duration = Duration::from_secs(20);

/// Questions at the model at once; the others wait in the product's own line. Each takes a file on both sides, as does each
/// follower, and a process may open 20,000 on a usual machine.
const CONCURRENCY: usize = 1_000;

/// New followers a second: the last comes well before the first has seen the third delivery.
const ARRIVALS: u32 = 2_000;

/// WeChat brings a message three times.
const DELIVERIES: usize = 3;

/// Long after WeChat would have gone away.
const PATIENCE: Duration = Duration::from_secs(15);

/// How often memory is read, and the help asked for.
const PROBE_EVERY: Duration = Duration::from_millis(20);

/// `followers` ask; while all of them wait, memory and the time of a `/help` are read.
pub(crate) async fn measure(followers: usize) -> anyhow::Result<()> {
    let model = upstream::start(MODEL_HOLDS)?;
    for engine in Engine::all() {
        let site = Site::new(engine).await?;
        let site = site.with("LLM_BASE_URL", format!("http://{model}/v1")).with("LLM_CONCURRENCY", CONCURRENCY.to_string());
        let product = site.start().await?;
        let idle = product.resident_mib()?;
        let waiting = Arc::new(AtomicUsize::new(0));
        let crowd =
            tokio::spawn(gather(product.address, messages::from_each("Why is the sky blue?", followers)?, waiting.clone()));
        let probed = probe(&product, &waiting, followers, &crowd).await?;
        let replies = crowd.await??;
        println!(
            "{}: {followers} followers, {CONCURRENCY} of them at the model; most at once {}; {replies} of {} deliveries answered",
            engine.name(),
            probed.most,
            followers * DELIVERIES,
        );
        println!(
            "  resident {:.0} MiB ({idle:.0} before, {:.0} at most), {:.1} kB a follower; /help meanwhile: p50 {:.2} ms, p99 {:.2} ms, of {}; {} refused",
            probed.resident_mib,
            probed.most_mib,
            (probed.resident_mib - idle) * 1024.0 / followers as f64,
            probed.help.quantile_ms(0.5),
            probed.help.quantile_ms(0.99),
            probed.asked,
            probed.refused,
        );
    }
    Ok(())
}

/// What was seen while they waited.
struct Probed {
    most: usize,
    /// When all of them waited, and at the third deliveries.
    resident_mib: f64,
    most_mib: f64,
    help: Latencies,
    asked: usize,
    refused: usize,
}

async fn gather(address: SocketAddr, requests: Vec<Vec<u8>>, waiting: Arc<AtomicUsize>) -> anyhow::Result<usize> {
    let began = Instant::now();
    let mut tasks = Vec::with_capacity(requests.len());
    for (index, request) in requests.into_iter().enumerate() {
        let due = began + Duration::from_secs(1) / ARRIVALS * index as u32;
        if due > Instant::now() {
            tokio::time::sleep_until(due.into()).await;
        }
        tasks.push(tokio::spawn(ask(address, request, waiting.clone())));
    }
    let mut replies = 0;
    for task in tasks {
        replies += task.await??;
    }
    Ok(replies)
}

/// Brings a question as often as WeChat does; how often it was answered.
async fn ask(address: SocketAddr, request: Vec<u8>, waiting: Arc<AtomicUsize>) -> anyhow::Result<usize> {
    let mut connection = Connection::open(address).await?;
    waiting.fetch_add(1, Ordering::Relaxed);
    let mut answered = 0;
    for _ in 0..DELIVERIES {
        // WeChat comes again after a refusal too.
        let exchange = tokio::time::timeout(PATIENCE, connection.exchange(&request));
        answered += usize::from(matches!(exchange.await, Ok(Ok(_))));
    }
    waiting.fetch_sub(1, Ordering::Relaxed);
    Ok(answered)
}

/// Asks for the help, and reads memory; the times count from the moment all wait until the first is served.
async fn probe<T>(
    product: &Product,
    waiting: &AtomicUsize,
    followers: usize,
    crowd: &tokio::task::JoinHandle<T>,
) -> anyhow::Result<Probed> {
    let mut connection = Connection::open(product.address).await?;
    // Far from the numbers of the crowd's messages.
    let mut requests = messages::requests("/help", 1_000_000, 10_000)?.into_iter();
    let (mut times, mut refused, mut most, mut resident_mib, mut most_mib) = (Vec::new(), 0, 0, 0.0, 0.0_f64);
    let mut ticks = tokio::time::interval(PROBE_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    while !crowd.is_finished() {
        ticks.tick().await;
        let now = waiting.load(Ordering::Relaxed);
        most = most.max(now);
        let resident = product.resident_mib()?;
        most_mib = most_mib.max(resident);
        if now >= followers {
            resident_mib = resident;
        }
        let Some(request) = requests.next() else { break };
        let sent = Instant::now();
        if connection.exchange(&request).await.is_err() {
            refused += 1;
        } else if now >= followers {
            times.push(sent.elapsed());
        }
    }
    Ok(Probed { most, resident_mib, most_mib, asked: times.len(), refused, help: Latencies::new(times) })
}
