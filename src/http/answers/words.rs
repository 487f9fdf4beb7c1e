//! Every sentence of the answer page, once per language.

use super::view::{Cut, Language};

/// The words of a page in one language.
pub(super) struct Words {
    /// For the `lang` attribute.
    pub(super) tag: &'static str,
    pub(super) site: &'static str,
    pub(super) you_asked: &'static str,
    pub(super) unfold: &'static str,
    pub(super) fold: &'static str,
    pub(super) waiting: &'static str,
    pub(super) writing: &'static str,
    pub(super) drawing: &'static str,
    pub(super) spoken: &'static str,
    pub(super) finished: &'static str,
    pub(super) drawn: &'static str,
    pub(super) failed: &'static str,
    pub(super) cut_by_length: &'static str,
    pub(super) cut_by_filter: &'static str,
    pub(super) interrupted: &'static str,
    pub(super) thinking: &'static str,
    pub(super) thought: &'static str,
    pub(super) thought_for: fn(i64) -> String,
    pub(super) model: &'static str,
    pub(super) asked: &'static str,
    pub(super) answered: &'static str,
    pub(super) kept_until: &'static str,
    pub(super) made_by_machine: &'static str,
    pub(super) copy: &'static str,
    pub(super) copy_all: &'static str,
    pub(super) copied: &'static str,
    pub(super) not_copied: &'static str,
    pub(super) reconnecting: &'static str,
    pub(super) to_the_end: &'static str,
    pub(super) unknown_title: &'static str,
    pub(super) unknown_text: &'static str,
    pub(super) expired_title: &'static str,
    pub(super) expired_text: &'static str,
}

impl Words {
    /// The table of a language.
    pub(super) fn of(language: Language) -> &'static Self {
        match language {
            Language::Chinese => &CHINESE,
            Language::English => &ENGLISH,
        }
    }

    /// Why an answer is not whole.
    pub(super) fn cut(&self, cut: Cut) -> &'static str {
        match cut {
            Cut::Length => self.cut_by_length,
            Cut::Filter => self.cut_by_filter,
            Cut::Interrupted => self.interrupted,
        }
    }
}

static CHINESE: Words = Words {
    tag: "zh-CN",
    site: "回信",
    you_asked: "你的提问",
    unfold: "展开全文",
    fold: "收起",
    waiting: "已经收到，正在思考",
    writing: "正在书写",
    drawing: "正在画",
    spoken: "听回答",
    finished: "回答完毕",
    drawn: "画好了",
    failed: "没能答完",
    cut_by_length: "回答太长，到这里已达上限。可以回到公众号发送“继续”。",
    cut_by_filter: "后面的内容未能通过模型服务方的审核，没有显示。",
    interrupted: "与模型的连接中断，后面的内容没有收到。可以回到公众号再问一次。",
    thinking: "思考过程",
    thought: "思考过程",
    thought_for: chinese_duration,
    model: "模型",
    asked: "提问",
    answered: "答完",
    kept_until: "保留至",
    made_by_machine: "内容由人工智能生成，可能有误，请核实后使用。",
    copy: "复制",
    copy_all: "复制全文",
    copied: "已复制",
    not_copied: "复制失败，请长按选择",
    reconnecting: "连接断开，正在重连",
    to_the_end: "回到最新",
    unknown_title: "没有这封回信",
    unknown_text: "链接可能没有复制完整，也可能已经过期。请回到公众号，重新点开回复里的链接，或者再问一次。",
    expired_title: "这封回信已过期",
    expired_text: "回答只保留一段时间，以保护你的隐私。请回到公众号再问一次。",
};

static ENGLISH: Words = Words {
    tag: "en",
    site: "Huixin",
    you_asked: "You asked",
    unfold: "Show all",
    fold: "Show less",
    waiting: "Received, thinking",
    writing: "Writing",
    drawing: "Drawing",
    spoken: "Listen to the answer",
    finished: "Finished",
    drawn: "Drawn",
    failed: "Not finished",
    cut_by_length: "The answer reached its greatest length here. Send “continue” in the chat for the rest.",
    cut_by_filter: "The model’s provider withheld the rest of this answer.",
    interrupted: "The connection to the model broke off and the rest was not received. Please ask again in the chat.",
    thinking: "Reasoning",
    thought: "Reasoning",
    thought_for: english_duration,
    model: "Model",
    asked: "Asked",
    answered: "Finished",
    kept_until: "Kept until",
    made_by_machine: "Written by artificial intelligence. It can be wrong: check what matters.",
    copy: "Copy",
    copy_all: "Copy answer",
    copied: "Copied",
    not_copied: "Not copied: select the text instead",
    reconnecting: "Connection lost, trying again",
    to_the_end: "Latest",
    unknown_title: "No such answer",
    unknown_text: "The link may be incomplete, or too old. Open it again from the reply in the chat, or ask once more.",
    expired_title: "This answer has expired",
    expired_text: "Answers are kept for a limited time, for your privacy. Please ask again in the chat.",
};

fn chinese_duration(seconds: i64) -> String {
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("思考了 {seconds} 秒"),
        (minutes, 0) => format!("思考了 {minutes} 分钟"),
        (minutes, seconds) => format!("思考了 {minutes} 分 {seconds} 秒"),
    }
}

fn english_duration(seconds: i64) -> String {
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("Thought for {seconds} s"),
        (minutes, 0) => format!("Thought for {minutes} min"),
        (minutes, seconds) => format!("Thought for {minutes} min {seconds} s"),
    }
}
