//! MP3: what speech synthesis gives, and what a voice reply may be.
//!
//! Frames of silence at 32 kbit/s, one channel, 24 kHz; the words stand in a tag before them.
//! Sources: ISO/IEC 13818-3 for the frames, <https://id3.org/id3v2.4.0-structure> for the tag.

/// MPEG-2 layer III without a check sum, 32 kbit/s, 24 kHz, one channel: 96 bytes and 576 samples.
const HEAD: [u8; 4] = [0xff, 0xf3, 0x44, 0xc0];
const FRAME: usize = 96;
const FRAME_SECS: f64 = 576.0 / 24_000.0;

/// What the tag calls the words.
const NAME: &[u8] = b"words\0";

/// Layer III's bit rates in kbit/s by their index, for MPEG-1 and for its successors at lower sample rates.
const RATES_1: [usize; 15] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const RATES_2: [usize; 15] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

/// MPEG-1's sample rates by their index; MPEG-2 has half of them, 2.5 a quarter.
const SAMPLES: [usize; 3] = [44_100, 48_000, 32_000];

/// A file of `secs` that carries `words`.
pub(in crate::simulator) fn mp3(words: &str, secs: f64) -> Vec<u8> {
    // Encoding 3 is UTF-8.
    let body = [&[3][..], NAME, words.as_bytes()].concat();
    let frame = [&b"TXXX"[..], &safe_size(body.len()), &[0, 0], &body].concat();
    let mut file = [&b"ID3\x04\x00\x00"[..], &safe_size(frame.len()), &frame].concat();
    let frames = (secs / FRAME_SECS).round() as usize;
    let mut silence = [0; FRAME];
    silence[..HEAD.len()].copy_from_slice(&HEAD);
    file.extend(std::iter::repeat_n(silence, frames).flatten());
    file
}

pub(super) fn words(bytes: &[u8]) -> Option<String> {
    let (tag, _) = tag_and_rest(bytes)?;
    let body = tag.strip_prefix(b"TXXX")?.get(6..)?.strip_prefix(&[3])?.strip_prefix(NAME)?;
    String::from_utf8(body.to_vec()).ok()
}

pub(super) fn seconds(bytes: &[u8]) -> Option<f64> {
    let mut rest = tag_and_rest(bytes).map_or(bytes, |(_, rest)| rest);
    let mut secs = None;
    while let Some((size, of_frame)) = rest.first_chunk().and_then(|head| read(*head)) {
        secs = Some(secs.unwrap_or(0.0) + of_frame);
        rest = rest.get(size..).unwrap_or_default();
    }
    secs
}

/// A frame's bytes and seconds, from its head.
fn read(head: [u8; 4]) -> Option<(usize, f64)> {
    let [0xff, kind, rates, _] = head else { return None };
    // Eleven set bits, then the version (3 is MPEG-1, 2 is MPEG-2, 0 is 2.5), then the layer (1 is III).
    let version = kind >> 3 & 3;
    if kind & 0xe0 != 0xe0 || kind >> 1 & 3 != 1 || version == 1 {
        return None;
    }
    let rates_of = if version == 3 { &RATES_1 } else { &RATES_2 };
    let kilobits = rates_of.get(usize::from(rates >> 4)).filter(|rate| **rate > 0)?;
    let divisor = [4, 1, 2, 1][usize::from(version)];
    let hertz = SAMPLES.get(usize::from(rates >> 2 & 3))? / divisor;
    let samples = if version == 3 { 1152 } else { 576 };
    let size = samples / 8 * kilobits * 1000 / hertz + usize::from(rates >> 1 & 1);
    Some((size, samples as f64 / hertz as f64))
}

fn tag_and_rest(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (head, rest) = bytes.split_at_checked(10)?;
    let size = head.strip_prefix(b"ID3")?[3..].iter().fold(0, |size, byte| size << 7 | usize::from(byte & 127));
    rest.split_at_checked(size)
}

/// Seven bits a byte, so that no reader takes a size for the start of a frame.
fn safe_size(size: usize) -> [u8; 4] {
    [21, 14, 7, 0].map(|shift| (size >> shift & 127) as u8)
}
