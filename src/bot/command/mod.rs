//! The words that command the bot instead of asking the model, typed or tapped.
//!
//! A tap carries which answer it belongs to: as WeChat's `bizmsgmenuid` in accounts that get it back, otherwise as a short
//! code behind the word. So an old tap never acts on a newer answer.

mod drawing;
mod near;

use crate::config::Language::{self, Chinese, English};

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
    /// The previous answer again, from its beginning.
    Last,
    Draw,
    /// The models that can be chosen.
    Models,
    /// Chooses a model.
    Model,
    /// The page on which files are handed in.
    File,
    /// Whether answers are spoken.
    Voice,
    /// What the follower has used of their limits.
    Usage,
    /// The language of the bot's own sentences.
    Language,
    /// Erases what is kept of the follower, once they confirm it.
    Delete,
}

/// A command, with the answer it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commanded {
    pub command: Command,
    pub answer: Answer,
    /// What stands behind the word: a prompt, a model, `on`. As it was typed.
    pub argument: String,
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

/// What a text is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    Command(Commanded),
    /// A wish for a picture in words of its own, and what it is to show.
    Wish(String),
    /// A slip: this one was probably meant.
    NearMiss(Command),
    /// Something for the model.
    Question,
}

/// The letters of an id that a code has: few enough to read, enough to tell one follower's recent answers apart.
pub const CODE_LEN: usize = 5;

/// Whether something may stand behind a command's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Argument {
    None,
    Allowed,
}

/// A command with all its words: the first in Chinese, the second in English are those that are shown and tapped.
struct Entry {
    command: Command,
    argument: Argument,
    words: &'static [&'static str],
}

/// The table that both understands the words and writes the help, in the order of the help.
const TABLE: &[Entry] = &[
    entry(Command::Help, Argument::None, &["帮助", "help", "/help", "/帮助", "?", "？"]),
    entry(
        Command::Reset,
        Argument::None,
        &["清空", "reset", "/reset", "/清空", "重新开始", "/重新开始", "新对话", "清除记忆", "/new"],
    ),
    entry(Command::Continue, Argument::None, &["继续", "continue", "/continue", "/继续", "更多", "more", "/more"]),
    entry(Command::Again, Argument::None, &["换一个", "again", "/again", "/换一个", "重答", "重新回答"]),
    entry(Command::Last, Argument::None, &["上一个", "/last", "last", "/上一个", "上一条"]),
    entry(Command::Draw, Argument::Allowed, &["画图", "/draw", "/画图", "/画", "画画"]),
    entry(Command::Models, Argument::None, &["模型列表", "/models", "models", "/模型列表"]),
    entry(Command::Model, Argument::Allowed, &["模型", "/model", "/模型", "换模型"]),
    entry(Command::File, Argument::None, &["传文件", "/file", "/文件", "/传文件", "上传文件", "上传"]),
    entry(Command::Voice, Argument::Allowed, &["语音", "/voice", "/语音"]),
    entry(Command::Usage, Argument::None, &["用量", "/usage", "/用量", "我的用量"]),
    entry(Command::Language, Argument::Allowed, &["语言", "/lang", "/language", "/语言"]),
    entry(Command::Delete, Argument::Allowed, &["删除我的数据", "/delete-my-data", "/删除我的数据", "/deletemydata"]),
];

const fn entry(command: Command, argument: Argument, words: &'static [&'static str]) -> Entry {
    Entry { command, argument, words }
}

impl Command {
    /// Every command, in the order of the help.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|entry| entry.command)
    }

    /// The word that is shown in `language`, and sent by a tap.
    pub fn word(self, language: Language) -> &'static str {
        let words = TABLE.iter().find(|entry| entry.command == self).map_or(&["", ""][..], |entry| entry.words);
        match language {
            Chinese => words[0],
            English => words[1],
        }
    }
}

/// What `text` is. `menu_id` is what a tap carries in accounts that get it back.
pub fn read(text: &str, menu_id: Option<&str>) -> Reading {
    let typed = narrowed(text);
    if let Some(command) = find(&bare(&typed)) {
        let answer = menu_id.filter(|id| !id.is_empty()).map_or(Answer::Newest, |id| Answer::Id(id.to_owned()));
        return Reading::Command(Commanded { command, answer, argument: String::new() });
    }
    if let Some(commanded) = coded(&bare(&typed)).or_else(|| with_argument(&typed)) {
        return Reading::Command(commanded);
    }
    if let Some(prompt) = drawing::prompt(&typed) {
        return Reading::Wish(prompt.to_owned());
    }
    near::miss(&typed, TABLE.iter().flat_map(|entry| entry.words.iter().map(|word| (*word, entry.command))))
        .map_or(Reading::Question, Reading::NearMiss)
}

