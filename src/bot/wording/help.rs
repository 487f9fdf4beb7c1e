//! The welcome, and what the bot can do.

use crate::{
    bot::command::Command,
    config::Language::{self, Chinese, English},
};

/// What can be done here, as it is configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Abilities {
    pub draws: bool,
    pub speaks: bool,
    pub takes_files: bool,
}

impl Abilities {
    /// Whether a command leads to anything.
    fn have(self, command: Command) -> bool {
        match command {
            Command::Draw => self.draws,
            Command::Voice => self.speaks,
            Command::File => self.takes_files,
            Command::Help
            | Command::Reset
            | Command::Continue
            | Command::Again
            | Command::Last
            | Command::Models
            | Command::Model
            | Command::Usage
            | Command::Language
            | Command::Delete => true,
        }
    }
}

/// The first thing a new follower reads.
pub fn welcome(language: Language) -> String {
    match language {
        Chinese => "你好，欢迎关注！\n\n直接发消息就可以提问，语音也行，我会用大模型认真回答（AI 生成，仅供参考）。\n\n回复「清空」开始新的对话，回复「帮助」看看我会什么。".into(),
        English => "Hello, and welcome!\n\nJust write (or speak) your question; a language model answers it. Answers are AI-generated, so please check what matters.\n\nSend “reset” to begin anew, “help” to see what I can do.".into(),
    }
}

/// What the bot can do, from the same table that understands the words, and where its use of what is said is explained.
pub fn help(abilities: Abilities, privacy_url: Option<&str>, language: Language) -> String {
    let (head, foot) = match language {
        Chinese => ("直接发文字或语音提问即可。还可以回复：", "回答由 AI 生成，仅供参考。"),
        English => {
            ("Just write or speak your question. You can also send:", "Answers are AI-generated; please check what matters.")
        }
    };
    let lines = Command::all()
        .filter(|command| abilities.have(*command))
        .map(|command| format!("• {}：{}", command.word(language), purpose(command, language)));
    let privacy = match (privacy_url, language) {
        (Some(url), Chinese) => format!("\n<a href=\"{url}\">隐私说明</a>"),
        (Some(url), English) => format!("\n<a href=\"{url}\">Privacy</a>"),
        (None, _) => String::new(),
    };
    format!("{head}\n{}\n\n{foot}{privacy}", lines.collect::<Vec<_>>().join("\n"))
}

fn purpose(command: Command, language: Language) -> &'static str {
    match (command, language) {
        (Command::Help, Chinese) => "看这份说明",
        (Command::Help, English) => "this page",
        (Command::Reset, Chinese) => "忘掉之前的对话，重新开始",
        (Command::Reset, English) => "forget the conversation and begin anew",
        (Command::Continue, Chinese) => "看没显示完的回答",
        (Command::Continue, English) => "the rest of an answer",
        (Command::Again, Chinese) => "上一个问题换个回答",
        (Command::Again, English) => "another answer to the last question",
        (Command::Last, Chinese) => "再看一遍上一个回答",
        (Command::Last, English) => "the previous answer once more",
        (Command::Draw, Chinese) => "画一张图，例如「画一只戴帽子的猫」",
        (Command::Draw, English) => "a picture, for example “/draw a cat with a hat”",
        (Command::Models, Chinese) => "看看有哪些模型",
        (Command::Models, English) => "the models there are",
        (Command::Model, Chinese) => "换一个模型，例如「模型 2」",
        (Command::Model, English) => "choose a model, for example “/model 2”",
        (Command::File, Chinese) => "上传文件，然后就文件提问",
        (Command::File, English) => "hand in a file and ask about it",
        (Command::Voice, Chinese) => "「语音 开」之后，回答会读给你听",
        (Command::Voice, English) => "“/voice on”: answers are spoken, too",
        (Command::Usage, Chinese) => "看看今天用了多少",
        (Command::Usage, English) => "how much you have used",
        (Command::Language, Chinese) => "「语言 英文」之后，我用英文说话",
        (Command::Language, English) => "“/lang zh”: I speak Chinese",
        (Command::Delete, Chinese) => "删除我保存的关于你的一切",
        (Command::Delete, English) => "erase everything that is kept about you",
    }
}

/// A slip of the pen: what was probably meant.
pub fn near_miss(command: Command, language: Language) -> String {
    let word = command.word(language);
    match language {
        Chinese => format!("没有这个指令。你是想说「{word}」吗？（{}）", purpose(command, language)),
        English => format!("There is no such command. Did you mean “{word}”? ({})", purpose(command, language)),
    }
}
