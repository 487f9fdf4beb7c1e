//! The answer as it is written, over server-sent events.
//!
//! Each event says how much of the HTML the page already has stays, and what follows: a long answer costs its own
//! length, not the square of it. A page that connects again begins from nothing.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, HeaderName, HeaderValue};
use actix_web::web::{self, Bytes};
use askama::Template;
use futures_util::stream::{self, Stream};
use serde::Serialize;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};

use super::page::{Foot, StateLine, answer_html, thought};
use super::view::{AnswerView, LiveAnswer};
use crate::article::html::GrowingAnswer;
use crate::http::headers::{Transport, protect_page};

/// Between two events; the eye reads no faster and a phone's battery lasts longer.
const LEAST_INTERVAL: Duration = Duration::from_millis(150);

/// A page may keep one core busy for this part of the time, however long the answer grows.
const RENDERING_SHARE: u32 = 8;

/// Below the 30 s after which proxies and mobile networks drop a silent connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How long a browser waits before it connects again, in milliseconds.
const RETRY_MS: u32 = 2000;

#[derive(Serialize)]
struct Event<'e> {
    phase: &'static str,
    answer: Change<'e>,
    reasoning: Change<'e>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thought: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    foot: Option<&'e str>,
}

/// A text as the change of an earlier one; `keep` counts UTF-16 units, as scripts do.
#[derive(Serialize)]
struct Change<'e> {
    keep: usize,
    add: &'e str,
}

/// What a page shows.
#[derive(Default)]
struct Shown {
    answer: String,
    reasoning: Arc<str>,
    thought: String,
    state: String,
    foot: String,
}

struct Feed {
    view: AnswerView,
    changes: Option<watch::Receiver<AnswerView>>,
    growing: GrowingAnswer,
    shown: Shown,
    next: Next,
    due: Instant,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    First,
    Change,
    End,
}

/// The stream of one page: the answer so far at once, then its changes, and the end after a final state.
pub fn event_stream(live: LiveAnswer, transport: Transport) -> HttpResponse {
    let feed = Feed {
        view: live.view,
        changes: live.changes,
        growing: GrowingAnswer::default(),
        shown: Shown::default(),
        next: Next::First,
        due: Instant::now(),
    };
    let body = stream::unfold(feed, |mut feed| async move { feed.next().await.map(|event| (Ok::<_, Infallible>(event), feed)) });
    streamed(body, transport)
}

/// A stream of events that nobody on its way should hold back.
pub fn streamed(body: impl Stream<Item = Result<Bytes, Infallible>> + 'static, transport: Transport) -> HttpResponse {
    let mut response = HttpResponse::Ok().content_type("text/event-stream").streaming(body);
    let headers = response.headers_mut();
    protect_page(headers, transport);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store, private, no-transform"));
    // Compression and proxies would hold events back until they have a block of them.
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static("identity"));
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}

impl Feed {
    async fn next(&mut self) -> Option<Bytes> {
        match self.next {
            Next::First => {
                let event = self.event().await?;
                Some(Bytes::from(format!("retry: {RETRY_MS}\n{event}")))
            }
            Next::Change => {
                let changes = self.changes.as_mut()?;
                match timeout(KEEP_ALIVE, changes.changed()).await {
                    Ok(Ok(())) => {
                        self.view = self.when_due().await?;
                        self.event().await.map(Bytes::from)
                    }
                    // Nobody writes this answer any more: the page asks again.
                    Ok(Err(_)) => None,
                    Err(_) => Some(Bytes::from_static(b": still here\n\n")),
                }
            }
            Next::End => None,
        }
    }

    /// The latest view when it is worth an event: the first words and the last at once, others when one is due.
    async fn when_due(&mut self) -> Option<AnswerView> {
        let changes = self.changes.as_mut()?;
        loop {
            let view = changes.borrow_and_update().clone();
            let is_first = (self.shown.answer.is_empty() && !view.answer.is_empty())
                || (self.shown.reasoning.is_empty() && !view.reasoning.is_empty());
            if is_first || view.state.is_final() || Instant::now() >= self.due {
                return Some(view);
            }
            // A sender that has gone leaves its last view behind, which is still to be shown.
            tokio::select! {
                () = sleep_until(self.due) => {}
                Ok(()) = changes.changed() => {}
            }
        }
    }

    /// Renders the view beside the event loop, and keeps what was shown. `None` if that failed: the page asks again.
    async fn event(&mut self) -> Option<String> {
        let started = Instant::now();
        let view = self.view.clone();
        let mut growing = std::mem::take(&mut self.growing);
        let rendered = web::block(move || Shown::new(&view, &mut growing).map(|shown| (shown, growing))).await;
        let (now, growing) = match rendered {
            Ok(Ok(rendered)) => rendered,
            Ok(Err(error)) => return log_failure(&error),
            Err(error) => return log_failure(&error),
        };
        let event = Event {
            phase: self.view.state.name(),
            answer: Change::between(&self.shown.answer, &now.answer),
            reasoning: Change::between(&self.shown.reasoning, &now.reasoning),
            thought: changed(&self.shown.thought, &now.thought),
            state: changed(&self.shown.state, &now.state),
            foot: changed(&self.shown.foot, &now.foot),
        };
        let text = serde_json::to_string(&event).ok()?;
        self.growing = growing;
        self.shown = now;
        self.next = if self.view.state.is_final() { Next::End } else { Next::Change };
        let finished = Instant::now();
        self.due = finished + LEAST_INTERVAL.max((finished - started) * RENDERING_SHARE);
        Some(format!("data: {text}\n\n"))
    }
}

impl Shown {
    fn new(view: &AnswerView, growing: &mut GrowingAnswer) -> askama::Result<Self> {
        Ok(Self {
            answer: answer_html(view, growing)?,
            reasoning: view.reasoning.clone(),
            thought: thought(view),
            state: StateLine::new(view).render()?,
            foot: Foot::new(view).render()?,
        })
    }
}

impl<'e> Change<'e> {
    fn between(shown: &str, now: &'e str) -> Self {
        let mut same = shown.bytes().zip(now.bytes()).take_while(|(shown, now)| shown == now).count();
        while !now.is_char_boundary(same) {
            same -= 1;
        }
        let (kept, add) = now.split_at(same);
        Self { keep: kept.encode_utf16().count(), add }
    }
}

fn changed<'e>(shown: &str, now: &'e str) -> Option<&'e str> {
    (shown != now).then_some(now)
}

fn log_failure(error: &dyn std::error::Error) -> Option<String> {
    tracing::error!(%error, "an answer could not be rendered for its stream");
    None
}
