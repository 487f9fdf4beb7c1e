//! Which models can see, and what a follower reads whose model cannot.

use std::sync::Arc;

use crate::{
    app::App,
    db::preferences::Preferences,
    llm::models::{self, Ability, Listing},
};

use super::{
    choices,
    question::{Asked, Declined},
    wording,
};

/// Whether the follower's model can see.
pub(super) async fn sees(app: &App, chosen: &Preferences) -> bool {
    let model = model(app, chosen);
    let listed = listing(app).await;
    let abilities = listed.as_ref().and_then(|listing| listing.show(model).map(|entry| entry.abilities));
    abilities.unwrap_or_else(|| models::parse(model).abilities).contains(Ability::Sees)
}

/// The models that can see, each with its number in the list.
pub(super) async fn seeing_models(app: &App) -> Vec<(usize, String)> {
    let listed = listing(app).await;
    let chat = listed.as_ref().map(|listing| choices::chat_models(app, listing)).unwrap_or_default();
    let numbered = chat.iter().enumerate().filter(|(_, entry)| entry.abilities.contains(Ability::Sees));
    let mut seeing: Vec<(usize, String)> = numbered.map(|(index, entry)| (index + 1, entry.name.clone())).collect();
    let usual = &app.config.llm.model;
    if seeing.is_empty() && models::parse(usual).abilities.contains(Ability::Sees) {
        seeing.push((1, usual.clone()));
    }
    seeing
}

/// The answer to a question with pictures that the model cannot see: which models can.
pub(super) async fn blind(app: &App, asked: &Asked, chosen: &Preferences) -> Declined {
    let language = app.language(&asked.account, &asked.openid);
    let sentence = match seeing_models(app).await.as_slice() {
        [] => wording::cannot_read("image", language),
        seeing => wording::blind(model(app, chosen), seeing, language),
    };
    Declined { class: "cannot_see", sentence }
}

/// The answer to a question whose pictures cannot be opened.
pub(super) fn unreadable(app: &App, asked: &Asked) -> Declined {
    let sentence = wording::picture_unreadable(app.language(&asked.account, &asked.openid)).to_owned();
    Declined { class: "unreadable", sentence }
}

/// The list, unless the upstream takes so long for it that a push would not be answered in time.
async fn listing(app: &App) -> Option<Arc<Listing>> {
    let patience = app.config.reply.deadline / 3;
    tokio::time::timeout(patience, app.catalogue.listing()).await.ok()?.ok()
}

fn model<'a>(app: &'a App, chosen: &'a Preferences) -> &'a str {
    chosen.chat_model.as_deref().unwrap_or(&app.config.llm.model)
}
