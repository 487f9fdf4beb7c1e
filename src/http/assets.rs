//! The static files of the pages, inside the executable: no directory to deploy, no file of another version.
//!
//! A page names a file with the hash of its content, and a browser then keeps it for a year.

use std::fmt::Write;
use std::sync::LazyLock;

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_TYPE, ETAG, EntityTag, Header, HeaderName, IF_NONE_MATCH, IfNoneMatch, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::{HttpRequest, HttpResponse};
use sha1::{Digest, Sha1};

/// For a URL that names the content: it will never mean another.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// For a URL that does not name this content, as while two versions run side by side.
const ASK_AGAIN: &str = "public, no-cache";

/// Bytes of the content's hash that a URL carries: enough to tell the versions of one file apart.
const HASH_BYTES: usize = 6;

struct Asset {
    name: &'static str,
    content_type: &'static str,
    body: &'static str,
}

const ASSETS: [Asset; 7] = [
    Asset { name: "answer.css", content_type: "text/css; charset=utf-8", body: include_str!("../../web/answer/answer.css") },
    Asset { name: "answer.js", content_type: "text/javascript; charset=utf-8", body: include_str!("../../web/answer/answer.js") },
    Asset { name: "share.js", content_type: "text/javascript; charset=utf-8", body: include_str!("../../web/answer/share.js") },
    Asset { name: "upload.css", content_type: "text/css; charset=utf-8", body: include_str!("../../web/upload/upload.css") },
    Asset { name: "upload.js", content_type: "text/javascript; charset=utf-8", body: include_str!("../../web/upload/upload.js") },
    Asset { name: "privacy.css", content_type: "text/css; charset=utf-8", body: include_str!("../../web/privacy/privacy.css") },
    Asset { name: "favicon.svg", content_type: "image/svg+xml", body: include_str!("../../web/answer/favicon.svg") },
];

static HASHES: LazyLock<Vec<String>> = LazyLock::new(|| ASSETS.iter().map(|asset| hash(asset.body)).collect());

/// The URL of a file in a page, with the hash of its content. A name that is not listed gives a URL that is not found.
pub fn url(name: &str) -> String {
    let hash = ASSETS.iter().position(|asset| asset.name == name).map_or("", |at| HASHES[at].as_str());
    format!("/assets/{name}?v={hash}")
}

/// The answer to `GET /assets/{file}`; `file` is the last segment of the path.
pub fn show_asset(request: &HttpRequest, file: &str) -> HttpResponse {
    let Some(at) = ASSETS.iter().position(|asset| asset.name == file) else { return HttpResponse::NotFound().finish() };
    let (asset, hash) = (&ASSETS[at], &HASHES[at]);
    let names_content = request.query_string() == format!("v={hash}");
    // Weak, because compression on the way changes the bytes.
    let tag = EntityTag::new_weak(hash.clone());
    let mut response = if is_known(request, &tag) { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((CONTENT_TYPE, asset.content_type))
        .insert_header((CACHE_CONTROL, if names_content { FOR_EVER } else { ASK_AGAIN }))
        .insert_header((ETAG, tag.to_string()))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((HeaderName::from_static("cross-origin-resource-policy"), "same-origin"))
        .body(asset.body)
}

fn is_known(request: &HttpRequest, tag: &EntityTag) -> bool {
    if !request.headers().contains_key(IF_NONE_MATCH) {
        return false;
    }
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(known)) => known.iter().any(|known| known.weak_eq(tag)),
        Err(_) => false,
    }
}

fn hash(body: &str) -> String {
    Sha1::digest(body).iter().take(HASH_BYTES).fold(String::new(), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
