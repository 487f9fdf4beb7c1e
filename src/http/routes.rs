//! Every route, by audience.

use actix_web::{
    HttpRequest, HttpResponse, guard,
    middleware::{Compress, from_fn},
    web::{self, ServiceConfig},
};

use super::{answers, assets, health, privacy, probe, uploads, webhook};

/// The whole surface. Names are `<verb>_<resource>`.
pub fn routes(service: &mut ServiceConfig) {
    service
        // Operators, by the same way in as WeChat and followers, so before theirs
        .route("/wechat", web::post().guard(guard::fn_guard(probe::is_probe)).to(probe::answer_probe))
        .route("/wechat/{account}", web::post().guard(guard::fn_guard(probe::is_probe)).to(probe::answer_probe))
        .route(&format!("/a/{}/events", probe::STREAM_TOKEN), web::get().to(probe::stream_probe))
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
                .route("/{token}/events", web::get().to(answers::follow_answer))
                .route("/{token}/pictures/{seq}", web::get().to(answers::show_picture))
                .route("/{token}/voice/{seq}", web::get().to(answers::show_voice)),
        )
        .service(
            web::scope("/f")
                .wrap(Compress::default())
                .route("/{token}", web::get().to(uploads::show_page))
                .route("/{token}/files", web::get().to(uploads::list_files))
                .route("/{token}/files", web::post().to(uploads::receive_file)),
        )
        .service(web::resource("/privacy").wrap(Compress::default()).route(web::get().to(privacy::show_privacy)))
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
