//! Blocks of code: a label with the language, and colours as a handful of classes that the style sheet names.
//!
//! Syntect finds the scopes; the deepest one that this file knows becomes the class, which keeps a page ten times
//! smaller than one class per scope. A growing block continues from its last whole line.

use std::ops::Range;
use std::sync::LazyLock;

use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};

use super::escaped;

/// Code of one page beyond this many bytes stays uncoloured: several times the longest answer of a model, and a bound on
/// what one request may cost.
const MAX_COLOURED_BYTES: usize = 100_000;

/// A longer line is minified code: regular expressions take seconds on it and nobody reads it.
const MAX_COLOURED_LINE: usize = 2_000;

/// Every class that [`Colours::block`] writes, for the allow-list: comment, string, number, keyword, function, type,
/// attribute, and what a diff adds, takes away or heads.
pub(super) const CLASSES: [&str; 10] = ["co", "st", "nu", "kw", "fn", "ty", "at", "in", "de", "he"];

/// Loaded by the first block of code (tens of milliseconds): most processes would hold the megabytes for nothing.
static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

/// Scope prefixes with their class; the first that fits wins. `""` stops the search: plain again inside a string.
static SCOPES: LazyLock<Vec<(Scope, &str)>> = LazyLock::new(|| {
    [
        ("comment", "co"),
        ("meta.interpolation", ""),
        ("meta.template.expression", ""),
        ("string", "st"),
        ("constant.character", "st"),
        ("constant", "nu"),
        ("keyword.operator", ""),
        ("keyword", "kw"),
        ("storage", "kw"),
        ("variable.language", "kw"),
        ("entity.name.function", "fn"),
        ("support.function", "fn"),
        ("variable.function", "fn"),
        ("entity.name.tag", "kw"),
        ("entity.name", "ty"),
        ("support", "ty"),
        ("entity.other.inherited-class", "ty"),
        ("entity.other.attribute-name", "at"),
        ("variable.annotation", "at"),
        ("markup.inserted", "in"),
        ("markup.deleted", "de"),
        ("meta.diff", "he"),
        ("markup.heading", "he"),
    ]
    .into_iter()
    .filter_map(|(name, class)| Some((Scope::new(name).ok()?, class)))
    .collect()
});

/// Names a model writes after the fence, where they are not an extension or a name the grammars know.
const ALIASES: [(&str, &str); 22] = [
    ("shell", "sh"),
    ("console", "sh"),
    ("shell-session", "sh"),
    ("shellscript", "sh"),
    ("zsh", "sh"),
    ("golang", "go"),
    ("csharp", "cs"),
    ("c#", "cs"),
    ("fsharp", "fs"),
    ("node", "js"),
    ("nodejs", "js"),
    ("jsonc", "json"),
    ("json5", "json"),
    ("python3", "py"),
    ("docker", "dockerfile"),
    ("mysql", "sql"),
    ("postgresql", "sql"),
    ("postgres", "sql"),
    ("sqlite", "sql"),
    ("objective-c", "m"),
    ("objc", "m"),
    ("wxml", "html"),
];

/// Words after a fence that name no language.
const NO_LANGUAGE: [&str; 5] = ["text", "txt", "plain", "plaintext", "output"];

/// What has been coloured of one page, in order of its blocks.
#[derive(Default)]
pub(super) struct Colours {
    blocks: Vec<Block>,
    next: usize,
    bytes: usize,
}

struct Block {
    language: String,
    /// The whole lines already coloured, and their HTML.
    code: String,
    html: String,
    parse: ParseState,
    scopes: ScopeStack,
}

impl Colours {
    /// Begins the page again; blocks that have only grown keep their colours.
    pub(super) fn start_over(&mut self) {
        self.next = 0;
        self.bytes = 0;
    }

    /// One block, from the words after its fence and its text.
    pub(super) fn block(&mut self, fence: &str, code: &str) -> String {
        let language = fence.split([' ', ',', '{', ':', '\t']).next().unwrap_or_default().to_ascii_lowercase();
        let syntax = syntax(&language);
        let label = syntax.map_or_else(|| fallback_label(&language), |syntax| syntax.name.clone());
        self.bytes += code.len();
        let coloured = match syntax {
            Some(syntax) if self.bytes <= MAX_COLOURED_BYTES => self.coloured(syntax, &language, code),
            _ => escaped(code),
        };
        let label = if label.is_empty() { label } else { format!("<span>{}</span>", escaped(&label)) };
        format!(
            "<figure class=\"code\"><figcaption>{label}</figcaption><pre tabindex=\"0\"><code>{coloured}</code></pre></figure>\n"
        )
    }

