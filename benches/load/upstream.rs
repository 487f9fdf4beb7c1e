//! A model that thinks for a long time: it accepts every request at once, sends one event, and holds the stream.

use std::{net::SocketAddr, sync::mpsc, time::Duration};

use anyhow::Context;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

/// Listens in a thread of its own, for as long as this program runs.
pub(crate) fn start(holds: Duration) -> anyhow::Result<SocketAddr> {
    let (sender, address) = mpsc::channel();
    std::thread::spawn(move || serve(&sender, holds));
    address.recv().context("the slow model does not listen")
}

fn serve(address: &mpsc::Sender<SocketAddr>, holds: Duration) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        address.send(listener.local_addr()?)?;
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream, holds));
        }
        Ok(())
    })
}

async fn answer(mut stream: TcpStream, holds: Duration) -> anyhow::Result<()> {
    let mut request = Vec::with_capacity(1024);
    // The product sends JSON, whose last byte closes its object.
    while !request.ends_with(b"}") {
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
    }
    drop(request);
    stream.write_all(HEAD.as_bytes()).await?;
    stream.write_all(event(r#"{"choices":[{"delta":{"role":"assistant","content":""}}]}"#).as_bytes()).await?;
    tokio::time::sleep(holds).await;
    let words = r#"{"choices":[{"delta":{"content":"At last."},"finish_reason":"stop"}]}"#;
    stream.write_all([event(words), event("[DONE]"), "0\r\n\r\n".into()].concat().as_bytes()).await?;
    Ok(())
}

fn event(content: &str) -> String {
    let event = format!("data: {content}\n\n");
    format!("{:x}\r\n{event}\r\n", event.len())
}
