//! `ToUnicode` tables (ISO 32000-1, 9.10.3): which characters the codes of a font stand for.
//!
//! Ranges are kept as ranges: one that claims four billion codes is twelve bytes here.

/// Ranges of one table that are kept; a font has at most 65,536 glyphs.
const RANGES: usize = 70_000;

/// Where a table says nothing, the codes of composite fonts have two bytes.
const USUAL_LENGTH: usize = 2;

/// From a code to its text.
pub(super) struct CMap {
    /// Length in bytes, first and last code.
    spaces: Vec<(usize, u32, u32)>,
    /// First and last code, and the UTF-16 of the first; sorted by the first.
    ranges: Vec<(u32, u32, Vec<u16>)>,
}

impl CMap {
    /// Reads as much as can be understood.
    pub(super) fn parse(bytes: &[u8]) -> Self {
        let mut map = Self { spaces: Vec::new(), ranges: Vec::new() };
        let mut tokens = Tokens { rest: bytes };
        while let Some(token) = tokens.next() {
            match token {
                Token::Word(b"begincodespacerange") => map.read_spaces(&mut tokens),
                Token::Word(b"beginbfchar") => map.read_characters(&mut tokens),
                Token::Word(b"beginbfrange") => map.read_ranges(&mut tokens),
                Token::Word(_) | Token::Code(_) | Token::Open | Token::Close => {}
            }
            if map.ranges.len() > RANGES {
                break;
            }
        }
        map.ranges.sort_by_key(|(first, ..)| *first);
        map
    }

    /// The code at the start of `bytes`, and its length in bytes.
    pub(super) fn next_code(&self, bytes: &[u8], usual: usize) -> (u32, usize) {
        let code = |length: usize| bytes[..length].iter().fold(0, |code: u32, byte| (code << 8) | u32::from(*byte));
        for length in 1..=bytes.len().min(4) {
            let code = code(length);
            if self.spaces.iter().any(|(own, first, last)| *own == length && (*first..=*last).contains(&code)) {
                return (code, length);
            }
        }
        let length = if self.spaces.is_empty() { usual } else { self.spaces.first().map_or(USUAL_LENGTH, |space| space.0) };
        let length = length.clamp(1, bytes.len());
        (code(length), length)
    }

    /// Adds the text of a code; false if the table has none for it.
    pub(super) fn write(&self, code: u32, text: &mut String) -> bool {
        let behind = self.ranges.partition_point(|(first, ..)| *first <= code);
        let Some((first, last, units)) = behind.checked_sub(1).and_then(|index| self.ranges.get(index)) else { return false };
        if code > *last || units.is_empty() {
            return false;
        }
        let shift = (code - first) as u16;
        let end = units.len() - 1;
        let units = units.iter().enumerate().map(|(index, unit)| if index == end { unit.wrapping_add(shift) } else { *unit });
        text.extend(char::decode_utf16(units).filter_map(Result::ok).filter(|letter| *letter != '\0'));
        true
    }

    fn read_spaces(&mut self, tokens: &mut Tokens<'_>) {
        while let (Some(Token::Code(first)), Some(Token::Code(last))) = (tokens.next(), tokens.next()) {
            if (1..=4).contains(&first.len()) && self.spaces.len() < 256 {
                self.spaces.push((first.len(), number(&first), number(&last)));
            }
        }
    }

    fn read_characters(&mut self, tokens: &mut Tokens<'_>) {
        while let Some(Token::Code(code)) = tokens.next() {
            let Some(Token::Code(text)) = tokens.next() else { return };
            self.push(number(&code), number(&code), units(&text));
        }
    }

