//! The bytes behind an answer's page: its pictures, and the answer as it sounds. Whoever has the page has them, nobody else.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{
            ACCEPT_RANGES, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_RANGE, CONTENT_TYPE, Header, HeaderMap, HeaderValue, Range,
        },
    },
    web,
};

use crate::{
    app::App,
    clock,
    db::{
        answer_parts::{self, Kind},
        questions,
    },
    http::headers::protect_page,
    storage::Key,
};

use super::live::transport;

/// The reader's own browser may keep them while the page is looked at; what is erased must not live on for long.
const CACHING: HeaderValue = HeaderValue::from_static("private, max-age=3600");

/// `GET /a/{token}/pictures/{seq}`: a picture of the answer.
pub async fn show_picture(request: HttpRequest, app: web::Data<App>, path: web::Path<(String, i64)>) -> HttpResponse {
    show(&request, &app, &path, Kind::Image).await
}

/// `GET /a/{token}/voice/{seq}`: the answer as it sounds.
pub async fn show_voice(request: HttpRequest, app: web::Data<App>, path: web::Path<(String, i64)>) -> HttpResponse {
    show(&request, &app, &path, Kind::Voice).await
}

async fn show(request: &HttpRequest, app: &App, (token, seq): &(String, i64), kind: Kind) -> HttpResponse {
    let mut response = match find(app, token, *seq, kind).await {
        Ok(Some((key, bytes))) => respond(request, &key, bytes),
        Ok(None) => HttpResponse::NotFound().finish(),
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "a picture or voice of a page cannot be shown");
            HttpResponse::ServiceUnavailable().finish()
        }
    };
    let is_shown = response.status().is_success();
    protect_page(response.headers_mut(), transport(app));
    if is_shown {
        response.headers_mut().insert(CACHE_CONTROL, CACHING);
    }
    response
}

/// The object with this number, if it belongs to this page and the page is open.
async fn find(app: &App, token: &str, seq: i64, kind: Kind) -> anyhow::Result<Option<(Key, Vec<u8>)>> {
    let Some(question) = questions::show_by_page(&app.db, token, clock::now_ms()).await? else { return Ok(None) };
    let objects = answer_parts::objects(&app.db, &question.id).await?;
    let named = objects.iter().find(|object| object.seq == seq && object.kind == kind);
    let Some(key) = named.and_then(|named| Key::parse(&named.object)) else { return Ok(None) };
    Ok(app.storage.get(&key).await?.map(|bytes| (key, bytes)))
}

/// The bytes, or the piece of them that a player asks for: some play nothing without.
fn respond(request: &HttpRequest, key: &Key, bytes: Vec<u8>) -> HttpResponse {
    let length = bytes.len() as u64;
    let mut response = match piece(request, length) {
        None => HttpResponse::Ok().body(bytes),
        Some((first, last)) => {
            let piece = bytes[first as usize..=last as usize].to_vec();
            HttpResponse::build(StatusCode::PARTIAL_CONTENT)
                .insert_header((CONTENT_RANGE, format!("bytes {first}-{last}/{length}")))
                .body(piece)
        }
    };
    describe(response.headers_mut(), key);
    response
}

fn describe(headers: &mut HeaderMap, key: &Key) {
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type(key.extension())));
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    // They are compressed by their own formats, and a piece must stay the piece that was asked for.
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static("identity"));
}

/// The first and last byte that are asked for, where that is a piece of `length` bytes.
fn piece(request: &HttpRequest, length: u64) -> Option<(u64, u64)> {
    let Ok(Range::Bytes(pieces)) = Range::parse(request) else { return None };
    let [piece] = pieces.as_slice() else { return None };
    piece.to_satisfiable_range(length)
}

fn content_type(extension: &str) -> &'static str {
    match extension {
        "jpg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "bmp" => "image/bmp",
        "mp3" => "audio/mpeg",
        _ => "application/octet-stream",
    }
}
