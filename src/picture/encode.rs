//! From pixels to a file. Writes no metadata but a colour profile.

use image::{
    DynamicImage, ImageEncoder, Rgb, RgbImage,
    codecs::{
        jpeg::JpegEncoder,
        png::{CompressionType, FilterType, PngEncoder},
    },
};

use super::{Error, Picture};

/// A PNG, without loss.
pub(super) fn png(picture: &Picture) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    // The best compression takes ten times as long for a twentieth of the size.
    let mut encoder = PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, FilterType::Adaptive);
    if let Some(profile) = &picture.profile {
        encoder.set_icc_profile(profile.clone()).map_err(|_| Error::Unsupported("a colour profile"))?;
    }
    let pixels = &picture.pixels;
    encoder.write_image(pixels.as_bytes(), pixels.width(), pixels.height(), pixels.color().into())?;
    Ok(bytes)
}

/// A JPEG of a quality from 1 to 100, with white where the picture shows through.
pub(super) fn jpeg(picture: &Picture, quality: u8) -> Result<Vec<u8>, Error> {
    let flat;
    let pixels = match &picture.pixels {
        pixels if pixels.color().has_alpha() => {
            flat = on_white(pixels);
            &flat
        }
        pixels => pixels,
    };
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
    if let Some(profile) = &picture.profile {
        encoder.set_icc_profile(profile.clone()).map_err(|_| Error::Unsupported("a colour profile"))?;
    }
    encoder.write_image(pixels.as_bytes(), pixels.width(), pixels.height(), pixels.color().into())?;
    Ok(bytes)
}

fn on_white(pixels: &DynamicImage) -> DynamicImage {
    let pixels = pixels.to_rgba8();
    let mut flat = RgbImage::new(pixels.width(), pixels.height());
    for (target, source) in flat.pixels_mut().zip(pixels.pixels()) {
        let [red, green, blue, alpha] = source.0.map(u32::from);
        *target = Rgb([red, green, blue].map(|colour| ((colour * alpha + 255 * (255 - alpha) + 127) / 255) as u8));
    }
    DynamicImage::ImageRgb8(flat)
}
