//! Picture files made by hand and by the encoders, whole and broken.

use std::io::Cursor;

use huixin::picture::{Aigc, Label, LabelSettings, Mark};
use image::{
    DynamicImage, ExtendedColorType, ImageEncoder, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage, codecs::webp::WebPEncoder,
};

/// Soft colours that compress like a photo.
pub fn photo(width: u32, height: u32) -> DynamicImage {
    let wave = |at: u32, length: f32| ((at as f32 / length).sin() * 90.0 + 128.0) as u8;
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, y| Rgb([wave(x, 90.0), wave(y, 70.0), wave(x + y, 50.0)])))
}

/// A picture that no encoder makes small.
pub fn noise(width: u32, height: u32) -> DynamicImage {
    let mut state = 1_u32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()
    };
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |_, _| {
        let [red, green, blue, _] = next();
        Rgb([red, green, blue])
    }))
}

pub fn flat(width: u32, height: u32, shade: u8) -> DynamicImage {
    DynamicImage::ImageRgb8(RgbImage::from_pixel(width, height, Rgb([shade; 3])))
}

/// Red, and nowhere quite opaque.
pub fn glass(width: u32, height: u32) -> DynamicImage {
    DynamicImage::ImageRgba8(RgbaImage::from_pixel(width, height, Rgba([255, 0, 0, 128])))
}

pub fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture.write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}

pub fn png(picture: &DynamicImage) -> Vec<u8> {
    encoded(picture, ImageFormat::Png)
}

pub fn jpeg(picture: &DynamicImage) -> Vec<u8> {
    encoded(picture, ImageFormat::Jpeg)
}

pub fn webp(picture: &DynamicImage) -> Vec<u8> {
    encoded(picture, ImageFormat::WebP)
}

pub fn settings(mark: Option<Mark>) -> Label {
    Label::On(LabelSettings { mark, aigc: Aigc::made_by("回信 <test> & co", "picture-1") })
}

