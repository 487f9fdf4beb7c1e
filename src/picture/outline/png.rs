//! The chunks of a PNG, each with its length and checksum, from the header to the end.
//!
//! Source: <https://www.w3.org/TR/png-3/#5Chunk-layout>

use super::Error;

const SIGNATURE: usize = 8;

/// Length, name and checksum of a chunk.
const FRAME: usize = 12;

/// What decides about pixels: all critical chunks, transparency, and which way is up. Text, colour profiles and the frames of
/// an animation are left out before decoding: a few of their bytes may unfold into gigabytes.
const ESSENTIAL: [&[u8; 4]; 6] = [b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"eXIf"];

/// What stands behind the last chunk.
pub(super) fn walk(bytes: &[u8]) -> Result<&[u8], Error> {
    let mut rest = &bytes[SIGNATURE..];
    loop {
        let chunk = take(&mut rest)?;
        if &chunk[4..8] == b"IEND" {
            return Ok(rest);
        }
    }
}

/// The same picture without what the pixels do not need.
pub(crate) fn essential(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let (signature, mut rest) = bytes.split_at(SIGNATURE);
    let mut kept = signature.to_vec();
    while !rest.is_empty() {
        let chunk = take(&mut rest)?;
        if ESSENTIAL.iter().any(|name| name[..] == chunk[4..8]) {
            kept.extend_from_slice(chunk);
        }
        if &chunk[4..8] == b"IEND" {
            break;
        }
    }
    Ok(kept)
}

/// The next chunk, frame included.
fn take<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], Error> {
    let broken = || Error::damaged("a PNG that breaks off");
    let length = rest.first_chunk::<4>().map(|length| u32::from_be_bytes(*length)).ok_or_else(broken)?;
    let size = usize::try_from(length).ok().and_then(|length| length.checked_add(FRAME)).ok_or_else(broken)?;
    let (chunk, behind) = rest.split_at_checked(size).ok_or_else(broken)?;
    *rest = behind;
    Ok(chunk)
}
