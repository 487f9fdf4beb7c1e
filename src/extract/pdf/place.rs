//! Where on a page text stands: just enough geometry to tell a new line from a space.

/// A matrix of ISO 32000-1, 8.3.3: `[a b c d e f]`.
#[derive(Clone, Copy)]
pub(super) struct Matrix(pub(super) [f32; 6]);

impl Matrix {
    pub(super) const IDENTITY: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    pub(super) fn moved(x: f32, y: f32) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }

    /// This matrix applied first, `then` after it.
    pub(super) fn then(self, then: Self) -> Self {
        let (first, second) = (self.0, then.0);
        let row = |x: usize, y: usize| (first[x] * second[0] + first[y] * second[2], first[x] * second[1] + first[y] * second[3]);
        let (right, up, moved) = (row(0, 1), row(2, 3), row(4, 5));
        Self([right.0, right.1, up.0, up.1, moved.0 + second[4], moved.1 + second[5]])
    }

    pub(super) fn origin(self) -> (f32, f32) {
        (self.0[4], self.0[5])
    }

    /// How much higher things become.
    pub(super) fn height(self) -> f32 {
        self.0[2].hypot(self.0[3])
    }
}

/// What stands between two pieces of text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Between {
    Nothing,
    Space,
    Line,
    Paragraph,
}

/// Where the last piece ended, and where the next one begins; `height` is that of the letters.
pub(super) fn between((last_x, last_y): (f32, f32), (x, y): (f32, f32), height: f32) -> Between {
    let height = if height.is_finite() && height > 0.1 { height } else { 10.0 };
    let fall = (last_y - y).abs();
    // Sub- and superscripts stay on their line.
    if fall > height * 2.2 {
        Between::Paragraph
    } else if fall > height * 0.6 {
        Between::Line
    } else if x > last_x + height * 0.22 || x < last_x - height * 2.0 {
        Between::Space
    } else {
        Between::Nothing
    }
}

#[cfg(test)]
mod tests {
    use super::{Between, Matrix, between};

    #[test]
    fn distance_tells_lines_from_words() {
        assert_eq!(between((100.0, 700.0), (101.0, 700.0), 12.0), Between::Nothing);
        assert_eq!(between((100.0, 700.0), (104.0, 703.0), 12.0), Between::Space);
        assert_eq!(between((400.0, 700.0), (72.0, 686.0), 12.0), Between::Line);
        assert_eq!(between((400.0, 700.0), (72.0, 660.0), 12.0), Between::Paragraph);
    }

    #[test]
    fn matrices_apply_in_order() {
        let doubled = Matrix([2.0, 0.0, 0.0, 2.0, 0.0, 0.0]);
        assert_eq!(Matrix::moved(3.0, 4.0).then(doubled).origin(), (6.0, 8.0));
        assert_eq!(doubled.then(Matrix::moved(3.0, 4.0)).origin(), (3.0, 4.0));
    }
}
