//! A closed loop: a number of connections, each of which sends its next message as soon as it has the reply to the last.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};

use crate::{messages, wire::Connection};

/// Connections that are open at the same time.
pub(crate) const CONNECTIONS: usize = 64;

/// No run is worth more than this.
const PATIENCE: Duration = Duration::from_mins(2);

/// One reply in so many is opened and read.
const OPENED: usize = 97;

/// What every response must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expect {
    Anything,
    SealedReply,
}

/// How a run went.
pub(crate) struct Measured {
    pub(crate) elapsed: Duration,
    latencies: Latencies,
}

/// Times from request to reply.
pub(crate) struct Latencies(Vec<Duration>);

impl Measured {
    /// Replies a second.
    pub(crate) fn rate(&self) -> f64 {
        self.latencies.0.len() as f64 / self.elapsed.as_secs_f64()
    }

    pub(crate) fn latencies(&self) -> &Latencies {
        &self.latencies
    }
}

impl Latencies {
    pub(crate) fn new(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self(times)
    }

    /// The time that `share` of all replies (0.99) stayed below, in milliseconds.
    pub(crate) fn quantile_ms(&self, share: f64) -> f64 {
        let index = ((self.0.len() as f64 * share) as usize).min(self.0.len().saturating_sub(1));
        self.0.get(index).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
    }
}

/// Sends each of `requests` once.
pub(crate) async fn run(address: SocketAddr, requests: Vec<Vec<u8>>, expect: Expect) -> anyhow::Result<Measured> {
    let (requests, next) = (Arc::new(requests), Arc::new(AtomicUsize::new(0)));
    let mut connections = Vec::with_capacity(CONNECTIONS);
    for _ in 0..CONNECTIONS {
        connections.push(Connection::open(address).await?);
    }
    let started = Instant::now();
    let tasks: Vec<_> = connections
        .into_iter()
        .map(|connection| tokio::spawn(send_in_turn(connection, requests.clone(), next.clone(), expect)))
        .collect();
    let mut latencies = Vec::with_capacity(requests.len());
    for task in tasks {
        let sent = tokio::time::timeout(PATIENCE, task).await.context("the run takes too long")?;
        latencies.extend(sent??);
    }
    Ok(Measured { elapsed: started.elapsed(), latencies: Latencies::new(latencies) })
}

async fn send_in_turn(
    mut connection: Connection,
    requests: Arc<Vec<Vec<u8>>>,
    next: Arc<AtomicUsize>,
    expect: Expect,
) -> anyhow::Result<Vec<Duration>> {
    let mut latencies = Vec::with_capacity(requests.len() / CONNECTIONS * 2);
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        let Some(request) = requests.get(index) else { return Ok(latencies) };
        let sent = Instant::now();
        let body = connection.exchange(request).await?;
        latencies.push(sent.elapsed());
        if expect == Expect::SealedReply {
            ensure!(messages::is_sealed(body), "not a sealed reply: {}", String::from_utf8_lossy(body));
            if index.is_multiple_of(OPENED) {
                let reply = messages::open(body)?;
                ensure!(reply.contains("<MsgType><![CDATA[text]]></MsgType>"), "not a text: {reply}");
            }
        }
    }
}
