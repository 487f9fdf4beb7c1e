//! One follower: the chat, and what the account may still send into it.
//!
//! Source: <https://developers.weixin.qq.com/doc/subscription/api/customer/message/api_sendcustommessage.html>

use crate::simulator::journal::{Bubble, Log};

/// 48 hours after a message, with 5 sends.
const AFTER_MESSAGE: (i64, u32) = (48 * 3_600_000, 5);

/// One minute after a menu click, a follow or a scan, with 3 sends.
const AFTER_ACTION: (i64, u32) = (60_000, 3);

/// The typing state needs an exchange within the last 30 s, and lasts about as long as the client shows it.
const TYPING_EXCHANGE_MS: i64 = 30_000;
const TYPING_SHOWN_MS: i64 = 15_000;

/// What a message or event opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::simulator) enum Trigger {
    Message,
    Action,
    None,
}

/// Why nothing may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::simulator) enum Closed {
    /// 45015
    Window,
    /// 45047
    Count,
}

#[derive(Debug, Clone, Copy)]
struct Allowance {
    until_ms: i64,
    left: u32,
}

/// One follower.
#[derive(Debug, Default)]
pub(in crate::simulator) struct Follower {
    pub(in crate::simulator) following: bool,
    pub(in crate::simulator) subscribed_at_ms: i64,
    pub(in crate::simulator) chat: Log<Bubble>,
    messages_sent: u64,
    after_message: Option<Allowance>,
    after_action: Option<Allowance>,
    exchanged_at_ms: Option<i64>,
    typing_until_ms: i64,
}

impl Follower {
    /// How many messages came before the next one.
    pub(in crate::simulator) fn count_message(&mut self) -> u64 {
        self.messages_sent += 1;
        self.messages_sent - 1
    }

    /// Opens the windows that `trigger` opens.
    pub(in crate::simulator) fn triggered(&mut self, trigger: Trigger, now_ms: i64) {
        let opened = |(window_ms, left)| Some(Allowance { until_ms: now_ms + window_ms, left });
        match trigger {
            Trigger::Message => self.after_message = opened(AFTER_MESSAGE),
            Trigger::Action => self.after_action = opened(AFTER_ACTION),
            Trigger::None => return,
        }
        self.exchanged_at_ms = Some(now_ms);
    }

    /// Takes one send, from the window that closes first.
    pub(in crate::simulator) fn spend(&mut self, now_ms: i64) -> Result<(), Closed> {
        let mut refusal = if self.following { Closed::Window } else { return Err(Closed::Window) };
        for allowance in [&mut self.after_action, &mut self.after_message].into_iter().flatten() {
            if allowance.until_ms < now_ms {
                continue;
            }
            if allowance.left > 0 {
                allowance.left -= 1;
                self.exchanged_at_ms = Some(now_ms);
                self.typing_until_ms = 0;
                return Ok(());
            }
            refusal = Closed::Count;
        }
        Err(refusal)
    }

    /// Sends left now, over both windows.
    pub(in crate::simulator) fn sends_left(&self, now_ms: i64) -> u32 {
        [self.after_action, self.after_message]
            .into_iter()
            .flatten()
            .filter(|allowance| allowance.until_ms >= now_ms)
            .map(|allowance| allowance.left)
            .sum()
    }

    /// Whether a typing command has anything to refer to.
    pub(in crate::simulator) fn exchanged_lately(&self, now_ms: i64) -> bool {
        self.exchanged_at_ms.is_some_and(|at_ms| now_ms - at_ms <= TYPING_EXCHANGE_MS)
    }

    pub(in crate::simulator) fn is_typing(&self, now_ms: i64) -> bool {
        self.typing_until_ms > now_ms
    }

    pub(in crate::simulator) fn start_typing(&mut self, now_ms: i64) {
        self.typing_until_ms = now_ms + TYPING_SHOWN_MS;
    }

    pub(in crate::simulator) fn stop_typing(&mut self) {
        self.typing_until_ms = 0;
    }
}
