//! What the model is told about itself and about what a follower sent, and what the follower reads about that.

use crate::config::Language::{self, Chinese, English};

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
        Chinese => format!("我分享了一个链接：《{title}》\n{description}\n{url}\n请谈谈它。"),
        English => format!("I share a link: “{title}”\n{description}\n{url}\nTell me about it."),
    }
}

/// A picture came; it waits for its question.
pub fn picture_kept(count: i64, language: Language) -> String {
    match (count, language) {
        (1, Chinese) => "收到图片。想问什么？请在十分钟内告诉我，也可以接着再发几张一起问。".into(),
        (_, Chinese) => format!("收到第 {count} 张图片。想问什么？请在十分钟内告诉我。"),
        (1, English) => {
            "I have your picture. What would you like to know? Ask within ten minutes; you may send more first.".into()
        }
        (_, English) => format!("I have {count} pictures now. What would you like to know? Ask within ten minutes."),
    }
}

/// A file came in the chat, where WeChat keeps its bytes to itself.
pub fn file_elsewhere(language: Language) -> &'static str {
    match language {
        Chinese => "微信不会把聊天里的文件交给公众号。请发送「传文件」，在网页里上传它，然后就可以提问。",
        English => "WeChat does not pass files on to me. Send “/file”, hand it in on that page, and then ask about it.",
    }
}

/// Above the answer to a voice message: what was heard.
pub fn heard(words: &str, language: Language) -> String {
    let quoted = words.lines().collect::<Vec<_>>().join(" ");
    match language {
        Chinese => format!("> 听到：{quoted}\n\n"),
        English => format!("> Heard: {quoted}\n\n"),
    }
}

/// An answer without what was heard above it, when `words` were.
pub fn without_heard<'a>(answer: &'a str, words: &str) -> &'a str {
    let headings = [Chinese, English].map(|language| heard(words, language));
    headings.iter().find_map(|heading| answer.strip_prefix(heading.as_str())).unwrap_or(answer)
}

/// Nothing was understood in a voice message.
pub fn unheard(language: Language) -> &'static str {
    match language {
        Chinese => "抱歉，这段语音我没听清，请再说一遍，或者用文字告诉我。",
        English => "Sorry, I could not make out this voice message. Please say it again, or write it.",
    }
}

/// The follower's model cannot see; `seeing` are those that can, with their numbers.
pub fn blind(model: &str, seeing: &[(usize, String)], language: Language) -> String {
    let list = seeing.iter().map(|(number, name)| format!("• {number}. {name}")).collect::<Vec<_>>().join("\n");
    let first = seeing.first().map_or(1, |(number, _)| *number);
    match language {
        Chinese => {
            format!("现在的模型 {model} 看不了图片。能看图的有：\n{list}\n\n发送「模型 {first}」换过去，再发送「换一个」。")
        }
        English => {
            format!(
                "The present model, {model}, cannot see. These can:\n{list}\n\nSend “/model {first}” to change, and then “again”."
            )
        }
    }
}

/// Pictures came that could not be opened.
pub fn picture_unreadable(language: Language) -> &'static str {
    match language {
        Chinese => "抱歉，图片打不开，请重新发一次。",
        English => "Sorry, the picture could not be opened. Please send it again.",
    }
}

/// What the model is told of a page that could not be read.
pub fn page_unread(url: &str, language: Language) -> String {
    match language {
        Chinese => format!("（网页 {url} 打不开，你看不到它的内容；请说明这一点，不要猜测。）"),
        English => format!("(The page {url} could not be read: say so, and do not guess what it says.)"),
    }
}

/// The name of a page, for the line of sources.
pub fn source(name: &str, host: &str) -> String {
    let name: String = name.chars().take(40).collect();
    if name.contains(host) { name } else { format!("{name}（{host}）") }
}

/// Below a whole answer: what it was made from, that a machine made it, and the operator's own line.
pub fn tail(sources: &[String], is_labelled: bool, own: Option<&str>, language: Language) -> String {
    let sources = match (sources, language) {
        ([], _) => String::new(),
        (sources, Chinese) => format!("来源：{}", sources.join("；")),
        (sources, English) => format!("Source: {}", sources.join("; ")),
    };
    let label = match (is_labelled, language) {
        (false, _) => "",
        (true, Chinese) => "（AI 生成）",
        (true, English) => "(AI-generated)",
    };
    let lines = [sources.as_str(), own.unwrap_or_default(), label];
    lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// What the page of a drawing says beside it.
pub fn drawn(prompt: &str, language: Language) -> String {
    match language {
        Chinese => format!("画的是：{prompt}"),
        English => format!("Drawn: {prompt}"),
    }
}

/// The upstream would not draw this.
pub fn picture_refused(reason: Option<&str>, language: Language) -> String {
    match (reason, language) {
        (Some(reason), Chinese) => format!("抱歉，这个我不能画。对方给出的原因：{reason}"),
        (Some(reason), English) => format!("Sorry, I may not draw this. The reason given: {reason}"),
        (None, Chinese) => "抱歉，这个我不能画，换个内容试试吧。".into(),
        (None, English) => "Sorry, I may not draw this. Perhaps something else?".into(),
    }
}
