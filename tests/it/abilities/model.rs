//! A chat model that says what a test lets it say, piece by piece.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What it says to one request.
#[derive(Default)]
pub(super) struct Speech {
    pub(super) reasoning: String,
    pub(super) content: String,
    /// Between two characters.
    pub(super) pause: Duration,
    /// Whether its answer ends with what it cost.
    pub(super) counts: bool,
}

impl Speech {
    pub(super) fn of(content: impl Into<String>) -> Self {
        Self { content: content.into(), ..Self::default() }
    }
}

/// Starts it; returns the value of `LLM_BASE_URL`.
pub(super) async fn start(speak: impl Fn(&Value) -> Speech + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let speak = Arc::new(speak);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let speak = speak.clone();
            tokio::spawn(async move {
                let Some(request) = request(&mut stream).await else { return };
                let speech = request["messages"].is_array().then(|| speak(&request));
                // A listener that has heard enough hangs up.
                let _ = answer(&mut stream, speech).await;
            });
        }
    });
    url
}

/// The body of one request; null where it is none.
async fn request(stream: &mut TcpStream) -> Option<Value> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
    let length: usize = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
    while bytes.len() < end + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    Some(serde_json::from_slice(&bytes[end..]).unwrap_or_default())
}

async fn answer(stream: &mut TcpStream, speech: Option<Speech>) -> std::io::Result<()> {
    let Some(speech) = speech else {
        return stream.write_all(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").await;
    };
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n").await?;
    for (field, text) in [("reasoning_content", &speech.reasoning), ("content", &speech.content)] {
        for letter in text.chars() {
            let delta = json!({"choices": [{"index": 0, "delta": {field: letter.to_string()}, "finish_reason": null}]});
            stream.write_all(format!("data: {delta}\n\n").as_bytes()).await?;
            if !speech.pause.is_zero() {
                tokio::time::sleep(speech.pause).await;
            }
        }
    }
    let stop = json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]});
    stream.write_all(format!("data: {stop}\n\n").as_bytes()).await?;
    if speech.counts {
        let usage = json!({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 3}});
        stream.write_all(format!("data: {usage}\n\n").as_bytes()).await?;
    }
    stream.write_all(b"data: [DONE]\n\n").await
}
