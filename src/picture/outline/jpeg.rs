//! The segments and scans of a JPEG, to the marker that ends it.
//!
//! Source: <https://www.w3.org/Graphics/JPEG/itu-t81.pdf>, annex B

use super::Error;

/// Scans of a progressive picture: encoders make about ten, and each one passes over the whole picture.
const MAX_SCANS: usize = 64;

/// Bytes of one coefficient while a progressive picture is put together.
const COEFFICIENT: u64 = 2;

/// The marker of each frame header; 0xc4, 0xc8 and 0xcc between them are tables.
const FRAME_HEADERS: [u8; 13] = [0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf];
const PROGRESSIVE: u8 = 0xc2;

/// The frames that decoders read: baseline, extended and progressive. Lossless, hierarchical and arithmetic ones are seen nowhere.
const READ: [u8; 3] = [0xc0, 0xc1, PROGRESSIVE];

const START_OF_SCAN: u8 = 0xda;
const END_OF_IMAGE: u8 = 0xd9;

/// Markers without a length: TEM, the restarts and the start of an image.
fn stands_alone(marker: u8) -> bool {
    marker == 0x01 || (0xd0..=0xd8).contains(&marker)
}

/// The bytes of its coefficients, and what stands behind the picture.
pub(super) fn walk(bytes: &[u8]) -> Result<(u64, &[u8]), Error> {
    let broken = || Error::damaged("a JPEG that breaks off");
    let (mut at, mut scans, mut coefficients) = (2, 0, 0);
    loop {
        let marker = marker_at(bytes, &mut at).ok_or_else(broken)?;
        if marker == END_OF_IMAGE {
            break;
        }
        if stands_alone(marker) {
            continue;
        }
        let length = bytes.get(at..).and_then(|rest| rest.first_chunk::<2>()).ok_or_else(broken)?;
        let end = at + usize::from(u16::from_be_bytes(*length)).max(2);
        let segment = bytes.get(at + 2..end).ok_or_else(broken)?;
        if FRAME_HEADERS.contains(&marker) {
            if !READ.contains(&marker) {
                return Err(Error::Unsupported("a JPEG of a rare kind"));
            }
            let samples = samples(segment).ok_or_else(|| Error::damaged("a JPEG without a size"))?;
            coefficients += if marker == PROGRESSIVE { samples * COEFFICIENT } else { 0 };
        }
        at = end;
        if marker == START_OF_SCAN {
            scans += 1;
            if scans > MAX_SCANS {
                return Err(Error::TooBig(format!("more than {MAX_SCANS} scans")));
            }
        }
    }
    let rest = &bytes[at..];
    Ok((coefficients, if is_of_a_camera(rest) { &[] } else { rest }))
}

/// The next marker, past fill bytes and, behind a scan, past its entropy-coded bytes (where 0xff is followed by 0).
fn marker_at(bytes: &[u8], at: &mut usize) -> Option<u8> {
    loop {
        *at += bytes.get(*at..)?.iter().position(|byte| *byte == 0xff)?;
        *at += bytes.get(*at..)?.iter().position(|byte| *byte != 0xff)?;
        let marker = *bytes.get(*at)?;
        *at += 1;
        if marker != 0 {
            return Some(marker);
        }
    }
}

/// How many samples all components have, from a frame header; `None` where a size is 0 or missing.
fn samples(header: &[u8]) -> Option<u64> {
    let [_, y1, y0, x1, x0, _, components @ ..] = header else { return None };
    let size = |high: &u8, low: &u8| Some(u64::from(u16::from_be_bytes([*high, *low]))).filter(|size| *size > 0);
    let (height, width) = (size(y1, y0)?, size(x1, x0)?);
    let factors = || components.chunks_exact(3).map(|component| (u64::from(component[1] >> 4), u64::from(component[1] & 15)));
    let (across, down) = factors().fold((1, 1), |(across, down), (h, v)| (across.max(h), down.max(v)));
    Some(factors().map(|(h, v)| (width * h).div_ceil(across) * (height * v).div_ceil(down)).sum())
}

/// Whether what stands behind the picture is what phones put there: a preview, a depth map, the film of a moving photo.
fn is_of_a_camera(rest: &[u8]) -> bool {
    matches!(rest, [0xff, 0xd8, 0xff, ..] | [_, _, _, _, b'f', b't', b'y', b'p', ..])
}
