//! What was probably meant by something that begins with a slash and is no command.

use super::Command;

/// A longer word is a path or a quotation, not a slip.
const MAX_LETTERS: usize = 24;

/// The command that `typed` is near to. Something that only begins with a slash is for the model.
pub(super) fn miss(typed: &str, words: impl Iterator<Item = (&'static str, Command)>) -> Option<Command> {
    let word = typed.strip_prefix('/')?.split_whitespace().next()?.to_lowercase();
    let is_word = word.chars().count() <= MAX_LETTERS && !word.contains(['/', '.', '*']);
    if !is_word {
        return None;
    }
    let allowed = if word.chars().count() <= 3 { 1 } else { 2 };
    let near = words
        .map(|(other, command)| (strsim::osa_distance(&word, other.trim_start_matches('/')), command))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance);
    near.map(|(_, command)| command)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(typed: &str) -> Option<Command> {
        miss(typed, [("/help", Command::Help), ("/reset", Command::Reset), ("/models", Command::Models)].into_iter())
    }

    #[test]
    fn a_slip_finds_its_command() {
        assert_eq!(meant("/hlep"), Some(Command::Help));
        assert_eq!(meant("/Resett"), Some(Command::Reset));
        assert_eq!(meant("/modles 2"), Some(Command::Models));
        assert_eq!(meant("/weather"), None);
    }

    #[test]
    fn paths_and_questions_are_no_slips() {
        assert_eq!(meant("/usr/bin/env"), None);
        assert_eq!(meant("help me"), None);
    }
}
