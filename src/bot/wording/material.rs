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
        Chinese => format!("我分享了一个链接：《{title}》\n{description}\n{url}\n请根据标题和简介谈谈它；你看不到网页的内容。"),
        English => format!(
            "I share a link: “{title}”\n{description}\n{url}\nTell me about it from its title and summary; you cannot see the page."
        ),
    }
}

/// A picture came; it waits for its question.
pub fn picture_kept(count: i64, language: Language) -> String {
    match (count, language) {
        (1, Chinese) => "收到图片。想问什么？请在十分钟内告诉我，也可以接着再发几张一起问。".into(),
        (_, Chinese) => format!("收到第 {count} 张图片。想问什么？请在十分钟内告诉我。"),
        (1, English) => "I have your picture. What would you like to know? Ask within ten minutes; you may send more first.".into(),
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
