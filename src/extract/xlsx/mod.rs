//! Workbooks (ECMA-376, SpreadsheetML): every sheet under its name, one line of ` | ` for each row.
//!
//! Sheets are streamed cell by cell, so a sheet that claims a million columns costs nothing. It computes no formula: what the
//! spreadsheet saved as its value is read.

mod number;
mod strings;

use self::{number::Formats, strings::Strings};
use super::{
    archive::Archive,
    draft::Draft,
    error::Error,
    limits::Limits,
    markup::{Markup, Node, Tag},
    package::{self, Relation},
};

/// Writes every sheet, and gives the title.
pub(super) fn read(archive: &mut Archive<'_>, limits: &Limits, draft: &mut Draft) -> Result<Option<String>, Error> {
    let title = package::title(archive);
    let main = package::main_part(archive)?.unwrap_or_else(|| "xl/workbook.xml".to_owned());
    let relations = package::relations(archive, &main)?;
    let part = |kind: &str, usual: &str| {
        let found = relations.iter().find(|relation| relation.kind == kind).map(|relation| relation.target.clone());
        found.unwrap_or_else(|| package::resolve(&main, usual))
    };
    let workbook = workbook(archive, &main)?;
    let formats = Formats::read(archive, &part("styles", "styles.xml"), workbook.counts_from_1904)?;
    let strings = Strings::read(archive, &part("sharedStrings", "sharedStrings.xml"), limits, draft)?;
    for (name, id) in &workbook.sheets {
        let Some(Relation { target, .. }) = relations.iter().find(|relation| relation.id == *id && relation.kind == "worksheet")
        else {
            continue;
        };
        if draft.is_cut() {
            break;
        }
        draft.mark(format!("# {}", name.split_whitespace().collect::<Vec<_>>().join(" ")));
        rows(archive, target, &Values { formats: &formats, strings: &strings }, draft)?;
        draft.break_paragraph();
    }
    Ok(title)
}

struct Workbook {
    /// Names and relation ids, in the order of the tabs.
    sheets: Vec<(String, String)>,
    counts_from_1904: bool,
}

fn workbook(archive: &mut Archive<'_>, main: &str) -> Result<Workbook, Error> {
    let meter = archive.meter();
    let Some(source) = archive.part(main)? else { return Err(Error::damaged("the workbook's main part is missing")) };
    let mut markup = Markup::new(source, meter);
    let mut workbook = Workbook { sheets: Vec::new(), counts_from_1904: false };
    loop {
        match markup.next()? {
            Node::Open(tag) if tag.name() == "sheet" => {
                if let (Some(name), Some(id)) = (tag.attribute("name"), tag.prefixed_attribute("id")) {
                    workbook.sheets.push((name, id));
                }
            }
            Node::Open(tag) if tag.name() == "workbookPr" => {
                workbook.counts_from_1904 = tag.attribute("date1904").is_some_and(|value| value == "1" || value == "true");
            }
            Node::End => return Ok(workbook),
            Node::Open(_) | Node::Close(_) | Node::Text(_) => {}
        }
    }
}

/// What the cells of a sheet refer to.
struct Values<'a> {
    formats: &'a Formats,
    strings: &'a Strings,
}

/// How a cell's text is meant.
#[derive(Clone, Copy)]
enum Type {
    Number,
    Shared,
    Boolean,
    /// Text as it stands, also of errors and dates in ISO form.
    Plain,
}

impl Type {
    fn of(tag: &Tag<'_>) -> Self {
        match tag.attribute("t").as_deref() {
            None | Some("n") => Self::Number,
            Some("s") => Self::Shared,
            Some("b") => Self::Boolean,
            Some(_) => Self::Plain,
        }
    }
}

fn rows(archive: &mut Archive<'_>, part: &str, values: &Values<'_>, draft: &mut Draft) -> Result<(), Error> {
    let meter = archive.meter();
    let Some(source) = archive.part(part)? else { return Ok(()) };
    let mut markup = Markup::new(source, meter);
    let (mut kind, mut style, mut column) = (Type::Number, 0, 0_u32);
    let mut value = String::new();
    let mut is_value = false;
    while !draft.is_cut() {
        match markup.next()? {
            Node::Open(tag) => match tag.name() {
                "row" => {
                    draft.break_line();
                    column = 0;
                }
                "c" => {
                    let own = tag.attribute("r").and_then(|name| column_of(&name)).unwrap_or(column);
                    (column..own).for_each(|_| draft.next_cell());
                    column = own.max(column);
                    kind = Type::of(&tag);
                    style = tag.attribute("s").and_then(|style| style.parse().ok()).unwrap_or(0);
                    value.clear();
                }
                "v" | "t" => is_value = true,
                "rPh" => is_value = false,
                _ => {}
            },
            Node::Text(text) if is_value => value.push_str(&text),
            Node::Close(name) if name == "v" || name == "t" => is_value = false,
            Node::Close(name) if name == "c" => {
                write(kind, style, &value, values, draft);
                draft.next_cell();
                column += 1;
            }
            Node::Close(_) | Node::Text(_) => {}
            Node::End => break,
        }
        if value.len() > VALUE_BYTES {
            return Err(meter.refuse());
        }
    }
    draft.break_line();
    Ok(())
}

/// Excel keeps 32,767 characters in a cell.
const VALUE_BYTES: usize = 1 << 20;

fn write(kind: Type, style: usize, value: &str, values: &Values<'_>, draft: &mut Draft) {
    match kind {
        Type::Number => draft.push(&values.formats.show(value, style)),
        Type::Shared => draft.push(value.trim().parse().map_or("", |index| values.strings.at(index))),
        Type::Boolean => draft.push(if value.trim() == "1" { "TRUE" } else { "FALSE" }),
        Type::Plain => draft.push(value),
    }
}

/// The column of a cell's name counted from 0, as 27 of `AB7`; none beyond Excel's last, `XFD`.
fn column_of(name: &str) -> Option<u32> {
    let letters = name.bytes().take_while(u8::is_ascii_alphabetic).take(4);
    let number = letters.fold(0_u32, |number, letter| number * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1);
    (1..=16_384).contains(&number).then(|| number - 1)
}

#[cfg(test)]
mod tests {
    use super::column_of;

    #[test]
    fn columns_are_counted_from_their_letters() {
        assert_eq!(["A1", "Z9", "AB7", "XFD1048576"].map(column_of), [Some(0), Some(25), Some(27), Some(16_383)]);
        assert_eq!(["", "1", "XFE1", "ZZZZZZZZ1"].map(column_of), [None; 4]);
    }
}