/// A PNG of these chunks, each with a right checksum.
pub fn png_of(chunks: &[([u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    for (name, contents) in chunks {
        bytes.extend(png_chunk(*name, contents));
    }
    bytes
}

pub fn png_chunk(name: [u8; 4], contents: &[u8]) -> Vec<u8> {
    let mut bytes = (contents.len() as u32).to_be_bytes().to_vec();
    bytes.extend_from_slice(&name);
    bytes.extend_from_slice(contents);
    let table: Vec<u32> =
        (0..256).map(|byte| (0..8).fold(byte, |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 })).collect();
    let sum = bytes[4..].iter().fold(u32::MAX, |sum, byte| sum >> 8 ^ table[(sum as u8 ^ byte) as usize]);
    bytes.extend((!sum).to_be_bytes());
    bytes
}

/// The header of a PNG: sides, bits of a sample, type of colour.
pub fn png_header(width: u32, height: u32, bits: u8, colour: u8) -> ([u8; 4], Vec<u8>) {
    (*b"IHDR", [&width.to_be_bytes()[..], &height.to_be_bytes(), &[bits, colour, 0, 0, 0]].concat())
}

/// `png` with another chunk behind its header.
pub fn with_chunk(png: &[u8], name: [u8; 4], contents: &[u8]) -> Vec<u8> {
    const BEHIND_HEADER: usize = 8 + 12 + 13;
    [&png[..BEHIND_HEADER], &png_chunk(name, contents), &png[BEHIND_HEADER..]].concat()
}

/// A zlib stream that unfolds into so many zero bytes, give or take a few: 13 bits for 258 of them.
pub fn zero_bomb(bytes: usize) -> Vec<u8> {
    // The last block, fixed codes, one literal zero; then again and again "the byte before, 258 times".
    let mut bits = "1".to_owned() + "10" + "00110000";
    (0..24).for_each(|_| bits.push_str("1100010100000"));
    let packed = bits.as_bytes().chunks_exact(8).map(|bits| bits.iter().rev().fold(0, |byte, bit| byte << 1 | (bit - b'0')));
    let packed: Vec<u8> = packed.collect();
    // Eight repetitions fill thirteen bytes. Behind them zeros are a shorter repetition, and the end.
    [b"\x78\x9c", &packed[..2], &packed[2..15].repeat(bytes / (8 * 258)), &[0; 8]].concat()
}

/// `jpeg` with a segment behind its start.
pub fn with_segment(jpeg: &[u8], marker: u8, contents: &[u8]) -> Vec<u8> {
    let length = (contents.len() as u16 + 2).to_be_bytes();
    [&jpeg[..2], &[0xff, marker], &length[..], contents, &jpeg[2..]].concat()
}

/// A small JPEG whose frame header claims other sides, or another kind of coding.
pub fn jpeg_claiming(width: u16, height: u16, frame: u8) -> Vec<u8> {
    let mut bytes = jpeg(&photo(16, 16));
    let at = bytes.windows(2).position(|window| window == [0xff, 0xc0]).unwrap();
    bytes[at + 1] = frame;
    bytes[at + 5..at + 7].copy_from_slice(&height.to_be_bytes());
    bytes[at + 7..at + 9].copy_from_slice(&width.to_be_bytes());
    bytes
}

/// EXIF that says how a picture is to be turned, and where it was taken.
pub fn exif(orientation: u16) -> Vec<u8> {
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat()
    };
    let mut bytes = b"II*\0\x08\0\0\0\x02\0".to_vec();
    bytes.extend(entry(0x0112, 3, 1, u32::from(orientation)));
    bytes.extend(entry(0x8825, 4, 1, 38));
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(b"GPS-SECRET-PLACE");
    bytes
}

/// A GIF of 8 × 8 with so many frames.
pub fn gif(frames: usize) -> Vec<u8> {
    let whole = encoded(&flat(8, 8, 200), ImageFormat::Gif);
    let first = whole.iter().enumerate().position(|(at, byte)| *byte == 0x2c && at > 13).unwrap();
    let frame = &whole[first..whole.len() - 1];
    [&whole[..first], &frame.repeat(frames), &[0x3b]].concat()
}

/// An animated WebP of two frames of one colour each.
pub fn animated_webp(side: u32) -> Vec<u8> {
    let frame = |shade: u8| {
        let mut file = Vec::new();
        let pixels = vec![shade; (side * side * 3) as usize];
        WebPEncoder::new_lossless(&mut file).write_image(&pixels, side, side, ExtendedColorType::Rgb8).unwrap();
        let sides = [&(side - 1).to_le_bytes()[..3], &(side - 1).to_le_bytes()[..3]].concat();
        riff_chunk(*b"ANMF", &[&[0; 6][..], &sides, &[100, 0, 0, 0], &file[12..]].concat())
    };
    let sides = [&(side - 1).to_le_bytes()[..3], &(side - 1).to_le_bytes()[..3]].concat();
    let head = riff_chunk(*b"VP8X", &[&[0b10, 0, 0, 0][..], &sides].concat());
    riff(&[head, riff_chunk(*b"ANIM", &[0; 6]), frame(10), frame(200)].concat())
}

pub fn riff(chunks: &[u8]) -> Vec<u8> {
    [b"RIFF", &(chunks.len() as u32 + 4).to_le_bytes()[..], b"WEBP", chunks].concat()
}

pub fn riff_chunk(name: [u8; 4], contents: &[u8]) -> Vec<u8> {
    let mut bytes = [&name, &(contents.len() as u32).to_le_bytes()[..], contents].concat();
    bytes.resize(bytes.len().next_multiple_of(2), 0);
    bytes
}

/// An archive with one file, as it stands behind a polyglot.
pub fn zip_archive() -> Vec<u8> {
    use std::io::Write;
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("evil.js", zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(b"alert(1)").unwrap();
    archive.finish().unwrap().into_inner()
}
