//! What the page shows at one moment, as one JSON object.

use std::collections::BTreeMap;

use actix_web::{
    HttpResponse,
    web::{Data, Query},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::simulator::{
    delivery::PATIENCE_SECS,
    journal::{ApiCall, Bubble, Exchange, Shown},
    platform::Platform,
    settings::Switches,
    world::World,
};

/// Records of each kind that the page is given: the latest ones.
const SHOWN: usize = 80;

/// Whose phone it is.
#[derive(Deserialize)]
pub(super) struct Whose {
    openid: Option<String>,
}

#[derive(Serialize)]
struct State<'a> {
    url: &'a str,
    webhook_url: Option<&'a str>,
    /// Real milliseconds until a delivery is given up.
    patience_ms: u64,
    switches: &'a Switches,
    followers: Vec<FollowerState<'a>>,
    openid: &'a str,
    chat: Vec<&'a Bubble>,
    /// What the chat's voices say, and how long they play.
    voices: BTreeMap<&'a str, Voice>,
    exchanges: Vec<&'a Exchange>,
    calls: Vec<&'a ApiCall>,
    asked: Vec<Asked<'a>>,
}

#[derive(Serialize)]
struct Voice {
    seconds: Option<f64>,
    words: Option<String>,
}

#[derive(Serialize)]
struct Asked<'a> {
    number: u64,
    request: &'a Value,
}

#[derive(Serialize)]
struct FollowerState<'a> {
    openid: &'a str,
    following: bool,
    typing: bool,
    sends_left: u32,
    bubbles: usize,
}

/// `GET /simulator/state?openid=…`; without an openid, the first follower's phone.
pub(super) async fn show_state(world: Data<World>, whose: Query<Whose>) -> HttpResponse {
    world.look(|platform| HttpResponse::Ok().json(state(&world, platform, whose.openid.as_deref())))
}

fn state<'a>(world: &'a World, platform: &'a Platform, openid: Option<&'a str>) -> State<'a> {
    let now_ms = world.clock.now_ms();
    let first = platform.followers.keys().next().map_or("", String::as_str);
    let openid = openid.filter(|openid| platform.followers.contains_key(*openid)).unwrap_or(first);
    let followers = platform.followers.iter().map(|(openid, follower)| FollowerState {
        openid,
        following: follower.following,
        typing: follower.is_typing(now_ms),
        sends_left: if platform.switches.account.may_push() { follower.sends_left(now_ms) } else { 0 },
        bubbles: follower.chat.iter().count(),
    });
    let chat = platform.followers.get(openid).map(|follower| latest(follower.chat.iter())).unwrap_or_default();
    let theirs = platform.exchanges.iter().filter(|exchange| exchange.openid == openid);
    State {
        url: world.url(),
        webhook_url: platform.webhook_url.as_deref(),
        patience_ms: world.clock.wait(PATIENCE_SECS).as_millis() as u64,
        switches: &platform.switches,
        followers: followers.collect(),
        openid,
        voices: chat.iter().filter_map(|bubble| voice(platform, bubble)).collect(),
        chat,
        exchanges: latest(theirs),
        calls: latest(platform.calls.iter()),
        asked: latest(platform.asked.numbered().map(|(number, request)| Asked { number, request })),
    }
}

/// The voice in a bubble, if it is one.
fn voice<'a>(platform: &Platform, bubble: &'a Bubble) -> Option<(&'a str, Voice)> {
    let Shown::Voice { media_id, .. } = &bubble.content else { return None };
    let medium = platform.media.kept(media_id)?;
    Some((media_id, Voice { seconds: medium.seconds(), words: medium.words() }))
}

/// The last ones, oldest first.
fn latest<T>(entries: impl DoubleEndedIterator<Item = T>) -> Vec<T> {
    let mut kept: Vec<T> = entries.rev().take(SHOWN).collect();
    kept.reverse();
    kept
}
