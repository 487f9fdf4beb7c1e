//! The words that command the bot instead of asking the model, typed or tapped.
//!
//! A tap carries which answer it belongs to: as WeChat's `bizmsgmenuid` in accounts that get it back, otherwise as a short
//! code behind the word. So an old tap never acts on a newer answer.

/// What a follower can command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    Help,
    /// Begins a new conversation.
    Reset,
    /// More of an answer.
    Continue,
    /// The same question once more.
    Again,
}

/// A command, with the answer it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commanded {
    pub command: Command,
    pub answer: Answer,
}

/// Which answer a command is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The words were typed: the newest one they can be about.
    Newest,
    /// The whole id of its question.
    Id(String),
    /// The last letters of its question's id.
    Code(String),
}

/// The letters of an id that a code has: few enough to read, enough to tell one follower's recent answers apart.
pub const CODE_LEN: usize = 5;

/// Every word, with the command it gives; the first word of a command is the one shown.
const WORDS: &[(Command, &[&str])] = &[
    (Command::Help, &["帮助", "/help", "help", "?", "？", "/帮助"]),
    (Command::Reset, &["清空", "/reset", "reset", "重新开始", "/清空", "/重新开始", "新对话", "清除记忆", "/new"]),
    (Command::Continue, &["继续", "/continue", "continue", "/继续", "更多", "more", "/more"]),
    (Command::Again, &["换一个", "/again", "again", "/换一个", "重答", "重新回答"]),
];

impl Command {
    /// Every command, in the order of the help.
    pub fn all() -> impl Iterator<Item = Self> {
        WORDS.iter().map(|(command, _)| *command)
    }

    /// The word that is shown in `language`, and sent by a tap.
    pub fn word(self, language: crate::config::Language) -> &'static str {
        use crate::config::Language::{Chinese, English};
        let words = WORDS.iter().find(|(command, _)| *command == self).map_or(&[""][..], |(_, words)| words);
        match language {
            Chinese => words[0],
            English => words.iter().find(|word| word.starts_with(|first: char| first.is_ascii_lowercase())).unwrap_or(&words[0]),
        }
    }
}

/// The command in `text`, if it is one. `menu_id` is what a tap carries in accounts that get it back.
pub fn parse(text: &str, menu_id: Option<&str>) -> Option<Commanded> {
    let text = normalised(text);
    if let Some(command) = find(&text) {
        let answer = menu_id.filter(|id| !id.is_empty()).map_or(Answer::Newest, |id| Answer::Id(id.to_owned()));
        return Some(Commanded { command, answer });
    }
    let (word, code) = text.rsplit_once(' ')?;
    let is_code = code.len() == CODE_LEN && code.bytes().all(|byte| byte.is_ascii_hexdigit());
    let command = find(word.trim_end()).filter(|_| is_code)?;
    Some(Commanded { command, answer: Answer::Code(code.to_ascii_lowercase()) })
}

/// The code of the answer to the question `id`.
pub fn code(id: &str) -> &str {
    id.len().checked_sub(CODE_LEN).and_then(|start| id.get(start..)).unwrap_or(id)
}

fn find(text: &str) -> Option<Command> {
    WORDS.iter().find(|(_, words)| words.contains(&text)).map(|(command, _)| *command)
}

/// Lower case, without surrounding space and closing marks; a full-width slash or space is as good as a narrow one.
fn normalised(text: &str) -> String {
    let narrow = text.trim().replace('／', "/").replace('\u{3000}', " ").to_lowercase();
    let bare = narrow.trim_end_matches(['。', '.', '！', '!', '~', '～']);
    if bare.is_empty() { narrow } else { bare.trim_end().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_commands_however_they_are_typed() {
        for text in ["继续", " 继续 ", "继续。", "／continue", "/Continue", "MORE"] {
            let parsed = parse(text, None).unwrap();
            assert_eq!((parsed.command, parsed.answer), (Command::Continue, Answer::Newest), "{text}");
        }
        assert_eq!(parse("?", None).unwrap().command, Command::Help);
    }

    #[test]
    fn questions_are_not_commands() {
        for text in ["继续讲第二点", "请继续", "帮助我写一封信", "换一个话题", "", "help me", "more 12345678"]
        {
            assert_eq!(parse(text, None), None, "{text}");
        }
    }

    #[test]
    fn a_tap_names_its_answer() {
        assert_eq!(parse("继续", Some("018f")).unwrap().answer, Answer::Id("018f".into()));
        assert_eq!(parse("继续 0A1b2", None).unwrap().answer, Answer::Code("0a1b2".into()));
    }
}
