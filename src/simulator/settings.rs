//! What a simulator is started with, and the switches that can be turned while it runs.
//!
//! Plain values that travel as JSON to and from the phone page. What they do to a call or a push is decided elsewhere.

use std::net::{Ipv4Addr, SocketAddr};

use serde::{Deserialize, Serialize};

/// How a simulator starts.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Port 0 lets the system choose.
    pub bind: SocketAddr,
    /// Where pushes go; without it a message is written into the chat and nowhere else.
    pub webhook_url: Option<String>,
    pub app_id: String,
    pub app_secret: String,
    pub token: String,
    /// 43 letters and digits.
    pub encoding_aes_key: String,
    pub account: Account,
    pub mode: Mode,
    /// Real seconds per simulated second of waiting: at 0.1 a delivery is given up after half a second. Windows and lifetimes
    /// are not scaled; [`super::Simulator::advance`] moves them.
    pub clock_factor: f64,
    /// The openids that follow from the start.
    pub followers: Vec<String>,
}

impl Default for Settings {
    /// A loopback port, an unverified personal account in secure mode, three followers.
    fn default() -> Self {
        Self {
            bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            webhook_url: None,
            app_id: "wx5151515151515151".to_owned(),
            app_secret: "51515151515151515151515151515151".to_owned(),
            token: "simulator".to_owned(),
            encoding_aes_key: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG".to_owned(),
            account: Account { kind: AccountKind::Personal, verified: false, sandbox: false },
            mode: Mode::Secure,
            clock_factor: 1.0,
            followers: (1..=3).map(|number| format!("oSimulatedFollower{number:010}")).collect(),
        }
    }
}

/// Which account the platform takes itself for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub kind: AccountKind,
    pub verified: bool,
    /// 测号: customer-service messages work although nobody verified it.
    pub sandbox: bool,
}

/// The console's kinds of account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    Personal,
    Subscription,
    Service,
}

impl Account {
    /// Only organisations can be verified; the switch means nothing on a personal account.
    pub fn is_verified(self) -> bool {
        self.verified && self.kind != AccountKind::Personal
    }

    /// Whether `message/custom/*` is granted.
    pub fn may_push(self) -> bool {
        self.is_verified() || self.sandbox
    }
}

/// How pushes are wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The message alone, unencrypted.
    Plain,
    /// The message and its ciphertext side by side.
    Compatible,
    /// The ciphertext alone; a reply must be encrypted too.
    Secure,
}

/// What can be changed while the simulator runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Switches {
    pub account: Account,
    pub mode: Mode,
    /// Simulated seconds before the demo model's first token, 0–60.
    pub model_delay_secs: f64,
    /// A word of the demo model's vocabulary (`die`, `500`, `hang`, …), applied to every question.
    pub upstream_fault: Option<String>,
    pub api_faults: Vec<ApiFault>,
    pub push_faults: PushFaults,
    /// The token endpoints answer 40164, as for an address that is not on the allow list.
    pub address_refused: bool,
}

impl Switches {
    /// Everything works; the account and the mode as given.
    pub fn healthy(account: Account, mode: Mode) -> Self {
        Self {
            account,
            mode,
            model_delay_secs: 0.0,
            upstream_fault: None,
            api_faults: Vec::new(),
            push_faults: PushFaults::default(),
            address_refused: false,
        }
    }
}

/// The next `times` calls of `path` go wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiFault {
    /// `/cgi-bin/message/custom/send`, or `*` for every path.
    pub path: String,
    pub times: u32,
    #[serde(flatten)]
    pub wrong: Wrong,
}

/// What goes wrong with a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "wrong", rename_all = "snake_case")]
pub enum Wrong {
    /// Refused with this code; nothing is done.
    Errcode { errcode: i64, errmsg: String },
    /// An HTTP status and a page of HTML; nothing is done.
    Status { status: u16 },
    /// No answer within a minute; nothing is done.
    TimeoutBefore,
    /// No answer within a minute, though the call took effect.
    TimeoutAfter,
    /// The call took effect; the answer is not JSON.
    Garbage,
}

/// What goes wrong with pushes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PushFaults {
    /// Every push is delivered twice at the same time.
    pub duplicate: bool,
    /// A push that was answered is delivered once more after so many simulated seconds.
    pub repeat_after_secs: Option<f64>,
    /// Every other push is held back for a second, so that the next one overtakes it.
    pub reorder: bool,
}
