//! One keep-alive connection that sends ready bytes and reads whole responses: as little work as HTTP allows, because the
//! generator shares the machine with what it measures.

use std::net::SocketAddr;

use anyhow::{Context, bail};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A connection, and the bytes of its last response.
pub(crate) struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await.context("the server takes no connection")?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, received: Vec::with_capacity(2048) })
    }

    /// Sends `request` and returns the body of its response, which must have the status 200.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> anyhow::Result<&[u8]> {
        self.stream.write_all(request).await?;
        self.received.clear();
        loop {
            if self.stream.read_buf(&mut self.received).await? == 0 {
                bail!("the server closed the connection");
            }
            if let Some((start, end)) = body(&self.received)?
                && end <= self.received.len()
            {
                return Ok(&self.received[start..end]);
            }
        }
    }
}

/// Where the body begins and ends, once the head is there.
fn body(received: &[u8]) -> anyhow::Result<Option<(usize, usize)>> {
    let Some(head) = received.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
    let text = str::from_utf8(&received[..head])?;
    if !text.starts_with("HTTP/1.1 200 ") {
        bail!("not a 200: {text}");
    }
    let length =
        text.lines().find_map(|line| line.split_once(": ").filter(|(name, _)| name.eq_ignore_ascii_case("content-length")));
    let (_, length) = length.context("a response without a length")?;
    Ok(Some((head + 4, head + 4 + length.parse::<usize>()?)))
}
