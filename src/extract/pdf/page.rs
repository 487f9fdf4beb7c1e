//! One page: its operators in order, those that show text (ISO 32000-1, 9.4), and forms within forms.
//!
//! Only where text stands is followed; colours, paths and pictures are passed over.

use std::{borrow::Cow, collections::HashMap, rc::Rc};

use lopdf::{
    Dictionary, Document, Object, ObjectId, Stream,
    content::{Content, Operation},
};

use super::{
    font::Font,
    place::{Between, Matrix, between},
};
use crate::extract::{draft::Draft, error::Error, limits::Meter};

/// What the operators of one page may unpack to. A detailed map takes some megabytes.
const CONTENT_BYTES: u64 = 24 << 20;

/// Forms within forms.
const FORM_DEPTH: u32 = 6;

/// Forms that are read on one page; the same one may be shown again and again.
const FORMS: u32 = 500;

/// Fonts that are kept, lest a file with one for each page fill the memory.
const FONTS: usize = 64;

/// Saved states within saved states; the standard asks for 28.
const STATES: usize = 64;

/// Operators between two looks at the clock.
const OPERATORS: u32 = 4_096;

/// Backing up by so many thousandths of the letters' size is how some writers make a space.
const SPACE_THOUSANDTHS: f32 = 180.0;

/// What a page has beside its text.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) pictures: bool,
    /// Glyphs that stand for nothing known.
    pub(super) unknown: u64,
}

/// Reads the pages of one document; fonts are shared between them.
pub(super) struct Pages<'a> {
    document: &'a Document,
    meter: &'a Meter,
    /// By the font's place in the loaded document.
    fonts: HashMap<*const Dictionary, Rc<Font>>,
}

impl<'a> Pages<'a> {
    pub(super) fn new(document: &'a Document, meter: &'a Meter) -> Self {
        Self { document, meter, fonts: HashMap::new() }
    }

    /// Writes the text of one page.
    pub(super) fn read(&mut self, page: ObjectId, draft: &mut Draft) -> Result<Seen, Error> {
        if self.document.get_dictionary(page).is_err() {
            return Err(Error::damaged("the page is missing"));
        }
        let content = self.content(page)?;
        let resources = self.resources(page);
        let mut view = View {
            pages: self,
            draft,
            seen: Seen::default(),
            state: State::new(),
            saved: Vec::new(),
            end: None,
            forms: 0,
            text: String::new(),
        };
        view.run(&content, &resources, 0)?;
        Ok(view.seen)
    }

    /// The operators of a page, which may stand in several streams.
    fn content(&self, page: ObjectId) -> Result<Cow<'a, [u8]>, Error> {
        let mut content = Cow::Borrowed(&[][..]);
        for id in self.document.get_page_contents(page) {
            let Ok(stream) = self.document.get_object(id).and_then(Object::as_stream) else { continue };
            let piece = match self.unpacked(stream) {
                Ok(piece) => piece,
                Err(Error::Damaged(_)) => continue,
                Err(error) => return Err(error),
            };
            if content.is_empty() {
                content = piece;
            } else if (content.len() + piece.len()) as u64 > CONTENT_BYTES {
                return Err(Error::TooBig);
            } else {
                content.to_mut().push(b'\n');
                content.to_mut().extend_from_slice(&piece);
            }
        }
        Ok(content)
    }

    /// Unpacks operators, and counts them; those that are too many count as much as was unpacked of them.
    fn unpacked(&self, stream: &'a Stream) -> Result<Cow<'a, [u8]>, Error> {
        // Most streams are packed; a copy of one that is not would double what a large page costs.
        if !stream.dict.has(b"Filter") {
            self.meter.spend(stream.content.len() as u64)?;
            return Ok(Cow::Borrowed(&stream.content));
        }
        let content = stream.decompressed_content_with_limit(CONTENT_BYTES as usize).map_err(|error| super::judge(&error));
        self.meter.spend(content.as_ref().map_or(CONTENT_BYTES, |content| content.len() as u64))?;
        content.map(Cow::Owned)
    }

    /// The resources that apply to a page, its own before those it inherits.
    fn resources(&self, page: ObjectId) -> Vec<&'a Dictionary> {
        let Ok((own, inherited)) = self.document.get_page_resources(page) else { return Vec::new() };
        own.into_iter().chain(inherited.iter().filter_map(|id| self.document.get_dictionary(*id).ok())).collect()
    }

    fn font(&mut self, name: &[u8], resources: &[&'a Dictionary]) -> Option<Rc<Font>> {
        let font = find(self.document, resources, b"Font", name)?.as_dict().ok()?;
        if let Some(known) = self.fonts.get(&std::ptr::from_ref(font)) {
            return Some(Rc::clone(known));
        }
        if self.fonts.len() >= FONTS {
            self.fonts.clear();
        }
        let read = Rc::new(Font::new(font, self.document));
        self.fonts.insert(std::ptr::from_ref(font), Rc::clone(&read));
        Some(read)
    }
}

