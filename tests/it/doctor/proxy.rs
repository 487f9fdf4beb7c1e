//! A reverse proxy that makes one mistake.

use std::time::Duration;

use futures_util::StreamExt;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// What it does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrong {
    Nothing,
    /// Sends everybody elsewhere.
    Redirects,
    /// Knows no such site.
    NotFound,
    /// Shows its welcome page.
    Welcomes,
    AddsALineBreak,
    RefusesBodiesOver(usize),
    GivesUpAfter(Duration),
    /// Holds an answer back until it is whole.
    Buffers,
}

pub(super) struct Proxy {
    pub(super) url: String,
    task: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Proxy {
    pub(super) async fn start(upstream: &str, wrong: Wrong) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let upstream = upstream.to_owned();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let upstream = upstream.clone();
                tokio::spawn(async move { serve(stream, &upstream, wrong).await });
            }
        });
        Self { url, task }
    }
}

/// A request's head, and its body.
async fn read(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut chunk = vec![0; 16 * 1024];
    loop {
        let count = stream.read(&mut chunk).await.ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&chunk[..count]);
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let length =
            head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
        if bytes.len() >= end + 4 + length {
            return Some((head, bytes.split_off(end + 4)));
        }
    }
}

async fn serve(mut stream: TcpStream, upstream: &str, wrong: Wrong) {
    let Some((head, body)) = read(&mut stream).await else { return };
    let answer = |status: &str, body: &str| {
        format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
    };
    let own = match wrong {
        Wrong::Redirects => Some(answer("301 Moved\r\nlocation: https://elsewhere.test/wechat/?signature=1", "")),
        Wrong::NotFound => Some(answer("404 Not Found", "<h1>404</h1>")),
        Wrong::Welcomes => Some(answer("200 OK", "<h1>Welcome to nginx!</h1>")),
        Wrong::RefusesBodiesOver(limit) if body.len() > limit => Some(answer("413 Too Large", "")),
        _ => None,
    };
    if let Some(own) = own {
        let _ = stream.write_all(own.as_bytes()).await;
        return;
    }
    let passed = pass_on(&mut stream, &head, body, (upstream, wrong));
    match wrong {
        Wrong::GivesUpAfter(patience) => {
            if tokio::time::timeout(patience, passed).await.is_err() {
                let _ = stream.write_all(answer("504 Gateway Timeout", "").as_bytes()).await;
            }
        }
        _ => passed.await,
    }
}

async fn pass_on(stream: &mut TcpStream, head: &str, body: Vec<u8>, (upstream, wrong): (&str, Wrong)) {
    let mut lines = head.lines();
    let mut words = lines.next().unwrap().split(' ');
    let (method, path) = (words.next().unwrap().parse().unwrap(), words.next().unwrap());
    let mut request =
        reqwest::Client::new().request(method, format!("{upstream}{path}")).body(body).header("x-forwarded-for", "203.0.113.9");
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        if !["host", "content-length", "connection"].contains(&name.to_lowercase().as_str()) {
            request = request.header(name, value);
        }
    }
    let response = request.send().await.unwrap();
    let mut answer = format!("HTTP/1.1 {} Passed\r\nconnection: close\r\n\r\n", response.status().as_u16()).into_bytes();
    let mut pieces = response.bytes_stream();
    while let Some(Ok(piece)) = pieces.next().await {
        answer.extend_from_slice(&piece);
        if wrong != Wrong::Buffers {
            let _ = stream.write_all(&std::mem::take(&mut answer)).await;
        }
    }
    if wrong == Wrong::AddsALineBreak {
        answer.push(b'\n');
    }
    let _ = stream.write_all(&answer).await;
}
