//! The yardstick: the least that actix-web can do with the same requests, in a process of its own.

use std::{
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    process::{Child, Command, Stdio},
};

use actix_web::{App, HttpServer, web};
use anyhow::Context;

/// The argument that turns this program into the yardstick.
pub(crate) const ARGUMENT: &str = "hello";

/// A running yardstick; dropping it ends it.
pub(crate) struct Hello {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Hello {
    pub(crate) fn start() -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        let mut child = command.arg(ARGUMENT).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().context("no output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        Ok(Self { child, address: line.trim().parse().context("the yardstick did not say where it listens")? })
    }
}

impl Drop for Hello {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Serves until killed.
pub(crate) fn serve() -> anyhow::Result<()> {
    actix_web::rt::System::new().block_on(async {
        let server = HttpServer::new(|| App::new().route("/wechat", web::post().to(|_body: web::Bytes| async { "hello" })));
        let server = server.bind("127.0.0.1:0")?;
        writeln!(std::io::stdout(), "{}", server.addrs()[0])?;
        server.run().await?;
        Ok(())
    })
}
