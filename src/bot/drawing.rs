//! Drawing: a question whose answer is pictures. What is drawn is labelled, kept by its hash, and given to WeChat beforehand,
//! so that the delivery that waits for it can answer at once.

use std::{sync::Arc, time::Duration};

use crate::{
    app::{Account, App, capability::Pushing, running::Live},
    clock,
    db::{
        answer_parts::{Kind, New},
        followers, preferences,
    },
    fetch::{self, Want},
    llm::{UpstreamError, image::Source},
    moderation::Point,
    picture::{Aigc, Label, LabelSettings, Mark},
    telemetry::crash,
    wechat::customer,
};

use super::{
    delivery::media,
    moderating,
    question::{Asked, Declined, Drawn, Ending},
    wording,
};

/// Pictures of one drawing that are delivered; more would use up the allowance of pushes.
const MAX_PICTURES: usize = 4;

/// A picture that an upstream keeps for us: as large as one it sends itself.
const UPSTREAM_PICTURE: Want = Want { max_bytes: 20 << 20, timeout: Duration::from_secs(30), types: &[fetch::Kind::Picture] };

/// Work that takes longer than this is announced where that is possible: 10 s with WeChat's patience of 5 s.
const ANNOUNCED_AFTER: f64 = 2.0;

/// Draws what `asked` describes.
pub(super) async fn draw(app: &Arc<App>, account: &Arc<Account>, asked: &Asked, live: &Live) -> Result<Ending, sqlx::Error> {
    let language = app.language(&asked.account, &asked.openid);
    let Some(painter) = &app.painter else {
        return Ok(Ending::Declined(Declined { class: "cannot_draw", sentence: wording::cannot_draw(language).into() }));
    };
    let prompt = match moderating::judge(app, asked, Point::PicturePrompt, &asked.text).await? {
        Ok(prompt) => prompt,
        Err(declined) => return Ok(Ending::Declined(declined)),
    };
    let chosen = preferences::show(&app.db, &asked.account, &asked.openid).await?;
    crash::point("upstream asked");
    let drawn = tokio::select! {
        drawn = painter.draw(&prompt, chosen.picture_model.as_deref()) => drawn,
        never = announce(app, account, asked) => match never {},
    };
    let drawn = match drawn {
        Ok(drawn) => drawn,
        Err(UpstreamError::ContentFiltered { reason, .. }) => {
            let sentence = wording::picture_refused(reason.as_deref(), language);
            return Ok(Ending::Declined(Declined { class: "content_filtered", sentence }));
        }
        Err(error) => return Ok(Ending::Broken(error)),
    };
    live.write(|written| written.model = Some(drawn.model.clone()));
    let mut pictures = Vec::new();
    for source in drawn.pictures.into_iter().take(MAX_PICTURES) {
        match keep(app, asked, source, &drawn.model).await {
            Ok(kept) => pictures.push(kept),
            Err(error) => {
                tracing::warn!(
                    request = asked.id,
                    account = asked.account,
                    error = format!("{error:#}"),
                    "a drawn picture cannot be used"
                );
            }
        }
    }
    if pictures.is_empty() {
        return Ok(Ending::Broken(UpstreamError::Malformed { reason: "no picture of the drawing can be used".into() }));
    }
    crash::point("picture kept");
    let mut parts = Vec::new();
    for (object, for_wechat) in pictures {
        media::give(app, account, &object, for_wechat).await?;
        parts.push(New { kind: Kind::Image, text: prompt.clone(), object: Some(object) });
    }
    let words = wording::drawn(drawn.revised_prompt.as_deref().unwrap_or(&prompt), language);
    Ok(Ending::Drawn(Drawn { model: drawn.model, words, pictures: parts, usage: drawn.usage }))
}

/// A picture's key, and the picture as WeChat takes it with its type.
type Kept = (String, (Vec<u8>, &'static str));

/// Labels a picture and keeps it.
async fn keep(app: &App, asked: &Asked, source: Source, model: &str) -> anyhow::Result<Kept> {
    let bytes = match source {
        Source::Bytes(bytes) => bytes,
        Source::Url(url) => app.fetcher.get(&url, UPSTREAM_PICTURE).await?.bytes,
    };
    let label = label(app, asked, model);
    let finished = app.workshop.finish(bytes, label).await?;
    let key = app.storage.put(finished.stored, finished.extension).await?;
    Ok((key.as_str().to_owned(), (finished.wechat, finished.wechat_type)))
}

fn label(app: &App, asked: &Asked, model: &str) -> Label {
    if !app.config.image.is_labelled {
        return Label::Off;
    }
    let producer = app.config.privacy.operator.clone().unwrap_or_else(|| "huixin".to_owned());
    let mark = match app.language(&asked.account, &asked.openid) {
        crate::config::Language::Chinese => Mark::Chinese,
        crate::config::Language::English => Mark::Latin,
    };
    let aigc = Aigc::made_by(&format!("{producer}/{model}"), &asked.id);
    Label::On(LabelSettings { mark: Some(mark), aigc })
}

/// Tells a follower who may be told that the work takes longer; then waits for ever.
async fn announce(app: &Arc<App>, account: &Arc<Account>, asked: &Asked) -> std::convert::Infallible {
    let since = clock::now_ms() - asked.asked_at;
    let after = app.config.reply.patience.mul_f64(ANNOUNCED_AFTER);
    tokio::time::sleep(after.saturating_sub(Duration::from_millis(u64::try_from(since).unwrap_or(0)))).await;
    if app.pushing(account).await == Pushing::Allowed
        && followers::take_send(&app.db, &asked.account, &asked.openid, clock::now_ms()).await.unwrap_or(false)
    {
        let text = wording::still_drawing(app.language(&asked.account, &asked.openid));
        if let Err(error) = app.call(account, &customer::send_text(&asked.openid, text)).await {
            tracing::info!(request = asked.id, account = asked.account, %error, "that the drawing takes longer could not be said");
        }
    }
    std::future::pending().await
}
