//! The phone in the browser: one page, what it shows, and what it can do.
//!
//! The page is plain files, embedded; its policy allows no inline script and no foreign one. Everything it does goes through
//! the same doors a test uses.

mod control;
mod view;

use std::time::Duration;

use actix_web::{
    HttpResponse,
    web::{self, Bytes, Data, Path, ServiceConfig},
};
use futures_util::{StreamExt, stream};

use super::world::World;

/// Pictures may come from anywhere, as a news card's do, and so may the page in the sheet; nothing else may.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src http: https:; \
                      img-src 'self' data: blob: http: https:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A page is told of changes at most so often.
const BREATH: Duration = Duration::from_millis(80);

/// The page and its JSON.
pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/", web::get().to(show_page))
        .route("/simulator/phone.css", web::get().to(show_style))
        .route("/simulator/{script:[a-z]+\\.js}", web::get().to(show_script))
        .route("/simulator/icon.svg", web::get().to(show_icon))
        .route("/simulator/media/{media_id}", web::get().to(show_media))
        .route("/simulator/events", web::get().to(stream_events))
        .route("/simulator/state", web::get().to(view::show_state))
        .route("/simulator/push", web::post().to(control::push))
        .route("/simulator/tap", web::post().to(control::tap))
        .route("/simulator/voice", web::post().to(control::speak))
        .route("/simulator/media", web::post().to(control::add_media))
        .route("/simulator/browse", web::post().to(control::browse))
        .route("/simulator/follower", web::post().to(control::add_follower))
        .route("/simulator/switches", web::put().to(control::set_switches))
        .route("/simulator/webhook", web::put().to(control::set_webhook))
        .route("/simulator/webhook/verify", web::post().to(control::verify_webhook))
        .route("/simulator/tokens/revoke", web::post().to(control::revoke_tokens))
        .route("/simulator/advance", web::post().to(control::advance));
}

async fn show_page() -> HttpResponse {
    asset("text/html; charset=utf-8", include_str!("../../../web/phone/index.html"))
}

async fn show_style() -> HttpResponse {
    asset("text/css; charset=utf-8", include_str!("../../../web/phone/phone.css"))
}

async fn show_script(name: Path<String>) -> HttpResponse {
    let text = match name.as_str() {
        "phone.js" => include_str!("../../../web/phone/phone.js"),
        "chat.js" => include_str!("../../../web/phone/chat.js"),
        "inspector.js" => include_str!("../../../web/phone/inspector.js"),
        "overlay.js" => include_str!("../../../web/phone/overlay.js"),
        "samples.js" => include_str!("../../../web/phone/samples.js"),
        "dom.js" => include_str!("../../../web/phone/dom.js"),
        "words.js" => include_str!("../../../web/phone/words.js"),
        _ => return HttpResponse::NotFound().finish(),
    };
    asset("text/javascript; charset=utf-8", text)
}

async fn show_icon() -> HttpResponse {
    asset("image/svg+xml", include_str!("../../../web/phone/icon.svg"))
}

fn asset(content_type: &'static str, body: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(content_type)
        .insert_header(("Content-Security-Policy", POLICY))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .insert_header(("Referrer-Policy", "no-referrer"))
        .insert_header(("Cache-Control", "no-cache"))
        .body(body)
}

/// The bytes of a medium, after its three days too: what WeChat's own picture addresses are to a real account.
async fn show_media(world: Data<World>, media_id: Path<String>) -> HttpResponse {
    let medium = world.look(|platform| platform.media.kept(&media_id).cloned());
    let Some(medium) = medium else { return HttpResponse::NotFound().finish() };
    HttpResponse::Ok()
        .content_type(medium.content_type)
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .insert_header(("Content-Security-Policy", "default-src 'none'; sandbox"))
        .body(medium.bytes.clone())
}

/// One event for every change, so that the page fetches what is new.
async fn stream_events(world: Data<World>) -> HttpResponse {
    let bell = world.changes.subscribe();
    let world = world.into_inner();
    let events = stream::unfold((world, bell, true), |(world, mut bell, is_first)| async move {
        if !is_first {
            tokio::time::sleep(BREATH).await;
            tokio::select! {
                rung = bell.changed() => rung.ok()?,
                () = world.stop.cancelled() => return None,
            }
        }
        let version = *bell.borrow_and_update();
        Some((Bytes::from(format!("data: {version}\n\n")), (world, bell, false)))
    });
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header(("Cache-Control", "no-cache"))
        .streaming(events.map(Ok::<_, std::convert::Infallible>))
}
