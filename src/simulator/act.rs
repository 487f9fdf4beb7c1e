//! What a follower does, as a test says it: types, taps, speaks, sends a picture.
//!
//! Everything a hand on the phone can do goes through the same functions.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    Simulator, delivery,
    journal::PushId,
    message::Message,
    platform::{Medium, Platform},
    sound,
    world::World,
};

/// The longest voice message that WeChat records.
const MAX_VOICE_SECS: f64 = 60.0;

/// A voice message before it is spoken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    pub words: String,
    #[serde(default)]
    pub format: VoiceFormat,
    #[serde(default)]
    pub recognition: Recognition,
}

/// The `Format` of a voice message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoiceFormat {
    #[default]
    Amr,
    Speex,
}

/// Whether the account has speech recognition switched on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recognition {
    #[default]
    On,
    Off,
}

impl Recording {
    /// Words in the usual format, on an account that recognises none.
    pub fn unrecognised(words: impl Into<String>) -> Self {
        Self { words: words.into(), format: VoiceFormat::Amr, recognition: Recognition::Off }
    }
}

impl Simulator {
    /// The follower types `text`. The deliveries run in the background.
    pub fn say(&self, openid: &str, text: &str) -> PushId {
        self.push(openid, Message::text(text))
    }

    /// The follower taps a `bizmsgmenu` link or a menu option: the text is sent, with its id where the account is verified.
    pub fn tap(&self, openid: &str, id: &str, content: &str) -> PushId {
        delivery::tap(&self.world, openid, id, content)
    }

    /// The follower speaks: a voice message that carries its words, which the demo model can hear.
    pub fn speak(&self, openid: &str, recording: &Recording) -> PushId {
        speak(&self.world, openid, recording)
    }

    /// The follower sends a picture. `None` where WeChat's client would not send such a file.
    pub fn send_picture(&self, openid: &str, bytes: impl Into<Vec<u8>>) -> Option<PushId> {
        let media_id = self.keep(bytes)?;
        Some(self.push(openid, Message::Image { media_id }))
    }

    /// The follower sends or does anything else.
    pub fn push(&self, openid: &str, message: Message) -> PushId {
        delivery::push(&self.world, openid, message)
    }

    /// Puts a file on the platform as a follower's phone does, and returns its media id; `None` if it is of no known kind.
    pub fn keep(&self, bytes: impl Into<Vec<u8>>) -> Option<String> {
        let medium = Medium::of(bytes.into(), self.world.clock.now_ms())?;
        Some(self.world.change(|platform| platform.media.add(medium)))
    }

    /// The file behind a media id, after its three days too: what a bubble shows stays in the chat.
    pub fn medium(&self, media_id: &str) -> Option<Arc<Medium>> {
        self.world.look(|platform| platform.media.kept(media_id).cloned())
    }
}

/// Records the words and pushes the message.
pub(super) fn speak(world: &Arc<World>, openid: &str, recording: &Recording) -> PushId {
    let now_ms = world.clock.now_ms();
    let media_id = world.change(|platform| record(platform, recording, now_ms));
    let recognition = match recording.recognition {
        Recognition::On => Some(recording.words.clone()),
        Recognition::Off => None,
    };
    delivery::push(world, openid, Message::Voice { media_id, recognition })
}

/// Both versions of a recording: the one of `Format`, and the finer one of `MediaId16K`.
fn record(platform: &mut Platform, recording: &Recording, now_ms: i64) -> String {
    let words = &recording.words;
    let secs = sound::spoken_secs(words).min(MAX_VOICE_SECS);
    let (usual, fine) = match recording.format {
        VoiceFormat::Amr => (sound::narrow(words, secs), sound::wide(words, secs)),
        VoiceFormat::Speex => (sound::speex(words, secs), sound::speex(words, secs)),
    };
    let copy_16k = Medium::of(fine, now_ms).map(|medium| platform.media.add(medium));
    let usual = Medium::of(usual, now_ms).map(|medium| Medium { copy_16k, ..medium });
    // Both are made here and of a known kind; an id of nothing would be answered with 40007.
    usual.map(|medium| platform.media.add(medium)).unwrap_or_default()
}
