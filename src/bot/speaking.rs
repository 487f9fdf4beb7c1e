//! Spoken answers: the beginning of an answer as a voice message, within WeChat's minute.

use crate::{
    app::App,
    db::answer_parts::{Kind, New},
    llm::speech::mp3_seconds,
};

use super::{question::Asked, text};

/// Letters that are spoken: about a minute in Chinese, less in other languages.
const LETTERS: usize = 240;

/// WeChat takes voice of 60 seconds at most.
const MAX_SECONDS: f64 = 60.0;

/// `answer`, spoken; `None` if that does not work, since the words come anyway.
pub(super) async fn speak(app: &App, asked: &Asked, answer: &str) -> Option<New> {
    let mut words = text::chat_text(answer);
    let mut letters = LETTERS;
    // A slow voice may need more than a minute: then half as much is said.
    for _ in 0..2 {
        words = shortened(&words, letters);
        let spoken = match app.speech.say(&words, &app.config.audio.voice).await {
            Ok(spoken) => spoken,
            Err(error) => {
                tracing::warn!(request = asked.id, account = asked.account, %error, "an answer could not be spoken");
                return None;
            }
        };
        if mp3_seconds(&spoken).is_none_or(|seconds| seconds > MAX_SECONDS) {
            letters /= 2;
            continue;
        }
        return match app.storage.put(spoken, "mp3").await {
            Ok(key) => Some(New { kind: Kind::Voice, text: words, object: Some(key.as_str().to_owned()) }),
            Err(error) => {
                tracing::warn!(request = asked.id, account = asked.account, %error, "a spoken answer could not be kept");
                None
            }
        };
    }
    tracing::warn!(request = asked.id, account = asked.account, "a spoken answer is too long for WeChat, or no MP3");
    None
}

/// The first whole sentences of at most `letters` letters, or that many letters.
fn shortened(words: &str, letters: usize) -> String {
    let Some((end, _)) = words.char_indices().nth(letters) else { return words.to_owned() };
    let start = &words[..end];
    let sentence = start.rfind(['。', '！', '？', '.', '!', '?', '\n']).filter(|at| *at > end / 2);
    match sentence {
        Some(at) => start[..at + start[at..].chars().next().map_or(1, char::len_utf8)].to_owned(),
        None => start.to_owned(),
    }
}
