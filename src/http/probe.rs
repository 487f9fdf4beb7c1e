//! What `huixin doctor` asks through the public address: does the way in carry what pushes and pages need, and to whom does it lead?
//!
//! Answers only who can sign with an account's Token, stores nothing, and shows nothing of an account.

use std::{convert::Infallible, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    guard::GuardContext,
    web::{self, Bytes},
};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::app::App;

use super::{answers, webhook};

/// The header of a probe; its value is a [`Kind`] by name.
pub const HEADER: &str = "huixin-probe";

/// The place of the token in the path of an answer's stream: no token looks like this.
pub const STREAM_TOKEN: &str = "doctor";

/// The events of a probed stream, and the pause between them.
pub const EVENTS: usize = 4;
pub const PAUSE: Duration = Duration::from_millis(250);

/// What the way in is examined for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Says at once how much of the body has arrived.
    Body,
    /// Says nothing for as long as WeChat would wait.
    Patience,
}

/// What a probe is answered with.
#[derive(Debug, Serialize, Deserialize)]
pub struct Report {
    /// See [`occupant`].
    pub occupant: String,
    /// How many bytes of the body have arrived.
    pub bytes: usize,
}

impl Kind {
    /// The header's value.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::Patience => "patience",
        }
    }
}

/// A name for the process that holds leases as `holder`: whoever reads the leases recognises it, nobody else learns anything.
pub fn occupant(holder: &str) -> String {
    let digest = Sha256::digest(format!("occupant/{holder}"));
    let beginning = digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte));
    format!("{beginning:016x}")
}

/// Whether a request is a probe.
pub(super) fn is_probe(context: &GuardContext<'_>) -> bool {
    context.head().headers().contains_key(HEADER)
}

/// `POST /wechat/{account}` with [`HEADER`].
pub(super) async fn answer_probe(request: HttpRequest, body: web::Payload, app: web::Data<App>) -> HttpResponse {
    let name = request.match_info().get("account").unwrap_or(crate::config::MAIN_ACCOUNT);
    if let Some(refused) = webhook::refused(&request, &app, name) {
        return refused;
    }
    let Ok(Ok(body)) = body.to_bytes_limited(webhook::BODY_LIMIT).await else {
        return HttpResponse::PayloadTooLarge().finish();
    };
    let kind = request.headers().get(HEADER).map(actix_web::http::header::HeaderValue::as_bytes);
    if kind == Some(Kind::Patience.as_str().as_bytes()) {
        tokio::time::sleep(app.config.reply.patience).await;
    }
    HttpResponse::Ok().json(Report { occupant: occupant(&app.holder), bytes: body.len() })
}

/// The account of a probed stream, in its query.
#[derive(Deserialize)]
pub(super) struct Whose {
    account: String,
}

/// `GET /a/doctor/events`: a stream like that of an answer which is being written.
pub(super) async fn stream_probe(request: HttpRequest, app: web::Data<App>, whose: web::Query<Whose>) -> HttpResponse {
    if let Some(refused) = webhook::refused(&request, &app, &whose.account) {
        return refused;
    }
    let events = stream::unfold(0, |sent| async move {
        if sent == EVENTS {
            return None;
        }
        if sent > 0 {
            tokio::time::sleep(PAUSE).await;
        }
        Some((Ok::<_, Infallible>(Bytes::from(format!("data: {sent}\n\n"))), sent + 1))
    });
    answers::streamed(events, answers::transport(&app))
}
