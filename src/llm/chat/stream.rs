//! From the events of an upstream's answer to deltas, each as soon as its last byte is here.
//!
//! Upstreams mark the end by `[DONE]`, by an `end` event, by `finish_reason` or by all of them; an answer with none
//! of these broke off. Knows no network and no clock: the bytes come from any stream.

use std::collections::VecDeque;

use super::call::{Call, Fragment, Gathered};
use super::chunk::{self, Form};
pub use super::source::{Body, DOCUMENT_MAX, EVENT_MAX};
use super::source::{Event, Source};
use super::think::Splitter;
use super::{Delta, Finish, Tools};
use crate::llm::error::UpstreamError;
use crate::llm::refusal;
use crate::llm::usage::Usage;

/// Bytes of an answer's text, thinking and calls included. What is longer ends here, as if the model had reached its limit.
pub const TEXT_MAX: usize = 4 * 1024 * 1024;
const DONE: &str = "[DONE]";

/// Reads one answer.
pub struct Reader {
    source: Source,
    splitter: Splitter,
    ready: VecDeque<Delta>,
    /// Bytes of text that arrived, and how many of them are the answer.
    received: usize,
    answered: usize,
    tools: Tools,
    calls: Gathered,
    form: Form,
    finish: Option<Finish>,
    usage: Option<Usage>,
    over: bool,
}

/// What a complete answer says of itself beside its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    pub finish: Finish,
    pub usage: Option<Usage>,
    /// What the model wants done, beside its words or instead of them.
    pub call: Option<Call>,
}

impl Reader {
    /// A reader of `body`, which has the status 200.
    pub fn new(body: Body) -> Self {
        Self {
            source: Source::new(body),
            splitter: Splitter::default(),
            ready: VecDeque::new(),
            received: 0,
            answered: 0,
            tools: Tools::None,
            calls: Gathered::default(),
            form: Form::Absent,
            finish: None,
            usage: None,
            over: false,
        }
    }

    /// The same reader, which listens for calls of `tools`.
    #[must_use]
    pub fn offering(mut self, tools: Tools) -> Self {
        self.tools = tools;
        self
    }

    /// The next piece of content or thinking, or `Restarted`; `None` once the upstream has said that there is no more.
    pub async fn next(&mut self) -> Result<Option<Delta>, UpstreamError> {
        loop {
            if let Some(delta) = self.ready.pop_front() {
                return Ok(Some(delta));
            }
            if self.over || self.finish.is_some() {
                return Ok(None);
            }
            match self.source.next().await {
                Ok(Some(event)) => self.accept(event).map_err(|error| self.broken_or(error))?,
                Ok(None) => return Err(UpstreamError::Broken { received: self.received }),
                Err(error) => return Err(self.broken_or(error)),
            }
        }
    }

    /// Reads what may follow a complete answer: usage, belated pieces for `next`, the end of the body. To be given up
    /// after a moment, for the answer is whole without it.
    pub async fn epilogue(&mut self) {
        while let Ok(Some(event)) = self.source.next().await {
            if self.over || self.accept(event).is_err() {
                break;
            }
        }
    }

    /// Whether even the epilogue is complete.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// How the answer ended; to be asked when `next` has returned `None`.
    pub fn ending(mut self) -> Result<Ending, UpstreamError> {
        let finish = self.finish.take().unwrap_or(Finish::Stop);
        let call = self.calls.call(self.tools);
        match (self.answered, &finish) {
            _ if call.is_some() => Ok(Ending { finish, usage: self.usage, call }),
            (0, Finish::ContentFilter) => {
                Err(UpstreamError::ContentFiltered { reason: None, message: "finish_reason content_filter".to_owned() })
            }
            (0, Finish::Stop | Finish::Length | Finish::Other(_)) => Err(UpstreamError::Empty),
            _ => Ok(Ending { finish, usage: self.usage, call }),
        }
    }

    fn accept(&mut self, event: Event) -> Result<(), UpstreamError> {
        match event {
            Event::Error(text) => return Err(refusal::of_error_event(&text)),
            Event::Document(text) => {
                self.add(chunk::parse(&text)?);
                self.complete();
            }
            // The last event may say anything, or the last chunk.
            Event::End(text) => {
                if let Ok(chunk) = chunk::parse(&text) {
                    self.add(chunk);
                }
                self.complete();
            }
            Event::Message(text) => match chunk::parse(&text) {
                _ if text == DONE => self.complete(),
                // Some gateways forget the blank line between two events.
                Err(UpstreamError::Malformed { .. }) if text.contains('\n') => {
                    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
                    lines.map(|line| Event::Message(line.to_owned())).try_for_each(|line| self.accept(line))?;
                }
                chunk => self.add(chunk?),
            },
        }
        Ok(())
    }

    fn add(&mut self, chunk: chunk::Chunk) {
        self.usage = chunk.usage.or(self.usage.take());
        // A last chunk may repeat the whole text as a message.
        let repeated = self.form == Form::Delta && chunk.form == Form::Message;
        if !repeated && !self.over {
            self.form = if chunk.form == Form::Absent { self.form } else { chunk.form };
            self.received += chunk.content.len() + chunk.reasoning.len();
            self.received += chunk.calls.iter().map(Fragment::len).sum::<usize>();
            chunk.calls.into_iter().for_each(|piece| self.calls.add(piece));
            if !chunk.reasoning.is_empty() {
                self.splitter.thinking_is_apart();
                self.ready.push_back(Delta::Reasoning(chunk.reasoning));
            }
            self.deliver(|splitter, out| splitter.push(&chunk.content, out));
        }
        if chunk.finish.is_some() {
            self.finish = chunk.finish;
            self.deliver(Splitter::finish);
        }
        if self.received > TEXT_MAX {
            self.finish = Some(Finish::Length);
            self.complete();
        }
    }

    /// Moves what the splitter is certain of to the deltas that are ready.
    fn deliver(&mut self, split: impl FnOnce(&mut Splitter, &mut Vec<Delta>)) {
        let mut out = Vec::new();
        split(&mut self.splitter, &mut out);
        for delta in out {
            match &delta {
                Delta::Content(text) => self.answered += text.len(),
                Delta::Restarted => self.answered = 0,
                Delta::Reasoning(_) | Delta::Started { .. } => {}
            }
            self.ready.push_back(delta);
        }
    }

    fn complete(&mut self) {
        if !std::mem::replace(&mut self.over, true) {
            self.deliver(Splitter::finish);
        }
    }

    /// What cannot be read once there is text is an answer that broke, not a wrong upstream.
    fn broken_or(&self, error: UpstreamError) -> UpstreamError {
        match error {
            UpstreamError::Malformed { .. } if self.received == 0 => error,
            UpstreamError::Malformed { .. } | UpstreamError::Broken { .. } => UpstreamError::Broken { received: self.received },
            other => other,
        }
    }
}
