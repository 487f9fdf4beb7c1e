//! Pictures that are not what they seem. Each is refused with its class, or decoded within bounds; none takes long or takes much.
//!
//! The memory is measured in a process of its own, where no other test runs: the test starts itself again.

use std::{
    fs,
    process::Command,
    time::{Duration, Instant},
};

use huixin::picture::{MAX_SIDE, decode};
use image::{DynamicImage, ImageFormat};

use super::files::{
    animated_webp, encoded, flat, gif, glass, jpeg, jpeg_claiming, photo, png, png_chunk, png_header, png_of, riff, riff_chunk,
    webp, with_chunk, with_segment, zero_bomb, zip_archive,
};

/// For one picture, on a machine that does other things as well.
const PATIENCE: Duration = Duration::from_secs(2);

/// For one picture, above what the process held before.
const MAX_GROWTH_KB: u64 = 64 * 1024;

/// Set in the process that measures.
const MEASURING: &str = "HUIXIN_TEST_MEASURES_PICTURES";

struct Case {
    name: &'static str,
    bytes: Vec<u8>,
    /// The class of the refusal, or `decoded`.
    expected: &'static str,
}

fn cases() -> Vec<Case> {
    let case = |(name, expected, bytes)| Case { name, bytes, expected };
    [bombs(), broken(), polyglots(), harmless()].into_iter().flatten().map(case).collect()
}

type Row = (&'static str, &'static str, Vec<u8>);

fn bombs() -> Vec<Row> {
    let small = png(&photo(32, 32));
    let bomb = |head: &[u8]| [head, &zero_bomb(256 << 20)].concat();
    let zeros = zero_bomb(64 << 20);
    let wide = |width, height| png_of(&[png_header(width, height, 8, 6), (*b"IDAT", zeros.clone()), (*b"IEND", vec![])]);
    let vp8l = |width: u32, height: u32| {
        let size = (width - 1) | (height - 1) << 14;
        riff(&riff_chunk(*b"VP8L", &[&[0x2f], &size.to_le_bytes()[..], &[0; 40]].concat()))
    };
    let canvas = [&[0b10, 0, 0, 0][..], &[0xff; 6]].concat();
    let mut bmp = encoded(&flat(4, 4, 9), ImageFormat::Bmp);
    bmp[18..22].copy_from_slice(&30_000_u32.to_le_bytes());
    bmp[22..26].copy_from_slice(&30_000_u32.to_le_bytes());
    let mut screen = gif(1);
    screen[6..10].copy_from_slice(&[0xff; 4]);
    let scans = {
        let whole = jpeg(&photo(16, 16));
        let scan = whole.windows(2).position(|window| window == [0xff, 0xda]).unwrap();
        let (head, scan) = whole[..whole.len() - 2].split_at(scan);
        [head, &scan.repeat(500), &[0xff, 0xd9]].concat()
    };
    vec![
        ("a PNG of 50,000 × 50,000", "too_big", wide(50_000, 50_000)),
        ("a PNG of 5001 × 5000", "too_big", wide(5001, 5000)),
        ("a PNG of one row too wide", "too_big", wide(MAX_SIDE + 1, 1)),
        (
            "a PNG of 16 bits that holds twice as much",
            "too_big",
            png_of(&[png_header(4000, 4000, 16, 6), (*b"IDAT", zeros.clone()), (*b"IEND", vec![])]),
        ),
        ("a PNG whose profile unfolds into 256 MB", "decoded", with_chunk(&small, *b"iCCP", &bomb(b"p\0\0"))),
        ("a PNG whose text unfolds into 256 MB", "decoded", with_chunk(&small, *b"zTXt", &bomb(b"t\0\0"))),
        ("a PNG whose international text unfolds", "decoded", with_chunk(&small, *b"iTXt", &bomb(b"t\0\x01\0\0\0"))),
        (
            "a PNG that is longer than it says",
            "decoded",
            png_of(&[png_header(16, 16, 8, 0), (*b"IDAT", zero_bomb(1 << 20)), (*b"IEND", vec![])]),
        ),
        ("a JPEG of 65,500 × 65,500", "too_big", jpeg_claiming(65_500, 65_500, 0xc0)),
        ("a progressive JPEG of 16 megapixels in full", "too_big", jpeg_claiming(4000, 4000, 0xc2)),
        ("a JPEG of 500 scans", "too_big", scans),
        ("a GIF of 65,535 × 65,535", "too_big", screen),
        ("a WebP of 16,383 × 16,383", "too_big", vp8l(16_383, 16_383)),
        (
            "a WebP canvas larger than the format allows",
            "damaged",
            riff(&[riff_chunk(*b"VP8X", &canvas), riff_chunk(*b"ANIM", &[0; 6])].concat()),
        ),
        ("a BMP of 30,000 × 30,000", "too_big", bmp),
        ("more bytes than are looked at", "too_big", vec![0; 33 << 20]),
    ]
}

