//! What is said about what a follower can choose: drawing, models, voice, language, and being forgotten.

use jiff::{Timestamp, tz::Offset};

use crate::config::Language::{self, Chinese, English};

/// The words that confirm a deletion, the first of each language being the one that is tapped.
const CONFIRMATIONS: [&str; 4] = ["确认", "confirm", "yes", "确认删除"];

/// Drawing is not set up.
pub fn cannot_draw(language: Language) -> &'static str {
    match language {
        Chinese => "抱歉，这里还不能画图。",
        English => "Sorry, I cannot draw here.",
    }
}

/// A drawing of nothing.
pub fn what_to_draw(language: Language) -> &'static str {
    match language {
        Chinese => "想画什么？例如发送：画一只戴帽子的猫",
        English => "What shall I draw? For example: /draw a cat with a hat",
    }
}

/// Speaking is not set up.
pub fn cannot_speak(language: Language) -> &'static str {
    match language {
        Chinese => "抱歉，这里还不能用语音回答。",
        English => "Sorry, I cannot speak here.",
    }
}

/// Whether answers are spoken, and how to change that.
pub fn speaks(is_on: bool, language: Language) -> &'static str {
    match (is_on, language) {
        (true, Chinese) => "语音回答已打开：回答会读给你听，文字也照样给你（没看到就发送「继续」）。发送「语音 关」可以关闭。",
        (true, English) => {
            "Spoken answers are on; the text comes along (if you do not see it, send “continue”). Send “/voice off” to stop."
        }
        (false, Chinese) => "语音回答现在是关闭的。发送「语音 开」可以打开。",
        (false, English) => "Spoken answers are off. Send “/voice on” to switch them on.",
    }
}

/// Which languages there are.
pub fn languages(language: Language) -> &'static str {
    match language {
        Chinese => "发送「语言 中文」或「语言 英文」来选择我说话的语言。",
        English => "Send “/lang zh” or “/lang en” to choose the language I speak.",
    }
}

/// The language was changed to this one.
pub fn speaks_language(language: Language) -> &'static str {
    match language {
        Chinese => "好的，以后我说中文。",
        English => "All right, from now on I speak English.",
    }
}

/// Asks whether everything is really to be erased.
pub fn confirm_deletion(language: Language) -> String {
    match language {
        Chinese => format!(
            "将删除我保存的关于你的一切：提问、回答、图片、文件和设置。删除后无法恢复。\n\n确定的话请发送：删除我的数据 {}",
            CONFIRMATIONS[0]
        ),
        English => format!(
            "This erases everything that is kept about you: questions, answers, pictures, files and choices. It cannot be undone.\n\nTo go on, send: /delete-my-data {}",
            CONFIRMATIONS[1]
        ),
    }
}

/// Whether `argument` confirms a deletion.
pub fn is_confirmation(argument: &str) -> bool {
    CONFIRMATIONS.contains(&argument.trim().to_lowercase().as_str())
}

/// The receipt of a deletion at `at`.
pub fn deleted(questions: u64, at: i64, language: Language) -> String {
    // Official accounts live on China's time.
    let china = Offset::constant(8).to_time_zone();
    let time =
        Timestamp::from_millisecond(at).unwrap_or_default().to_zoned_datetime(china).strftime("%Y-%m-%d %H:%M").to_string();
    match language {
        Chinese => format!(
            "已删除。{time}（北京时间）删除了你的 {questions} 个提问和它们的回答、图片、文件，以及你的设置。备份中的副本随备份到期而消失。"
        ),
        English => format!(
            "Done. At {time} (Beijing) your {questions} questions with their answers, pictures and files, and your choices, were erased. Copies in backups go when those expire."
        ),
    }
}

/// Files cannot be handed in: there is no public address.
pub fn cannot_take_files(language: Language) -> &'static str {
    match language {
        Chinese => "抱歉，这里还不能收文件。可以把要问的内容复制过来发给我。",
        English => "Sorry, I cannot take files here. You can paste the text instead.",
    }
}

/// Where files are handed in.
pub fn upload_page(url: &str, language: Language) -> String {
    match language {
        Chinese => format!(
            "请在这里上传文件（30 分钟内有效，只有你能用）：<a href=\"{url}\">上传文件</a>\n\n支持 PDF、Word、Excel、PPT、EPUB、网页、文本和图片，每个不超过 20 MB。传好之后直接在这里提问。"
        ),
        English => format!(
            "Hand in files here (for 30 minutes, for you alone): <a href=\"{url}\">hand in a file</a>\n\nPDF, Word, Excel, PowerPoint, EPUB, web pages, text and pictures, up to 20 MB each. Then just ask."
        ),
    }
}