/// A resource by its kind and name.
fn find<'a>(document: &'a Document, resources: &[&'a Dictionary], kind: &[u8], name: &[u8]) -> Option<&'a Object> {
    resources
        .iter()
        .find_map(|resources| resources.get_deref(kind, document).ok()?.as_dict().ok()?.get_deref(name, document).ok())
}

/// What operators change.
#[derive(Clone)]
struct State {
    page: Matrix,
    text: Matrix,
    line: Matrix,
    leading: f32,
    size: f32,
    font: Option<Rc<Font>>,
}

impl State {
    fn new() -> Self {
        let still = Matrix::IDENTITY;
        Self { page: still, text: still, line: still, leading: 0.0, size: 0.0, font: None }
    }

    fn next_line(&mut self, x: f32, y: f32) {
        self.line = Matrix::moved(x, y).then(self.line);
        self.text = self.line;
    }
}

/// A page while it is read.
struct View<'a, 'b> {
    pages: &'b mut Pages<'a>,
    draft: &'b mut Draft,
    seen: Seen,
    state: State,
    saved: Vec<State>,
    /// Where the last text ended.
    end: Option<(f32, f32)>,
    forms: u32,
    text: String,
}

impl<'a> View<'a, '_> {
    fn run(&mut self, content: &[u8], resources: &[&'a Dictionary], depth: u32) -> Result<(), Error> {
        for (operation, count) in Content::decode_iter(content).zip(1_u32..) {
            // What stands before a damaged operator was read already.
            let Ok(operation) = operation else { return Ok(()) };
            if count.is_multiple_of(OPERATORS) {
                self.pages.meter.in_time()?;
            }
            if self.draft.is_cut() {
                return Ok(());
            }
            self.operate(&operation, resources, depth)?;
        }
        Ok(())
    }

    fn operate(&mut self, operation: &Operation, resources: &[&'a Dictionary], depth: u32) -> Result<(), Error> {
        let operands = operation.operands.as_slice();
        let number = |index: usize| operands.get(index).and_then(|operand| operand.as_float().ok()).unwrap_or(0.0);
        match operation.operator.as_str() {
            "q" if self.saved.len() < STATES => self.saved.push(self.state.clone()),
            "Q" => self.state = self.saved.pop().unwrap_or_else(|| self.state.clone()),
            "cm" => self.state.page = matrix(operands).then(self.state.page),
            "BT" => (self.state.text, self.state.line) = (Matrix::IDENTITY, Matrix::IDENTITY),
            "Tf" => {
                let name = operands.first().and_then(|name| name.as_name().ok());
                self.state.font = name.and_then(|name| self.pages.font(name, resources));
                self.state.size = number(1);
            }
            "TL" => self.state.leading = number(0),
            "Td" => self.state.next_line(number(0), number(1)),
            "TD" => {
                self.state.leading = -number(1);
                self.state.next_line(number(0), number(1));
            }
            "Tm" => {
                self.state.line = matrix(operands);
                self.state.text = self.state.line;
            }
            "T*" => self.state.next_line(0.0, -self.state.leading),
            "Tj" => self.show(operands),
            "TJ" => self.show(operands.first().and_then(|pieces| pieces.as_array().ok()).map_or(&[], Vec::as_slice)),
            "'" | "\"" => {
                self.state.next_line(0.0, -self.state.leading);
                self.show(&operands[operands.len().saturating_sub(1)..]);
            }
            "BI" => self.seen.pictures = true,
            "Do" => {
                let name = operands.first().and_then(|name| name.as_name().ok()).unwrap_or_default();
                let object = find(self.pages.document, resources, b"XObject", name);
                if let Some(Object::Stream(object)) = object {
                    self.show_object(object, resources, depth)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// A picture is noted; a form is a page within the page.
    fn show_object(&mut self, object: &'a Stream, resources: &[&'a Dictionary], depth: u32) -> Result<(), Error> {
        if object.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|kind| kind == b"Image") {
            self.seen.pictures = true;
            return Ok(());
        }
        self.forms += 1;
        if depth >= FORM_DEPTH || self.forms > FORMS {
            return Ok(());
        }
        let document = self.pages.document;
        let content = self.pages.unpacked(object)?;
        let own = object.dict.get_deref(b"Resources", document).and_then(Object::as_dict).ok();
        let resources: Vec<&'a Dictionary> =
            own.into_iter().chain(resources.iter().copied()).take(FORM_DEPTH as usize * 2).collect();
        let outer = (self.state.clone(), std::mem::take(&mut self.saved));
        if let Ok(placed) = object.dict.get_deref(b"Matrix", document).and_then(Object::as_array) {
            self.state.page = matrix(placed).then(self.state.page);
        }
        let result = self.run(&content, &resources, depth + 1);
        (self.state, self.saved) = outer;
        result
    }

    /// Shows strings, and moves by the numbers between them.
    fn show(&mut self, pieces: &[Object]) {
        let Some(font) = self.state.font.clone() else { return };
        for piece in pieces {
            if let Ok(bytes) = piece.as_str() {
                self.text.clear();
                let shown = font.write(bytes, &mut self.text);
                self.seen.unknown += shown.unknown;
                self.write(shown.width / 1_000.0 * self.state.size);
            } else if let Ok(back) = piece.as_float() {
                // Between Chinese characters such a step is justification, not a space.
                let is_space = -back > SPACE_THOUSANDTHS && self.text.ends_with(|letter: char| letter.is_ascii());
                if is_space {
                    self.draft.push(" ");
                }
                self.advance(-back / 1_000.0 * self.state.size);
            }
        }
    }

    fn write(&mut self, width: f32) {
        let placed = self.state.text.then(self.state.page);
        let start = placed.origin();
        match self.end.map(|end| between(end, start, placed.height() * self.state.size.abs())) {
            None | Some(Between::Nothing) => {}
            Some(Between::Space) => self.draft.push(" "),
            Some(Between::Line) => self.draft.break_line(),
            Some(Between::Paragraph) => self.draft.break_paragraph(),
        }
        if self.text.contains(is_ligature) {
            self.text = self.text.chars().flat_map(letters).collect();
        }
        self.draft.push(&self.text);
        self.advance(width);
    }

    fn advance(&mut self, width: f32) {
        self.state.text = Matrix::moved(width, 0.0).then(self.state.text);
        self.end = Some(self.state.text.then(self.state.page).origin());
    }
}

/// Six numbers; what is missing is 0.
fn matrix(operands: &[Object]) -> Matrix {
    Matrix(std::array::from_fn(|index| operands.get(index).and_then(|operand| operand.as_float().ok()).unwrap_or(0.0)))
}

fn is_ligature(letter: char) -> bool {
    ('\u{fb00}'..='\u{fb06}').contains(&letter)
}

/// Typesetters join letters; nobody searches for `ﬁ`.
fn letters(letter: char) -> impl Iterator<Item = char> {
    let apart = match letter {
        '\u{fb00}' => "ff",
        '\u{fb01}' => "fi",
        '\u{fb02}' => "fl",
        '\u{fb03}' => "ffi",
        '\u{fb04}' => "ffl",
        '\u{fb05}' | '\u{fb06}' => "st",
        _ => "",
    };
    let same = apart.is_empty().then_some(letter);
    apart.chars().chain(same)
}
