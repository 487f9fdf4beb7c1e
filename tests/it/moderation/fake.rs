//! A moderator that judges as it is told, or fails to.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
};

/// What the fake does with one request.
pub(super) enum Act {
    Answer(u16, String),
    /// Answers when the test says so.
    Await(Arc<Notify>, String),
    /// Says nothing, until the other side hangs up.
    Hang,
    Close,
}

/// A request as the fake saw it.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) head: String,
    pub(super) body: String,
}

pub(super) struct Fake {
    pub(super) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

type Judge = dyn Fn(usize, &Seen) -> Act + Send + Sync;

impl Fake {
    /// Starts a fake that does with each request what `judge` says of it and of how many came before.
    pub(super) async fn start(judge: impl Fn(usize, &Seen) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (shared, judge): (_, Arc<Judge>) = (Arc::clone(&seen), Arc::new(judge));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, Arc::clone(&shared), Arc::clone(&judge)));
            }
        });
        Self { url, seen }
    }

    /// A fake that flags what holds `word`.
    pub(super) async fn flagging(word: &'static str) -> Self {
        Self::start(move |_, seen| Act::Answer(200, if seen.body.contains(word) { flagged() } else { clean() })).await
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The texts it was asked about.
    pub(super) fn inputs(&self) -> Vec<String> {
        let input =
            |seen: &Seen| serde_json::from_str::<serde_json::Value>(&seen.body).unwrap()["input"].as_str().unwrap().to_owned();
        self.seen().iter().map(input).collect()
    }

    /// Waits until it has seen `count` requests.
    pub(super) async fn has_seen(&self, count: usize) {
        tokio::time::timeout(Duration::from_secs(20), async {
            while self.seen.lock().unwrap().len() < count {
                tokio::task::yield_now().await;
            }
        })
        .await
        .unwrap();
    }
}

pub(super) fn clean() -> String {
    r#"{"id":"m","model":"m","results":[{"flagged":false,"categories":{"violence":false},"category_scores":{"violence":0.01}}]}"#
        .to_owned()
}

pub(super) fn flagged() -> String {
    let categories = r#"{"hate":true,"violence":true,"illicit":null}"#;
    format!(r#"{{"results":[{{"flagged":true,"categories":{categories},"category_scores":{{"hate":0.4,"violence":0.9}}}}]}}"#)
}

async fn converse(mut stream: TcpStream, all: Arc<Mutex<Vec<Seen>>>, judge: Arc<Judge>) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    loop {
        let seen = request(&mut stream).await?;
        let count = {
            let mut all = all.lock().unwrap();
            all.push(seen.clone());
            all.len() - 1
        };
        let (status, body) = match judge(count, &seen) {
            Act::Answer(status, body) => (status, body),
            Act::Await(signal, body) => {
                signal.notified().await;
                (200, body)
            }
            Act::Hang => {
                while stream.read(&mut [0; 64]).await.is_ok_and(|length| length > 0) {}
                return None;
            }
            Act::Close => return None,
        };
        let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\nContent-Type: application/json\r\n\r\n", body.len());
        stream.write_all(format!("{head}{body}").as_bytes()).await.ok()?;
    }
}

async fn request(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let length: usize = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok())?;
    while bytes.len() < end + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    Some(Seen { head, body: String::from_utf8_lossy(&bytes[end..]).into_owned() })
}
