//! The outline of a picture's file: its format by its first bytes, and whether it is whole and nothing else besides.
//!
//! A decoder shows what it can of a file that breaks off, and looks at nothing behind the picture. So a walk over the file's own
//! blocks comes first: it reads lengths, never pixels, and costs time in proportion to the file.

mod jpeg;
mod png;
mod webp;

use super::Error;

/// The largest file that is looked at. A model's picture of 4096 × 4096 without compression losses has about 25 MB.
pub(super) const MAX_FILE_BYTES: usize = 32 * 1024 * 1024;

/// What closes a ZIP archive, before its comment of at most 65,535 bytes.
const ZIP_END: &[u8] = b"PK\x05\x06";
const ZIP_END_BYTES: usize = 22;

/// The formats that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Jpeg,
    Png,
    Gif,
    WebP,
    Bmp,
}

/// What is known of a file before its pixels are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Outline {
    pub(super) format: Format,
    /// Bytes beside the pixels that decoding holds: the coefficients of a progressive JPEG, which are all there at once.
    pub(super) working_bytes: u64,
}

impl Format {
    /// The format that the first bytes tell; a name or a content type proves nothing.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        Some(match bytes {
            [0xff, 0xd8, 0xff, ..] => Self::Jpeg,
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Self::Png,
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Self::Gif,
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Self::WebP,
            [b'B', b'M', ..] => Self::Bmp,
            _ => return None,
        })
    }

    /// The usual ending of a file's name, without its dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Gif => "gif",
            Self::WebP => "webp",
            Self::Bmp => "bmp",
        }
    }

    /// The media type.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::WebP => "image/webp",
            Self::Bmp => "image/bmp",
        }
    }
}

impl From<Format> for image::ImageFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Jpeg => Self::Jpeg,
            Format::Png => Self::Png,
            Format::Gif => Self::Gif,
            Format::WebP => Self::WebP,
            Format::Bmp => Self::Bmp,
        }
    }
}

/// Walks over the file.
pub(super) fn outline(bytes: &[u8]) -> Result<Outline, Error> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(Error::TooBig(format!("{} bytes", bytes.len())));
    }
    let Some(format) = Format::of(bytes) else {
        return Err(Error::Unsupported("not a picture that is known"));
    };
    if ends_as_zip(bytes) {
        return Err(Error::Unsupported("also a ZIP archive"));
    }
    let mut working_bytes = 0;
    let rest = match format {
        Format::Jpeg => {
            let (coefficients, rest) = jpeg::walk(bytes)?;
            working_bytes = coefficients;
            rest
        }
        Format::Png => png::walk(bytes)?,
        Format::WebP => webp::walk(bytes)?,
        // Their decoder fails where the first frame breaks off, and many that browsers show lack a proper end.
        Format::Gif | Format::Bmp => &[],
    };
    if rest.iter().any(|byte| *byte != 0) {
        return Err(Error::Unsupported("something else stands behind the picture"));
    }
    Ok(Outline { format, working_bytes })
}

pub(super) use png::essential as essential_png;

/// Whether an archive's end record closes the file to the byte, wherever in the picture it hides.
fn ends_as_zip(bytes: &[u8]) -> bool {
    let start = bytes.len().saturating_sub(ZIP_END_BYTES + usize::from(u16::MAX));
    bytes[start..].windows(ZIP_END_BYTES).enumerate().any(|(at, record)| {
        let comment = usize::from(u16::from_le_bytes([record[20], record[21]]));
        record.starts_with(ZIP_END) && start + at + ZIP_END_BYTES + comment == bytes.len()
    })
}
