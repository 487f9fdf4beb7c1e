//! Every sentence of the upload page, once per language. What is said of a single file stands in the bot's wording.

use crate::config::Language;

/// The words of the page in one language.
pub(super) struct Words {
    /// For the `lang` attribute.
    pub(super) tag: &'static str,
    pub(super) site: &'static str,
    pub(super) title: &'static str,
    pub(super) lead: &'static str,
    pub(super) choose: &'static str,
    pub(super) or_drop: &'static str,
    pub(super) kinds: &'static str,
    pub(super) private: &'static str,
    pub(super) open_until: &'static str,
    pub(super) files: &'static str,
    pub(super) waiting: &'static str,
    pub(super) sending: &'static str,
    pub(super) too_big: &'static str,
    pub(super) empty: &'static str,
    pub(super) lost: &'static str,
    pub(super) again: &'static str,
    pub(super) back: &'static str,
    pub(super) needs_scripts: &'static str,
    pub(super) unknown_title: &'static str,
    pub(super) expired_title: &'static str,
}

impl Words {
    /// The table of a language.
    pub(super) fn of(language: Language) -> &'static Self {
        match language {
            Language::Chinese => &CHINESE,
            Language::English => &ENGLISH,
        }
    }
}

static CHINESE: Words = Words {
    tag: "zh-CN",
    site: "回信",
    title: "上传文件",
    lead: "传好之后，回到公众号直接提问：回答会依据文件的内容。",
    choose: "选择文件",
    or_drop: "也可以把文件拖到这里",
    kinds: "PDF、Word、Excel、PPT、EPUB、网页、文本、图片，每个不超过 20 MB。",
    private: "只有你能用这个页面，请不要转发。文件只用来回答你的提问。",
    open_until: "可用到",
    files: "这次对话的文件",
    waiting: "排队中",
    sending: "正在上传",
    too_big: "文件超过 20 MB，请拆成几份再传。",
    empty: "这是一个空文件。",
    lost: "网络断了，没有传上去。",
    again: "再试一次",
    back: "返回公众号提问",
    needs_scripts: "上传需要浏览器允许运行脚本（JavaScript）。请换一个浏览器打开，或者把要问的内容复制到聊天里。",
    unknown_title: "没有这个页面",
    expired_title: "页面已过期",
};

static ENGLISH: Words = Words {
    tag: "en",
    site: "Huixin",
    title: "Hand in files",
    lead: "Then go back to the chat and ask: the answer draws on what your files say.",
    choose: "Choose files",
    or_drop: "or drop them here",
    kinds: "PDF, Word, Excel, PowerPoint, EPUB, web pages, text and pictures, up to 20 MB each.",
    private: "This page is yours alone: please do not pass it on. Files serve to answer your questions, nothing else.",
    open_until: "Open until",
    files: "Files of this conversation",
    waiting: "In line",
    sending: "Being sent",
    too_big: "The file is larger than 20 MB. Please split it.",
    empty: "This file is empty.",
    lost: "The connection was lost and the file was not sent.",
    again: "Try again",
    back: "Back to the chat",
    needs_scripts: "Handing in files needs JavaScript. Please open this page in another browser, or paste the text into the chat.",
    unknown_title: "No such page",
    expired_title: "This page has expired",
};
