//! A landscape for each prompt: what the demo model draws, as a PNG made by hand.
//!
//! The same prompt gives the same picture, so that a test can tell two apart. Pixels are indices into a palette of one hue, and
//! are stored uncompressed: a quarter of a megabyte, which is less than a dependency for it would cost to build.
//!
//! Source: <https://www.w3.org/TR/png-3/>

/// Pixels of a side.
const SIDE: usize = 512;

/// Palette: 0–191 the sky from top to bottom, then the sun and three ranges of hills.
const SKY: usize = 192;
const SUN: u8 = 192;
const HILLS: u8 = 193;
const COLOURS: usize = 196;

/// The largest stored block that deflate has.
const BLOCK: usize = 65_535;

/// The picture of `prompt`.
pub(super) fn draw(prompt: &str) -> Vec<u8> {
    let seed = prompt.bytes().fold(2_166_136_261_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(16_777_619));
    let mut png = vec![0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];
    let side = (SIDE as u32).to_be_bytes();
    // Eight bits a pixel, colours by palette, no interlacing.
    chunk(&mut png, *b"IHDR", &[&side[..], &side[..], &[8, 3, 0, 0, 0]].concat());
    chunk(&mut png, *b"PLTE", &palette(f64::from(seed % 360)));
    chunk(&mut png, *b"IDAT", &stored(&pixels(seed)));
    chunk(&mut png, *b"IEND", &[]);
    png
}

/// Rows from the top, each after its filter byte.
fn pixels(seed: u32) -> Vec<u8> {
    let (sun_x, sun_y) = (120.0 + f64::from(seed >> 8 & 255), 90.0 + f64::from(seed >> 16 & 63));
    let phase = f64::from(seed & 1023) / 60.0;
    let mut rows = Vec::with_capacity(SIDE * (SIDE + 1));
    for y in 0..SIDE {
        rows.push(0);
        for x in 0..SIDE {
            let (across, down) = (x as f64, y as f64);
            let ridge = |range: f64| {
                let wave = (across / (95.0 - range * 18.0) + phase * (range + 1.0)).sin() + (across / 31.0 + phase).sin() / 4.0;
                260.0 + range * 75.0 - wave * (46.0 - range * 9.0)
            };
            let in_front = (0..3_u8).rev().find(|range| down > ridge(f64::from(*range)));
            rows.push(match in_front {
                Some(range) => HILLS + range,
                None if (across - sun_x).hypot(down - sun_y) < 38.0 => SUN,
                None => (y * SKY / SIDE) as u8,
            });
        }
    }
    rows
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
    let (low, high) = bytes.iter().fold((1_u32, 0_u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    out.extend((high << 16 | low).to_be_bytes());
    out
}

fn chunk(png: &mut Vec<u8>, name: [u8; 4], bytes: &[u8]) {
    png.extend((bytes.len() as u32).to_be_bytes());
    let start = png.len();
    png.extend_from_slice(&name);
    png.extend_from_slice(bytes);
    let sum = png[start..].iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 })
    });
    png.extend((!sum).to_be_bytes());
}
