//! An estimate of how many tokens a text costs, by script.
//!
//! Every model has a tokenizer of its own; a budget for memory needs no more than the right order.

/// Roles and separators that each message costs beside its text.
pub const PER_MESSAGE: usize = 4;

/// About how many tokens `text` costs.
pub fn estimate(text: &str) -> usize {
    let hundredths: usize = text.chars().map(cost).sum();
    hundredths.div_ceil(100)
}

/// Hundredths of a token.
fn cost(c: char) -> usize {
    match c {
        ' ' | '\n' | '\t' | '\r' => 10,
        'a'..='z' | 'A'..='Z' => 24,
        '0'..='9' => 45,
        '\0'..='\u{7f}' => 60,
        // Latin with accents, Greek, Cyrillic, Hebrew, Arabic
        '\u{80}'..='\u{7ff}' => 50,
        // Kana, Han, Hangul, and the punctuation of the three
        '\u{3000}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' => 80,
        '\u{800}'..='\u{ffff}' => 100,
        // Emoji and rare characters, which most tokenizers spell in bytes
        _ => 250,
    }
}
