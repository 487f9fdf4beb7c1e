//! WeChat's door: bytes become a verified [`Incoming`] here, once, and an answer becomes bytes.
//!
//! Source: <https://developers.weixin.qq.com/doc/subscription/guide/dev/push/>

mod open;
mod refusal;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::{
    HttpRequest, HttpResponse,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderMap},
    middleware::Next,
    web,
};
use secrecy::ExposeSecret;
use tracing::{Instrument, Span, field};

use crate::{
    app::{Account, App},
    bot::respond::{self, Answer},
    clock, config,
    db::inbound::NotStored,
    telemetry::traces::{self, span},
    wechat::{
        envelope::{self, is_signature},
        incoming::Incoming,
        reply::{self, Address, SUCCESS, Seal},
    },
};

use open::{Opened, Query};
use refusal::Refusal;

/// WeChat's messages are a few kilobytes.
pub(super) const BODY_LIMIT: usize = 1024 * 1024;

/// WeChat sends a body at once; one that trickles in holds a connection for nothing.
const BODY_TIMEOUT: Duration = Duration::from_secs(5);

/// `GET /wechat/{account}`: proves to WeChat that this address is ours.
pub async fn verify_address(request: HttpRequest, app: web::Data<App>) -> HttpResponse {
    let verified = account(&request, &app).and_then(|account| {
        let query = Query::of(&request)?;
        let echo = query.required("echostr")?.to_owned();
        check_signature(&account, &query)?;
        tracing::info!(account = account.name, "WeChat verified the address");
        Ok(echo)
    });
    match verified {
        Ok(echo) => HttpResponse::Ok()
            .content_type("text/plain; charset=utf-8")
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .body(echo),
        Err(refusal) => refusal.answer(&request),
    }
}

/// `POST /wechat/{account}`: one delivery of a message or event.
pub async fn receive_push(request: HttpRequest, body: web::Payload, app: web::Data<App>) -> HttpResponse {
    let span = span!("push", otel.kind = "server", account = field::Empty, kind = field::Empty, refused = field::Empty);
    receive(request, body, app).instrument(span).await
}

async fn receive(request: HttpRequest, body: web::Payload, app: web::Data<App>) -> HttpResponse {
    let arrived = Instant::now();
    let opened = match admit(&request, body, &app).await {
        Ok(opened) => opened,
        Err(refusal) => {
            Span::current().record("refused", refusal.reason());
            return refusal.answer(&request);
        }
    };
    let app = app.into_inner();
    let (account, incoming) = (&opened.account, &opened.incoming);
    if traces::is_on() {
        let kind = metric_kind(&incoming.content, incoming.kind());
        Span::current().record("account", account.name.as_str()).record("kind", kind);
    }
    match respond::respond(&app, account, incoming, arrived).await {
        Ok(answer) => {
            record(account, incoming, arrived);
            write(&opened, &answer)
        }
        Err(error) => not_stored(account, incoming, &error),
    }
}

/// The refusal of a request that is not signed with the Token of the account `name`, lately.
pub(super) fn refused(request: &HttpRequest, app: &web::Data<App>, name: &str) -> Option<HttpResponse> {
    let signed = app.account(name).ok_or(Refusal::UnknownAccount).and_then(|account| {
        let query = Query::of(request)?;
        check_age(app, query.timestamp()?)?;
        check_signature(&account, &query)
    });
    signed.err().map(|refusal| refusal.answer(request))
}

/// Drops a push's headers, which nobody reads below the connection: their table is kept as long as the follower waits, and is
/// 6.7 kB, more than all else of a delivery.
pub async fn drop_headers(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    *request.headers_mut() = HeaderMap::new();
    next.call(request).await
}

