//! A platform that answers each request with whatever bytes a test scripts, or with none.

use std::sync::{Arc, Mutex};

use reqwest::Url;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// One request as it arrived.
#[derive(Debug, Clone)]
pub struct Seen {
    /// `POST /cgi-bin/…?access_token=…`.
    pub line: String,
    /// All lines of the head, in lower case.
    pub head: String,
    pub body: Vec<u8>,
}

pub enum Answer {
    Json(Value),
    /// A whole response, head and body.
    Raw(Vec<u8>),
    /// The connection ends after the request was read.
    Reset,
}

pub struct Fake {
    pub base_url: Url,
    requests: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

impl Fake {
    /// Serves on a free port; `script` sees each request and its index.
    pub async fn start(script: impl Fn(&Seen, usize) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let requests: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let (seen, script) = (requests.clone(), Arc::new(script));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (seen, script) = (seen.clone(), script.clone());
                tokio::spawn(async move { serve(stream, &seen, &*script).await });
            }
        });
        Self { base_url, requests, task }
    }

    pub fn requests(&self) -> Vec<Seen> {
        self.requests.lock().unwrap().clone()
    }

    /// How many requests had `path` in their first line.
    pub fn calls_of(&self, path: &str) -> usize {
        self.requests().iter().filter(|request| request.line.contains(path)).count()
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Seen {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A response with status 200 and these headers, each ending in CRLF.
pub fn response(headers: &str, body: &[u8]) -> Answer {
    let mut bytes =
        format!("HTTP/1.1 200 OK\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    Answer::Raw(bytes)
}

async fn serve(mut stream: TcpStream, seen: &Mutex<Vec<Seen>>, script: &(dyn Fn(&Seen, usize) -> Answer + Send + Sync)) {
    let Some(request) = read(&mut stream).await else { return };
    let index = {
        let mut requests = seen.lock().unwrap();
        requests.push(request.clone());
        requests.len() - 1
    };
    let bytes = match script(&request, index) {
        Answer::Raw(bytes) => bytes,
        Answer::Json(value) => match response("content-type: text/plain\r\n", value.to_string().as_bytes()) {
            Answer::Raw(bytes) => bytes,
            Answer::Json(_) | Answer::Reset => unreachable!(),
        },
        Answer::Reset => {
            stream.set_zero_linger().unwrap();
            return;
        }
    };
    let _ = stream.write_all(&bytes).await;
    let _ = stream.shutdown().await;
}

async fn read(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let count = stream.read(&mut chunk).await.ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&chunk[..count]);
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |n| n.parse().unwrap());
        if bytes.len() >= end + 4 + length {
            let line = String::from_utf8_lossy(&bytes[..end]).lines().next()?.to_owned();
            return Some(Seen { line, head, body: bytes[end + 4..].to_vec() });
        }
    }
}
