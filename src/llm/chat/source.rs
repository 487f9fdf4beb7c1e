//! From the bytes of a body to its events.
//!
//! Reads what upstreams send, which is wider than the specification: an event stream or one JSON document, whatever
//! the content type says. Knows nothing of what an event means.

use std::pin::Pin;

use futures_util::{StreamExt, stream};
use sse_stream::{Sse, SseByteStream};
use tokio_util::bytes::Bytes;

pub use crate::llm::connection::Body;
use crate::llm::error::UpstreamError;

/// Bytes between two blank lines of an event stream; one token is some hundred.
pub const EVENT_MAX: usize = 1024 * 1024;
/// Bytes of an answer that comes as one document; its text may be escaped, which takes up to six bytes a character.
pub const DOCUMENT_MAX: usize = 8 * 1024 * 1024;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// One event by what its name says, with its data.
pub(super) enum Event {
    Message(String),
    End(String),
    Error(String),
    /// The whole body, which was no stream.
    Document(String),
}

/// A body, as far as it was read.
pub(super) enum Source {
    /// Nothing significant was read: events or a document may follow.
    Unopened {
        body: Body,
        read: Vec<u8>,
    },
    Events(Pin<Box<SseByteStream<Body>>>),
    Document {
        body: Body,
        read: Vec<u8>,
    },
    Over,
}

impl Source {
    pub(super) fn new(body: Body) -> Self {
        Self::Unopened { body, read: Vec::new() }
    }

    /// The next event; `None` at the end of the body.
    pub(super) async fn next(&mut self) -> Result<Option<Event>, UpstreamError> {
        loop {
            match self {
                Self::Unopened { body, read } => match body.next().await {
                    Some(piece) => read.extend_from_slice(&piece?),
                    None => *self = Self::Over,
                },
                Self::Events(events) => {
                    let Some(event) = events.next().await else { return Ok(None) };
                    if let Some(event) = named(event.map_err(of_sse)?) {
                        return Ok(Some(event));
                    }
                    continue;
                }
                Self::Document { body, read } => {
                    let Some(piece) = body.next().await else {
                        let text = String::from_utf8_lossy(read).into_owned();
                        *self = Self::Over;
                        return Ok(Some(Event::Document(text)));
                    };
                    read.extend_from_slice(&piece?);
                }
                Self::Over => return Ok(None),
            }
            self.open()?;
        }
    }

    /// Chooses by the first significant byte: the content type is wrong too often.
    fn open(&mut self) -> Result<(), UpstreamError> {
        if let Self::Document { read, .. } = self
            && read.len() > DOCUMENT_MAX
        {
            return Err(UpstreamError::Malformed { reason: format!("a document of more than {DOCUMENT_MAX} bytes") });
        }
        let Self::Unopened { read, .. } = self else { return Ok(()) };
        let text = read.strip_prefix(BYTE_ORDER_MARK).unwrap_or(read);
        let Some(first) = text.iter().find(|byte| !byte.is_ascii_whitespace()).copied() else {
            // Blank lines while the model thinks are no reason to remember them.
            read.clear();
            return Ok(());
        };
        if BYTE_ORDER_MARK.starts_with(text) {
            return Ok(());
        }
        let Self::Unopened { body, mut read } = std::mem::replace(self, Self::Over) else { return Ok(()) };
        *self = match first {
            b'<' => {
                return Err(UpstreamError::NotFound {
                    message: "a web page came; is the base URL complete (…/v1)?".to_owned()
                });
            }
            b'{' | b'[' => {
                let start = read.len() - text_length(&read);
                read.drain(..start);
                Self::Document { body, read }
            }
            _ => Self::Events(Box::pin(SseByteStream::new(bounded(read, body)))),
        };
        Ok(())
    }
}

fn text_length(read: &[u8]) -> usize {
    read.strip_prefix(BYTE_ORDER_MARK).unwrap_or(read).len()
}

/// The body again, from its first byte, in front of the event parser, which knows no limit and drops a last event
/// without its blank line.
fn bounded(read: Vec<u8>, body: Body) -> Body {
    let mut event = 0;
    let (mut line_is_empty, mut last) = (true, b'\n');
    let counted = stream::iter([Ok(Bytes::from(read))]).chain(body).map(move |piece| {
        let piece = piece?;
        for byte in &piece {
            match byte {
                b'\n' if last == b'\r' => {}
                b'\n' | b'\r' if line_is_empty => event = 0,
                b'\n' | b'\r' => line_is_empty = true,
                _ => line_is_empty = false,
            }
            event += 1;
            last = *byte;
        }
        if event > EVENT_MAX {
            return Err(UpstreamError::Malformed { reason: format!("an event of more than {EVENT_MAX} bytes") });
        }
        Ok(piece)
    });
    Box::pin(counted.chain(stream::iter([Ok(Bytes::from_static(b"\n\n"))])))
}

fn named(event: Sse) -> Option<Event> {
    let data = event.data.map(|data| data.trim().to_owned()).unwrap_or_default();
    match event.event.as_deref() {
        Some("error") => Some(Event::Error(data)),
        Some("end" | "done") => Some(Event::End(data)),
        _ if data.is_empty() => None,
        _ => Some(Event::Message(data)),
    }
}

fn of_sse(error: sse_stream::Error) -> UpstreamError {
    match error {
        sse_stream::Error::Body(error) => match error.downcast::<UpstreamError>() {
            Ok(error) => *error,
            Err(_) => UpstreamError::Broken { received: 0 },
        },
        other => UpstreamError::Malformed { reason: other.to_string() },
    }
}
