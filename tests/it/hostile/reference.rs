//! The smallest server that keeps the table: the codec behind a route. It proves that the table is consistent, and no more.

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, http::Method, web};
use huixin::wechat::{
    envelope::{AesKey, decrypt, is_signature},
    incoming::{self, Body},
};

use super::{AES_KEY, APP_ID, TOKEN, now};

const PARAMETERS: [&str; 6] = ["signature", "timestamp", "nonce", "encrypt_type", "msg_signature", "echostr"];

/// Starts the server in the background and returns its base URL.
pub(super) fn serve() -> String {
    let app = || App::new().app_data(web::PayloadConfig::new(1 << 20)).default_service(web::to(answer));
    let server = HttpServer::new(app).workers(1).bind("127.0.0.1:0").unwrap();
    let address = server.addrs()[0];
    tokio::spawn(server.run());
    format!("http://{address}")
}

async fn answer(request: HttpRequest, body: web::Bytes) -> HttpResponse {
    if !["/wechat", "/wechat/main"].contains(&request.path()) {
        return HttpResponse::NotFound().finish();
    }
    let Some(parameters) = parameters(request.query_string()) else { return HttpResponse::BadRequest().finish() };
    let of = |name: &str| parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let answered = match *request.method() {
        Method::GET => echo(of).map(str::to_owned),
        Method::POST => accept(of, &body).map(|()| "success".to_owned()),
        _ => return HttpResponse::MethodNotAllowed().finish(),
    };
    answered.map_or_else(|| HttpResponse::Forbidden().finish(), |text| HttpResponse::Ok().body(text))
}

/// The decoded query, unless one of the parameters that count is there twice.
fn parameters(query: &str) -> Option<Vec<(String, String)>> {
    let url = reqwest::Url::parse(&format!("http://localhost/?{query}")).ok()?;
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let count = |name: &str| pairs.iter().filter(|(key, _)| key == name).count();
    PARAMETERS.iter().all(|name| count(name) <= 1).then_some(pairs)
}

fn echo<'q>(of: impl Fn(&str) -> Option<&'q str>) -> Option<&'q str> {
    let parts = [TOKEN, of("timestamp")?, of("nonce")?];
    is_signature(of("signature")?, &parts).then_some(of("echostr")?)
}

fn accept<'q>(of: impl Fn(&str) -> Option<&'q str>, body: &[u8]) -> Option<()> {
    let timestamp: i64 = of("timestamp")?.parse().ok()?;
    if timestamp.checked_sub(now())?.unsigned_abs() > 300 {
        return None;
    }
    let Body::Encrypted(encrypted) = incoming::body(body).ok()? else { return None };
    if !is_signature(of("msg_signature")?, &[TOKEN, of("timestamp")?, of("nonce")?, &encrypted]) {
        return None;
    }
    let message = decrypt(&AesKey::parse(AES_KEY).ok()?, APP_ID, &encrypted).ok()?;
    incoming::parse(&message).ok().map(|_| ())
}