fn broken() -> Vec<Row> {
    let (as_png, as_jpeg, as_webp) = (png(&photo(64, 64)), jpeg(&photo(64, 64)), webp(&photo(64, 64)));
    let mut crc = as_png.clone();
    crc[8 + 8 + 13] ^= 1;
    let mut data = as_png.clone();
    let middle = data.len() / 2;
    data[middle] ^= 0x55;
    let sizeless = |width, height| png_of(&[png_header(width, height, 8, 2), (*b"IDAT", vec![]), (*b"IEND", vec![])]);
    let header = || vec![png_header(8, 8, 8, 2)];
    let end = |mut chunks: Vec<([u8; 4], Vec<u8>)>| {
        chunks.push((*b"IEND", vec![]));
        png_of(&chunks)
    };
    let mut claim = as_webp.clone();
    claim[16..20].copy_from_slice(&u32::MAX.to_le_bytes());
    let mut behind = png_chunk(*b"IDAT", &[]);
    behind[..4].copy_from_slice(&u32::MAX.to_be_bytes());
    vec![
        ("nothing", "unsupported", vec![]),
        ("a PNG's signature alone", "damaged", as_png[..8].to_vec()),
        ("a PNG's signature and half a header", "damaged", as_png[..20].to_vec()),
        ("a PNG with a wrong checksum of its header", "damaged", crc),
        ("a PNG with a flipped bit", "damaged", data),
        ("a PNG without width", "damaged", sizeless(0, 8)),
        ("a PNG without height", "damaged", sizeless(8, 0)),
        ("a PNG without pixels", "damaged", end(header())),
        ("a PNG without an end", "damaged", as_png[..as_png.len() - 12].to_vec()),
        ("a PNG with a chunk of 4 GB", "damaged", [&as_png[..33], &behind[..]].concat()),
        ("a PNG of a colour that does not exist", "damaged", end(vec![png_header(8, 8, 8, 5)])),
        ("a JPEG's first three bytes", "damaged", as_jpeg[..3].to_vec()),
        ("a JPEG without an end", "damaged", as_jpeg[..as_jpeg.len() - 2].to_vec()),
        ("a JPEG without height", "damaged", jpeg_claiming(16, 0, 0xc0)),
        ("a JPEG without anything between its ends", "damaged", vec![0xff, 0xd8, 0xff, 0xd9]),
        ("a lossless JPEG", "unsupported", jpeg_claiming(16, 16, 0xc3)),
        ("a WebP with a chunk of 4 GB", "damaged", claim),
        ("a WebP without chunks", "damaged", riff(&[])),
        ("a BMP's first bytes", "damaged", b"BM\0\0".to_vec()),
        ("a GIF without a frame", "damaged", b"GIF89a\x08\0\x08\0\0\0\0;".to_vec()),
    ]
}

fn polyglots() -> Vec<Row> {
    let zip = zip_archive();
    let with_comment = |picture: Vec<u8>| {
        // The archive stands in a comment of the picture, and its own comment reaches to the picture's end.
        let start = picture.windows(zip.len()).position(|window| window == zip).unwrap();
        let rest = picture.len() - start - zip.len();
        let mut picture = picture;
        picture[start + zip.len() - 2..start + zip.len()].copy_from_slice(&(rest as u16).to_le_bytes());
        picture
    };
    let photo = photo(32, 32);
    vec![
        ("a JPEG and a ZIP", "unsupported", [&jpeg(&photo)[..], &zip].concat()),
        ("a JPEG with a ZIP in a comment", "unsupported", with_comment(with_segment(&jpeg(&photo), 0xfe, &zip))),
        ("a JPEG with a ZIP behind a preview", "unsupported", [&jpeg(&photo)[..], &jpeg(&photo), &zip].concat()),
        ("a PNG and a ZIP", "unsupported", [&png(&photo)[..], &zip].concat()),
        ("a GIF and a ZIP", "unsupported", [&gif(1)[..], &zip].concat()),
        ("a WebP and a ZIP", "unsupported", [&webp(&photo)[..], &zip].concat()),
        ("a PNG and a page", "unsupported", [&png(&photo)[..], b"<script>alert(1)</script>"].concat()),
        ("a JPEG and a program", "unsupported", [&jpeg(&photo)[..], b"MZ\x90\0"].concat()),
        ("a page", "unsupported", b"<html><body>no picture</body></html>".to_vec()),
        ("a drawing in SVG", "unsupported", b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec()),
        ("a PDF", "unsupported", b"%PDF-1.7".to_vec()),
        ("a HEIC", "unsupported", b"\0\0\0\x18ftypheic\0\0\0\0".to_vec()),
        ("a TIFF", "unsupported", b"II*\0\x08\0\0\0".to_vec()),
    ]
}

