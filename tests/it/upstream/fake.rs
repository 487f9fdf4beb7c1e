//! An upstream that says exactly the bytes it is told to, politely or not.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// What the fake does in answer to one request, in order.
#[derive(Clone)]
pub(super) enum Act {
    Send(Vec<u8>),
    /// Every byte in a packet of its own.
    Drip(Vec<u8>),
    /// Waits until the test lets it go on.
    Await(Arc<Notify>),
    /// Says nothing more and keeps the connection until the other side closes it.
    Hang,
    /// Closes the connection, whatever was promised.
    Close,
}

/// A request as the fake saw it.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) head: String,
    /// `Null` if the body is not JSON.
    pub(super) body: Value,
    pub(super) raw: Vec<u8>,
}

pub(super) struct Fake {
    pub(super) url: String,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    script: Mutex<VecDeque<Vec<Act>>>,
    seen: Mutex<Vec<Seen>>,
    connections: Mutex<usize>,
    hung_up: Notify,
}

impl Fake {
    /// Starts the fake; each request takes the next answer, and the last answer is given for ever.
    pub(super) async fn start(script: impl IntoIterator<Item = Vec<Act>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let state = Arc::new(State { script: Mutex::new(script.into_iter().collect()), ..State::default() });
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *shared.connections.lock().unwrap() += 1;
                tokio::spawn(converse(stream, Arc::clone(&shared)));
            }
        });
        Self { url, state }
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.state.seen.lock().unwrap().clone()
    }

    /// The models that were asked, in order.
    pub(super) fn models(&self) -> Vec<String> {
        self.seen().iter().map(|seen| seen.body["model"].as_str().unwrap().to_owned()).collect()
    }

    pub(super) fn connections(&self) -> usize {
        *self.state.connections.lock().unwrap()
    }

    /// Waits until the client closes a connection on which the fake hangs.
    pub(super) async fn hung_up(&self) {
        tokio::time::timeout(Duration::from_secs(10), self.state.hung_up.notified()).await.unwrap();
    }
}

async fn converse(mut stream: TcpStream, state: Arc<State>) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    loop {
        let seen = request(&mut stream).await?;
        state.seen.lock().unwrap().push(seen);
        let acts = {
            let mut script = state.script.lock().unwrap();
            if script.len() > 1 { script.pop_front()? } else { script.front()?.clone() }
        };
        for act in acts {
            perform(&mut stream, act, &state.hung_up).await?;
        }
    }
}

async fn perform(stream: &mut TcpStream, act: Act, hung_up: &Notify) -> Option<()> {
    match act {
        Act::Send(bytes) => stream.write_all(&bytes).await.ok()?,
        Act::Drip(bytes) => {
            for byte in bytes {
                stream.write_all(&[byte]).await.ok()?;
                tokio::task::yield_now().await;
            }
        }
        Act::Await(signal) => signal.notified().await,
        Act::Hang => {
            while stream.read(&mut [0; 64]).await.is_ok_and(|length| length > 0) {}
            hung_up.notify_one();
            return None;
        }
        Act::Close => return None,
    }
    Some(())
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
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let length: usize = length.unwrap_or(0);
    while bytes.len() < end + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let raw = bytes.split_off(end);
    Some(Seen { head, body: serde_json::from_slice(&raw).unwrap_or_default(), raw })
}

/// The head of an event stream whose chunks follow.
pub(super) fn stream_head() -> Vec<u8> {
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec()
}

/// One chunk of a body in chunked encoding.
pub(super) fn chunk(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let bytes = bytes.as_ref();
    let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
    chunk.extend_from_slice(bytes);
    chunk.extend_from_slice(b"\r\n");
    chunk
}

/// A whole event stream that ends as it should.
pub(super) fn streamed(body: impl AsRef<[u8]>) -> Vec<Act> {
    vec![Act::Send([stream_head(), chunk(body), b"0\r\n\r\n".to_vec()].concat())]
}

/// An event stream that is cut after `body`.
pub(super) fn cut(body: impl AsRef<[u8]>) -> Vec<Act> {
    vec![Act::Send([stream_head(), chunk(body)].concat()), Act::Close]
}

/// A response with a status, extra header lines (each with its line break) and a body.
pub(super) fn response(status: u16, headers: &str, body: &str) -> Vec<Act> {
    let length = body.len();
    vec![Act::Send(format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n{headers}\r\n{body}").into_bytes())]
}

/// A response with status 200 and a body of any bytes.
pub(super) fn bytes(body: &[u8]) -> Vec<Act> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
    vec![Act::Send([head.as_bytes(), body].concat())]
}

/// A well-behaved stream of these pieces of content, with its end and usage.
pub(super) fn saying(pieces: &[&str]) -> Vec<Act> {
    let mut body: String = pieces.iter().map(|piece| event(&content(piece))).collect();
    body += &event(r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#);
    body += &event(r#"{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3}}"#);
    body += "data: [DONE]\n\n";
    streamed(body)
}

pub(super) fn content(text: &str) -> String {
    serde_json::json!({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": null}]}).to_string()
}

pub(super) fn event(data: &str) -> String {
    format!("data: {data}\n\n")
}
