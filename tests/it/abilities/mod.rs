//! What followers can do beyond asking, through the public door: from the message to what they see, on both engines.

mod commands;
mod drawing;
mod injected;
mod limits;
mod model;
mod models;
mod moderated;
pub mod pages;
mod privacy;
mod reading;
mod seeing;
mod voice;

use std::sync::Arc;

use huixin::simulator::{Medium, Shown, Via};
use serde_json::Value;

use crate::support::{
    Engine, World, WorldBuilder,
    world::{Account, VERIFIED},
};

const ANNA: &str = "oAnna000000000000000000000001";
const BEN: &str = "oBen0000000000000000000000002";

/// A world of this account, which pushes where it may.
fn world_of(engine: Engine, account: Account) -> WorldBuilder {
    let mode = if account == VERIFIED { "push" } else { "auto" };
    WorldBuilder::new(engine).account(account).with("REPLY_MODE", mode)
}

/// Starts a world in which huixin may fetch from `host` (`host:port`), and from the simulator.
async fn start_fetching(builder: WorldBuilder, hosts: &[&str]) -> World {
    let mut world = builder.surroundings().await;
    let simulator = host(&world.simulator.url()).to_owned();
    let allowed = hosts.iter().copied().chain([simulator.as_str()]).collect::<Vec<_>>().join(",");
    world.values = world.values.with("FETCH_ALLOW_HOSTS", allowed);
    world.restart().await;
    world
}

/// `host:port` of an address.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").unwrap().1;
    rest.split('/').next().unwrap()
}

/// The pictures and spoken answers that came to `openid`, with the way they came.
fn media(world: &World, openid: &str) -> Vec<(Via, Arc<Medium>)> {
    let chat = world.simulator.chat(openid);
    let came = chat.iter().filter(|bubble| !matches!(bubble.via, Via::Follower { .. }));
    let medium = |bubble: &huixin::simulator::Bubble| match &bubble.content {
        Shown::Image { media_id } | Shown::Voice { media_id, .. } => Some((bubble.via, world.simulator.medium(media_id)?)),
        _ => None,
    };
    came.filter_map(medium).collect()
}

/// Waits until `count` pictures or spoken answers came to `openid`.
async fn receives_media(world: &World, openid: &str, count: usize) -> Vec<(Via, Arc<Medium>)> {
    let what = format!("{openid} receives {count} media");
    world.until(&what, async |world: &World| media(world, openid).len() >= count).await;
    media(world, openid)
}

/// Every request to the chat model.
fn chats(world: &World) -> Vec<Value> {
    world.simulator.asked().into_iter().filter(|request| request["messages"].is_array()).collect()
}

/// The last message of the last request to the chat model, its parts included.
fn last_prompt(world: &World) -> String {
    let chats = chats(world);
    let messages = chats.last().expect("the model was asked")["messages"].as_array().unwrap().clone();
    text_of(&messages.last().unwrap()["content"])
}

/// The system prompt of the last request to the chat model.
fn system_prompt(world: &World) -> String {
    let chats = chats(world);
    text_of(&chats.last().expect("the model was asked")["messages"][0]["content"])
}

fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        parts => parts.as_array().unwrap().iter().filter_map(|part| part["text"].as_str()).collect::<Vec<_>>().join("\n"),
    }
}

/// How many pictures went along with the last request to the chat model.
fn pictures_shown(world: &World) -> usize {
    let chats = chats(world);
    let messages = chats.last().expect("the model was asked")["messages"].as_array().unwrap().clone();
    let parts = messages.last().unwrap()["content"].as_array().cloned().unwrap_or_default();
    parts.iter().filter(|part| part["type"] == "image_url").count()
}

/// The prompts that were drawn, in order.
fn drawn(world: &World) -> Vec<String> {
    world.simulator.asked().iter().filter_map(|request| Some(request["prompt"].as_str()?.to_owned())).collect()
}

/// Waits until `count` questions are in one of these `states` (a list in SQL).
async fn settled(world: &World, count: i64) {
    const SETTLED: &str = "SELECT COUNT(*) FROM questions WHERE state IN ('answered', 'delivered', 'failed')";
    world.until(&format!("{count} questions are settled"), async |world: &World| world.count(SETTLED).await == count).await;
}
