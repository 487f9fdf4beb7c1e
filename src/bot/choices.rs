//! Choosing a model: the numbered list, and the one that a follower's words mean.
//!
//! Chat models come first and picture models after them, numbered through, so that one number names one model.

use std::sync::Arc;

use crate::{
    app::{Account, App},
    clock,
    db::preferences::{self, Choice, Preferences},
    llm::models::{Ability, Catalogue, Entry, Found, Listing, listing},
};

use super::wording::{self, Marked};

/// Models that a list in the chat shows; nobody reads more, and a text has 2,048 bytes.
const MAX_SHOWN: usize = 24;

/// The list of models, with what each name means and which are chosen.
pub(super) async fn list(app: &App, account: &Account, openid: &str) -> Result<String, sqlx::Error> {
    let language = app.language(&account.name, openid);
    let chosen = preferences::show(&app.db, &account.name, openid).await?;
    let lists = Lists::of(app).await;
    let (chat, pictures) = (lists.chat(app), lists.pictures(app));
    if chat.is_empty() && pictures.is_empty() {
        return Ok(wording::no_models(current(app, &chosen), language));
    }
    let marked = |entry: &&Entry, is_chosen: bool| Marked { entry: (*entry).clone(), is_chosen };
    let chat: Vec<Marked> = chat.iter().take(MAX_SHOWN).map(|entry| marked(entry, entry.name == current(app, &chosen))).collect();
    let picture = chosen.picture_model.as_deref().or(app.config.image.model.as_deref());
    let shown = MAX_SHOWN.saturating_sub(chat.len()).max(4);
    let first = lists.chat(app).len() + 1;
    let pictures: Vec<Marked> =
        pictures.iter().take(shown).map(|entry| marked(entry, Some(entry.name.as_str()) == picture)).collect();
    Ok(wording::models(&chat, (first, &pictures), language))
}

/// Chooses the model that `words` mean, for chatting or for drawing.
pub(super) async fn choose(app: &App, account: &Account, openid: &str, words: &str) -> Result<String, sqlx::Error> {
    if words.is_empty() {
        return list(app, account, openid).await;
    }
    let language = app.language(&account.name, openid);
    let lists = Lists::of(app).await;
    let chat = lists.chat(app);
    let all: Vec<&Entry> = chat.iter().copied().chain(lists.pictures(app)).collect();
    let entry = match listing::find(&all, words) {
        Found::One(entry) => entry,
        Found::Several(entries) | Found::None { nearest: entries } => {
            let names: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
            return Ok(wording::which_model(words, &names, language));
        }
    };
    let talks = chat.iter().any(|other| other.name == entry.name);
    let choice = if talks { Choice::ChatModel(entry.name.clone()) } else { Choice::PictureModel(entry.name.clone()) };
    preferences::choose(&app.db, &account.name, openid, &choice, clock::now_ms()).await?;
    Ok(wording::model_chosen(entry, talks, language))
}

/// The lists as they are now; an upstream that lists nothing leaves the configured model.
struct Lists {
    chat: Option<Arc<Listing>>,
    pictures: Option<Arc<Listing>>,
}

impl Lists {
    async fn of(app: &App) -> Self {
        // Less than WeChat's patience, so that there is an answer in any case.
        let patience = app.config.reply.deadline * 3 / 4;
        let both = async { (listed(&app.catalogue).await, listed(&app.picture_catalogue).await) };
        let (chat, pictures) = tokio::time::timeout(patience, both).await.unwrap_or_default();
        Self { chat, pictures }
    }

    fn chat(&self, app: &App) -> Vec<&Entry> {
        self.chat.as_ref().map(|listing| chat_models(app, listing)).unwrap_or_default()
    }

    /// Nothing, where nothing can be drawn.
    fn pictures(&self, app: &App) -> Vec<&Entry> {
        if app.painter.is_none() {
            return Vec::new();
        }
        let chat = self.chat(app);
        let usual = app.config.image.model.as_deref();
        let Some(listing) = &self.pictures else { return Vec::new() };
        let drawing = listing.picture();
        // A name may not tell that it draws; the configuration does.
        let unlikely = usual.and_then(|name| listing.show(name)).filter(|entry| !drawing.contains(entry));
        unlikely.into_iter().chain(drawing).filter(|entry| chat.iter().all(|other| other.name != entry.name)).collect()
    }
}

/// The models of a list to talk to: not those of which nothing is known but that they are set up to draw, hear or speak.
pub(super) fn chat_models<'a>(app: &App, listing: &'a Listing) -> Vec<&'a Entry> {
    let (image, audio) = (&app.config.image, &app.config.audio);
    let others = [&image.model, &audio.hearing_model, &audio.speaking_model].map(Option::as_deref);
    let is_other = |entry: &Entry| {
        !entry.abilities.contains(Ability::Writes)
            && entry.name != app.config.llm.model
            && others.contains(&Some(entry.name.as_str()))
    };
    listing.chat().into_iter().filter(|entry| !is_other(entry)).collect()
}

async fn listed(catalogue: &Catalogue) -> Option<Arc<Listing>> {
    match catalogue.listing().await {
        Ok(listing) => Some(listing),
        Err(error) => {
            tracing::warn!(class = error.class(), %error, "the models cannot be listed");
            None
        }
    }
}

fn current<'a>(app: &'a App, chosen: &'a Preferences) -> &'a str {
    chosen.chat_model.as_deref().unwrap_or(&app.config.llm.model)
}
