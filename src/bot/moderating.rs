//! What moderators decide about a text, as its follower meets it: passed on, starred, answered otherwise, or declined.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::{
    app::App,
    clock,
    db::moderations::{self, Moderation},
    moderation::{Decision, Point, Verdict},
};

use super::{
    question::{Asked, Declined},
    wording,
};

/// Letters of a text's hash.
const HASH_LETTERS: usize = 16;

/// The text as it may go on, or why it does not.
pub(super) async fn judge(app: &App, asked: &Asked, point: Point, text: &str) -> Result<Result<String, Declined>, sqlx::Error> {
    let verdict = app.moderation.check(point, text).await;
    record(app, asked, point, text, &verdict).await?;
    Ok(match verdict.decision {
        Decision::Pass => Ok(text.to_owned()),
        Decision::Replace(starred) => Ok(starred),
        Decision::Instead(sentence) => Err(Declined { class: "moderated", sentence }),
        Decision::Hold | Decision::Drop => Err(declined(app, asked, &verdict)),
    })
}

/// What a follower reads instead of a text that does not go on.
pub(super) fn declined(app: &App, asked: &Asked, verdict: &Verdict) -> Declined {
    let language = app.language(&asked.account, &asked.openid);
    match &verdict.decision {
        Decision::Instead(sentence) => Declined { class: "moderated", sentence: sentence.clone() },
        Decision::Hold => Declined { class: "held", sentence: wording::held(language).into() },
        Decision::Pass | Decision::Replace(_) | Decision::Drop => {
            Declined { class: "moderated", sentence: wording::moderated(language).into() }
        }
    }
}

/// Keeps what was decided, and of a text that a person is to look at, the text.
pub(super) async fn record(app: &App, asked: &Asked, point: Point, text: &str, verdict: &Verdict) -> Result<(), sqlx::Error> {
    if verdict.decision == Decision::Pass {
        return Ok(());
    }
    let hash = hash(text);
    let moderation = Moderation {
        account: &asked.account,
        question_id: &asked.id,
        point: point.as_str(),
        decision: verdict.decision.as_str(),
        moderator: verdict.by.as_str(),
        label: &verdict.label,
        text_hash: &hash,
        held_text: (verdict.decision == Decision::Hold).then_some(text),
        decided_at: clock::now_ms(),
    };
    moderations::record(&app.db, &moderation).await
}

/// The beginning of a text's SHA-256, in hexadecimal.
fn hash(text: &str) -> String {
    let mut hash = String::with_capacity(HASH_LETTERS);
    for byte in Sha256::digest(text.as_bytes()).iter().take(HASH_LETTERS / 2) {
        // Writing to a string cannot fail.
        let _ = write!(hash, "{byte:02x}");
    }
    hash
}
