//! A landscape for each prompt: what the demo model draws.
//!
//! The same prompt gives the same picture, so that a test can tell two apart. Its PNG is made by hand, of indices into a palette of
//! one hue, stored uncompressed: drawing is fast even where nothing is optimised.
//!
//! Source: <https://www.w3.org/TR/png-3/>

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, RgbImage};

/// The side of the landscape's own coordinates, whatever the picture's size.
const SIDE: f64 = 512.0;

/// Palette: 0–191 the sky from top to bottom, then the sun and three ranges of hills.
const SKY: usize = 192;
const SUN: u8 = 192;
const HILLS: u8 = 193;
const COLOURS: usize = 196;

/// The largest stored block that deflate has.
const BLOCK: usize = 65_535;

/// PNG's check sum, byte by byte.
const SUMS: [u32; 256] = sums();

/// How large a picture is, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) width: usize,
    pub(super) height: usize,
}

/// As what it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Png,
    /// A PNG with three bytes a pixel and noise in them, as large as can be.
    Full,
    Jpeg,
    Webp,
}

/// The picture of `prompt`.
pub(super) fn draw(prompt: &str, size: Size, format: Format) -> Vec<u8> {
    let seed = prompt.bytes().fold(2_166_136_261_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(16_777_619));
    let (pixels, palette) = (pixels(seed, size), palette(f64::from(seed % 360)));
    match format {
        Format::Png => {
            let rows: Vec<u8> = pixels.chunks(size.width).flat_map(|row| std::iter::once(0).chain(row.iter().copied())).collect();
            // Eight bits a pixel, colours by palette, no interlacing.
            png(size, [8, 3, 0, 0, 0], Some(&palette), &rows)
        }
        Format::Full => {
            let mut noise = seed;
            let mut rows = Vec::with_capacity((size.width * 3 + 1) * size.height);
            for row in pixels.chunks(size.width) {
                rows.push(0);
                for index in row {
                    noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    let colour = &palette[usize::from(*index) * 3..][..3];
                    rows.extend(colour.iter().map(|channel| channel ^ (noise >> 24 & 15) as u8));
                }
            }
            png(size, [8, 2, 0, 0, 0], None, &rows)
        }
        Format::Jpeg => encoded(size, &pixels, &palette, ImageFormat::Jpeg),
        Format::Webp => encoded(size, &pixels, &palette, ImageFormat::WebP),
    }
}

/// Indices into the palette, rows from the top.
fn pixels(seed: u32, size: Size) -> Vec<u8> {
    let (sun_x, sun_y) = (120.0 + f64::from(seed >> 8 & 255), 90.0 + f64::from(seed >> 16 & 63));
    let phase = f64::from(seed & 1023) / 60.0;
    let ridges: Vec<[f64; 3]> = (0..size.width)
        .map(|x| {
            let across = x as f64 * SIDE / size.width as f64;
            [0.0, 1.0, 2.0].map(|range| {
                let wave = (across / (95.0 - range * 18.0) + phase * (range + 1.0)).sin() + (across / 31.0 + phase).sin() / 4.0;
                260.0 + range * 75.0 - wave * (46.0 - range * 9.0)
            })
        })
        .collect();
    let mut pixels = Vec::with_capacity(size.width * size.height);
    for y in 0..size.height {
        let down = y as f64 * SIDE / size.height as f64;
        for (x, [far, middle, near]) in ridges.iter().enumerate() {
            let across = x as f64 * SIDE / size.width as f64;
            pixels.push(if down > *near {
                HILLS + 2
            } else if down > *middle {
                HILLS + 1
            } else if down > *far {
                HILLS
            } else if (across - sun_x).hypot(down - sun_y) < 38.0 {
                SUN
            } else {
                (y * SKY / size.height) as u8
            });
        }
    }
    pixels
}

fn palette(hue: f64) -> Vec<u8> {
    let mut colours = Vec::with_capacity(COLOURS * 3);
    for step in 0..SKY {
        let depth = step as f64 / SKY as f64;
        colours.extend(rgb(hue + depth * 40.0, 0.55 - depth * 0.3, 0.62 + depth * 0.34));
    }
    colours.extend(rgb(45.0, 0.9, 0.72));
    for range in 0..3 {
        colours.extend(rgb(hue + 150.0, 0.32, 0.52 - f64::from(range) * 0.13));
    }
    colours
}

/// Hue in degrees, saturation and lightness from 0 to 1.
fn rgb(hue: f64, saturation: f64, lightness: f64) -> [u8; 3] {
    let reach = saturation * lightness.min(1.0 - lightness);
    [0.0, 8.0, 4.0].map(|offset| {
        let position = (offset + hue / 30.0) % 12.0;
        let value = lightness - reach * (position - 3.0).min(9.0 - position).clamp(-1.0, 1.0);
        (value * 255.0).round() as u8
    })
}

/// The same in a format that is not made by hand.
fn encoded(size: Size, pixels: &[u8], palette: &[u8], format: ImageFormat) -> Vec<u8> {
    let bytes = pixels.iter().flat_map(|index| palette[usize::from(*index) * 3..][..3].iter().copied()).collect();
    let mut out = Cursor::new(Vec::new());
    let picture = RgbImage::from_raw(size.width as u32, size.height as u32, bytes).unwrap_or_default();
    // Writing into memory does not fail; if it did, an empty file would show.
    let _ = DynamicImage::ImageRgb8(picture).write_to(&mut out, format);
    out.into_inner()
}

/// `kind` is PNG's depth, colour type, compression, filter and interlacing; each row starts with its filter byte.
fn png(size: Size, kind: [u8; 5], palette: Option<&[u8]>, rows: &[u8]) -> Vec<u8> {
    let mut png = vec![0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];
    let bytes = |pixels: usize| (pixels as u32).to_be_bytes();
    chunk(&mut png, *b"IHDR", &[&bytes(size.width)[..], &bytes(size.height), &kind].concat());
    if let Some(palette) = palette {
        chunk(&mut png, *b"PLTE", palette);
    }
    chunk(&mut png, *b"IDAT", &stored(rows));
    chunk(&mut png, *b"IEND", &[]);
    png
}

/// A zlib stream of stored blocks.
fn stored(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let mut blocks = bytes.chunks(BLOCK).peekable();
    while let Some(block) = blocks.next() {
        out.push(u8::from(blocks.peek().is_none()));
        let length = block.len() as u16;
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend_from_slice(block);
    }
    let (mut low, mut high) = (1_u32, 0_u32);
    // The sums of so many bytes do not overflow, so the division is rarely needed.
    for block in bytes.chunks(5552) {
        for byte in block {
            low += u32::from(*byte);
            high += low;
        }
        (low, high) = (low % 65_521, high % 65_521);
    }
    out.extend((high << 16 | low).to_be_bytes());
    out
}

fn chunk(png: &mut Vec<u8>, name: [u8; 4], bytes: &[u8]) {
    png.extend((bytes.len() as u32).to_be_bytes());
    let start = png.len();
    png.extend_from_slice(&name);
    png.extend_from_slice(bytes);
    let mut sum = u32::MAX;
    for byte in &png[start..] {
        sum = sum >> 8 ^ SUMS[((sum ^ u32::from(*byte)) & 255) as usize];
    }
    png.extend((!sum).to_be_bytes());
}

const fn sums() -> [u32; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut sum = index as u32;
        let mut bit = 0;
        while bit < 8 {
            sum = if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 };
            bit += 1;
        }
        table[index] = sum;
        index += 1;
    }
    table
}
