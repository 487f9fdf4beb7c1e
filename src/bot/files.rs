//! Files: WeChat gives an account none of their bytes, so a follower hands them in on a page of their own.
//!
//! What arrives there is kept by its hash, belongs to the conversation, and is read at once. Pictures wait for a question, like
//! those that are sent in the chat.

use std::{path::Path, sync::Arc};

use anyhow::Context;

use crate::{
    app::{Account, App},
    clock,
    config::Language,
    db::{
        attachments::{self, Bound, Handed, Kind, New},
        followers, privacy,
        upload_links::{self, UploadLink},
    },
    picture::{Format, Goal},
};

use super::{reading, sight, wording};

/// How long the page is open.
pub const PAGE_LIFETIME_MS: i64 = 30 * 60 * 1000;

/// The largest file; it is what `extract` reads at most.
pub const MAX_BYTES: u64 = 20 << 20;

/// Files and pictures of one conversation; more would be found by nobody's question.
pub const MAX_FILES: i64 = 20;

/// Why a file was not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("there is no such page")]
    Unknown,
    #[error("the page has expired")]
    Expired,
    #[error("the file is empty")]
    Empty,
    #[error("the file is over the limit")]
    TooBig,
    #[error("the file did not arrive whole")]
    Broken,
    #[error("the conversation has as many files as it may")]
    TooMany,
    #[error("too many files are arriving")]
    Busy,
    #[error("no model here can see pictures")]
    CannotSee,
    #[error("the picture cannot be opened")]
    Unreadable,
    #[error("{0:#}")]
    Failed(#[from] anyhow::Error),
}

/// Why a page is not open.
#[derive(Debug)]
pub struct Closed {
    pub refusal: Refusal,
    /// The language of the follower whose page it was.
    pub language: Option<Language>,
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(anyhow::Error::new(error).context("the database failed"))
    }
}

/// Opens a page for a follower and says where it is.
pub(super) async fn open_page(app: &App, account: &Account, openid: &str) -> Result<String, sqlx::Error> {
    let language = app.language(&account.name, openid);
    let Some(public_url) = &app.config.public_url else { return Ok(wording::cannot_take_files(language).into()) };
    let link =
        UploadLink { account: account.name.clone(), openid: openid.to_owned(), expires_at: clock::now_ms() + PAGE_LIFETIME_MS };
    let token = app.random_token();
    upload_links::open(&app.db, &token, &link).await?;
    Ok(wording::upload_page(&format!("{public_url}/f/{token}"), language))
}

/// Whose page this is, as long as it is open.
pub async fn page(app: &App, token: &str) -> Result<UploadLink, Closed> {
    let closed = |refusal| Closed { refusal, language: None };
    let link = upload_links::show(&app.db, token).await.map_err(|error| closed(error.into()))?;
    let link = link.ok_or_else(|| closed(Refusal::Unknown))?;
    if link.expires_at > clock::now_ms() {
        return Ok(link);
    }
    Err(Closed { refusal: Refusal::Expired, language: Some(app.language(&link.account, &link.openid)) })
}

/// What the follower handed in for the present conversation.
pub async fn list(app: &App, link: &UploadLink) -> Result<Vec<Handed>, Refusal> {
    let since = session_start(app, &link.account, &link.openid, clock::now_ms()).await?;
    Ok(attachments::handed_in(&app.db, &link.account, &link.openid, since).await?)
}

/// Takes a file that has arrived at `path`, and begins to read it. Returns its id.
pub async fn take(app: &Arc<App>, (token, link): (&str, &UploadLink), name: &str, path: &Path) -> Result<String, Refusal> {
    let new = store(app, name, path).await?;
    let now = clock::now_ms();
    let bound = Bound { since: session_start(app, &link.account, &link.openid, now).await?, most: MAX_FILES };
    if !attachments::add_file(&app.db, token, &new, bound, now).await? {
        let objects = new.object.into_iter().collect();
        app.delete_objects(privacy::unnamed(&app.db, objects).await?).await;
        let is_open = upload_links::show(&app.db, token).await?.is_some();
        return Err(if is_open { Refusal::TooMany } else { Refusal::Unknown });
    }
    tracing::info!(file = new.id, account = link.account, kind = new.kind.as_str(), "a file was handed in");
    if new.kind == Kind::File {
        reading::read_now(app, new.id.clone());
    }
    Ok(new.id)
}

/// Keeps the bytes; a picture as models get it.
async fn store(app: &App, name: &str, path: &Path) -> Result<New, Refusal> {
    let _room = app.uploads.memory().await.context("the process ends")?;
    let bytes = tokio::fs::read(path).await.context("the file that arrived cannot be read")?;
    if bytes.is_empty() {
        return Err(Refusal::Empty);
    }
    let (kind, bytes, extension) = if is_picture(&bytes, name) {
        if sight::seeing_models(app).await.is_empty() {
            return Err(Refusal::CannotSee);
        }
        let fitted = app.workshop.fit(bytes, Goal::MODEL).await.map_err(|error| {
            tracing::info!(%error, "a picture that was handed in cannot be opened");
            Refusal::Unreadable
        })?;
        (Kind::Image, fitted.bytes, fitted.format.extension().to_owned())
    } else {
        (Kind::File, bytes, ending(name))
    };
    let key = app.storage.put(bytes, &extension).await.context("the file cannot be stored")?;
    Ok(New { object: Some(key.as_str().to_owned()), ..New::from(kind, name.to_owned(), String::new()) })
}

/// Two letters are all that a BMP begins with, and many a text does.
fn is_picture(bytes: &[u8], name: &str) -> bool {
    Format::of(bytes).is_some_and(|format| format != Format::Bmp || ending(name) == "bmp")
}

fn ending(name: &str) -> String {
    name.rsplit_once('.').map_or_else(String::new, |(_, ending)| ending.to_ascii_lowercase())
}

/// When the conversation at `at` began: files from before belong to another.
pub(super) async fn session_start(app: &App, account: &str, openid: &str, at: i64) -> Result<i64, sqlx::Error> {
    let follower = followers::show(&app.db, account, openid).await?;
    let reset_at = follower.map_or(0, |follower| follower.session_started_at);
    Ok(reset_at.max(at - app.config.session.idle.as_millis() as i64))
}
