//! `usage`: what each answer cost, as the upstream counted it.

/// The tokens of one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tokens {
    pub prompt: i64,
    pub completion: i64,
}

/// Written in the transaction that finishes the answer; a second owner of the same question does not count twice.
pub(super) const INSERT: &str =
    "INSERT INTO usage (question_id, account, openid, model, prompt_tokens, completion_tokens, used_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (question_id) DO NOTHING";
