//! How long an MP3 plays, by walking its frames (ISO 11172-3, ISO 13818-3).
//!
//! Decodes no sound.

/// Kilobits a second by index, for MPEG-1 Layer III and for MPEG-2 and 2.5 Layer III.
const BITRATES_V1: [u32; 16] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0];
const BITRATES_V2: [u32; 16] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0];
/// Samples a second of MPEG-1; MPEG-2 has half of them, MPEG-2.5 a quarter.
const SAMPLE_RATES: [u32; 4] = [44_100, 48_000, 32_000, 0];
/// A frame header, and that of an `ID3v2` tag.
const HEADER: usize = 4;
const TAG_HEADER: usize = 10;
/// Bytes of rubbish that may stand before a frame, such as padding behind a tag.
const RUBBISH_MAX: usize = 4096;

struct Frame {
    bytes: usize,
    samples: u32,
    sample_rate: u32,
    /// Where a header of the encoder would stand, counted from the frame's first byte.
    side_end: usize,
}

/// Seconds of sound in an MP3 file; `None` if it holds no frame of MPEG Layer III.
pub fn seconds(file: &[u8]) -> Option<f64> {
    let mut at = tag_length(file);
    let (mut seconds, mut frames, mut rubbish) = (0.0, 0_u64, 0);
    while at + HEADER <= file.len() {
        let Some(frame) = frame(&file[at..]).filter(|frame| is_followed(file, at + frame.bytes)) else {
            rubbish += 1;
            if rubbish > RUBBISH_MAX {
                break;
            }
            at += 1;
            continue;
        };
        rubbish = 0;
        // The first frame may hold the encoder's notes instead of sound.
        if frames > 0 || !is_note(&file[at..], &frame) {
            seconds += f64::from(frame.samples) / f64::from(frame.sample_rate);
        }
        frames += 1;
        at += frame.bytes;
    }
    (frames > 0 && seconds > 0.0).then_some(seconds)
}

/// Bytes of an `ID3v2` tag at the beginning, its own header included.
fn tag_length(file: &[u8]) -> usize {
    let Some(header) = file.get(..TAG_HEADER).filter(|header| header.starts_with(b"ID3")) else { return 0 };
    let length = header[6..].iter().fold(0, |length, byte| length << 7 | usize::from(byte & 0x7f));
    let footer = if header[5] & 0x10 == 0 { 0 } else { TAG_HEADER };
    TAG_HEADER + length + footer
}

/// Whether a frame that ends at `end` is followed by another, a tag, or the end: two bytes of sound may look like a header.
fn is_followed(file: &[u8], end: usize) -> bool {
    match file.get(end..) {
        None => true,
        Some(rest) => rest.len() < HEADER || rest.starts_with(b"TAG") || rest.starts_with(b"APE") || frame(rest).is_some(),
    }
}

fn frame(bytes: &[u8]) -> Option<Frame> {
    let &[first, second, third, fourth, ..] = bytes else { return None };
    // Eleven bits of synchronisation, and Layer III.
    if first != 0xff || second & 0xe0 != 0xe0 || second & 0x06 != 0x02 {
        return None;
    }
    let (is_first_version, divisor) = match second & 0x18 {
        0x18 => (true, 1),
        0x10 => (false, 2),
        0x00 => (false, 4),
        _ => return None,
    };
    let bitrates = if is_first_version { BITRATES_V1 } else { BITRATES_V2 };
    let bitrate = bitrates[usize::from(third >> 4)] * 1000;
    let sample_rate = SAMPLE_RATES[usize::from(third >> 2 & 3)] / divisor;
    if bitrate == 0 || sample_rate == 0 {
        return None;
    }
    let samples = if is_first_version { 1152 } else { 576 };
    let padding = u32::from(third >> 1 & 1);
    let is_mono = fourth >> 6 == 3;
    let side = match (is_first_version, is_mono) {
        (true, false) => 32,
        (true, true) | (false, false) => 17,
        (false, true) => 9,
    };
    Some(Frame { bytes: (samples / 8 * bitrate / sample_rate + padding) as usize, samples, sample_rate, side_end: HEADER + side })
}

fn is_note(bytes: &[u8], frame: &Frame) -> bool {
    let says = |at: usize, word: &[u8]| bytes.get(at..).is_some_and(|rest| rest.starts_with(word));
    says(frame.side_end, b"Xing") || says(frame.side_end, b"Info") || says(HEADER + 32, b"VBRI")
}
