//! What a follower reads who is over a limit, or asks how much they have used.

use std::time::Duration;

use crate::{
    app::App,
    clock,
    config::Limits,
    db::{questions::Limit, usage},
};

use super::{
    question::{Asked, Declined, Ending},
    wording,
};

/// The answer to a question over `limit`: when it is free again.
pub(super) fn refuse(app: &App, asked: &Asked, limit: Limit, free_at: i64) -> Ending {
    let language = app.language(&asked.account, &asked.openid);
    let wait = Duration::from_millis(u64::try_from(free_at - clock::now_ms()).unwrap_or(0));
    metrics::counter!("huixin_limited_total", "limit" => limit.as_str()).increment(1);
    Ending::Declined(Declined { class: "limited", sentence: wording::limited(limit, wait, language) })
}

/// What the follower used, and of how much.
pub(super) async fn usage(app: &App, account: &str, openid: &str) -> Result<String, sqlx::Error> {
    let used = usage::of_follower(&app.db, account, openid, clock::now_ms()).await?;
    let Limits { calls_hour, calls_day, pictures_hour, pictures_day, tokens_day, .. } = app.config.limits;
    let rows = [
        (Limit::CallsHour, used.calls_hour, calls_hour),
        (Limit::CallsDay, used.calls_day, calls_day),
        (Limit::PicturesHour, used.pictures_hour, pictures_hour),
        (Limit::PicturesDay, used.pictures_day, pictures_day),
        (Limit::TokensDay, used.tokens_day, tokens_day),
    ];
    Ok(wording::usage(&rows, app.language(account, openid)))
}
