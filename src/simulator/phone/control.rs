//! What the page, or a test in another language, can do to the simulator. All bodies are JSON, which keeps a foreign page from
//! sending them unasked.

use std::time::Duration;

use actix_web::{
    HttpResponse,
    web::{Bytes, Data, Json},
};
use serde::Deserialize;
use serde_json::json;

use crate::simulator::{
    act::{self, Recording},
    browser, delivery,
    message::Message,
    platform::Medium,
    settings::Switches,
    world::World,
};

#[derive(Deserialize)]
pub(super) struct Push {
    openid: String,
    message: Message,
}

#[derive(Deserialize)]
pub(super) struct Tap {
    openid: String,
    id: String,
    content: String,
}

#[derive(Deserialize)]
pub(super) struct Voice {
    openid: String,
    #[serde(flatten)]
    recording: Recording,
}

#[derive(Deserialize)]
pub(super) struct Follower {
    openid: String,
}

#[derive(Deserialize)]
pub(super) struct Page {
    url: String,
}

#[derive(Deserialize)]
pub(super) struct Webhook {
    url: String,
}

#[derive(Deserialize)]
pub(super) struct Advance {
    secs: u64,
}

pub(super) async fn push(world: Data<World>, body: Json<Push>) -> HttpResponse {
    let Push { openid, message } = body.into_inner();
    let push = delivery::push(&world.into_inner(), &openid, message);
    HttpResponse::Ok().json(json!({ "push": push }))
}

pub(super) async fn tap(world: Data<World>, body: Json<Tap>) -> HttpResponse {
    let Tap { openid, id, content } = body.into_inner();
    let push = delivery::tap(&world.into_inner(), &openid, &id, &content);
    HttpResponse::Ok().json(json!({ "push": push }))
}

/// Records the words and sends them as a voice message.
pub(super) async fn speak(world: Data<World>, body: Json<Voice>) -> HttpResponse {
    let Voice { openid, recording } = body.into_inner();
    let push = act::speak(&world.into_inner(), &openid, &recording);
    HttpResponse::Ok().json(json!({ "push": push }))
}

/// The body is the file itself.
pub(super) async fn add_media(world: Data<World>, body: Bytes) -> HttpResponse {
    let Some(medium) = Medium::of(body.to_vec(), world.clock.now_ms()) else {
        return HttpResponse::UnsupportedMediaType().json(json!({ "error": "not a picture, voice or video WeChat knows" }));
    };
    let media_id = world.change(|platform| platform.media.add(medium));
    HttpResponse::Ok().json(json!({ "media_id": media_id }))
}

/// Opens a page in the phone's browser: tells the port and the path where the frame finds it.
pub(super) async fn browse(world: Data<World>, body: Json<Page>) -> HttpResponse {
    match browser::open(&world.into_inner(), &body.url).await {
        Ok((port, path)) => HttpResponse::Ok().json(json!({ "port": port, "path": path })),
        Err(error) => HttpResponse::BadRequest().json(json!({ "error": error.to_string() })),
    }
}

pub(super) async fn add_follower(world: Data<World>, body: Json<Follower>) -> HttpResponse {
    let now_ms = world.clock.now_ms();
    world.change(|platform| {
        platform.follow(&body.openid, now_ms);
    });
    HttpResponse::NoContent().finish()
}

pub(super) async fn set_switches(world: Data<World>, body: Json<Switches>) -> HttpResponse {
    world.change(|platform| platform.switches = body.into_inner());
    HttpResponse::NoContent().finish()
}

/// An empty address takes the webhook away.
pub(super) async fn set_webhook(world: Data<World>, body: Json<Webhook>) -> HttpResponse {
    let url = Some(body.into_inner().url).filter(|url| !url.is_empty());
    world.change(|platform| platform.webhook_url = url);
    HttpResponse::NoContent().finish()
}

pub(super) async fn verify_webhook(world: Data<World>) -> HttpResponse {
    HttpResponse::Ok().json(delivery::verify(&world).await)
}

pub(super) async fn revoke_tokens(world: Data<World>) -> HttpResponse {
    world.change(|platform| platform.tokens.revoke());
    HttpResponse::NoContent().finish()
}

pub(super) async fn advance(world: Data<World>, body: Json<Advance>) -> HttpResponse {
    world.clock.advance(Duration::from_secs(body.secs));
    world.change(|_| {});
    HttpResponse::NoContent().finish()
}
