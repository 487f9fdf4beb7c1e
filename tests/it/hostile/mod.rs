//! Hostile requests to the webhook, as a table, and the rule that the server answers each as the table says.
//!
//! The account is in secure mode. Whatever is accepted is an event whose `EventKey` is the name of its case, so that what is stored
//! tells where it came from; what is refused and would be stored by mistake is called so too, or `forged`.

mod body;
mod ciphertext;
mod message;
mod path;
mod query;
mod request;

use std::{
    collections::HashSet,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::support::{Engine, WorldBuilder, on_both_engines};
use request::Answer;

pub(crate) const TOKEN: &str = "it-token";
pub(crate) const APP_ID: &str = "wx0123456789abcdef";
pub(crate) const AES_KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

/// Slower than this, and one sender could hold up the others.
const TIME_LIMIT: Duration = Duration::from_millis(500);

/// One request and what must become of it.
pub(crate) struct Case {
    pub name: String,
    pub method: &'static str,
    /// As it stands in the request line, without the query.
    pub path: String,
    pub query: String,
    pub body: Vec<u8>,
    pub content_type: &'static str,
    pub expect: Expect,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Expect {
    /// Any status from 400 to 499; nothing is stored.
    Refused,
    /// Status 200, and the push is stored.
    Accepted,
    /// Status 200 with exactly this body; nothing is stored.
    Echoed(String),
    /// WeChat sends nothing like it and it does no harm: accepted or refused, but answered.
    Either,
}

/// The whole table, with times relative to now.
pub(crate) fn cases() -> Vec<Case> {
    [query::cases(), path::cases(), body::cases(), ciphertext::cases(), message::cases()].into_iter().flatten().collect()
}

/// Sends every case to the server at `base_url` (`http://host:port`), one after the other, and reports all that differ.
pub(crate) async fn every_case_is_answered_as_the_table_says(base_url: &str) {
    let mut wrong = Vec::new();
    for case in cases() {
        let answer = request::send(base_url, &case).await;
        if let Err(reason) = judge(&case, &answer) {
            wrong.push(format!("{}: {reason} (expected {:?})", case.name, case.expect));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases().len(), wrong.join("\n"));
}

fn judge(case: &Case, answer: &Answer) -> Result<(), String> {
    let Answer { status, body, elapsed } = answer;
    let right = match (&case.expect, status) {
        (Expect::Refused | Expect::Either, 400..=499) | (Expect::Accepted | Expect::Either, 200) => true,
        (Expect::Echoed(echo), 200) => body == echo.as_bytes(),
        _ => false,
    };
    match right {
        true if *elapsed > TIME_LIMIT => Err(format!("took {elapsed:?}")),
        true => Ok(()),
        false => Err(format!("status {status}, {:?}", String::from_utf8_lossy(&body[..body.len().min(80)]))),
    }
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64
}

#[test]
fn the_table_is_long_and_every_case_has_its_own_name() {
    let cases = cases();
    let names: HashSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names.len(), cases.len());
    assert!(cases.len() >= 200, "{} cases", cases.len());
}

on_both_engines! {
    async fn hostile_requests_are_refused_and_stored_nowhere(engine: Engine) {
        let world = WorldBuilder::new(engine)
            .with("WECHAT_TOKEN", TOKEN)
            .with("WECHAT_APP_ID", APP_ID)
            .with("WECHAT_ENCODING_AES_KEY", AES_KEY)
            .start()
            .await;
        every_case_is_answered_as_the_table_says(&world.url).await;
        let accepted = cases().into_iter().filter(|case| case.expect == Expect::Accepted).count() as i64;
        let harmless = cases().into_iter().filter(|case| case.expect == Expect::Either).count() as i64;
        let stored = world.count("SELECT COUNT(*) FROM inbound").await;
        assert!((accepted..=accepted + harmless).contains(&stored), "{stored} rows for {accepted} accepted requests");
        world.abandon().await;
    }
}
