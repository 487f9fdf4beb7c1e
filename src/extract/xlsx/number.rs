//! Numbers as a spreadsheet shows them: a date is a number whose format says so (ECMA-376 part 1, 18.8.30).

use jiff::civil::{Date, date};

use crate::extract::{
    archive::Archive,
    error::Error,
    markup::{Markup, Node},
};

/// Cell formats that are kept; Excel has 64,000 of them.
const FORMATS: usize = 65_536;

/// Digits that a spreadsheet computes with. The rest is noise of binary fractions.
const DIGITS: usize = 15;

/// Seconds of a day.
const DAY: f64 = 86_400.0;

/// 9999-12-31, Excel's last day.
const LAST_DAY: f64 = 2_958_465.0;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Shape {
    Plain,
    Percent,
    Date,
    Time,
    Moment,
}

/// How the numbers of a workbook are shown, by the number of a cell's style.
pub(super) struct Formats {
    shapes: Vec<Shape>,
    day_zero: Date,
}

impl Formats {
    /// Reads the styles; without them every number is plain.
    pub(super) fn read(archive: &mut Archive<'_>, part: &str, counts_from_1904: bool) -> Result<Self, Error> {
        // The first calendar takes 1900 for a leap year, so that its day 0 is a day early for every later date.
        let day_zero = if counts_from_1904 { date(1904, 1, 1) } else { date(1899, 12, 30) };
        let mut formats = Self { shapes: Vec::new(), day_zero };
        let meter = archive.meter();
        let Some(source) = archive.part(part)? else { return Ok(formats) };
        let mut markup = Markup::new(source, meter);
        let mut own: Vec<(u32, Shape)> = Vec::new();
        let mut is_cells = false;
        while formats.shapes.len() < FORMATS && own.len() < FORMATS {
            match markup.next()? {
                Node::Open(tag) => {
                    let id = tag.attribute("numFmtId").and_then(|id| id.parse().ok()).unwrap_or(0);
                    match tag.name() {
                        "numFmt" => own.push((id, shape_of(&tag.attribute("formatCode").unwrap_or_default()))),
                        "cellXfs" => is_cells = true,
                        "xf" if is_cells => {
                            let found = own.iter().find(|(own, _)| *own == id).map(|(_, shape)| *shape);
                            formats.shapes.push(found.unwrap_or_else(|| built_in(id)));
                        }
                        _ => {}
                    }
                }
                Node::Close(name) if name == "cellXfs" => is_cells = false,
                Node::Close(_) | Node::Text(_) => {}
                Node::End => break,
            }
        }
        Ok(formats)
    }

    /// The number as it is shown; what is no number stays as it is.
    pub(super) fn show(&self, value: &str, style: usize) -> String {
        let value = value.trim();
        let Ok(number) = value.parse::<f64>() else { return value.to_owned() };
        let shape = self.shapes.get(style).copied().unwrap_or(Shape::Plain);
        match shape {
            Shape::Plain => plain(number, value),
            Shape::Percent => plain(number * 100.0, value) + "%",
            Shape::Date | Shape::Time | Shape::Moment => self.moment(number, shape).unwrap_or_else(|| plain(number, value)),
        }
    }

    fn moment(&self, number: f64, shape: Shape) -> Option<String> {
        if !(0.0..=LAST_DAY).contains(&number) {
            return None;
        }
        let seconds = (number * DAY).round() as i64;
        let (days, second) = (seconds.div_euclid(DAY as i64), seconds.rem_euclid(DAY as i64));
        let day = self.day_zero.checked_add(jiff::Span::new().days(days)).ok()?;
        let time = format!("{:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60);
        Some(match shape {
            Shape::Time => time,
            Shape::Moment if second > 0 => format!("{day} {time}"),
            Shape::Moment | Shape::Date | Shape::Plain | Shape::Percent => day.to_string(),
        })
    }
}

fn plain(number: f64, as_written: &str) -> String {
    // Identity numbers and other long ones are kept digit for digit.
    if !number.is_finite() || number.abs() >= 1e15 || (number != 0.0 && number.abs() < 1e-9) {
        return as_written.to_owned();
    }
    format!("{number:.*e}", DIGITS - 1).parse::<f64>().unwrap_or(number).to_string()
}

fn built_in(id: u32) -> Shape {
    match id {
        9 | 10 => Shape::Percent,
        14..=17 | 27..=31 | 36 | 50..=54 | 57 | 58 => Shape::Date,
        18..=21 | 32..=35 | 45..=47 | 55 | 56 => Shape::Time,
        22 => Shape::Moment,
        _ => Shape::Plain,
    }
}

/// What a format's letters outside of quotes and brackets say.
fn shape_of(code: &str) -> Shape {
    let (mut has_date, mut has_time, mut has_percent) = (false, false, false);
    let mut letters = code.chars();
    let mut skip_to = None;
    while let Some(letter) = letters.next() {
        match (skip_to, letter) {
            (Some(end), letter) => skip_to = (letter != end).then_some(end),
            (None, '"') => skip_to = Some('"'),
            (None, '[') => skip_to = Some(']'),
            (None, '\\' | '_' | '*') => drop(letters.next()),
            (None, 'y' | 'Y' | 'd' | 'D') => has_date = true,
            (None, 'h' | 'H' | 's' | 'S') => has_time = true,
            (None, '%') => has_percent = true,
            // Only the first section is for positive numbers.
            (None, ';') => break,
            (None, _) => {}
        }
    }
    match (has_date, has_time) {
        (true, true) => Shape::Moment,
        (true, false) => Shape::Date,
        (false, true) => Shape::Time,
        (false, false) if has_percent => Shape::Percent,
        (false, false) => Shape::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::{Formats, Shape, date, shape_of};

    #[test]
    fn formats_say_what_a_number_is() {
        for (code, shape) in [
            ("General", Shape::Plain),
            ("yyyy\"年\"m\"月\"d\"日\"", Shape::Date),
            ("[$-804]yyyy/m/d h:mm", Shape::Moment),
            ("[Red]#,##0.00;[Blue]-yy", Shape::Plain),
            ("0.0%", Shape::Percent),
            ("h:mm:ss", Shape::Time),
            ("\"days\" 0", Shape::Plain),
        ] {
            assert_eq!(shape_of(code), shape, "{code}");
        }
    }

    #[test]
    fn numbers_are_shown_as_the_sheet_shows_them() {
        let formats =
            Formats { shapes: vec![Shape::Plain, Shape::Date, Shape::Moment, Shape::Percent], day_zero: date(1899, 12, 30) };
        for (value, style, shown) in [
            ("0.30000000000000004", 0, "0.3"),
            ("110101199003071234", 0, "110101199003071234"),
            ("46350", 1, "2026-11-24"),
            ("46350.75", 2, "2026-11-24 18:00:00"),
            ("-5", 1, "-5"),
            ("1e300", 1, "1e300"),
            ("0.125", 3, "12.5%"),
            ("NaN", 0, "NaN"),
            ("text", 9, "text"),
        ] {
            assert_eq!(formats.show(value, style), shown);
        }
    }
}
