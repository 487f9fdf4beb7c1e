//! The pictures of a question: fetched from WeChat, scaled for a model, kept by their hash, and shown to one that can see.

use anyhow::Context;

use crate::{
    app::{Account, App},
    bot::{
        question::{Asked, Declined},
        sight,
    },
    db::{attachments::Attachment, preferences::Preferences},
    fetch::Want,
    llm::DataUrl,
    picture::Goal,
    storage::Key,
    wechat::media::{self, Download},
};

use super::Material;

/// Pictures that belong to one question; the last of more are shown.
const MAX_PICTURES: usize = 6;

/// Adds the pictures, if the follower's model can see.
pub(super) async fn look(
    app: &App,
    account: &Account,
    asked: &Asked,
    (pictures, chosen): (&[Attachment], &Preferences),
    material: &mut Material,
) -> Result<Result<(), Declined>, sqlx::Error> {
    if !sight::sees(app, chosen).await {
        return Ok(Err(sight::blind(app, asked, chosen).await));
    }
    for picture in &pictures[pictures.len().saturating_sub(MAX_PICTURES)..] {
        match shown(app, account, picture).await {
            Ok((key, url)) => {
                super::keep(app, picture, Some(key.as_str()), "").await?;
                material.images.push(url);
            }
            Err(error) => {
                tracing::warn!(
                    request = asked.id,
                    account = asked.account,
                    error = format!("{error:#}"),
                    "a picture could not be read"
                );
                super::give_up(app, picture, "unreadable").await?;
            }
        }
    }
    if material.images.is_empty() {
        return Ok(Err(sight::unreadable(app, asked)));
    }
    Ok(Ok(()))
}

/// A picture as the model gets it, and its key.
async fn shown(app: &App, account: &Account, picture: &Attachment) -> anyhow::Result<(Key, DataUrl)> {
    let kept = picture.object.as_deref().and_then(Key::parse);
    if let Some(key) = kept
        && let Some(bytes) = app.storage.get(&key).await?
    {
        let url = DataUrl::new("image/jpeg", &bytes);
        return Ok((key, url));
    }
    let bytes = match app.download(account, &media::download(&picture.source)).await {
        Ok(Download::File(file)) => file.bytes,
        // An account without an AppSecret has the address alone.
        Ok(Download::VideoUrl(_)) | Err(_) => {
            let url = picture.url.as_deref().context("neither the media nor an address of it can be had")?;
            app.fetcher.get(url, Want::PICTURE).await?.bytes
        }
    };
    let fitted = app.workshop.fit(bytes, Goal::MODEL).await?;
    let key = app.storage.put(fitted.bytes.clone(), "jpg").await?;
    Ok((key, DataUrl::new("image/jpeg", &fitted.bytes)))
}
