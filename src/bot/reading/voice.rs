//! A voice message: its words, heard by WeChat or by the speech model, and quoted above the answer.

use crate::{
    app::{Account, App},
    bot::{
        moderating,
        question::{Asked, Declined},
        wording,
    },
    db::{attachments::Attachment, questions},
    moderation::Point,
    telemetry::crash,
    wechat::media::{self, Download},
};

use super::Material;

/// Puts what was said into the question.
pub(super) async fn hear(
    app: &App,
    account: &Account,
    asked: &Asked,
    attachment: &Attachment,
    material: &mut Material,
) -> Result<Result<(), Declined>, sqlx::Error> {
    let language = app.language(&asked.account, &asked.openid);
    let words = if attachment.text.is_empty() {
        let heard = match transcribed(app, account, attachment).await {
            Ok(heard) => heard,
            Err(error) => {
                tracing::warn!(
                    request = asked.id,
                    account = asked.account,
                    error = format!("{error:#}"),
                    "a voice message could not be heard"
                );
                String::new()
            }
        };
        if heard.trim().is_empty() {
            super::give_up(app, attachment, "unheard").await?;
            return Ok(Err(Declined { class: "unheard", sentence: wording::unheard(language).into() }));
        }
        super::keep(app, attachment, None, heard.trim()).await?;
        questions::set_text(&app.db, &asked.id, &app.holder, heard.trim()).await?;
        crash::point("voice heard");
        heard.trim().to_owned()
    } else {
        attachment.text.clone()
    };
    let words = match moderating::judge(app, asked, Point::Transcript, &words).await? {
        Ok(words) => words,
        Err(declined) => return Ok(Err(declined)),
    };
    material.heading = wording::heard(&words, language);
    material.text = words;
    Ok(Ok(()))
}

async fn transcribed(app: &App, account: &Account, attachment: &Attachment) -> anyhow::Result<String> {
    let Download::File(recording) = app.download(account, &media::download(&attachment.source)).await? else {
        anyhow::bail!("WeChat gives a video for a voice message");
    };
    let extension = if attachment.name == "speex" { "spx" } else { "amr" };
    let heard = app.speech.hear(recording.bytes, &format!("voice.{extension}"), &recording.content_type).await?;
    Ok(heard.text)
}
