//! What is kept for looking at: the chat a follower sees, the raw exchanges with the webhook, the calls of the API.
//!
//! Records only; nothing here decides anything.

use std::collections::VecDeque;

use serde::Serialize;

/// Entries kept of each kind: enough for a long test, little enough for a simulator that runs for weeks.
const KEPT: usize = 10_000;

/// Identifies one push through all its deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct PushId(pub u64);

/// One line of the chat.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bubble {
    pub at_ms: i64,
    pub via: Via,
    #[serde(flatten)]
    pub content: Shown,
}

/// How a bubble came into the chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "via", rename_all = "snake_case")]
pub enum Via {
    /// The follower's own.
    Follower { push: PushId },
    /// The answer to delivery 1, 2 or 3 of a push.
    Passive { push: PushId, delivery: u32 },
    /// `message/custom/send`.
    Customer,
    /// The platform itself, in grey.
    Notice { push: Option<PushId> },
}

/// What a bubble shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "show", rename_all = "snake_case")]
pub enum Shown {
    Text {
        text: String,
    },
    Image {
        media_id: String,
    },
    Voice {
        media_id: String,
        recognition: Option<String>,
    },
    Video {
        media_id: String,
        title: Option<String>,
    },
    Music {
        title: Option<String>,
        url: Option<String>,
    },
    News {
        articles: Vec<Card>,
    },
    Menu {
        head: String,
        options: Vec<MenuOption>,
        tail: String,
    },
    Location {
        latitude: f64,
        longitude: f64,
        label: String,
    },
    Card {
        title: String,
        note: String,
    },
    /// Something happened: followed, scanned, tapped the menu; or the platform speaks.
    Event {
        text: String,
    },
}

impl Shown {
    /// A text bubble.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }
}

/// One article card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Card {
    pub title: String,
    pub description: String,
    pub pic_url: String,
    pub url: String,
}

/// One tappable line of a `msgmenu`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MenuOption {
    pub id: String,
    pub content: String,
}

/// One delivery of a push, as it went over the wire.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Exchange {
    pub push: PushId,
    pub openid: String,
    /// 1, 2 or 3; a repetition by fault counts on.
    pub delivery: u32,
    pub at_ms: i64,
    pub query: String,
    /// The body as sent: ciphertext in secure mode.
    pub sent: String,
    /// The message within.
    pub message: String,
    pub status: Option<u16>,
    /// The reply as received.
    pub reply: Option<String>,
    /// The reply within, where it was encrypted.
    pub reply_message: Option<String>,
    pub ms: u64,
    pub outcome: Outcome,
}

/// What came of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", content = "reason", rename_all = "snake_case")]
pub enum Outcome {
    /// Still waiting.
    Open,
    /// A reply the follower sees, or has seen already.
    Replied,
    /// `success` or nothing.
    Acknowledged,
    /// No complete answer in five seconds.
    TimedOut,
    /// Another HTTP status than 200.
    Refused,
    /// No connection, or it broke.
    Unreachable(String),
    /// Not a passive reply; says why.
    Malformed(String),
    /// A text above 2048 bytes: the follower sees nothing.
    TooLong(usize),
    /// A `MediaId` that is unknown, expired or of another kind: the follower sees nothing.
    NoMedium(String),
}

/// One call of the platform's API.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ApiCall {
    pub at_ms: i64,
    pub rid: String,
    pub method: String,
    pub path: String,
    /// The query without the access token.
    pub query: String,
    pub body: String,
    pub status: u16,
    pub answer: String,
    pub errcode: i64,
    pub ms: u64,
}

/// A list that forgets its oldest entries; numbers given out stay valid.
#[derive(Debug)]
pub(super) struct Log<T> {
    first: u64,
    entries: VecDeque<T>,
}

impl<T> Default for Log<T> {
    fn default() -> Self {
        Self { first: 0, entries: VecDeque::new() }
    }
}

impl<T> Log<T> {
    /// Appends, and returns the number under which the entry can be changed later.
    pub(super) fn add(&mut self, entry: T) -> u64 {
        if self.entries.len() == KEPT {
            self.entries.pop_front();
            self.first += 1;
        }
        self.entries.push_back(entry);
        self.first + self.entries.len() as u64 - 1
    }

    pub(super) fn entry_mut(&mut self, number: u64) -> Option<&mut T> {
        self.entries.get_mut(number.checked_sub(self.first)? as usize)
    }

    pub(super) fn numbered(&self) -> impl DoubleEndedIterator<Item = (u64, &T)> {
        // A deque counts back as well, which a bare range from `first` would not.
        (0..self.entries.len()).map(|index| (self.first + index as u64, &self.entries[index]))
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.entries.iter()
    }
}
