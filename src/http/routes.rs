//! Every route, by audience.

use actix_web::{
    HttpRequest, HttpResponse,
    middleware::{Compress, from_fn},
    web::{self, ServiceConfig},
};

use super::{answers, assets, health, webhook};

/// The whole surface. Names are `<verb>_<resource>`.
pub fn routes(service: &mut ServiceConfig) {
    service
        // WeChat
        .route("/wechat", web::get().to(webhook::verify_address))
        .route("/wechat", web::post().to(webhook::receive_push).wrap(from_fn(webhook::drop_headers)))
        .route("/wechat/{account}", web::get().to(webhook::verify_address))
        .route("/wechat/{account}", web::post().to(webhook::receive_push).wrap(from_fn(webhook::drop_headers)))
        // Followers: phones on slow networks read these, so they are compressed
        .service(
            web::scope("/a")
                .wrap(Compress::default())
                .route("/{token}", web::get().to(answers::show_answer))
                .route("/{token}", web::head().to(answers::show_answer))
                .route("/{token}/events", web::get().to(answers::follow_answer)),
        )
        .service(web::scope("/assets").wrap(Compress::default()).route("/{file}", web::get().to(show_asset)))
        // Operators
        .route("/healthz", web::head().to(health::show_health))
        .route("/healthz", web::get().to(health::show_health))
        .route("/readyz", web::get().to(health::show_readiness))
        .route("/metrics", web::get().to(health::show_metrics));
}

async fn show_asset(request: HttpRequest, file: web::Path<String>) -> HttpResponse {
    assets::show_asset(&request, &file)
}