/// Reads, verifies, decrypts and parses; everything that may be refused is refused here, and stored nowhere.
async fn admit(request: &HttpRequest, body: web::Payload, app: &web::Data<App>) -> Result<Opened, Refusal> {
    let account = account(request, app)?;
    let query = Query::of(request)?;
    let timestamp = query.timestamp()?;
    query.required("nonce")?;
    // Before the body is read: whoever does not know the token is not worth a megabyte.
    let is_signed = query.find("signature").map(|_| check_signature(&account, &query));
    if let Some(Err(refusal)) = is_signed {
        return Err(refusal);
    }
    if is_signed.is_none() && query.find("msg_signature").is_none() {
        return Err(Refusal::NoSignature);
    }
    check_age(app, timestamp)?;
    let body = match tokio::time::timeout(BODY_TIMEOUT, body.to_bytes_limited(BODY_LIMIT)).await {
        Ok(Ok(Ok(body))) => body,
        Ok(Ok(Err(_))) => return Err(Refusal::Unreadable),
        Ok(Err(_)) => return Err(Refusal::TooLarge),
        Err(_) => return Err(Refusal::TooSlow),
    };
    open::open(account, &query, &body)
}

fn check_age(app: &App, timestamp: i64) -> Result<(), Refusal> {
    let drift = clock::now_ms() / 1000 - timestamp;
    let is_stale = app.config.timestamp_window.is_some_and(|window| drift.unsigned_abs() > window.as_secs());
    if is_stale { Err(Refusal::Timestamp { drift }) } else { Ok(()) }
}

fn account(request: &HttpRequest, app: &web::Data<App>) -> Result<Arc<Account>, Refusal> {
    let name = request.match_info().get("account").unwrap_or(config::MAIN_ACCOUNT);
    app.account(name).ok_or(Refusal::UnknownAccount)
}

/// Whether the sender knows the token. It says nothing about the body.
fn check_signature(account: &Account, query: &Query) -> Result<(), Refusal> {
    let parts = [account.token.expose_secret(), query.required("timestamp")?, query.required("nonce")?];
    let signature = query.find("signature").ok_or(Refusal::NoSignature)?;
    if is_signature(signature, &parts) { Ok(()) } else { Err(Refusal::Signature) }
}

/// The answer as WeChat reads it: sealed with the key that opened the push, if it was sealed.
fn write(opened: &Opened, answer: &Answer) -> HttpResponse {
    let reply = match answer {
        Answer::Success => return HttpResponse::Ok().content_type("text/plain").body(SUCCESS),
        Answer::Again => return HttpResponse::ServiceUnavailable().finish(),
        Answer::Reply(reply) => reply,
    };
    let now = clock::now_ms() / 1000;
    let incoming = &opened.incoming;
    let xml = reply.to_xml(Address { openid: &incoming.openid, to_user_name: &incoming.to_user_name, create_time: now });
    let body = match opened.key() {
        None => xml,
        Some(key) => reply::seal(
            &xml,
            Seal {
                key,
                app_id: &opened.account.app_id,
                token: opened.account.token.expose_secret(),
                timestamp: now,
                nonce: &nonce(),
            },
        ),
    };
    HttpResponse::Ok().content_type("text/xml; charset=utf-8").body(body)
}

fn nonce() -> String {
    let random = envelope::random_prefix();
    u64::from_be_bytes(random[..8].try_into().unwrap_or_default()).to_string()
}

/// Nothing may be acknowledged that is not stored; WeChat will bring it again.
fn not_stored(account: &Account, incoming: &Incoming, error: &NotStored) -> HttpResponse {
    metrics::counter!("huixin_messages_total", "account" => account.name.clone(), "kind" => "not_stored").increment(1);
    tracing::error!(account = account.name, kind = incoming.kind(), %error, "a message could not be stored; WeChat will bring it again");
    HttpResponse::ServiceUnavailable().finish()
}

fn record(account: &Account, incoming: &Incoming, arrived: Instant) {
    let kind = incoming.kind();
    metrics::histogram!("huixin_webhook_seconds").record(arrived.elapsed().as_secs_f64());
    metrics::counter!("huixin_messages_total", "account" => account.name.clone(), "kind" => metric_kind(&incoming.content, kind))
        .increment(1);
}

/// The kind as a label; what a stranger can invent is one label, not many.
fn metric_kind(content: &crate::wechat::incoming::Content, kind: String) -> String {
    use crate::wechat::incoming::{Content, Event};
    match content {
        Content::Unknown { .. } | Content::Event(Event::Unknown { .. }) => "unknown".into(),
        _ => kind,
    }
}
