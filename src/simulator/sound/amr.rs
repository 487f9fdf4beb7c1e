//! AMR, the voice message's own format, narrow (8 kHz) and wide (16 kHz).
//!
//! Frames of 20 ms in the best mode; the words stand at the start of what would be speech. Source: RFC 4867, section 5.

/// How a file of either kind starts.
const NARROW: &[u8] = b"#!AMR\n";
const WIDE: &[u8] = b"#!AMR-WB\n";

/// Bytes of a frame behind its first, by mode; absent modes are reserved. The ninth narrow one and the tenth wide one are comfort noise.
const NARROW_SIZES: &[usize] = &[12, 13, 15, 17, 19, 20, 26, 31, 5];
const WIDE_SIZES: &[usize] = &[17, 23, 32, 36, 40, 46, 50, 58, 60, 5];

/// The best mode of each, 12.2 and 23.85 kbit/s.
const NARROW_MODE: usize = 7;
const WIDE_MODE: usize = 8;

/// A frame without speech has no bytes behind its first.
const NO_SPEECH: usize = 15;

const FRAME_SECS: f64 = 0.02;

/// Stands before the words.
const MARK: &[u8] = b"huixin says ";

/// A narrow file of `secs` that carries `words`; longer if they need the room.
pub(in crate::simulator) fn narrow(words: &str, secs: f64) -> Vec<u8> {
    file(NARROW, NARROW_MODE, NARROW_SIZES[NARROW_MODE], words, secs)
}

/// The same in wide band.
pub(in crate::simulator) fn wide(words: &str, secs: f64) -> Vec<u8> {
    file(WIDE, WIDE_MODE, WIDE_SIZES[WIDE_MODE], words, secs)
}

fn file(start: &[u8], mode: usize, size: usize, words: &str, secs: f64) -> Vec<u8> {
    let mut speech = if words.is_empty() { Vec::new() } else { [MARK, words.as_bytes()].concat() };
    let frames = ((secs / FRAME_SECS).round() as usize).max(speech.len().div_ceil(size));
    speech.resize(frames * size, 0);
    // The mode, and the bit that says that the frame is sound.
    let head = (mode << 3 | 4) as u8;
    let frames = speech.chunks(size).flat_map(|frame| std::iter::once(head).chain(frame.iter().copied()));
    start.iter().copied().chain(frames).collect()
}

pub(super) fn words(bytes: &[u8]) -> Option<String> {
    let speech: Vec<u8> = frames(bytes)?.flatten().copied().take_while(|byte| *byte != 0).collect();
    String::from_utf8(speech.strip_prefix(MARK)?.to_vec()).ok()
}

pub(super) fn seconds(bytes: &[u8]) -> Option<f64> {
    Some(frames(bytes)?.count() as f64 * FRAME_SECS)
}

/// What each frame holds, up to the first that is cut off or of no known mode.
fn frames(bytes: &[u8]) -> Option<impl Iterator<Item = &[u8]>> {
    let wide = bytes.strip_prefix(WIDE).map(|rest| (WIDE_SIZES, rest));
    let (sizes, mut rest) = wide.or_else(|| bytes.strip_prefix(NARROW).map(|rest| (NARROW_SIZES, rest)))?;
    Some(std::iter::from_fn(move || {
        let (head, after) = rest.split_first()?;
        let mode = usize::from(head >> 3 & 15);
        let size = if mode == NO_SPEECH { 0 } else { *sizes.get(mode)? };
        let (frame, after) = after.split_at_checked(size)?;
        rest = after;
        Some(frame)
    }))
}
