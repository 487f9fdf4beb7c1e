//! The state of the simulated platform: followers, tokens, media, and the records of what happened.
//!
//! Plain values and the rules over them. Knows no HTTP, no clock and no task: times are handed in.

mod follower;
mod media;
mod tickets;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};

pub use self::media::{MediaKind, Medium};
pub(super) use self::{
    follower::{Closed, Follower, Trigger},
    media::{MediaStore, extension, sniff},
    tickets::Tickets,
    tokens::{Standing, Tokens},
};
use super::{
    journal::{ApiCall, Bubble, Exchange, Log, PushId, Shown, Via},
    settings::{ApiFault, Switches},
};

/// What a follower reads where the account failed to answer.
pub const NO_SERVICE: &str = "该公众号暂时无法提供服务，请稍后再试";

/// A `MsgId` has as many digits as a real one.
const FIRST_MSG_ID: u64 = 24_000_000_000_000_000;

/// Everything the platform remembers.
#[derive(Debug)]
pub(super) struct Platform {
    pub(super) switches: Switches,
    pub(super) webhook_url: Option<String>,
    /// The page that the phone's browser shows.
    pub(super) browsing: Option<reqwest::Url>,
    pub(super) followers: BTreeMap<String, Follower>,
    pub(super) tokens: Tokens,
    pub(super) tickets: Tickets,
    pub(super) media: MediaStore,
    pub(super) exchanges: Log<Exchange>,
    pub(super) calls: Log<ApiCall>,
    /// Requests to the demo model, and the questions it has met.
    pub(super) asked: Log<serde_json::Value>,
    pub(super) answered: BTreeSet<String>,
    /// Calls of each path, for the quota query.
    pub(super) used: BTreeMap<String, u64>,
    pushes: BTreeMap<PushId, Push>,
    last_push: u64,
    /// Of every follower alike: the numbers repeat across followers, as the real ones do. No start repeats those of another, or a bot
    /// that remembers them would take a new message for an old one.
    first_msg_id: u64,
}

/// How far a push has come.
#[derive(Debug, Default)]
struct Push {
    /// Deliveries so far, over all copies.
    deliveries: u32,
    /// Series of deliveries still running.
    running: u32,
    /// A reply or `success` came: later replies to it are not shown again.
    settled: bool,
}

impl Platform {
    pub(super) fn new(switches: Switches, webhook_url: Option<String>) -> Self {
        Self {
            switches,
            webhook_url,
            browsing: None,
            followers: BTreeMap::new(),
            tokens: Tokens::default(),
            tickets: Tickets::default(),
            media: MediaStore::default(),
            exchanges: Log::default(),
            calls: Log::default(),
            asked: Log::default(),
            answered: BTreeSet::new(),
            used: BTreeMap::new(),
            pushes: BTreeMap::new(),
            last_push: 0,
            first_msg_id: FIRST_MSG_ID + super::clock::real_ms() as u64,
        }
    }

    /// Makes `openid` follow, if it does not yet.
    pub(super) fn follow(&mut self, openid: &str, now_ms: i64) -> &mut Follower {
        let follower = self.followers.entry(openid.to_owned()).or_default();
        if !follower.following {
            follower.following = true;
            follower.subscribed_at_ms = now_ms;
        }
        follower
    }

    /// The number of the next message of `openid`.
    pub(super) fn next_msg_id(&mut self, openid: &str) -> u64 {
        self.first_msg_id + self.followers.entry(openid.to_owned()).or_default().count_message()
    }

    /// Adds a line to the chat of `openid`.
    pub(super) fn show(&mut self, openid: &str, via: Via, content: Shown) {
        let bubble = Bubble { at_ms: super::clock::real_ms(), via, content };
        self.followers.entry(openid.to_owned()).or_default().chat.add(bubble);
    }

    /// A new push with `series` series of deliveries.
    pub(super) fn begin_push(&mut self, series: u32) -> PushId {
        self.last_push += 1;
        let push = PushId(self.last_push);
        self.pushes.insert(push, Push { running: series, ..Push::default() });
        push
    }

    /// Counts a delivery of `push` and returns its number.
    pub(super) fn count_delivery(&mut self, push: PushId) -> u32 {
        let entry = self.pushes.entry(push).or_default();
        entry.deliveries += 1;
        entry.deliveries
    }

    /// Marks `push` as answered; true for the first answer alone.
    pub(super) fn settle(&mut self, push: PushId) -> bool {
        let entry = self.pushes.entry(push).or_default();
        !std::mem::replace(&mut entry.settled, true)
    }

    /// Ends one series of deliveries; true if it was the last and nothing had settled the push.
    pub(super) fn end_series(&mut self, push: PushId) -> bool {
        let Some(entry) = self.pushes.get_mut(&push) else { return false };
        entry.running = entry.running.saturating_sub(1);
        entry.running == 0 && !entry.settled
    }

    /// Whether all series of deliveries have ended.
    pub(super) fn is_finished(&self, push: PushId) -> bool {
        self.pushes.get(&push).is_none_or(|entry| entry.running == 0)
    }

    /// Whether the medium that `shown` refers to exists and is of its kind; true where it refers to none.
    pub(super) fn has_media_of(&self, shown: &Shown, now_ms: i64) -> bool {
        let is_there = |media_id: &str, kind| self.media.find(media_id, now_ms).is_some_and(|medium| medium.kind == kind);
        match shown {
            Shown::Image { media_id } => is_there(media_id, MediaKind::Image),
            Shown::Voice { media_id, .. } => is_there(media_id, MediaKind::Voice),
            Shown::Video { media_id, .. } => is_there(media_id, MediaKind::Video),
            Shown::Text { .. }
            | Shown::Music { .. }
            | Shown::News { .. }
            | Shown::Menu { .. }
            | Shown::Location { .. }
            | Shown::Card { .. }
            | Shown::Event { .. } => true,
        }
    }

    /// Takes the fault planned for a call of `path`, if there is one.
    pub(super) fn take_fault(&mut self, path: &str) -> Option<ApiFault> {
        let faults = &mut self.switches.api_faults;
        let index = faults.iter().position(|fault| fault.path == "*" || fault.path == path)?;
        faults[index].times = faults[index].times.saturating_sub(1);
        if faults[index].times == 0 { Some(faults.remove(index)) } else { Some(faults[index].clone()) }
    }
}

/// `length` hexadecimal digits from the system's generator.
pub(super) fn random_hex(length: usize) -> String {
    use std::fmt::Write as _;
    let mut bytes = vec![0_u8; length.div_ceil(2)];
    // Without a generator every identifier would be zeros, which a test notices at once.
    let _ = getrandom::fill(&mut bytes);
    let mut hex = bytes.iter().fold(String::with_capacity(length + 1), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    hex.truncate(length);
    hex
}
