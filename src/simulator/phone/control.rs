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
    delivery,
    message::Message,
    platform::{MediaKind, Medium, sniff},
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
pub(super) struct Follower {
    openid: String,
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

/// The body is the file itself.
pub(super) async fn add_media(world: Data<World>, body: Bytes) -> HttpResponse {
    let Some(content_type) = sniff(&body) else {
        return HttpResponse::UnsupportedMediaType().json(json!({ "error": "not a picture, voice or video WeChat knows" }));
    };
    let (kind, extension) = match content_type.split_once('/') {
        Some(("audio", extension)) => (MediaKind::Voice, extension),
        Some(("video", extension)) => (MediaKind::Video, extension),
        Some((_, extension)) => (MediaKind::Image, extension),
        None => (MediaKind::Image, "bin"),
    };
    let file_name = format!("upload.{extension}");
    let medium = Medium { kind, file_name, content_type, bytes: body.to_vec(), created_at_ms: world.clock.now_ms() };
    let media_id = world.change(|platform| platform.media.add(medium));
    HttpResponse::Ok().json(json!({ "media_id": media_id }))
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
