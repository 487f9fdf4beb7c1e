//! WeChat's own browser, as far as a page notices it: the sheet in which the phone shows a link.
//!
//! A page that matters forbids being framed, and in WeChat it is not: it stands alone. So the phone's frame loads it from a second
//! port, which passes everything on to the one origin that was opened, with WeChat's user agent, and takes the prohibition away.

use std::{io, net::SocketAddr, sync::Arc};

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    dev::ServerHandle,
    http::StatusCode,
    web::{self, Bytes, Data, PayloadConfig},
};
use futures_util::StreamExt;
use reqwest::{Method, Url, header::HeaderMap};

use super::{MAX_BODY, world::World};

/// What the phone's browser calls itself.
const AGENT: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                     Mobile/15E148 MicroMessenger/8.0.61(0x18003d2f) NetType/WIFI Language/zh_CN";

/// Headers of a request that are not passed on: those of the connection, and those that would tell of the frame.
const NOT_SENT: [&str; 8] =
    ["host", "connection", "content-length", "transfer-encoding", "user-agent", "origin", "referer", "sec-fetch-dest"];

/// Headers of an answer that are not passed on.
const NOT_SHOWN: [&str; 6] =
    ["connection", "content-length", "transfer-encoding", "x-frame-options", "strict-transport-security", "location"];

/// The second port, once it is open.
pub(super) struct Browser {
    port: u16,
    pub(super) server: ServerHandle,
}

/// Opens the page's origin; returns the port at which the page is, and its path with the query.
pub(super) async fn open(world: &Arc<World>, address: &str) -> anyhow::Result<(u16, String)> {
    let url = Url::parse(address)?;
    anyhow::ensure!(matches!(url.scheme(), "http" | "https"), "only pages of the web can be opened");
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let path = format!("{}{query}", url.path());
    world.change(|platform| platform.browsing = Some(url));
    let browser = world.browser.get_or_try_init(async || start(world)).await?;
    Ok((browser.port, path))
}

fn start(world: &Arc<World>) -> anyhow::Result<Browser> {
    let shared = Arc::clone(world);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(Data::from(Arc::clone(&shared)))
            .app_data(PayloadConfig::new(MAX_BODY))
            .default_service(web::route().to(pass_on))
    })
    .workers(1)
    .disable_signals()
    .bind(SocketAddr::new(world.address.ip(), 0))?;
    let port = server.addrs().first().map_or(0, SocketAddr::port);
    let running = server.run();
    let handle = running.handle();
    world.runtime.spawn(running);
    Ok(Browser { port, server: handle })
}

/// One request, passed on to the origin that is open; the answer as it comes.
async fn pass_on(world: Data<World>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let Some(mut url) = world.look(|platform| platform.browsing.clone()) else { return HttpResponse::NotFound().finish() };
    let origin = url.origin().ascii_serialization();
    // Not joined: a path that starts with two slashes would name another host.
    url.set_path(request.uri().path());
    url.set_query(request.uri().query());
    let Ok(method) = Method::from_bytes(request.method().as_str().as_bytes()) else { return HttpResponse::BadRequest().finish() };
    let mut sent = world.http.request(method, url).header("User-Agent", AGENT).body(body);
    for (name, value) in request.headers() {
        if !NOT_SENT.contains(&name.as_str()) {
            sent = sent.header(name.as_str(), value.as_bytes());
        }
    }
    if request.headers().contains_key("origin") {
        sent = sent.header("Origin", &origin);
    }
    match sent.send().await {
        Ok(answer) => show(answer, &origin),
        Err(error) => HttpResponse::BadGateway().body(error.without_url().to_string()),
    }
}

fn show(answer: reqwest::Response, origin: &str) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status().as_u16()).unwrap_or(StatusCode::BAD_GATEWAY);
    let mut shown = HttpResponse::build(status);
    for (name, value) in answer.headers() {
        if NOT_SHOWN.contains(&name.as_str()) {
            continue;
        }
        match value.to_str() {
            Ok(policy) if name == "content-security-policy" => shown.append_header((name.as_str(), unframed(policy))),
            Ok(_) | Err(_) => shown.append_header((name.as_str(), value.as_bytes())),
        };
    }
    if let Some(location) = location(answer.headers(), origin) {
        shown.append_header(("Location", location));
    }
    shown.streaming(answer.bytes_stream().map(|piece| piece.map_err(io::Error::other)))
}

/// A policy without what it says of frames.
fn unframed(policy: &str) -> String {
    let rules = policy.split(';').map(str::trim).filter(|rule| !rule.starts_with("frame-ancestors"));
    rules.collect::<Vec<_>>().join("; ")
}

/// Where an answer leads: within the origin, so that the frame stays at this port.
fn location(headers: &HeaderMap, origin: &str) -> Option<String> {
    let target = headers.get("location")?.to_str().ok()?;
    Some(target.strip_prefix(origin).filter(|path| path.starts_with('/')).unwrap_or(target).to_owned())
}
