//! Reading what came along with a question: voice, pictures, pages, and the files of the conversation.
//!
//! Each is read once; what was read is in the database before the model is asked, so that whoever takes over need not read again.

mod documents;
mod pages;
mod pictures;
mod voice;

pub use documents::{read_left_behind, read_now};

use crate::{
    app::{Account, App},
    db::{
        attachments::{self, Attachment, Kind, Outcome, State},
        preferences::Preferences,
    },
    llm::DataUrl,
    moderation::fence::{self, Fence},
};

use super::{
    material::PICTURE_WAITS_MS,
    question::{Asked, Declined},
};

/// All that the model is given beside the conversation.
#[derive(Debug, Default)]
pub(super) struct Material {
    /// What stands above the answer: what was heard.
    pub heading: String,
    /// The question in words.
    pub text: String,
    pub images: Vec<DataUrl>,
    /// Foreign texts, each behind the fence.
    pub passages: Vec<String>,
    /// The names of what was read, for the line below the answer.
    pub sources: Vec<String>,
    /// Addresses that an answer may repeat.
    pub known: Vec<String>,
    /// Around foreign texts, where there are any.
    pub fence: Option<Fence>,
}

impl Material {
    /// Adds a foreign text, as data and not as instructions.
    fn quote(&mut self, kind: fence::Kind, name: &str, text: &str) {
        let passage = self.fence.get_or_insert_with(Fence::random).wrap(kind, name, text);
        self.passages.push(passage);
    }
}

/// Reads everything that belongs to `asked`.
pub(super) async fn read(
    app: &App,
    account: &Account,
    asked: &Asked,
    chosen: &Preferences,
) -> Result<Result<Material, Declined>, sqlx::Error> {
    let mut material = Material { text: asked.text.clone(), ..Material::default() };
    let since = asked.asked_at - PICTURE_WAITS_MS;
    if attachments::pictures_waiting(&app.db, &asked.account, &asked.openid, since).await? > 0 {
        attachments::claim_pictures(&app.db, &asked.id, (since, asked.asked_at)).await?;
    }
    let (pictures, others): (Vec<_>, Vec<_>) =
        attachments::of_question(&app.db, &asked.id).await?.into_iter().partition(|attachment| attachment.kind == Kind::Image);
    for attachment in &others {
        let read = match attachment.kind {
            Kind::Voice => voice::hear(app, account, asked, attachment, &mut material).await?,
            Kind::Page => pages::visit(app, asked, attachment, &mut material).await?,
            Kind::Image | Kind::File => Ok(()),
        };
        if let Err(declined) = read {
            return Ok(Err(declined));
        }
    }
    if !pictures.is_empty()
        && let Err(declined) = pictures::look(app, account, asked, (&pictures, chosen), &mut material).await?
    {
        return Ok(Err(declined));
    }
    documents::recall(app, asked, &mut material).await?;
    Ok(Ok(material))
}

/// Keeps what was read in an attachment.
async fn keep(app: &App, attachment: &Attachment, object: Option<&str>, text: &str) -> Result<(), sqlx::Error> {
    let outcome = Outcome { state: State::Ready, failure: None, object, text };
    attachments::settle(&app.db, &attachment.id, &outcome).await
}

/// Keeps why an attachment cannot be read.
async fn give_up(app: &App, attachment: &Attachment, class: &str) -> Result<(), sqlx::Error> {
    let outcome = Outcome { state: State::Failed, failure: Some(class), object: None, text: "" };
    attachments::settle(&app.db, &attachment.id, &outcome).await
}
