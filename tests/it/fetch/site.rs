//! A web server that says exactly the bytes it is told to, politely or not.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What the server does in answer to a request, in order.
#[derive(Clone)]
pub(super) enum Act {
    Send(Vec<u8>),
    /// The same bytes again and again, as fast as they are taken.
    Flood(Vec<u8>),
    /// One byte after the other, with a pause between two.
    Drip(Vec<u8>),
    /// Says nothing more and keeps the connection.
    Hang,
}

/// A running server; it closes each connection after its answer.
pub(super) struct Site {
    /// `127.0.0.1:port`.
    pub(super) place: String,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    pages: HashMap<&'static str, Vec<Act>>,
    heads: Mutex<Vec<String>>,
    connections: AtomicUsize,
    sent: AtomicUsize,
}

impl Site {
    /// Serves `pages` by their path.
    pub(super) async fn start(pages: impl IntoIterator<Item = (&'static str, Vec<Act>)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::serve(listener, pages)
    }

    pub(super) fn serve(listener: TcpListener, pages: impl IntoIterator<Item = (&'static str, Vec<Act>)>) -> Self {
        let place = format!("127.0.0.1:{}", listener.local_addr().unwrap().port());
        let state = Arc::new(State { pages: pages.into_iter().collect(), ..State::default() });
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(answer(stream, Arc::clone(&shared)));
            }
        });
        Self { place, state }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.place)
    }

    pub(super) fn port(&self) -> &str {
        self.place.rsplit(':').next().unwrap()
    }

    pub(super) fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }

    /// Bytes that were taken from this server.
    pub(super) fn sent(&self) -> usize {
        self.state.sent.load(Ordering::SeqCst)
    }

    /// The heads of all requests, in lower case.
    pub(super) fn heads(&self) -> Vec<String> {
        self.state.heads.lock().unwrap().clone()
    }
}

async fn answer(mut stream: TcpStream, state: Arc<State>) -> Option<()> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let head = String::from_utf8(bytes).ok()?;
    let path = head.split(' ').nth(1)?.to_owned();
    state.heads.lock().unwrap().push(head.to_lowercase());
    let acts = state.pages.get(path.as_str()).cloned().unwrap_or_else(|| response("404 Not Found", "", "no such page"));
    for act in acts {
        match act {
            Act::Send(bytes) => write(&mut stream, &bytes, &state).await?,
            Act::Flood(bytes) => loop {
                write(&mut stream, &bytes, &state).await?;
            },
            Act::Drip(bytes) => {
                for byte in bytes {
                    write(&mut stream, &[byte], &state).await?;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
            Act::Hang => while stream.read(&mut [0; 64]).await.ok()? > 0 {},
        }
    }
    stream.shutdown().await.ok()
}

async fn write(stream: &mut TcpStream, bytes: &[u8], state: &State) -> Option<()> {
    stream.write_all(bytes).await.ok()?;
    state.sent.fetch_add(bytes.len(), Ordering::SeqCst);
    Some(())
}

/// A whole response with extra header lines, each with its line break.
pub(super) fn response(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<Act> {
    let body = body.as_ref();
    let head = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
    vec![Act::Send([head.as_bytes(), body].concat())]
}

pub(super) fn page(body: impl AsRef<[u8]>) -> Vec<Act> {
    response("200 OK", "Content-Type: text/html; charset=utf-8\r\n", body)
}

pub(super) fn redirect(status: &str, location: &str) -> Vec<Act> {
    response(status, &format!("Location: {location}\r\n"), "")
}

/// The head of a response whose body ends with the connection.
pub(super) fn head(headers: &str) -> Act {
    Act::Send(format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{headers}\r\n").into_bytes())
}
