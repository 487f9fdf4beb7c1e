//! What the demo model sees in a picture: its kind, its size and its main colour.
//!
//! That is enough for a test to tell that the right picture arrived whole, and it is true of any picture.

use image::{DynamicImage, GenericImageView, ImageFormat};

/// Samples on each side: enough for a main colour, few enough for a large picture.
const SAMPLES: u32 = 48;

/// Bits of a channel that two shades of one colour share.
const SHADE_BITS: u32 = 5;

/// Colours with their names, in Chinese and English.
const COLOURS: [([u8; 3], &str, &str); 13] = [
    ([0, 0, 0], "黑色", "black"),
    ([255, 255, 255], "白色", "white"),
    ([128, 128, 128], "灰色", "grey"),
    ([220, 40, 40], "红色", "red"),
    ([240, 140, 30], "橙色", "orange"),
    ([240, 220, 50], "黄色", "yellow"),
    ([60, 170, 70], "绿色", "green"),
    ([60, 200, 210], "青色", "cyan"),
    ([50, 90, 210], "蓝色", "blue"),
    ([140, 190, 240], "浅蓝色", "light blue"),
    ([140, 70, 180], "紫色", "purple"),
    ([240, 150, 190], "粉色", "pink"),
    ([120, 75, 45], "棕色", "brown"),
];

/// One picture, looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    format: &'static str,
    width: u32,
    height: u32,
    colour: [u8; 3],
}

/// Looks at a picture; `None` if it cannot be read.
pub(super) fn look(bytes: &[u8]) -> Option<Seen> {
    let format = match image::guess_format(bytes).ok()? {
        ImageFormat::Png => "PNG",
        ImageFormat::Jpeg => "JPEG",
        ImageFormat::Gif => "GIF",
        ImageFormat::WebP => "WebP",
        ImageFormat::Bmp => "BMP",
        _ => return None,
    };
    let picture = image::load_from_memory(bytes).ok()?;
    Some(Seen { format, width: picture.width(), height: picture.height(), colour: main_colour(&picture) })
}

/// What it says about the pictures, one line each.
pub(super) fn describe(seen: &[Seen], is_chinese: bool) -> String {
    let lines = seen.iter().enumerate().map(|(index, picture)| {
        let Seen { format, width, height, colour: [red, green, blue] } = picture;
        let (chinese, english) = name(picture.colour);
        let shade = format!("#{red:02x}{green:02x}{blue:02x}");
        let number = index + 1;
        if is_chinese {
            format!("第 {number} 张图是 {format}，{width} × {height} 像素，主要是{chinese}（{shade}）。")
        } else {
            format!("Picture {number} is a {format} of {width} × {height} pixels, mostly {english} ({shade}).")
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The mean of the commonest shade.
fn main_colour(picture: &DynamicImage) -> [u8; 3] {
    let (width, height) = picture.dimensions();
    let mut shades = std::collections::BTreeMap::<[u8; 3], ([u32; 3], u32)>::new();
    for step in 0..SAMPLES * SAMPLES {
        let (x, y) = (step % SAMPLES * width / SAMPLES, step / SAMPLES * height / SAMPLES);
        let [red, green, blue, _] = picture.get_pixel(x, y).0;
        let (sum, count) = shades.entry([red, green, blue].map(|channel| channel >> SHADE_BITS)).or_default();
        *sum = [sum[0] + u32::from(red), sum[1] + u32::from(green), sum[2] + u32::from(blue)];
        *count += 1;
    }
    let commonest = shades.values().max_by_key(|(_, count)| *count);
    commonest.map(|(sum, count)| sum.map(|channel| (channel / count) as u8)).unwrap_or_default()
}

/// The nearest named colour.
fn name(colour: [u8; 3]) -> (&'static str, &'static str) {
    let distance = |named: &[u8; 3]| -> u32 { colour.iter().zip(named).map(|(a, b)| u32::from(a.abs_diff(*b)).pow(2)).sum() };
    let nearest = COLOURS.iter().min_by_key(|(named, ..)| distance(named));
    nearest.map_or(("", ""), |(_, chinese, english)| (*chinese, *english))
}
