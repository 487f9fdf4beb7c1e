//! What an answer cost: tokens and pictures as the upstream counted them, or as they are estimated, at the operator's prices.

use crate::{
    app::App,
    db::usage::Spent,
    llm::{chat::Outcome, models::Prices},
};

use super::question::Drawn;

/// The cost of an answer in words; `estimated` are the tokens sent and written, where the upstream does not say.
pub(super) async fn of_words(app: &App, outcome: &Outcome, estimated: (usize, usize)) -> Spent {
    let (prompt, completion) = outcome
        .usage
        .map_or((estimated.0 as i64, estimated.1 as i64), |usage| (usage.prompt_tokens as i64, usage.completion_tokens as i64));
    let prices = prices(app, &outcome.model).await;
    // A price is for a million tokens, so tokens times price are millionths.
    let cost = prompt as f64 * prices.input.unwrap_or(0.0) + completion as f64 * prices.output.unwrap_or(0.0);
    let cost_micros = cost.round() as i64;
    Spent { prompt_tokens: prompt, completion_tokens: completion, pictures: 0, cost_micros }
}

/// The cost of pictures.
pub(super) async fn of_pictures(app: &App, drawn: &Drawn) -> Spent {
    let pictures = drawn.pictures.len() as i64;
    let usage = drawn.usage;
    let price = prices(app, &drawn.model).await.picture.unwrap_or(0.0);
    let cost_micros = (pictures as f64 * price * 1e6).round() as i64;
    Spent {
        prompt_tokens: usage.map_or(0, |usage| usage.prompt_tokens as i64),
        completion_tokens: usage.map_or(0, |usage| usage.completion_tokens as i64),
        pictures,
        cost_micros,
    }
}

/// The operator's prices of a model; nothing where there are none.
async fn prices(app: &App, model: &str) -> Prices {
    // Only the operator's own list has prices; an answer does not wait for the upstream's.
    if app.config.llm.models.is_none() {
        return Prices::default();
    }
    let listed = app.catalogue.listing().await.ok();
    listed.and_then(|listing| listing.show(model).map(|entry| entry.prices)).unwrap_or_default()
}
