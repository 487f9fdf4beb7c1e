//! The visible mark of a picture that a machine made: white writing on a dark, translucent plate in the lower right corner.
//!
//! GB 45438-2025 asks for text at least 5 % of the shorter side high, which is measured here on the strokes and not on some box
//! around them. The plate keeps it legible on white and on noise.
//!
//! Source: <https://www.cac.gov.cn/2025-03/14/c_1743654684782215.htm>

mod glyphs;

use image::{DynamicImage, Rgba};
use tiny_skia::{LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Stroke, Transform};

use glyphs::{A, BECOME, Glyph, I, LIFE, Step};

/// What the mark says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// AI生成
    Chinese,
    /// AI
    Latin,
}

/// Height of the writing in parts of the picture's shorter side: what the standard asks for, and a little that edges blur away.
const HEIGHT: f32 = 0.056;

/// Below this many pixels nobody can read 成, so a small picture gives the mark more of itself.
const MIN_HEIGHT: f32 = 13.0;

/// Parts of a picture's sides that the mark takes at most, where the picture is tiny.
const MAX_SHARE: f32 = 0.9;

/// In parts of the writing's height: the pen, its outline on either side, the gap between characters, plate and margin.
const PEN: f32 = 0.105;
const OUTLINE: f32 = 0.05;
const GAP: f32 = 0.27;
const PADDING: f32 = 0.42;
const MARGIN: f32 = 0.4;

/// Alpha of the plate and of the strokes' outline.
const PLATE_ALPHA: u8 = 120;
const OUTLINE_ALPHA: u8 = 150;

/// Units of a glyph's box.
const BOX: f32 = 100.0;

/// Draws the mark.
pub(super) fn draw(pixels: &mut DynamicImage, mark: Mark) {
    let (width, height) = (pixels.width() as f32, pixels.height() as f32);
    let glyphs = mark.glyphs();
    let writing_width = glyphs.iter().map(|glyph| glyph.width / BOX * (1.0 - PEN) + GAP).sum::<f32>() - GAP + PEN;
    let widest = width * MAX_SHARE / (writing_width + 2.0 * PADDING);
    let highest = height * MAX_SHARE / (1.0 + 2.0 * PADDING);
    let size = (width.min(height) * HEIGHT).max(MIN_HEIGHT).min(widest).min(highest);
    let (plate_width, plate_height) = (size * (writing_width + 2.0 * PADDING), size * (1.0 + 2.0 * PADDING));
    let Some(plate) = paint(glyphs, size, plate_width, plate_height) else { return };
    let margin = (size * MARGIN) as u32;
    let before = |side: u32, length: u32| {
        let room = side.saturating_sub(length);
        room - margin.min(room / 2)
    };
    let (left, top) = (before(pixels.width(), plate.width()), before(pixels.height(), plate.height()));
    lay(pixels, &plate, left, top);
}

impl Mark {
    fn glyphs(self) -> &'static [Glyph] {
        match self {
            Self::Chinese => &[A, I, LIFE, BECOME],
            Self::Latin => &[A, I],
        }
    }
}

/// The plate with the writing on it.
fn paint(glyphs: &[Glyph], size: f32, width: f32, height: f32) -> Option<Pixmap> {
    let mut plate = Pixmap::new(width.ceil() as u32, height.ceil() as u32)?;
    // A thick stroke with round ends is a plate with round ends.
    let mut line = PathBuilder::new();
    line.move_to(height / 2.0, height / 2.0);
    line.line_to((width - height / 2.0).max(height / 2.0 + 0.1), height / 2.0);
    pen(&mut plate, &line.finish()?, height, [0, 0, 0, PLATE_ALPHA]);
    let writing = writing(glyphs, size)?;
    pen(&mut plate, &writing, size * (PEN + 2.0 * OUTLINE), [0, 0, 0, OUTLINE_ALPHA]);
    pen(&mut plate, &writing, size * PEN, [255, 255, 255, 255]);
    Some(plate)
}

/// The strokes of all characters. The ink, half a pen beyond the strokes' points, is `size` high.
fn writing(glyphs: &[Glyph], size: f32) -> Option<Path> {
    let mut path = PathBuilder::new();
    let scale = size * (1.0 - PEN) / BOX;
    let (mut left, top) = (size * (PADDING + PEN / 2.0), size * (PADDING + PEN / 2.0));
    for glyph in glyphs {
        let (x, y) = (|x: f32| left + x * scale, |y: f32| top + y * scale);
        for step in glyph.steps {
            match *step {
                Step::At(to_x, to_y) => path.move_to(x(to_x), y(to_y)),
                Step::Line(to_x, to_y) => path.line_to(x(to_x), y(to_y)),
                Step::Curve(around_x, around_y, to_x, to_y) => path.quad_to(x(around_x), y(around_y), x(to_x), y(to_y)),
            }
        }
        left += glyph.width * scale + size * GAP;
    }
    path.finish()
}

fn pen(plate: &mut Pixmap, path: &Path, width: f32, [red, green, blue, alpha]: [u8; 4]) {
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color_rgba8(red, green, blue, alpha);
    let stroke = Stroke { width, line_cap: LineCap::Round, line_join: LineJoin::Round, ..Stroke::default() };
    plate.stroke_path(path, &paint, &stroke, Transform::identity(), None);
}

/// Lays the plate over the picture, opaque or not.
fn lay(pixels: &mut DynamicImage, plate: &Pixmap, left: u32, top: u32) {
    for (index, over) in plate.pixels().iter().enumerate() {
        let (x, y) = (left + index as u32 % plate.width(), top + index as u32 / plate.width());
        if x >= pixels.width() || y >= pixels.height() || over.alpha() == 0 {
            continue;
        }
        match pixels {
            DynamicImage::ImageRgba8(pixels) => {
                let under = pixels.get_pixel_mut(x, y);
                *under = over_pixel(*over, *under);
            }
            DynamicImage::ImageRgb8(pixels) => {
                let under = pixels.get_pixel_mut(x, y);
                let [red, green, blue] = under.0;
                let Rgba([red, green, blue, _]) = over_pixel(*over, Rgba([red, green, blue, u8::MAX]));
                under.0 = [red, green, blue];
            }
            // `decode` makes nothing else.
            _ => return,
        }
    }
}

/// Porter and Duff's "over": the plate's colours are multiplied by their alpha already, the picture's are not.
fn over_pixel(over: tiny_skia::PremultipliedColorU8, under: Rgba<u8>) -> Rgba<u8> {
    let (over_alpha, under_alpha) = (u32::from(over.alpha()), u32::from(under.0[3]));
    let kept = under_alpha * (255 - over_alpha);
    let alpha = over_alpha * 255 + kept;
    let mix = |over: u8, under: u8| ((u32::from(over) * 255 * 255 + u32::from(under) * kept) / alpha.max(1)).min(255) as u8;
    let [red, green, blue, _] = under.0;
    Rgba([mix(over.red(), red), mix(over.green(), green), mix(over.blue(), blue), ((alpha + 127) / 255) as u8])
}
