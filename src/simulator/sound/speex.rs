//! Speex at 16 kHz, the other format of a voice message, in Ogg; the words stand in the comment that each such file has.
//!
//! How WeChat frames its own is nowhere documented; a server passes the bytes on and never looks inside.
//! Sources: <https://www.speex.org/docs/manual/speex-manual/node8.html> and RFC 3533.

/// Samples a second, and of one frame of 20 ms.
const HERTZ: usize = 16_000;
const FRAME_SAMPLES: usize = 320;

/// Bytes of a frame, and frames of a page: as many as one page's table of sizes holds.
const FRAME: usize = 20;
const PAGE_FRAMES: usize = 250;

/// The flags of a stream's first and last page.
const FIRST: u8 = 2;
const LAST: u8 = 4;

/// Where a page has its sample position, its check sum and its number of sizes.
const POSITION_AT: usize = 6;
const SUM_AT: usize = 22;
const COUNT_AT: usize = 26;

/// A page's first bytes, and the start of the one comment.
const START: &[u8] = b"OggS";
const COMMENT: &[u8] = b"WORDS=";
const VENDOR: &[u8] = b"huixin simulator";

/// A file of `secs` that carries `words`.
pub(in crate::simulator) fn speex(words: &str, secs: f64) -> Vec<u8> {
    let comment = [COMMENT, words.as_bytes()].concat();
    let length = |bytes: &[u8]| (bytes.len() as u32).to_le_bytes();
    let comments = [&length(VENDOR)[..], VENDOR, &1_u32.to_le_bytes(), &length(&comment), &comment].concat();
    let frames = (secs * HERTZ as f64 / FRAME_SAMPLES as f64).round() as usize;
    let mut file =
        [page(Place { number: 0, position: 0, flags: FIRST }, &[&head()]), page(Place::inner(1, 0), &[&comments])].concat();
    for (number, start) in (2..).zip((0..frames).step_by(PAGE_FRAMES)) {
        let end = frames.min(start + PAGE_FRAMES);
        let mut place = Place::inner(number, end * FRAME_SAMPLES);
        place.flags = if end == frames { LAST } else { 0 };
        file.extend(page(place, &vec![&[0; FRAME][..]; end - start]));
    }
    file
}

/// The first packet: wide band, one channel.
fn head() -> Vec<u8> {
    let numbers = [1, 80, HERTZ as u32, 1, 4, 1, u32::MAX, FRAME_SAMPLES as u32, 0, 1, 0, 0, 0];
    let mut head = b"Speex   1.2.0".to_vec();
    head.resize(28, 0);
    head.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    head
}

/// Which page it is, and the samples played at its end.
#[derive(Clone, Copy)]
struct Place {
    number: u32,
    position: usize,
    flags: u8,
}

impl Place {
    fn inner(number: u32, position: usize) -> Self {
        Self { number, position, flags: 0 }
    }
}

/// One page with whole packets.
fn page(place: Place, packets: &[&[u8]]) -> Vec<u8> {
    let sizes: Vec<u8> = packets.iter().flat_map(|packet| sizes(packet.len())).collect();
    let mut page = [START, &[0, place.flags]].concat();
    page.extend((place.position as u64).to_le_bytes());
    page.extend(1_u32.to_le_bytes());
    page.extend(place.number.to_le_bytes());
    page.extend([0; 4]);
    page.push(sizes.len() as u8);
    page.extend(sizes);
    page.extend(packets.concat());
    let sum = page.iter().fold(0_u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte) << 24, |sum, _| if sum >> 31 == 1 { sum << 1 ^ 0x04c1_1db7 } else { sum << 1 })
    });
    page[SUM_AT..COUNT_AT].copy_from_slice(&sum.to_le_bytes());
    page
}

/// A packet's size as a page writes it: 255 as long as there is more.
fn sizes(length: usize) -> impl Iterator<Item = u8> {
    std::iter::repeat_n(255, length / 255).chain([(length % 255) as u8])
}

pub(super) fn words(bytes: &[u8]) -> Option<String> {
    let (_, comments) = pages(bytes).nth(1)?;
    let mut rest = comments.get(4 + VENDOR.len() + 4..)?;
    let length = u32::from_le_bytes(*rest.first_chunk()?) as usize;
    rest = rest.get(4..4 + length)?.strip_prefix(COMMENT)?;
    String::from_utf8(rest.to_vec()).ok()
}

pub(super) fn seconds(bytes: &[u8]) -> Option<f64> {
    pages(bytes).last().map(|(position, _)| position as f64 / HERTZ as f64)
}

/// Each page's sample position and content.
fn pages(bytes: &[u8]) -> impl Iterator<Item = (u64, &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let position = u64::from_le_bytes(*rest.strip_prefix(START)?.get(POSITION_AT - START.len()..)?.first_chunk()?);
        let count = usize::from(*rest.get(COUNT_AT)?);
        let (sizes, content) = rest.get(COUNT_AT + 1..)?.split_at_checked(count)?;
        let (content, after) = content.split_at_checked(sizes.iter().map(|size| usize::from(*size)).sum())?;
        rest = after;
        Some((position, content))
    })
}
