//! The operator's own list of models: `qwen-plus[in=0.8 out=2], qwen-vl-max[sees], dall-e-3[draws per=0.04]`.
//!
//! A mark adds to what the name says of itself. Prices are in the operator's currency, which nothing here knows.

use super::ability::{Abilities, Ability};

/// What a model costs, as far as it is said.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Prices {
    /// For a million tokens of a question.
    pub input: Option<f64>,
    /// For a million tokens of an answer.
    pub output: Option<f64>,
    /// For a picture.
    pub picture: Option<f64>,
}

/// One model of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Configured {
    pub name: String,
    /// What its marks say; the name may say more.
    pub marks: Abilities,
    pub prices: Prices,
}

/// Reads the list; the error names every problem, each in a sentence of its own.
pub fn parse(text: &str) -> Result<Vec<Configured>, Vec<String>> {
    let mut models: Vec<Configured> = Vec::new();
    let mut problems = Vec::new();
    for item in items(text) {
        match model(item) {
            Ok(model) if models.iter().any(|other| other.name == model.name) => {
                problems.push(format!("`{}` stands in the list twice", model.name));
            }
            Ok(model) => models.push(model),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(models) } else { Err(problems) }
}

/// Cut at commas that stand in no brackets; a comma after the last is none too many.
fn items(text: &str) -> Vec<&str> {
    let (mut items, mut start, mut is_marked) = (Vec::new(), 0, false);
    for (at, letter) in text.char_indices() {
        match letter {
            '[' => is_marked = true,
            ']' => is_marked = false,
            ',' | '，' | '\n' if !is_marked => {
                items.push(&text[start..at]);
                start = at + letter.len_utf8();
            }
            _ => {}
        }
    }
    items.push(&text[start..]);
    items.into_iter().map(str::trim).filter(|item| !item.is_empty()).collect()
}

fn model(item: &str) -> Result<Configured, String> {
    let (name, marks) = match item.split_once('[') {
        None if item.contains(']') => return Err(format!("`{item}` closes a bracket that is not open")),
        None => (item, ""),
        Some((name, rest)) => match rest.split_once(']') {
            None => return Err(format!("`{item}` opens a bracket and does not close it")),
            Some((marks, "")) => (name.trim(), marks),
            Some((_, behind)) => {
                return Err(format!("`{item}` goes on behind its bracket: `{}`; is a comma missing?", behind.trim()));
            }
        },
    };
    if name.is_empty() {
        return Err(format!("`{item}` has marks and no name"));
    }
    if name.contains(char::is_whitespace) {
        return Err(format!("`{name}` contains a space; models are separated by commas"));
    }
    let mut model = Configured { name: name.to_owned(), marks: Abilities::default(), prices: Prices::default() };
    for mark in marks.split(|c: char| c.is_whitespace() || c == ',').filter(|mark| !mark.is_empty()) {
        read_mark(&mut model, mark)?;
    }
    Ok(model)
}

fn read_mark(model: &mut Configured, mark: &str) -> Result<(), String> {
    let name = &model.name;
    let Some((key, value)) = mark.split_once('=') else {
        let abilities: &[Ability] = match mark {
            "sees" => &[Ability::Writes, Ability::Sees],
            "draws" => &[Ability::Draws],
            "thinks" => &[Ability::Writes, Ability::Thinks],
            "writes" => &[Ability::Writes],
            _ => {
                return Err(format!("`{name}` has the mark `{mark}`; known are sees, draws, thinks, writes, in=, out= and per="));
            }
        };
        model.marks = model.marks.with(Abilities::of(abilities));
        return Ok(());
    };
    let price = value.parse().ok().filter(|price: &f64| price.is_finite() && *price >= 0.0);
    let Some(price) = price else { return Err(format!("`{name}` has `{mark}`; a price is a number such as 2.5")) };
    let slot = match key {
        "in" => &mut model.prices.input,
        "out" => &mut model.prices.output,
        "per" => &mut model.prices.picture,
        _ => {
            return Err(format!(
                "`{name}` has the price `{mark}`; known are in= and out= for a million tokens, per= for a picture"
            ));
        }
    };
    if slot.replace(price).is_some() {
        return Err(format!("`{name}` has `{key}=` twice"));
    }
    Ok(())
}
