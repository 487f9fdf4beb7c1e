//! The platform's API: one table of calls, one path through them.
//!
//! Every call passes the planned faults, the token, the method and the account's permissions before its group sees it, and is
//! recorded with its `rid`. A refusal is an HTTP 200 with an `errcode`, as the real one's is.
//!
//! Source: <https://developers.weixin.qq.com/doc/subscription/guide/dev/api/>

mod customer;
mod media;
mod network;
mod quota;
mod ticket;
mod token;
mod user;

use std::{collections::BTreeMap, time::Instant};

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Bytes, Data},
};
use serde_json::{Value, json};

use super::{
    clock::real_ms,
    journal::ApiCall,
    platform::{Platform, Standing, random_hex},
    settings::Wrong,
    world::World,
};

/// Simulated seconds that a call without an answer takes.
const TIMEOUT_SECS: f64 = 60.0;

/// Every so many answers carry `text/plain`, because the real ones do now and then.
const PLAIN_TEXT_EVERY: u64 = 3;

const PAGE: &str = "<html><body>error</body></html>";
const GARBAGE: &str = "\u{0}garbage";

/// How a call must be made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    Get,
    Post,
    Either,
}

/// What a call needs before it is heard.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// No token: the call is the way to one.
    Nothing,
    Token,
    /// A token, and an account that is verified or a test account: customer-service messages, the JS-SDK.
    Verified,
}

/// A group's function for one path.
type Group = fn(&mut Platform, &Call<'_>) -> Result<Answer, Refused>;

struct Route {
    path: &'static str,
    method: Method,
    needs: Needs,
    answer: Group,
}

const fn route(path: &'static str, method: Method, needs: Needs, answer: Group) -> Route {
    Route { path, method, needs, answer }
}

const ROUTES: &[Route] = &[
    route("/cgi-bin/token", Method::Either, Needs::Nothing, token::issue),
    route("/cgi-bin/stable_token", Method::Post, Needs::Nothing, token::issue_stable),
    route("/cgi-bin/message/custom/send", Method::Post, Needs::Verified, customer::send),
    route("/cgi-bin/message/custom/typing", Method::Post, Needs::Verified, customer::typing),
    route("/cgi-bin/media/upload", Method::Post, Needs::Token, media::upload),
    route("/cgi-bin/media/get", Method::Get, Needs::Token, media::download),
    route("/cgi-bin/media/get/jssdk", Method::Get, Needs::Verified, media::download_fine),
    route("/cgi-bin/media/uploadimg", Method::Post, Needs::Token, media::upload_picture),
    route("/cgi-bin/ticket/getticket", Method::Get, Needs::Verified, ticket::issue),
    route("/cgi-bin/user/info", Method::Get, Needs::Token, user::show),
    route("/cgi-bin/user/get", Method::Get, Needs::Token, user::list),
    route("/cgi-bin/get_api_domain_ip", Method::Get, Needs::Token, network::api_addresses),
    route("/cgi-bin/getcallbackip", Method::Get, Needs::Token, network::push_addresses),
    route("/cgi-bin/callback/check", Method::Post, Needs::Token, network::check_callback),
    route("/cgi-bin/openapi/quota/get", Method::Post, Needs::Token, quota::show),
    route("/cgi-bin/openapi/rid/get", Method::Post, Needs::Token, quota::show_request),
    route("/cgi-bin/clear_quota", Method::Post, Needs::Token, quota::clear),
];

/// One call, as its group sees it.
struct Call<'a> {
    method: &'a str,
    path: &'a str,
    query: BTreeMap<String, String>,
    content_type: &'a str,
    has_length: bool,
    body: &'a [u8],
    address: String,
    now_ms: i64,
    app_id: &'a str,
    app_secret: &'a str,
    url: &'a str,
}

/// What a call answers.
enum Answer {
    Json(Value),
    File { name: String, content_type: &'static str, bytes: Vec<u8> },
}

impl Answer {
    /// `{"errcode":0,"errmsg":"ok"}`
    fn ok() -> Self {
        Self::Json(json!({ "errcode": 0, "errmsg": "ok" }))
    }
}

/// An `errcode` and the words before the `rid`.
struct Refused {
    errcode: i64,
    errmsg: String,
}

/// A refusal.
fn refused(errcode: i64, errmsg: impl Into<String>) -> Refused {
    Refused { errcode, errmsg: errmsg.into() }
}

impl Call<'_> {
    /// The JSON body.
    fn json(&self) -> Result<Value, Refused> {
        if self.body.is_empty() {
            return Err(refused(44002, "empty post data"));
        }
        serde_json::from_slice(self.body).map_err(|_| refused(47001, "data format error"))
    }

    fn query(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }
}

/// Answers any call below `/cgi-bin/`.
pub(super) async fn answer(world: Data<World>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let started = Instant::now();
    let call = read(&world, &request, &body);
    let rid = rid();
    let wrong = world.change(|platform| platform.take_fault(call.path)).map(|fault| fault.wrong);
    let answer = match &wrong {
        Some(Wrong::Errcode { errcode, errmsg }) => Reaction::from(Err(refused(*errcode, errmsg)), &rid),
        Some(Wrong::Status { status }) => Reaction::Page(*status),
        Some(Wrong::TimeoutBefore) => Reaction::Silence,
        Some(Wrong::Garbage | Wrong::TimeoutAfter) | None => {
            Reaction::from(world.change(|platform| perform(platform, &call)), &rid)
        }
    };
    let answer = match wrong {
        Some(Wrong::Garbage) => Reaction::Garbage,
        Some(Wrong::TimeoutAfter) => Reaction::Silence,
        Some(Wrong::Errcode { .. } | Wrong::Status { .. } | Wrong::TimeoutBefore) | None => answer,
    };
    let number = record(&world, &call, &rid, started, &answer);
    if matches!(answer, Reaction::Silence) {
        world.wait(TIMEOUT_SECS).await;
    }
    respond(answer, number)
}