/// The code of the answer to the question `id`.
pub fn code(id: &str) -> &str {
    id.len().checked_sub(CODE_LEN).and_then(|start| id.get(start..)).unwrap_or(id)
}

/// A word that was tapped, with the code of its answer.
fn coded(text: &str) -> Option<Commanded> {
    let (word, code) = text.rsplit_once(' ')?;
    let is_code = code.len() == CODE_LEN && code.bytes().all(|byte| byte.is_ascii_hexdigit());
    let command = find(word.trim_end()).filter(|_| is_code)?;
    Some(Commanded { command, answer: Answer::Code(code.to_owned()), argument: String::new() })
}

/// A word with something behind it. A Chinese word without a slash also begins sentences, so it needs a short argument.
fn with_argument(typed: &str) -> Option<Commanded> {
    let (word, argument) = typed.split_once([' ', ':', '：', '\n'])?;
    let word = word.to_lowercase();
    let entry = TABLE.iter().find(|entry| entry.argument == Argument::Allowed && entry.words.contains(&word.as_str()))?;
    let is_sure = word.starts_with('/') || entry.command == Command::Draw || argument.split_whitespace().count() == 1;
    is_sure.then(|| Commanded { command: entry.command, answer: Answer::Newest, argument: argument.trim().to_owned() })
}

fn find(text: &str) -> Option<Command> {
    TABLE.iter().find(|entry| entry.words.contains(&text)).map(|entry| entry.command)
}

/// Without surrounding space; a full-width slash or space is as good as a narrow one, and a slash may stand apart.
fn narrowed(text: &str) -> String {
    let narrow = text.trim().replace('／', "/").replace('\u{3000}', " ");
    match narrow.trim_start().strip_prefix('/') {
        Some(rest) => format!("/{}", rest.trim_start()),
        None => narrow.trim().to_owned(),
    }
}

/// In lower case, without closing marks.
fn bare(typed: &str) -> String {
    let lower = typed.to_lowercase();
    let bare = lower.trim_end_matches(['。', '.', '！', '!', '~', '～']).trim_end();
    if bare.is_empty() { lower } else { bare.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(text: &str) -> Option<Command> {
        match read(text, None) {
            Reading::Command(commanded) => Some(commanded.command),
            Reading::Wish(_) | Reading::NearMiss(_) | Reading::Question => None,
        }
    }

    #[test]
    fn words_are_commands_however_they_are_typed() {
        for text in ["继续", " 继续 ", "继续。", "／continue", "/Continue", "MORE", "/ continue", "　／　more"] {
            assert_eq!(command(text), Some(Command::Continue), "{text}");
        }
        assert_eq!(command("?"), Some(Command::Help));
    }

    #[test]
    fn questions_are_not_commands() {
        for text in [
            "继续讲第二点",
            "请继续",
            "帮助我写一封信",
            "换一个话题",
            "",
            "help me",
            "more 12345678",
            "模型 训练 需要什么",
            "语音识别是什么",
        ] {
            assert_eq!(read(text, None), Reading::Question, "{text}");
        }
    }

    #[test]
    fn a_tap_names_its_answer() {
        let answer = |reading| match reading {
            Reading::Command(commanded) => commanded.answer,
            other => panic!("{other:?}"),
        };
        assert_eq!(answer(read("继续", Some("018f"))), Answer::Id("018f".into()));
        assert_eq!(answer(read("继续 0A1b2", None)), Answer::Code("0a1b2".into()));
    }

    #[test]
    fn what_stands_behind_a_word_is_kept_as_typed() {
        for (text, is, argument) in [
            ("/model DeepSeek-R1", Command::Model, "DeepSeek-R1"),
            ("模型 2", Command::Model, "2"),
            ("／voice　on", Command::Voice, "on"),
            ("/draw a Cat on the Moon", Command::Draw, "a Cat on the Moon"),
            ("画图：雪山 日出", Command::Draw, "雪山 日出"),
            ("/lang en", Command::Language, "en"),
        ] {
            let Reading::Command(commanded) = read(text, None) else { panic!("{text}") };
            assert_eq!((commanded.command, commanded.argument.as_str()), (is, argument), "{text}");
        }
    }

    #[test]
    fn no_word_has_two_commands() {
        let mut words: Vec<&str> = TABLE.iter().flat_map(|entry| entry.words).copied().collect();
        let count = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), count);
    }
}
