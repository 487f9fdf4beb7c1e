//! What a request cost, in tokens, as the upstream counted them.

use serde_json::Value;

/// Tokens of one request and its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    pub prompt_tokens: u64,
    pub completion_tokens: u64,
    pub reasoning_tokens: Option<u64>,
}

/// Reads a `usage` object under the names of either of OpenAI's interfaces; `None` if it counts no tokens.
pub(super) fn of(value: &Value) -> Option<Usage> {
    let count = |names: [&str; 2]| names.into_iter().find_map(|name| value.get(name)?.as_u64());
    let details = ["completion_tokens_details", "output_tokens_details"].into_iter().find_map(|name| value.get(name));
    let (prompt, completion) = (count(["prompt_tokens", "input_tokens"]), count(["completion_tokens", "output_tokens"]));
    if prompt.is_none() && completion.is_none() {
        return None;
    }
    Some(Usage {
        prompt_tokens: prompt.unwrap_or(0),
        completion_tokens: completion.unwrap_or(0),
        reasoning_tokens: details.and_then(|details| details["reasoning_tokens"].as_u64()),
    })
}
