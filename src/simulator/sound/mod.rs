//! Sound made by code: silence of the right length that carries, as metadata, the words somebody would have spoken.
//!
//! So a voice message can be recorded without a microphone and heard without a model: the demo model reads the words back. The
//! files are valid ones of their kind, whose length any reader finds.

mod amr;
mod mp3;
mod speex;

pub(super) use self::{
    amr::{narrow, wide},
    mp3::mp3,
    speex::speex,
};

/// Seconds that one character takes to say: a Chinese one is a syllable, of others about fourteen go into a second.
const IDEOGRAPH_SECS: f64 = 0.22;
const LETTER_SECS: f64 = 0.07;

/// The shortest recording.
const MIN_SECS: f64 = 1.0;

/// How long it takes to say `text`, at least a second.
pub(super) fn spoken_secs(text: &str) -> f64 {
    let secs = text.chars().map(|char| if char >= '\u{2e80}' { IDEOGRAPH_SECS } else { LETTER_SECS }).sum::<f64>();
    secs.max(MIN_SECS)
}

/// The words that a file made here carries.
pub(super) fn words(bytes: &[u8]) -> Option<String> {
    amr::words(bytes).or_else(|| mp3::words(bytes)).or_else(|| speex::words(bytes))
}

/// How long a sound plays, whoever made it.
pub(super) fn seconds(bytes: &[u8]) -> Option<f64> {
    amr::seconds(bytes).or_else(|| mp3::seconds(bytes)).or_else(|| speex::seconds(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_sound_gives_back_its_words_and_its_length() {
        let text = "今天天气怎么样? And tomorrow?";
        for make in [narrow, wide, mp3, speex] {
            for secs in [1.0, 7.5, 60.0] {
                let sound = make(text, secs);
                assert_eq!(words(&sound).as_deref(), Some(text));
                let played = seconds(&sound).unwrap();
                assert!((played - secs).abs() < 0.05, "{played} of {secs}");
            }
        }
        assert_eq!(words(b"#!AMR\n"), None, "silence says nothing");
        assert_eq!((words(b"OggS"), seconds(b"ID3")), (None, None));
    }

    #[test]
    fn more_text_takes_longer() {
        assert!(spoken_secs("你好") >= 1.0 && spoken_secs(&"你好".repeat(50)) > 20.0);
        assert!(spoken_secs(&"word ".repeat(40)) < 20.0);
    }
}