fn harmless() -> Vec<Row> {
    let photo = photo(48, 32);
    vec![
        ("a GIF of 10,000 frames", "decoded", gif(10_000)),
        ("an animated WebP", "decoded", animated_webp(16)),
        ("a PNG of 16 bits", "decoded", png(&DynamicImage::ImageRgb16(photo.to_rgb16()))),
        ("a PNG of 16 grey bits", "decoded", png(&DynamicImage::ImageLuma16(photo.to_luma16()))),
        ("a PNG that shows through", "decoded", png(&glass(8, 8))),
        ("a grey JPEG", "decoded", jpeg(&DynamicImage::ImageLuma8(photo.to_luma8()))),
        ("a JPEG with a preview behind it", "decoded", [&jpeg(&photo)[..], &jpeg(&flat(4, 4, 0))].concat()),
        ("a JPEG with a film behind it", "decoded", [&jpeg(&photo)[..], b"\0\0\0\x18ftypmp42 and so on"].concat()),
        ("a JPEG padded with zeros", "decoded", [&jpeg(&photo)[..], &[0; 4096]].concat()),
        ("a CMYK JPEG", "decoded", include_bytes!("../../cases/pictures/cmyk.jpg").to_vec()),
        ("a progressive JPEG", "decoded", include_bytes!("../../cases/pictures/progressive.jpg").to_vec()),
    ]
}

fn outcome(bytes: &[u8]) -> &'static str {
    decode(bytes).map_or_else(|error| error.class(), |_| "decoded")
}

#[test]
fn every_hostile_picture_has_its_class_in_time() {
    let cases = cases();
    assert!(cases.len() >= 50);
    let mut wrong = Vec::new();
    for case in &cases {
        let start = Instant::now();
        let outcome = outcome(&case.bytes);
        let elapsed = start.elapsed();
        if outcome != case.expected || elapsed > PATIENCE {
            wrong.push(format!("{}: {outcome} in {elapsed:?}, expected {}", case.name, case.expected));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_picture_that_breaks_off_anywhere_is_damaged() {
    for whole in [png(&photo(24, 24)), jpeg(&photo(24, 24)), webp(&photo(24, 24))] {
        // Below twelve bytes a WebP cannot be told from a film.
        for length in (12..whole.len()).step_by(7).chain([whole.len() - 1]) {
            assert_eq!(outcome(&whole[..length]), "damaged", "{length} of {}", whole.len());
        }
    }
    let whole = gif(1);
    for length in 6..whole.len() - 6 {
        assert_eq!(outcome(&whole[..length]), "damaged", "{length} of {}", whole.len());
    }
}

#[test]
fn no_hostile_picture_takes_much_memory() {
    if std::env::var_os(MEASURING).is_some() {
        return measure();
    }
    let name = "pictures::hostile::no_hostile_picture_takes_much_memory";
    let child = Command::new(std::env::current_exe().unwrap()).args(["--exact", name]).env(MEASURING, "1").output().unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
}

fn measure() {
    for case in cases() {
        let before = resident_peak_kb();
        let _ = outcome(&case.bytes);
        let growth = kilobytes("VmHWM:").saturating_sub(before);
        assert!(growth <= MAX_GROWTH_KB, "{}: {growth} kB", case.name);
    }
}

/// Forgets the peak so far, and returns what is held now.
fn resident_peak_kb() -> u64 {
    fs::write("/proc/self/clear_refs", "5").unwrap();
    kilobytes("VmRSS:")
}

fn kilobytes(field: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
