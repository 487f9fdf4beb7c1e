//! From a stored question to the model: in a slot that is fair between followers, within the limits, as what it asks for.

use std::{sync::Arc, time::Duration};

use crate::{
    app::{Account, App, running::Live},
    bot::{drawing, limits},
    clock,
    db::questions::{self, Admission, Kind},
    telemetry::crash,
};

use super::{Asked, chatting, settle::Ending};

/// How often a question looks whether its account may ask one more at the same time.
const BUSY_POLL: Duration = Duration::from_millis(200);

/// Asks; `None` when the question is no longer ours.
///
/// Thousands wait in here for a slot or for the model; what they do not wait in has a box of its own.
pub(super) async fn ask(
    app: &Arc<App>,
    account: &Arc<Account>,
    asked: &Asked,
    live: &Live,
) -> Result<Option<Ending>, sqlx::Error> {
    let follower = format!("{}/{}", asked.account, asked.openid);
    let Some(_slot) = app.slots.acquire(&follower).await else { return Ok(None) };
    loop {
        match Box::pin(questions::admit(&app.db, (&asked.id, &app.holder), &app.config.limits, clock::now_ms())).await? {
            Admission::Granted => break,
            Admission::Busy => tokio::time::sleep(BUSY_POLL).await,
            Admission::Refused { limit, free_at } => return Ok(Some(limits::refuse(app, asked, limit, free_at))),
            Admission::Lost => return Ok(None),
        }
    }
    crash::point("question started");
    match asked.kind {
        Kind::Chat => Box::pin(chatting::chat(app, account, asked, live)).await,
        Kind::Draw => Box::pin(drawing::draw(app, account, asked, live)).await.map(Some),
    }
}
