//! Every sentence a follower reads that the model did not write, in both languages.
//!
//! Kind, short, and honest about what happens next; no error codes, no names of software.

mod apologies;
mod choices;
mod files;
mod help;
mod limits;
mod material;
mod models;

use crate::config::Language::{self, Chinese, English};

pub use apologies::{apology, cut_short, held, moderated};
pub use choices::{
    cannot_draw, cannot_speak, cannot_take_files, confirm_deletion, deleted, is_confirmation, languages, speaks, speaks_language,
    upload_page, what_to_draw,
};
pub use files::{handed, not_taken};
pub use help::{Abilities, help, near_miss, welcome};
pub use limits::{limited, usage};
pub use material::{
    blind, drawn, file_elsewhere, heard, link, page_unread, picture_kept, picture_refused, picture_unreadable, place, source,
    system_prompt, tail, unheard, without_heard,
};
pub use models::{Marked, model_chosen, models, no_models, which_model};

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

/// A picture is being drawn.
pub fn still_drawing(language: Language) -> &'static str {
    match language {
        Chinese => "正在画，请稍等。",
        English => "The picture is being drawn.",
    }
}

/// There is no earlier answer.
pub fn nothing_answered(language: Language) -> &'static str {
    match language {
        Chinese => "还没有可以重看的回答，先问我点什么吧。",
        English => "There is no earlier answer yet. Ask me something!",
    }
}

/// In the place of a picture or a spoken answer that WeChat did not take: the link to its page, where there is one.
pub fn on_the_page(link: Option<&str>, language: Language) -> String {
    match (link, language) {
        (Some(link), Chinese) => format!("图片好了，但没能发到聊天里，请在网页里看：{link}"),
        (Some(link), English) => format!("It is ready, but could not be sent here. Please see it on its page: {link}"),
        (None, Chinese) => "图片好了，但现在发不到聊天里，抱歉。请稍后发送「换一个」再试。".into(),
        (None, English) => "It is ready, but cannot be sent here now. Sorry! Please send “again” in a little while.".into(),
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
