//! Every sentence a follower reads that the model did not write, in both languages.
//!
//! Kind, short, and honest about what happens next; no error codes, no names of software.

use std::time::Duration;

use crate::config::Language::{self, Chinese, English};

use super::command::Command;

/// The first thing a new follower reads.
pub fn welcome(language: Language) -> String {
    match language {
        Chinese => "你好，欢迎关注！\n\n直接发消息就可以提问，语音也行，我会用大模型认真回答（AI 生成，仅供参考）。\n\n回复「清空」开始新的对话，回复「帮助」看看我会什么。".into(),
        English => "Hello, and welcome!\n\nJust write (or speak) your question; a language model answers it. Answers are AI-generated, so please check what matters.\n\nSend “reset” to begin anew, “help” to see what I can do.".into(),
    }
}

/// What the bot can do, from the same table that understands the words.
pub fn help(language: Language) -> String {
    let (head, foot) = match language {
        Chinese => ("直接发文字或语音提问即可。还可以回复：", "回答由 AI 生成，仅供参考。"),
        English => {
            ("Just write or speak your question. You can also send:", "Answers are AI-generated; please check what matters.")
        }
    };
    let lines = Command::all().map(|command| format!("• {}：{}", command.word(language), purpose(command, language)));
    format!("{head}\n{}\n\n{foot}", lines.collect::<Vec<_>>().join("\n"))
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
    }
}

/// The conversation was reset.
pub fn reset(language: Language) -> &'static str {
    match language {
        Chinese => "好的，之前的对话我已经忘掉，我们重新开始吧。",
        English => "Done: I have forgotten our conversation. Let us begin anew.",
    }
}

/// 继续, and nothing is left.
pub fn nothing_more(language: Language) -> &'static str {
    match language {
        Chinese => "没有更多内容了，可以继续提问。",
        English => "That was everything. Ask away!",
    }
}

/// A tap on an answer that is no longer kept.
pub fn too_old(language: Language) -> &'static str {
    match language {
        Chinese => "这条回答已经过期，请重新提问。",
        English => "That answer is no longer kept. Please ask again.",
    }
}

/// 换一个, and nothing was asked.
pub fn nothing_to_repeat(language: Language) -> &'static str {
    match language {
        Chinese => "还没有可以重新回答的问题，先问我点什么吧。",
        English => "There is no question to answer again yet. Ask me something!",
    }
}

/// The model is still writing, and there is no whole sentence yet.
pub fn still_writing(language: Language) -> &'static str {
    match language {
        Chinese => "这个问题需要多想一会儿，回答还在写。",
        English => "This one takes a little longer; the answer is still being written.",
    }
}

/// Behind the first sentences of an answer that goes on.
pub fn goes_on(language: Language) -> &'static str {
    match language {
        Chinese => "（还在写……）",
        English => "(still writing …)",
    }
}

/// Something arrived that cannot be read.
pub fn cannot_read(kind: &str, language: Language) -> String {
    let (chinese, english) = match kind {
        "image" => ("图片", "pictures"),
        "voice" => ("这段语音", "this voice message"),
        "video" | "shortvideo" => ("视频", "videos"),
        "file" => ("文件", "files"),
        _ => ("这种消息", "this kind of message"),
    };
    match language {
        Chinese => format!("抱歉，我还看不懂{chinese}，请用文字告诉我。"),
        English => format!("Sorry, I cannot understand {english} yet. Please write it as text."),
    }
}

/// The follower has too many questions open.
pub fn too_many_open(language: Language) -> &'static str {
    match language {
        Chinese => "你前面的几个问题还在回答中，请等一会儿（大约一分钟）再问。",
        English => "Your earlier questions are still being answered. Please ask again in about a minute.",
    }
}

/// The server has too many questions waiting.
pub fn crowded(language: Language) -> &'static str {
    match language {
        Chinese => "现在提问的人太多了，请过两分钟再试。",
        English => "Very many people are asking right now. Please try again in two minutes.",
    }
}

