//! The `media_id` that WeChat has for a picture or a spoken answer: uploaded once for each account, kept for three days.

use crate::{
    app::{Account, App},
    bot::wording,
    clock,
    db::{
        answer_parts::{Kind, Waiting},
        temporary_media,
    },
    picture::Goal,
    storage::Key,
    wechat::{
        client::Request,
        media::{self, TemporaryKind, Uploaded},
    },
};

use super::reply::{self, Manner};

/// WeChat keeps a temporary medium for three days; the last hour is left out, so that none ends on its way.
const LIFETIME_MS: i64 = 71 * 60 * 60 * 1000;

/// The `media_id` of a part's bytes, uploaded now if WeChat does not hold them. `None` if it does not take them.
pub async fn media_id(app: &App, account: &Account, part: &Waiting) -> Result<Option<String>, sqlx::Error> {
    let Some(object) = &part.object else { return Ok(None) };
    if let Some(media_id) = temporary_media::show(&app.db, &account.name, object, clock::now_ms()).await? {
        return Ok(Some(media_id));
    }
    let uploaded = match stored(app, (object, part.kind)).await {
        Ok(upload) => keep_uploaded(app, account, object, &upload).await?,
        Err(error) => Err(error),
    };
    Ok(uploaded.map_err(|error| warn(account, object, &error)).ok())
}

/// Gives WeChat a picture that was just made, as it takes it, so that a delivery need not wait for that. What fails here is tried
/// again at the delivery.
pub async fn give(
    app: &App,
    account: &Account,
    object: &str,
    (bytes, content_type): (Vec<u8>, &'static str),
) -> Result<(), sqlx::Error> {
    if temporary_media::show(&app.db, &account.name, object, clock::now_ms()).await?.is_none()
        && let Err(error) = keep_uploaded(app, account, object, &picture(bytes, content_type)).await?
    {
        warn(account, object, &error);
    }
    Ok(())
}

/// Uploads, and remembers under which `media_id` WeChat has it now.
async fn keep_uploaded(
    app: &App,
    account: &Account,
    object: &str,
    upload: &Request<Uploaded>,
) -> Result<anyhow::Result<String>, sqlx::Error> {
    let media_id = match app.call(account, upload).await {
        Ok(uploaded) => uploaded.media_id,
        Err(error) => return Ok(Err(error.into())),
    };
    temporary_media::remember(&app.db, (&account.name, object), &media_id, clock::now_ms() + LIFETIME_MS).await?;
    Ok(Ok(media_id))
}

fn warn(account: &Account, object: &str, error: &anyhow::Error) {
    tracing::warn!(object, account = account.name, error = format!("{error:#}"), "an upload to WeChat failed");
}

/// Forgets a `media_id` that WeChat does not know.
pub async fn forget(app: &App, account: &Account, part: &Waiting) -> Result<(), sqlx::Error> {
    match &part.object {
        Some(object) => temporary_media::forget(&app.db, &account.name, object).await,
        None => Ok(()),
    }
}

/// What stands in the place of a medium that WeChat does not take: the way to its page.
pub fn in_words(manner: Manner<'_>, part: &Waiting) -> String {
    let link = reply::page_link(manner, &part.page_token);
    wording::on_the_page(link.as_deref(), manner.language)
}

/// The upload of an object.
async fn stored(app: &App, (object, kind): (&str, Kind)) -> anyhow::Result<Request<Uploaded>> {
    let key = Key::parse(object).ok_or_else(|| anyhow::anyhow!("{object} is no key"))?;
    let bytes = app.storage.get(&key).await?.ok_or_else(|| anyhow::anyhow!("the object is gone"))?;
    Ok(match kind {
        Kind::Voice => media::upload_temporary(TemporaryKind::Voice, "answer.mp3", "audio/mpeg", bytes),
        Kind::Image | Kind::Text => {
            let (bytes, content_type) = fitted(app, &key, bytes).await?;
            picture(bytes, content_type)
        }
    })
}

fn picture(bytes: Vec<u8>, content_type: &'static str) -> Request<Uploaded> {
    let file_name = if content_type == "image/png" { "picture.png" } else { "picture.jpg" };
    media::upload_temporary(TemporaryKind::Image, file_name, content_type, bytes)
}

/// The picture as WeChat takes it: as it is kept where that fits, else smaller or in another format.
async fn fitted(app: &App, key: &Key, bytes: Vec<u8>) -> anyhow::Result<(Vec<u8>, &'static str)> {
    if bytes.len() <= Goal::WECHAT.max_bytes {
        match key.extension() {
            "png" => return Ok((bytes, "image/png")),
            "jpg" | "jpeg" => return Ok((bytes, "image/jpeg")),
            _ => {}
        }
    }
    let fitted = app.workshop.fit(bytes, Goal::WECHAT).await?;
    Ok((fitted.bytes, fitted.format.content_type()))
}