    fn read_ranges(&mut self, tokens: &mut Tokens<'_>) {
        while let Some(Token::Code(first)) = tokens.next() {
            let Some(Token::Code(last)) = tokens.next() else { return };
            let (first, last) = (number(&first), number(&last));
            match tokens.next() {
                Some(Token::Code(text)) => self.push(first, last, units(&text)),
                Some(Token::Open) => {
                    let mut code = first;
                    while let Some(Token::Code(text)) = tokens.next() {
                        self.push(code, code, units(&text));
                        code = code.saturating_add(1);
                    }
                }
                Some(Token::Close | Token::Word(_)) | None => return,
            }
        }
    }

    fn push(&mut self, first: u32, last: u32, units: Vec<u16>) {
        if self.ranges.len() <= RANGES && first <= last {
            self.ranges.push((first, last, units));
        }
    }
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |number, byte| (number << 8) | u32::from(*byte))
}

/// A ligature stands for a few characters; nothing stands for many.
fn units(bytes: &[u8]) -> Vec<u16> {
    if let [single] = bytes {
        return vec![u16::from(*single)];
    }
    bytes.chunks_exact(2).take(16).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect()
}

enum Token<'a> {
    Code(Vec<u8>),
    Open,
    Close,
    Word(&'a [u8]),
}

/// The words, brackets and hexadecimal strings of a table, which is a little program that need not be run.
struct Tokens<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let (first, behind) = self.rest.split_first()?;
            match first {
                b'%' => self.rest = &self.rest[self.rest.iter().position(|byte| *byte == b'\n').unwrap_or(self.rest.len())..],
                b'[' | b']' => {
                    self.rest = behind;
                    return Some(if *first == b'[' { Token::Open } else { Token::Close });
                }
                b'<' if behind.first() != Some(&b'<') => {
                    let end = behind.iter().position(|byte| *byte == b'>').unwrap_or(behind.len());
                    self.rest = &behind[(end + 1).min(behind.len())..];
                    return Some(Token::Code(hexadecimal(&behind[..end])));
                }
                byte if byte.is_ascii_alphanumeric() => {
                    let end = self.rest.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(self.rest.len());
                    let word = &self.rest[..end];
                    self.rest = &self.rest[end..];
                    return Some(Token::Word(word));
                }
                b'<' => self.rest = &behind[1..],
                _ => self.rest = behind,
            }
        }
    }
}

fn hexadecimal(digits: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> =
        digits.iter().filter_map(|digit| (*digit as char).to_digit(16)).map(|digit| digit as u8).take(128).collect();
    digits.chunks(2).map(|pair| (pair[0] << 4) | pair.get(1).copied().unwrap_or(0)).collect()
}

#[cfg(test)]
mod tests {
    use super::CMap;

    fn text(map: &CMap, mut bytes: &[u8]) -> String {
        let mut text = String::new();
        while !bytes.is_empty() {
            let (code, length) = map.next_code(bytes, 2);
            map.write(code, &mut text);
            bytes = &bytes[length..];
        }
        text
    }

    #[test]
    fn characters_ranges_and_lists_are_understood() {
        let map = CMap::parse(
            b"/CIDInit /ProcSet findresource begin % comment <41>\n1 begincodespacerange <0000> <FFFF> endcodespacerange\n\
            2 beginbfchar <0001> <56DE> <0002> <00660069> endbfchar 2 beginbfrange <0010> <0012> <4E00> <0020><0021>[<4FE1> <D83DDE00>] \
            endbfrange endcmap",
        );
        assert_eq!(text(&map, b"\x00\x01\x00\x20\x00\x02\x00\x12\x00\x21\x00\x99"), "回信fi丂😀");
    }

    #[test]
    fn a_range_of_all_codes_is_one_entry() {
        let map = CMap::parse(b"1 beginbfrange <00000000> <FFFFFFFF> <0041> endbfrange");
        assert_eq!(map.ranges.len(), 1);
        assert_eq!(text(&map, b"\x00\x01"), "B");
        assert!(!CMap::parse(b"beginbfrange <01> [ <02> beginbfchar <").write(1, &mut String::new()));
    }
}
