//! The files of a conversation: read in a process of their own, kept as text, and asked about by the passages that fit.

use std::sync::Arc;

use anyhow::Context;

use crate::{
    app::App,
    bot::{files, moderating, question::Asked},
    clock,
    db::attachments::{self, Attachment, State},
    extract::{self, passages},
    moderation::{Point, fence},
    storage::Key,
    telemetry::crash,
};

use super::Material;

/// Letters of all files together that go to the model with one question.
const BUDGET: usize = 8_000;

/// A file that waits for this long has lost the process that was reading it; a file is read within 20 s.
const LEFT_BEHIND_AFTER_MS: i64 = 45_000;

/// Files that are looked after in one round.
const BATCH: i64 = 20;

/// Adds the passages of the conversation's files that fit the question.
pub(super) async fn recall(app: &App, asked: &Asked, material: &mut Material) -> Result<(), sqlx::Error> {
    let since = files::session_start(app, &asked.account, &asked.openid, asked.asked_at).await?;
    let mut files = Vec::new();
    for file in attachments::files(&app.db, &asked.account, &asked.openid, since).await? {
        let file = if file.state == State::Waiting { read(app, file).await? } else { file };
        if file.state == State::Ready {
            files.push(file);
        }
    }
    if files.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = files.iter().map(|file| file.name.clone()).collect();
    let texts: Vec<String> = files.into_iter().map(|file| file.text).collect();
    let question = material.text.clone();
    let fitting = tokio::task::spawn_blocking(move || passages_of(&question, &texts)).await.unwrap_or_default();
    for (name, passages) in names.iter().zip(fitting).filter(|(_, passages)| !passages.is_empty()) {
        if let Ok(text) = moderating::judge(app, asked, Point::Passage, &passages).await? {
            material.quote(fence::Kind::File, name, &text);
            material.sources.push(format!("《{name}》"));
        }
    }
    Ok(())
}

/// Of each text, the passages that fit, one below the other.
fn passages_of(question: &str, texts: &[String]) -> Vec<String> {
    let documents: Vec<&str> = texts.iter().map(String::as_str).collect();
    let mut shown = vec![String::new(); texts.len()];
    for passage in passages::best(question, &documents, BUDGET) {
        let place = match (passage.page, passage.heading) {
            (Some(page), Some(heading)) => format!("[p. {page}, {heading}]\n"),
            (Some(page), None) => format!("[p. {page}]\n"),
            (None, Some(heading)) => format!("[{heading}]\n"),
            (None, None) => String::new(),
        };
        let own = &mut shown[passage.document];
        if !own.is_empty() {
            own.push_str("\n\n");
        }
        own.push_str(&place);
        own.push_str(passage.text.trim());
    }
    shown
}

/// Reads a file that was just handed in, in a task of its own.
pub fn read_now(app: &Arc<App>, id: String) {
    let own = app.clone();
    app.tasks.spawn(async move {
        let read = async {
            match attachments::show(&own.db, &id).await? {
                Some(file) if file.state == State::Waiting => read(&own, file).await.map(drop),
                _ => Ok(()),
            }
        };
        if let Err(error) = read.await {
            tracing::error!(file = id, %error, "the database failed a file; it is read again");
        }
    });
}

/// Reads files whose process died over them.
pub async fn read_left_behind(app: &App) -> Result<(), sqlx::Error> {
    for file in attachments::unread(&app.db, clock::now_ms() - LEFT_BEHIND_AFTER_MS, BATCH).await? {
        tracing::info!(file = file.id, "a file that was left behind is read");
        read(app, file).await?;
    }
    Ok(())
}

/// Reads a file and keeps its text, or why there is none.
async fn read(app: &App, file: Attachment) -> Result<Attachment, sqlx::Error> {
    let (text, failure): (String, Option<&str>) = match text_of(app, &file).await {
        Ok(document) if document.text.trim().is_empty() => {
            (String::new(), Some(if document.needs_eyes { "needs_eyes" } else { "empty" }))
        }
        Ok(document) => (document.text, None),
        Err(error) => {
            let class = error.downcast_ref::<extract::Error>().map_or("unreadable", extract::Error::class);
            tracing::warn!(file = file.id, class, error = format!("{error:#}"), "a file could not be read");
            (String::new(), Some(class))
        }
    };
    crash::point("file read");
    match failure {
        None => super::keep(app, &file, None, &text).await?,
        Some(class) => super::give_up(app, &file, class).await?,
    }
    let state = if failure.is_none() { State::Ready } else { State::Failed };
    Ok(Attachment { state, text, failure: failure.map(str::to_owned), ..file })
}

async fn text_of(app: &App, file: &Attachment) -> anyhow::Result<extract::Document> {
    let key = file.object.as_deref().and_then(Key::parse).context("the file has no key")?;
    if let Some(path) = app.storage.path(&key) {
        return Ok(app.readers.read(&path, &file.name).await?);
    }
    let bytes = app.storage.get(&key).await?.context("the file is gone")?;
    let copy = app.uploads.temporary();
    tokio::fs::write(copy.path(), bytes).await.context("the file cannot be written for reading")?;
    Ok(app.readers.read(copy.path(), &file.name).await?)
}
