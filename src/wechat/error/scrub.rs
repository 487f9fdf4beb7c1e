//! Text from outside, made fit for a log line: without secrets, control characters or endless length.
//!
//! WeChat appends tracing parts to `errmsg`; they are taken off here, so that a message can be read and counted.

use std::error::Error;

/// What stands where a secret was.
pub(super) const REDACTED: &str = "***";

/// Characters of a foreign text that are kept; a proxy's error page has thousands.
const MAX_CHARS: usize = 300;

/// A cut secret shorter than this tells nothing, and ordinary words end like it.
const MIN_BEGINNING: usize = 5;

/// What the names of secrets end in, in URLs and in JSON (`access_token`, `refresh_token`, `secret`, `appsecret`).
const SECRET_NAMES: [&str; 2] = ["_token", "secret"];

/// The tracing parts; either may come first, and both can be there.
const RID: &str = "rid:";
const HINT: &str = "hint: [";

/// Splits an `errmsg` into the message and the rid.
pub(super) fn message_and_rid(errmsg: &str) -> (String, Option<String>) {
    let rid = position_of_word(errmsg, RID);
    let end = [rid, position_of_word(errmsg, HINT)].into_iter().flatten().min().unwrap_or(errmsg.len());
    let message = errmsg[..end].trim_end_matches([' ', ',', ';', '\t', '\n']);
    let rid = rid.map(|at| {
        errmsg[at + RID.len()..].trim_start().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').take(64).collect()
    });
    (clean(message), rid.filter(|rid: &String| !rid.is_empty()))
}

/// An error with its causes, in one line.
pub(super) fn reason(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    clean(&text)
}

/// The text without `secret`, and without a beginning of it that the limit of length has cut off at the end.
pub(super) fn without(text: &str, secret: &str) -> String {
    if secret.is_empty() {
        return text.to_owned();
    }
    let text = text.replace(secret, REDACTED);
    let beginnings = (MIN_BEGINNING..secret.len()).rev().filter_map(|length| secret.get(..length));
    match beginnings.into_iter().find_map(|beginning| text.strip_suffix(beginning)) {
        Some(rest) => format!("{rest}{REDACTED}"),
        None => text,
    }
}

/// One line of at most [`MAX_CHARS`] characters, with the values of secrets replaced.
fn clean(text: &str) -> String {
    let line: String = text.chars().take(MAX_CHARS).map(|c| if c.is_control() { ' ' } else { c }).collect();
    SECRET_NAMES.into_iter().fold(line, |line, name| redact(&line, name))
}

/// Replaces the value after each `name=`, `name: ` or `"name":"`.
fn redact(text: &str, name: &str) -> String {
    // ASCII lower case keeps every byte where it is, so that offsets hold for both.
    let lower = text.to_ascii_lowercase();
    let mut result = String::with_capacity(text.len());
    let mut done = 0;
    while let Some(found) = lower[done..].find(name) {
        let after_name = done + found + name.len();
        result.push_str(&text[done..after_name]);
        done = after_name;
        let rest = &text[after_name..];
        let separator = rest.trim_start_matches(['"', '\'', '\\', ' ']);
        if !separator.starts_with(['=', ':']) {
            continue;
        }
        let value = separator[1..].trim_start_matches(['"', '\'', '\\', ' ']);
        let end = value.find(['"', '\'', '\\', ' ', '&', ',', ';', ')', '}', '<']).unwrap_or(value.len());
        result.push_str(&rest[..rest.len() - value.len()]);
        result.push_str(REDACTED);
        done = text.len() - value.len() + end;
    }
    result.push_str(&text[done..]);
    result
}

/// Where `marker` begins a word.
fn position_of_word(text: &str, marker: &str) -> Option<usize> {
    text.match_indices(marker)
        .map(|(at, _)| at)
        .find(|at| !text[..*at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tracing_parts_are_taken_off_in_either_order() {
        let both = ("api unauthorized".to_owned(), Some("684d20cd-4e3b2108-3ad934e2".to_owned()));
        assert_eq!(message_and_rid("api unauthorized hint: [Xy_1] rid: 684d20cd-4e3b2108-3ad934e2"), both);
        assert_eq!(message_and_rid("api unauthorized rid: 684d20cd-4e3b2108-3ad934e2, hint: [Xy_1]"), both);
        assert_eq!(message_and_rid("invalid grid: 5"), ("invalid grid: 5".to_owned(), None));
    }

    #[test]
    fn a_secret_that_the_limit_cuts_is_taken_out_as_well() {
        let (message, _) = message_and_rid(&format!("{}CANARY-0123456789", "x".repeat(MAX_CHARS - 9)));
        assert!(message.ends_with("CANARY-01"));
        assert!(without(&message, "CANARY-0123456789").ends_with("xxx***"));
    }

    #[test]
    fn values_of_secrets_are_replaced_wherever_they_stand() {
        let text = "GET /x?access_token=CANARY&a=1 {\"access_token\":\"CANARY\", \"AppSecret\": \"CANARY\"} secret=CANARY";
        let cleaned = clean(text);
        assert!(!cleaned.contains("CANARY"), "{cleaned}");
        assert!(cleaned.contains("access_token=***&a=1"), "{cleaned}");
        assert_eq!(clean("access_token is invalid\nor not latest"), "access_token is invalid or not latest");
    }
}
