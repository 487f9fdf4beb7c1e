//! Every route, by audience.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, ServiceConfig},
};

use super::{answers, assets, health, webhook};

/// The whole surface. Names are `<verb>_<resource>`.
pub fn routes(service: &mut ServiceConfig) {
    service
        // WeChat
        .route("/wechat", web::get().to(webhook::verify_address))
        .route("/wechat", web::post().to(webhook::receive_push))
        .route("/wechat/{account}", web::get().to(webhook::verify_address))
        .route("/wechat/{account}", web::post().to(webhook::receive_push))
        // Followers
        .route("/a/{token}", web::get().to(answers::show_answer))
        .route("/a/{token}/events", web::get().to(answers::follow_answer))
        .route("/assets/{file}", web::get().to(show_asset))
        // Operators
        .route("/healthz", web::get().to(health::show_health))
        .route("/readyz", web::get().to(health::show_readiness))
        .route("/metrics", web::get().to(health::show_metrics));
}

async fn show_asset(request: HttpRequest, file: web::Path<String>) -> HttpResponse {
    assets::show_asset(&request, &file)
}