/// There is no answer; `class` is the class of the upstream's error.
pub fn apology(class: &str, language: Language) -> &'static str {
    match (class, language) {
        ("content_filtered", Chinese) => "抱歉，这个问题我不能回答，换个问法试试吧。",
        ("content_filtered", English) => "Sorry, I cannot answer this. Perhaps it can be asked in another way.",
        ("context_too_long", Chinese) => "抱歉，对话太长，我记不下了。请回复「清空」后重新提问。",
        ("context_too_long", English) => "Sorry, our conversation has become too long for me. Please send “reset” and ask again.",
        ("rate_limited" | "overloaded" | "quota_exhausted", Chinese) => {
            "抱歉，现在提问的人太多，没能得到回答，请过几分钟再问一次。"
        }
        ("rate_limited" | "overloaded" | "quota_exhausted", English) => {
            "Sorry, too many people are asking right now, and I got no answer. Please ask again in a few minutes."
        }
        ("timeout", Chinese) => "抱歉，这个问题想了太久，没能得到回答，请再问一次，或者问得具体一些。",
        ("timeout", English) => "Sorry, this took too long and I got no answer. Please ask again, perhaps more precisely.",
        (_, Chinese) => "抱歉，刚才出了点问题，没能得到回答，请稍后再问一次。",
        (_, English) => "Sorry, something went wrong and I got no answer. Please ask again in a little while.",
    }
}

/// Behind an answer that stops before its end.
pub fn cut_short(class: &str, language: Language) -> &'static str {
    match (class, language) {
        ("length", Chinese) => "（回答太长，只写到这里。可以让我接着说。）",
        ("length", English) => "(The answer reached its length limit. Ask me to go on.)",
        ("content_filtered", Chinese) => "（后面的内容不便显示。）",
        ("content_filtered", English) => "(The rest cannot be shown.)",
        (_, Chinese) => "（回答中断了，没能写完。）",
        (_, English) => "(The answer broke off here.)",
    }
}

/// Between the shown beginning of an answer that broke off and the answer that takes its place.
pub fn begun_anew(language: Language) -> &'static str {
    match language {
        Chinese => "（刚才中断了，以下是重新写的回答）",
        English => "(That broke off; here is the answer written anew.)",
    }
}

/// Above an answer that does not stand right below its question.
pub fn label(quoted_question: &str, language: Language) -> String {
    match language {
        Chinese => format!("「{quoted_question}」的回答："),
        English => format!("Answer to “{quoted_question}”:"),
    }
}

/// Below a reply, when the answer to another question waits as well.
pub fn also_ready(quoted_question: &str, tap: &str, language: Language) -> String {
    match language {
        Chinese => format!("「{quoted_question}」也有回答了：{tap}"),
        English => format!("“{quoted_question}” has been answered too: {tap}"),
    }
}

/// In front of the link to an answer's page.
pub fn whole_answer(url: &str, language: Language) -> String {
    match language {
        Chinese => format!("<a href=\"{url}\">网页看全文</a>"),
        English => format!("<a href=\"{url}\">Read it all</a>"),
    }
}

/// The system prompt, unless one is configured. `date` is today's.
pub fn system_prompt(model: &str, date: &str, language: Language) -> String {
    match language {
        Chinese => format!(
            "你是一个微信公众号里的助手，由模型 {model} 驱动。今天是 {date}。请用提问者的语言回答，先给结论，简洁、准确、友善；不知道就说不知道。可以使用简单的 Markdown。"
        ),
        English => format!(
            "You are the assistant of a WeChat official account, powered by the model {model}. Today is {date}. Answer in the language of the question; begin with the point, be brief, accurate and kind; say so when you do not know. Simple Markdown is welcome."
        ),
    }
}

/// What the model is asked about a place.
pub fn place(label: &str, latitude: &str, longitude: &str, language: Language) -> String {
    match language {
        Chinese => format!("我在这里：{label}（纬度 {latitude}，经度 {longitude}）。请简单介绍这个地方。"),
        English => format!("I am here: {label} (latitude {latitude}, longitude {longitude}). Tell me a little about this place."),
    }
}

/// What the model is asked about a shared link.
pub fn link(title: &str, description: &str, url: &str, language: Language) -> String {
    match language {
        Chinese => format!("我分享了一个链接：《{title}》\n{description}\n{url}\n请根据标题和简介谈谈它；你看不到网页的内容。"),
        English => format!(
            "I share a link: “{title}”\n{description}\n{url}\nTell me about it from its title and summary; you cannot see the page."
        ),
    }
}

/// How long something takes, in words.
pub fn seconds(duration: Duration, language: Language) -> String {
    match language {
        Chinese => format!("{} 秒", duration.as_secs()),
        English => format!("{} s", duration.as_secs()),
    }
}
