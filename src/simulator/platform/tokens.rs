//! Access tokens: the two kinds, which never invalidate each other, and how each ends.
//!
//! Sources: <https://developers.weixin.qq.com/doc/subscription/api/base/api_getaccesstoken.html> and
//! <https://developers.weixin.qq.com/doc/subscription/api/base/api_getstableaccesstoken.html>

/// Two hours, as told in `expires_in`.
const LIFETIME_MS: i64 = 7_200_000;

/// Old and new token both work for five minutes.
const OVERLAP_MS: i64 = 300_000;

/// A forced refresh within 30 s of the last hands out the current token.
const FORCE_PAUSE_MS: i64 = 30_000;

/// Forced refreshes a day.
const FORCED_A_DAY: usize = 20;

const DAY_MS: i64 = 86_400_000;

#[derive(Debug, Clone)]
struct Token {
    text: String,
    expires_at_ms: i64,
}

/// What a token is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::simulator) enum Standing {
    Valid,
    /// 42001
    Expired,
    /// 40001
    Unknown,
}

/// The tokens of one account.
#[derive(Debug, Default)]
pub(in crate::simulator) struct Tokens {
    issued: u64,
    /// The newest is the last.
    plain: Vec<Token>,
    stable: Vec<Token>,
    forced_at_ms: Vec<i64>,
    expired: Vec<String>,
}

impl Tokens {
    /// `/cgi-bin/token`: a new one each time; the one before works for five more minutes.
    pub(in crate::simulator) fn issue(&mut self, now_ms: i64) -> (String, i64) {
        for token in &mut self.plain {
            token.expires_at_ms = token.expires_at_ms.min(now_ms + OVERLAP_MS);
        }
        let token = self.fresh(now_ms);
        self.plain.push(token.clone());
        (token.text, LIFETIME_MS / 1000)
    }

    /// `/cgi-bin/stable_token` in normal mode: the current one, or a new one shortly before it ends.
    pub(in crate::simulator) fn stable(&mut self, now_ms: i64) -> (String, i64) {
        if let Some(current) = self.stable.last()
            && current.expires_at_ms - now_ms > OVERLAP_MS
        {
            return (current.text.clone(), (current.expires_at_ms - now_ms) / 1000);
        }
        let token = self.fresh(now_ms);
        self.stable.push(token.clone());
        (token.text, LIFETIME_MS / 1000)
    }

    /// The same with `force_refresh`: the one before dies at once. `None` when the day's twenty are used up.
    pub(in crate::simulator) fn forced(&mut self, now_ms: i64) -> Option<(String, i64)> {
        self.forced_at_ms.retain(|at_ms| now_ms - at_ms < DAY_MS);
        if self.forced_at_ms.last().is_some_and(|at_ms| now_ms - at_ms < FORCE_PAUSE_MS) {
            return Some(self.stable(now_ms));
        }
        if self.forced_at_ms.len() >= FORCED_A_DAY {
            return None;
        }
        self.forced_at_ms.push(now_ms);
        self.stable.clear();
        Some(self.stable(now_ms))
    }

    /// Somebody else refreshed by force: every token given out so far is worth nothing.
    pub(in crate::simulator) fn revoke(&mut self) {
        self.plain.clear();
        self.stable.clear();
    }

    pub(in crate::simulator) fn standing(&mut self, text: &str, now_ms: i64) -> Standing {
        for list in [&mut self.plain, &mut self.stable] {
            let ended = list.extract_if(.., |token| token.expires_at_ms <= now_ms);
            self.expired.extend(ended.map(|token| token.text));
        }
        if self.plain.iter().chain(&self.stable).any(|token| token.text == text) {
            Standing::Valid
        } else if self.expired.iter().any(|token| token == text) {
            Standing::Expired
        } else {
            Standing::Unknown
        }
    }

    fn fresh(&mut self, now_ms: i64) -> Token {
        self.issued += 1;
        let text = format!("SIM_{:06}_{}", self.issued, crate::simulator::platform::random_hex(48));
        Token { text, expires_at_ms: now_ms + LIFETIME_MS }
    }
}
