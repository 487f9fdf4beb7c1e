//! From a file's bytes to upright pixels of 8 bits, within limits that are checked before anything is allocated.
//!
//! Knows one frame: the first of an animation. Everything but the pixels (and the colour profile of a JPEG) stays behind, the
//! place where a photo was taken above all.

use std::{borrow::Cow, io::Cursor};

use image::{DynamicImage, ImageDecoder, ImageReader, Limits, metadata::Orientation};

use super::{
    Error, Format,
    outline::{essential_png, outline},
};

/// Pixels of a picture: a photo of 24 megapixels passes, a bomb of 50,000 × 50,000 does not.
pub const MAX_PIXELS: u64 = 25_000_000;

/// Pixels of a side; more is a strip that no phone shows.
pub const MAX_SIDE: u32 = 16_384;

/// Bytes that a decoder may hold: 25 megapixels of three bytes, or a progressive photo of 12 megapixels with its coefficients.
const MAX_DECODER_BYTES: u64 = 80 * 1024 * 1024;

/// The largest colour profile that is passed on. Those of phones have about 600 bytes.
const MAX_PROFILE_BYTES: usize = 64 * 1024;

/// A picture in memory.
#[derive(Debug, Clone)]
pub struct Picture {
    /// RGB, or RGBA where a pixel is not opaque.
    pub pixels: DynamicImage,
    /// The format it had as a file.
    pub format: Format,
    /// The colour profile that a JPEG's numbers are meant in; without one they are sRGB.
    pub profile: Option<Vec<u8>>,
}

/// Decodes the first frame of a JPEG, PNG, GIF, WebP or BMP.
pub fn decode(bytes: &[u8]) -> Result<Picture, Error> {
    let outline = outline(bytes)?;
    let bytes = match outline.format {
        Format::Png => Cow::Owned(essential_png(bytes)?),
        Format::Jpeg | Format::Gif | Format::WebP | Format::Bmp => Cow::Borrowed(bytes),
    };
    let mut reader = ImageReader::with_format(Cursor::new(&bytes[..]), outline.format.into());
    reader.limits(limits());
    let mut decoder = reader.into_decoder()?;
    check(decoder.dimensions(), decoder.total_bytes() + outline.working_bytes)?;
    // An orientation that cannot be read is none.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let profile = match outline.format {
        Format::Jpeg => decoder.icc_profile().ok().flatten().filter(|profile| is_plain_rgb(profile)),
        Format::Png | Format::Gif | Format::WebP | Format::Bmp => None,
    };
    let mut pixels = eight_bits(DynamicImage::from_decoder(decoder)?);
    pixels.apply_orientation(orientation);
    Ok(Picture { pixels, format: outline.format, profile })
}

fn limits() -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_DECODER_BYTES);
    limits
}

fn check((width, height): (u32, u32), bytes: u64) -> Result<(), Error> {
    if width == 0 || height == 0 {
        return Err(Error::damaged("a picture without pixels"));
    }
    let pixels = u64::from(width) * u64::from(height);
    if width > MAX_SIDE || height > MAX_SIDE || pixels > MAX_PIXELS || bytes > MAX_DECODER_BYTES {
        return Err(Error::TooBig(format!("{width} × {height} pixels")));
    }
    Ok(())
}

/// RGB, or RGBA if anything shows through.
fn eight_bits(pixels: DynamicImage) -> DynamicImage {
    if !pixels.color().has_alpha() {
        return DynamicImage::ImageRgb8(pixels.into_rgb8());
    }
    let pixels = pixels.into_rgba8();
    if pixels.pixels().all(|pixel| pixel.0[3] == u8::MAX) {
        return DynamicImage::ImageRgb8(DynamicImage::ImageRgba8(pixels).into_rgb8());
    }
    DynamicImage::ImageRgba8(pixels)
}

/// Whether an ICC profile is small and for RGB; the profile of a CMYK picture would be wrong for what was made of it.
fn is_plain_rgb(profile: &[u8]) -> bool {
    profile.len() <= MAX_PROFILE_BYTES && profile.get(16..20) == Some(b"RGB ")
}
