//! Four characters as strokes of a pen, in a box of 100 × 100 whose rows count downwards.
//!
//! No font can be assumed where a server runs, and one with Chinese characters weighs megabytes. These are drawn for the mark
//! alone: open shapes that stay legible at a dozen pixels.

/// One movement of the pen.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    /// Lifts the pen and sets it down.
    At(f32, f32),
    Line(f32, f32),
    /// A bend around the first point, to the second.
    Curve(f32, f32, f32, f32),
}

/// A character.
#[derive(Debug)]
pub(super) struct Glyph {
    pub(super) width: f32,
    pub(super) steps: &'static [Step],
}

use Step::{At, Curve, Line};

pub(super) const A: Glyph =
    Glyph { width: 78.0, steps: &[At(0.0, 100.0), Line(39.0, 0.0), Line(78.0, 100.0), At(15.0, 64.0), Line(63.0, 64.0)] };

pub(super) const I: Glyph = Glyph { width: 0.0, steps: &[At(0.0, 0.0), Line(0.0, 100.0)] };

/// 生
pub(super) const LIFE: Glyph = Glyph {
    width: 100.0,
    steps: &[
        At(25.0, 4.0),
        Curve(20.0, 28.0, 4.0, 46.0),
        At(18.0, 27.0),
        Line(90.0, 27.0),
        At(14.0, 62.0),
        Line(86.0, 62.0),
        At(51.0, 0.0),
        Line(51.0, 100.0),
        At(0.0, 100.0),
        Line(100.0, 100.0),
    ],
};

/// 成
pub(super) const BECOME: Glyph = Glyph {
    width: 100.0,
    steps: &[
        At(96.0, 22.0),
        Line(14.0, 22.0),
        Curve(16.0, 72.0, 0.0, 100.0),
        At(14.0, 50.0),
        Line(43.0, 50.0),
        Curve(43.0, 84.0, 37.0, 84.0),
        Line(26.0, 78.0),
        At(56.0, 0.0),
        Curve(58.0, 70.0, 84.0, 98.0),
        Curve(92.0, 104.0, 97.0, 76.0),
        At(88.0, 40.0),
        Curve(76.0, 78.0, 44.0, 99.0),
        At(72.0, 2.0),
        Line(88.0, 12.0),
    ],
};
