//! Making a picture fit: a side, a number of bytes, the formats that whoever gets it can read.
//!
//! A ladder is climbed down until a step fits: without loss, then less quality, then fewer pixels.

use image::{DynamicImage, imageops::FilterType};

use super::{Error, Format, Picture, decode, encode};

/// What must be kept to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Goal {
    pub max_bytes: usize,
    /// Pixels of the longer side.
    pub max_side: u32,
    pub formats: Formats,
}

/// The formats that are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Formats {
    /// PNG for what had no losses before, as long as it fits; else JPEG.
    JpegOrPng,
    Jpeg,
}

/// A picture that fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fitted {
    pub bytes: Vec<u8>,
    pub format: Format,
    pub width: u32,
    pub height: u32,
}

impl Goal {
    /// An image message of WeChat: JPEG or PNG of at most 10 MB. The sides are ours, since it documents none.
    ///
    /// Source: <https://developers.weixin.qq.com/doc/subscription/api/material/temporary/api_uploadtempmedia.html>
    pub const WECHAT: Self = Self { max_bytes: 10_000_000, max_side: 8192, formats: Formats::JpegOrPng };

    /// A picture for a model to see: beyond 1,568 pixels they scale it down themselves, and bill for it.
    pub const MODEL: Self = Self { max_bytes: 4_000_000, max_side: 1568, formats: Formats::Jpeg };
}

/// Steps of JPEG quality; below the last one a smaller picture looks better.
const QUALITIES: [u8; 4] = [92, 85, 75, 60];

/// The quality of pictures with fewer pixels.
const SMALL_QUALITY: u8 = 80;

/// Pixels of the longer side below which nothing is left to see.
const MIN_SIDE: u32 = 64;

/// Decodes a file and makes it fit. Metadata is left out, the place of a photo included.
pub fn fit(bytes: &[u8], goal: Goal) -> Result<Fitted, Error> {
    fit_picture(decode(bytes)?, goal)
}

pub(super) fn fit_picture(picture: Picture, goal: Goal) -> Result<Fitted, Error> {
    let mut picture = shrink(picture, goal.max_side);
    let is_lossless = picture.format != Format::Jpeg;
    if goal.formats == Formats::JpegOrPng && is_lossless {
        let bytes = encode::png(&picture)?;
        if bytes.len() <= goal.max_bytes {
            return Ok(fitted(&picture, bytes, Format::Png));
        }
    }
    for quality in QUALITIES {
        let bytes = encode::jpeg(&picture, quality)?;
        if bytes.len() <= goal.max_bytes {
            return Ok(fitted(&picture, bytes, Format::Jpeg));
        }
    }
    loop {
        let side = picture.pixels.width().max(picture.pixels.height()) / 4 * 3;
        if side < MIN_SIDE {
            return Err(Error::TooBig(format!("it does not fit into {} bytes", goal.max_bytes)));
        }
        picture = shrink(picture, side);
        let bytes = encode::jpeg(&picture, SMALL_QUALITY)?;
        if bytes.len() <= goal.max_bytes {
            return Ok(fitted(&picture, bytes, Format::Jpeg));
        }
    }
}

fn fitted(picture: &Picture, bytes: Vec<u8>, format: Format) -> Fitted {
    Fitted { bytes, format, width: picture.pixels.width(), height: picture.pixels.height() }
}

/// The picture with its longer side of at most `max_side`; never larger than it was.
fn shrink(picture: Picture, max_side: u32) -> Picture {
    let (width, height) = (picture.pixels.width(), picture.pixels.height());
    let side = width.max(height);
    if side <= max_side {
        return picture;
    }
    let scaled = |length: u32| (u64::from(length) * u64::from(max_side) / u64::from(side)).max(1) as u32;
    let (width, height) = (scaled(width), scaled(height));
    // The good filter holds 16 bytes a pixel in between, so a cheap one brings the picture near its size first.
    let near = match picture.pixels {
        pixels if side / 2 > max_side => pixels.thumbnail_exact(width * 2, height * 2),
        pixels => pixels,
    };
    let pixels: DynamicImage = near.resize_exact(width, height, FilterType::CatmullRom);
    Picture { pixels, ..picture }
}
