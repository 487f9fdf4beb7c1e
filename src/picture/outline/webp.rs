//! The chunks of a WebP, inside its RIFF.
//!
//! Source: <https://developers.google.com/speed/webp/docs/riff_container>

use super::Error;

/// `RIFF` and the size of what follows.
const RIFF_HEAD: usize = 8;

/// A chunk's name and size.
const CHUNK_HEAD: usize = 8;

/// What stands behind the RIFF.
pub(super) fn walk(bytes: &[u8]) -> Result<&[u8], Error> {
    let broken = || Error::damaged("a WebP that breaks off");
    let size = size_at(bytes, 4).ok_or_else(broken)?;
    let (riff, behind) = bytes[RIFF_HEAD..].split_at_checked(size).ok_or_else(broken)?;
    let mut rest = riff.get(4..).ok_or_else(broken)?;
    while !rest.is_empty() {
        let size = size_at(rest, 4).ok_or_else(broken)?;
        // A chunk of an odd size is followed by a byte of padding, which the last one may lack.
        let end = CHUNK_HEAD.checked_add(size).filter(|end| *end <= rest.len()).ok_or_else(broken)?;
        rest = &rest[(end + size % 2).min(rest.len())..];
    }
    Ok(behind)
}

fn size_at(bytes: &[u8], at: usize) -> Option<usize> {
    let size = bytes.get(at..at + 4)?.first_chunk::<4>()?;
    usize::try_from(u32::from_le_bytes(*size)).ok()
}
