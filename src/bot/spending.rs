//! What an answer cost: tokens and pictures as the upstream counted them, or as they are estimated, at the operator's prices.

use crate::{app::App, db::usage::Spent, llm::chat::Outcome};

use super::question::Drawn;

/// The cost of an answer in words; `estimated` are the tokens sent and written, where the upstream does not say.
pub(super) fn of_words(app: &App, outcome: &Outcome, estimated: (usize, usize)) -> Spent {
    let (prompt, completion) = outcome
        .usage
        .map_or((estimated.0 as i64, estimated.1 as i64), |usage| (usage.prompt_tokens as i64, usage.completion_tokens as i64));
    let cost_micros = app.catalogue.price(&outcome.model).map_or(0, |price| {
        // A price is for a million tokens, so tokens times price are millionths.
        (prompt as f64 * price.input + completion as f64 * price.output).round() as i64
    });
    Spent { prompt_tokens: prompt, completion_tokens: completion, pictures: 0, cost_micros }
}

/// The cost of pictures.
pub(super) fn of_pictures(app: &App, drawn: &Drawn) -> Spent {
    let pictures = drawn.pictures.len() as i64;
    let usage = drawn.usage;
    let cost_micros =
        app.catalogue.price(&drawn.model).map_or(0, |price| (pictures as f64 * price.picture * 1e6).round() as i64);
    Spent {
        prompt_tokens: usage.map_or(0, |usage| usage.prompt_tokens as i64),
        completion_tokens: usage.map_or(0, |usage| usage.completion_tokens as i64),
        pictures,
        cost_micros,
    }
}