    fn coloured(&mut self, syntax: &SyntaxReference, language: &str, code: &str) -> String {
        let index = self.next;
        self.next += 1;
        let continues = self.blocks.get(index).is_some_and(|known| known.language == language && code.starts_with(&known.code));
        if !continues {
            self.blocks.truncate(index);
            self.blocks.push(Block::new(syntax, language));
        }
        let block = &mut self.blocks[index];
        // The last line may still grow: it is coloured without being remembered.
        let whole = code.trim_end_matches('\n').rfind('\n').map_or(0, |end| end + 1);
        for line in code[block.code.len()..whole.max(block.code.len())].split_inclusive('\n') {
            let html = colour_line(line, &mut block.parse, &mut block.scopes);
            block.html.push_str(&html);
            block.code.push_str(line);
        }
        let (mut parse, mut scopes) = (block.parse.clone(), block.scopes.clone());
        let tail = code[block.code.len()..].split_inclusive('\n');
        tail.fold(block.html.clone(), |html, line| html + &colour_line(line, &mut parse, &mut scopes))
    }
}

impl Block {
    fn new(syntax: &SyntaxReference, language: &str) -> Self {
        Self {
            language: language.to_owned(),
            code: String::new(),
            html: String::new(),
            parse: ParseState::new(syntax),
            scopes: ScopeStack::new(),
        }
    }
}

fn syntax(language: &str) -> Option<&'static SyntaxReference> {
    if language.is_empty() || NO_LANGUAGE.contains(&language) {
        return None;
    }
    let name = ALIASES.iter().find(|(alias, _)| *alias == language).map_or(language, |(_, name)| name);
    SYNTAXES.find_syntax_by_token(name)
}

/// A language without a grammar is still named, if it looks like a name.
fn fallback_label(language: &str) -> String {
    let is_name = !NO_LANGUAGE.contains(&language) && language.len() <= 20;
    if is_name { language.to_owned() } else { String::new() }
}

fn colour_line(line: &str, parse: &mut ParseState, scopes: &mut ScopeStack) -> String {
    if line.len() > MAX_COLOURED_LINE {
        return escaped(line);
    }
    let Ok(changes) = parse.parse_line(line, &SYNTAXES) else { return escaped(line) };
    let mut html = String::with_capacity(line.len() * 2);
    let (mut from, mut run, mut class) = (0, 0..0, "");
    for (at, change) in changes {
        extend(&mut html, line, &mut run, (&mut class, class_of(scopes)), from..at);
        from = at;
        if scopes.apply(&change).is_err() {
            break;
        }
    }
    extend(&mut html, line, &mut run, (&mut class, class_of(scopes)), from..line.len());
    push_span(&mut html, class, &line[run]);
    html
}

/// Adds a stretch of the line to the current run, or writes the run and begins another where the class changes.
fn extend<'c>(
    html: &mut String,
    line: &str,
    run: &mut Range<usize>,
    (class, next): (&mut &'c str, &'c str),
    stretch: Range<usize>,
) {
    if stretch.is_empty() {
        return;
    }
    if *class != next {
        push_span(html, class, &line[run.clone()]);
        *run = stretch.start..stretch.start;
        *class = next;
    }
    run.end = stretch.end;
}

fn push_span(html: &mut String, class: &str, text: &str) {
    if class.is_empty() || text.trim().is_empty() {
        html.push_str(&escaped(text));
    } else {
        html.extend(["<span class=\"", class, "\">", &escaped(text), "</span>"]);
    }
}

fn class_of(scopes: &ScopeStack) -> &'static str {
    let known = |scope: &Scope| SCOPES.iter().find(|(prefix, _)| prefix.is_prefix_of(*scope)).map(|(_, class)| *class);
    scopes.as_slice().iter().rev().find_map(known).unwrap_or_default()
}