/// What goes back over the wire.
enum Reaction {
    Answered(Answer),
    /// An HTTP status with a page of HTML.
    Page(u16),
    Garbage,
    /// Nothing, for a minute.
    Silence,
}

impl Reaction {
    fn from(result: Result<Answer, Refused>, rid: &str) -> Self {
        Self::Answered(result.unwrap_or_else(|refused| {
            Answer::Json(json!({ "errcode": refused.errcode, "errmsg": format!("{} rid: {rid}", refused.errmsg) }))
        }))
    }

    /// The status, the text and the errcode for the record.
    fn summary(&self) -> (u16, String, i64) {
        match self {
            Self::Answered(Answer::Json(value)) => (200, value.to_string(), value["errcode"].as_i64().unwrap_or(0)),
            Self::Answered(Answer::File { name, bytes, .. }) => (200, format!("({name}, {} bytes)", bytes.len()), 0),
            Self::Page(status) => (*status, PAGE.to_owned(), 0),
            Self::Garbage => (200, GARBAGE.to_owned(), 0),
            Self::Silence => (0, "(no answer)".to_owned(), 0),
        }
    }
}

fn respond(reaction: Reaction, number: u64) -> HttpResponse {
    match reaction {
        Reaction::Answered(Answer::Json(value)) => {
            let plain = number % PLAIN_TEXT_EVERY == PLAIN_TEXT_EVERY - 1;
            let content_type = if plain { "text/plain" } else { "application/json; encoding=utf-8" };
            HttpResponse::Ok().content_type(content_type).body(value.to_string())
        }
        Reaction::Answered(Answer::File { name, content_type, bytes }) => HttpResponse::Ok()
            .content_type(content_type)
            .insert_header(("Content-Disposition", format!("attachment; filename=\"{name}\"")))
            .body(bytes),
        Reaction::Page(status) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
            HttpResponse::build(status).content_type("text/html").body(PAGE)
        }
        Reaction::Garbage => HttpResponse::Ok().content_type("text/plain").body(GARBAGE),
        Reaction::Silence => HttpResponse::GatewayTimeout().finish(),
    }
}

/// The checks before the group, in the platform's order, then the group.
fn perform(platform: &mut Platform, call: &Call<'_>) -> Result<Answer, Refused> {
    let Some(route) = ROUTES.iter().find(|route| route.path == call.path) else {
        return Err(refused(40066, "invalid url"));
    };
    *platform.used.entry(call.path.to_owned()).or_default() += 1;
    match (route.method, call.method) {
        (Method::Get, "GET") | (Method::Post, "POST") | (Method::Either, _) => {}
        (Method::Get, _) => return Err(refused(43001, "require GET method")),
        (Method::Post, _) => return Err(refused(43002, "require POST method")),
    }
    if route.needs != Needs::Nothing {
        check_token(platform, call)?;
    }
    if route.needs == Needs::Verified && !platform.switches.account.may_push() {
        return Err(refused(48001, "api unauthorized"));
    }
    (route.answer)(platform, call)
}

fn check_token(platform: &mut Platform, call: &Call<'_>) -> Result<(), Refused> {
    let text = call.query("access_token");
    if text.is_empty() {
        return Err(refused(41001, "access_token missing"));
    }
    match platform.tokens.standing(text, call.now_ms) {
        Standing::Valid => Ok(()),
        Standing::Expired => Err(refused(42001, "access_token expired")),
        Standing::Unknown => Err(refused(40001, "invalid credential, access_token is invalid or not latest")),
    }
}

fn read<'a>(world: &'a World, request: &'a HttpRequest, body: &'a [u8]) -> Call<'a> {
    let query = actix_web::web::Query::<Vec<(String, String)>>::from_query(request.query_string());
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    Call {
        method: request.method().as_str(),
        path: request.path(),
        query: query.map(|pairs| pairs.into_inner().into_iter().collect()).unwrap_or_default(),
        content_type: header("content-type").unwrap_or(""),
        has_length: header("content-length").is_some(),
        body,
        address: request.peer_addr().map(|address| address.ip().to_string()).unwrap_or_default(),
        now_ms: world.clock.now_ms(),
        app_id: &world.app_id,
        app_secret: &world.app_secret,
        url: world.url(),
    }
}

fn record(world: &World, call: &Call<'_>, rid: &str, started: Instant, reaction: &Reaction) -> u64 {
    let query = call.query.iter().filter(|(name, _)| !matches!(name.as_str(), "access_token" | "secret"));
    let body = if call.content_type.starts_with("multipart/") {
        format!("(multipart, {} bytes)", call.body.len())
    } else {
        String::from_utf8_lossy(call.body).into_owned()
    };
    let (status, answer, errcode) = reaction.summary();
    let entry = ApiCall {
        at_ms: real_ms(),
        rid: rid.to_owned(),
        method: call.method.to_owned(),
        path: call.path.to_owned(),
        query: query.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&"),
        body,
        status,
        answer,
        errcode,
        ms: started.elapsed().as_millis() as u64,
    };
    world.change(|platform| platform.calls.add(entry))
}

/// A request id in the platform's form.
fn rid() -> String {
    format!("{:08x}-{}-{}", real_ms() / 1000, random_hex(8), random_hex(8))
}
