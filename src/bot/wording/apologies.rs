//! What is said when there is no answer, or only the beginning of one.

use crate::config::Language::{self, Chinese, English};

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

/// A moderator let a question or answer not pass.
pub fn moderated(language: Language) -> &'static str {
    match language {
        Chinese => "抱歉，这个内容我不能回答，换个话题吧。",
        English => "Sorry, I cannot answer this. Let us talk about something else.",
    }
}

/// A moderator wants a person to look first.
pub fn held(language: Language) -> &'static str {
    match language {
        Chinese => "这个回答需要人工确认后才能发出，请过一阵子再问。",
        English => "This answer needs to be looked at by a person first. Please ask again later.",
    }
}
