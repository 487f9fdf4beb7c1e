//! What is said on the page where files are handed in: what became of each, and why one is not taken.

use crate::{
    bot::files::Refusal,
    config::Language::{self, Chinese, English},
    db::attachments::{Handed, Kind, State},
};

/// What became of a file.
pub fn handed(file: &Handed, language: Language) -> String {
    match (file.state, file.kind, language) {
        (State::Waiting, _, Chinese) => "正在读……".into(),
        (State::Waiting, _, English) => "Being read …".into(),
        (State::Failed, _, _) => unread(file.failure.as_deref().unwrap_or_default(), language).into(),
        (State::Ready, Kind::Image, Chinese) => "收到了。请在十分钟内回到公众号提问。".into(),
        (State::Ready, Kind::Image, English) => "Received. Go back to the chat and ask within ten minutes.".into(),
        (State::Ready, Kind::Voice | Kind::Page | Kind::File, Chinese) => {
            format!("读完了，共 {} 字。请回到公众号提问。", grouped(file.letters))
        }
        (State::Ready, Kind::Voice | Kind::Page | Kind::File, English) => {
            format!("Read: {} characters. Go back to the chat and ask.", grouped(file.letters))
        }
    }
}

/// Why there is no text; `class` is the class of the reader's error.
fn unread(class: &str, language: Language) -> &'static str {
    match (class, language) {
        ("needs_eyes", Chinese) => "这是扫描件：每一页都是图片，没有文字可读。请把要问的几页截图，作为图片上传。",
        ("needs_eyes", English) => {
            "This is a scan: its pages are pictures without text. Hand in the pages that matter as screenshots instead."
        }
        ("empty", Chinese) => "文件里没有文字。",
        ("empty", English) => "There is no text in this file.",
        ("too_big", Chinese) => "内容太大（例如压缩得很厉害），读不了。请拆成几份再传。",
        ("too_big", English) => "There is too much in it to be read. Please split it.",
        ("too_long", Chinese) => "读得太久，只好停下。请拆成几份再传。",
        ("too_long", English) => "Reading it took too long. Please split it.",
        ("encrypted", Chinese) => "文件有密码，打不开。请去掉密码再传。",
        ("encrypted", English) => "A password protects it. Please remove the password first.",
        ("damaged", Chinese) => "文件损坏，打不开。请重新导出一份再传。",
        ("damaged", English) => "The file is damaged. Please export it again.",
        ("unsupported", Chinese) => "这种文件我读不了。可以另存为 PDF、Word（docx）或文本再传。",
        ("unsupported", English) => "Files of this kind cannot be read. Please save it as PDF, Word (docx) or text.",
        (_, Chinese) => "读的时候出了问题。请换一种格式，或者重新导出再传。",
        (_, English) => "Something went wrong while reading it. Please try another format, or export it again.",
    }
}

/// Why a file was not taken.
pub fn not_taken(refusal: &Refusal, language: Language) -> &'static str {
    match (refusal, language) {
        (Refusal::Unknown, Chinese) => "没有这个页面。请回到公众号，发送「传文件」再要一个链接。",
        (Refusal::Unknown, English) => "There is no such page. Go back to the chat and send “/file” for a new link.",
        (Refusal::Expired, Chinese) => "页面已过期。请回到公众号，发送「传文件」再要一个链接。",
        (Refusal::Expired, English) => "This page has expired. Go back to the chat and send “/file” for a new link.",
        (Refusal::Empty, Chinese) => "这是一个空文件。",
        (Refusal::Empty, English) => "This file is empty.",
        (Refusal::TooBig, Chinese) => "文件超过 20 MB，请拆成几份再传。",
        (Refusal::TooBig, English) => "The file is larger than 20 MB. Please split it.",
        (Refusal::Broken, Chinese) => "文件没有传完整，请再试一次。",
        (Refusal::Broken, English) => "The file did not arrive whole. Please try again.",
        (Refusal::TooMany, Chinese) => "这次对话已经有 20 个文件了。回复「清空」可以开始新的对话。",
        (Refusal::TooMany, English) => "This conversation has 20 files already. Send “reset” in the chat to begin a new one.",
        (Refusal::Busy, Chinese) => "正在上传的文件太多了，请过一会儿再试。",
        (Refusal::Busy, English) => "Too many files are arriving. Please try again in a little while.",
        (Refusal::CannotSee, Chinese) => "这里没有能看图片的模型，请上传带文字的文件。",
        (Refusal::CannotSee, English) => "No model here can see pictures. Please hand in a file with text.",
        (Refusal::Unreadable, Chinese) => "图片打不开，请换一张，或者另存为 JPEG、PNG 再传。",
        (Refusal::Unreadable, English) => "The picture cannot be opened. Please save it as JPEG or PNG.",
        (Refusal::Failed(_), Chinese) => "出了点问题，没能收下。请稍后再试。",
        (Refusal::Failed(_), English) => "Something went wrong and the file was not taken. Please try again later.",
    }
}

/// A number as people read it: 12,345.
fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev().map(|group| String::from_utf8_lossy(group).into_owned());
    groups.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!([7, 999, 1_000, 1_234_567].map(grouped), ["7", "999", "1,000", "1,234,567"]);
    }
}
