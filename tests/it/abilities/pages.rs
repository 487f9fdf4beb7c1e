//! A web server of a few documents, which counts who looks at them.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

/// One document: its path, its type and its body. A type of digits is a status instead.
pub type Document = (&'static str, &'static str, Vec<u8>);

pub struct Pages {
    /// Without a slash at its end.
    pub url: String,
    asked: Arc<AtomicUsize>,
}

impl Pages {
    pub async fn start(documents: Vec<Document>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicUsize::new(0));
        let (documents, count) = (Arc::new(documents), asked.clone());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (documents, count) = (documents.clone(), count.clone());
                tokio::spawn(async move {
                    let mut request = Vec::new();
                    let mut chunk = [0; 4096];
                    while !request.windows(4).any(|four| four == b"\r\n\r\n") {
                        match stream.read(&mut chunk).await {
                            Ok(0) | Err(_) => return,
                            Ok(length) => request.extend_from_slice(&chunk[..length]),
                        }
                    }
                    count.fetch_add(1, Ordering::SeqCst);
                    let head = String::from_utf8_lossy(&request).into_owned();
                    let path = head.split(' ').nth(1).unwrap_or_default();
                    let found = documents.iter().find(|(own, ..)| *own == path);
                    let _ = stream.write_all(&answer(found)).await;
                });
            }
        });
        Self { url, asked }
    }

    /// How often anything was asked for.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn answer(document: Option<&Document>) -> Vec<u8> {
    let (status, content_type, body) = match document {
        Some((_, status, body)) if status.bytes().all(|byte| byte.is_ascii_digit()) => (*status, "text/html", body.clone()),
        Some((_, content_type, body)) => ("200", *content_type, body.clone()),
        None => ("404", "text/html", Vec::new()),
    };
    let head = format!(
        "HTTP/1.1 {status} Something\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    [head.into_bytes(), body].concat()
}
