//! Tickets of the JS-SDK: one for each type, the same to everybody until it ends.
//!
//! Source: <https://developers.weixin.qq.com/doc/service/guide/h5/jssdk.html>, appendix 1.

use std::collections::BTreeMap;

use super::random_hex;

/// Two hours, as told in `expires_in` at any time within them.
const LIFETIME_MS: i64 = 7_200_000;

/// The types that exist.
const TYPES: [&str; 2] = ["jsapi", "wx_card"];

/// The account's tickets, each with its end.
#[derive(Debug, Default)]
pub(in crate::simulator) struct Tickets(BTreeMap<&'static str, (String, i64)>);

impl Tickets {
    /// The current ticket of `wanted` and its lifetime in seconds; `None` for a type that does not exist.
    pub(in crate::simulator) fn current(&mut self, wanted: &str, now_ms: i64) -> Option<(String, i64)> {
        let kind = TYPES.into_iter().find(|kind| *kind == wanted)?;
        let fresh = || (format!("SIM_TICKET_{}", random_hex(75)), now_ms + LIFETIME_MS);
        let ticket = self.0.entry(kind).or_insert_with(fresh);
        if ticket.1 <= now_ms {
            *ticket = fresh();
        }
        Some((ticket.0.clone(), LIFETIME_MS / 1000))
    }
}
