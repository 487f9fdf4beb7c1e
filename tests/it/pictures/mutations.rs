//! Pictures of which some bytes are others: whatever comes of them, it is no panic, and what is decoded can be worked with.

use huixin::picture::{Aigc, Goal, decode, fit, read_aigc, write_aigc};
use image::ImageFormat;

use super::files::{animated_webp, encoded, exif, gif, glass, jpeg, photo, png, png_chunk, webp, with_segment};

/// Mutations of each file. Fuzzing does millions (fuzz/README.md).
const ROUNDS: u32 = 300;

fn seeds() -> Vec<Vec<u8>> {
    let photo = photo(24, 16);
    vec![
        png(&photo),
        png(&glass(9, 7)),
        jpeg(&photo),
        with_segment(&jpeg(&photo), 0xe1, &[b"Exif\0\0", &exif(5)[..]].concat()),
        include_bytes!("../../cases/pictures/cmyk.jpg").to_vec(),
        include_bytes!("../../cases/pictures/progressive.jpg").to_vec(),
        webp(&photo),
        webp(&glass(9, 7)),
        animated_webp(8),
        gif(3),
        encoded(&photo, ImageFormat::Bmp),
    ]
}

/// Some bytes of `file` changed, left out or doubled; the checksums of a PNG made right again, so that decoders see the rest.
fn mutated(file: &[u8], random: &mut impl FnMut(usize) -> usize) -> Vec<u8> {
    let mut bytes = file.to_vec();
    for _ in 0..=random(3) {
        let at = random(bytes.len());
        match random(8) {
            0 => drop(bytes.drain(at..(at + random(20)).min(bytes.len()))),
            1 => bytes
                .splice(at..at, file[at.min(file.len())..].iter().take(random(30)).copied().collect::<Vec<u8>>())
                .for_each(drop),
            2 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][random(5)],
            _ => bytes[at] ^= 1 << random(8),
        }
        if bytes.is_empty() {
            return bytes;
        }
    }
    if bytes.starts_with(b"\x89PNG") { with_right_sums(&bytes) } else { bytes }
}

fn with_right_sums(png: &[u8]) -> Vec<u8> {
    let (mut whole, mut rest) = (png[..png.len().min(8)].to_vec(), png.get(8..).unwrap_or_default());
    while let Some((head, behind)) = rest.split_first_chunk::<8>() {
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let (true, name) = (length + 4 <= behind.len(), [head[4], head[5], head[6], head[7]]) else { break };
        whole.extend(png_chunk(name, &behind[..length]));
        rest = &behind[length + 4..];
    }
    [&whole, rest].concat()
}

#[test]
fn a_picture_with_other_bytes_is_refused_or_good() {
    let mut state = 0x9e37_79b9_u32;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as usize % below.max(1)
    };
    let (aigc, mut decoded) = (Aigc::made_by("maker", "1"), 0);
    for seed in seeds() {
        for _ in 0..ROUNDS {
            let bytes = mutated(&seed, &mut random);
            let _ = read_aigc(&bytes);
            let Ok(picture) = decode(&bytes) else { continue };
            decoded += 1;
            if picture.format.holds_metadata() {
                let labelled = write_aigc(bytes.clone(), &aigc).unwrap();
                assert_eq!(read_aigc(&labelled).as_ref(), Some(&aigc));
                assert_eq!(decode(&labelled).unwrap().pixels, picture.pixels);
            }
            if picture.pixels.width() * picture.pixels.height() < 1000 {
                assert!(decode(&fit(&bytes, Goal::MODEL).unwrap().bytes).is_ok());
            }
        }
    }
    assert!(decoded > 300, "only {decoded} were pictures at all");
}
