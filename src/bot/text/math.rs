//! LaTeX as a line of text: symbols for commands, `a/b` for fractions, raised and lowered digits where Unicode has them.
//!
//! A light replacement, not a typesetter: what it does not know it leaves as it was written.

use std::collections::HashMap;
use std::iter::Peekable;
use std::str::Chars;
use std::sync::LazyLock;

use super::prose::is_cjk;

/// Groups nested deeper than any formula a person could read in a chat; beyond it the source is shown.
const MAX_DEPTH: usize = 24;

/// Command and symbol in turn.
const SYMBOLS: &str = "alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ lambda λ \
    mu μ nu ν xi ξ pi π rho ρ sigma σ tau τ upsilon υ phi φ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π \
    Sigma Σ Phi Φ Psi Ψ Omega Ω times × cdot · div ÷ pm ± mp ∓ ast * star ⋆ circ ∘ bullet • le ≤ leq ≤ leqslant ≤ ge ≥ geq ≥ geqslant ≥ \
    ne ≠ neq ≠ approx ≈ equiv ≡ sim ∼ cong ≅ propto ∝ ll ≪ gg ≫ infty ∞ partial ∂ nabla ∇ sum ∑ prod ∏ int ∫ iint ∬ oint ∮ to → \
    rightarrow → longrightarrow → leftarrow ← leftrightarrow ↔ Rightarrow ⇒ implies ⇒ Leftarrow ⇐ Leftrightarrow ⇔ iff ⇔ mapsto ↦ \
    uparrow ↑ downarrow ↓ in ∈ notin ∉ ni ∋ subset ⊂ subseteq ⊆ supset ⊃ supseteq ⊇ cup ∪ cap ∩ setminus ∖ emptyset ∅ varnothing ∅ \
    forall ∀ exists ∃ neg ¬ lnot ¬ land ∧ wedge ∧ lor ∨ vee ∨ oplus ⊕ otimes ⊗ angle ∠ triangle △ perp ⊥ parallel ∥ mid | \
    therefore ∴ because ∵ degree ° prime ′ cdots … ldots … dots … vdots ⋮ hbar ℏ ell ℓ Re ℜ Im ℑ aleph ℵ langle ⟨ rangle ⟩ \
    lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ checkmark ✓ square □ blacksquare ■ R ℝ";
/// Commands whose own name is what a reader expects.
const NAMES: &str = "sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh log ln lg exp lim max min sup inf det dim ker gcd deg \
    arg mod bmod Pr";
/// Commands that only dress their argument, or stand for nothing.
const DRESS: &str = "text textbf textit textrm mathrm mathbf mathit mathsf mathbb mathcal mathfrak boldsymbol bm operatorname mbox boxed \
    overline underline vec hat bar tilde dot left right big Big bigg Bigg bigl bigr Bigl Bigr displaystyle textstyle limits nolimits";
const RAISED: (&str, &str) = ("0123456789+-=()nix", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱˣ");
const LOWERED: (&str, &str) = ("0123456789+-=()aeoxhklmnpstij", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓₕₖₗₘₙₚₛₜᵢⱼ");

static BY_NAME: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    let words: Vec<&str> = SYMBOLS.split_ascii_whitespace().collect();
    words.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
});

/// The formula without its delimiters, in symbols.
pub(super) fn readable(latex: &str) -> String {
    let mut out = String::with_capacity(latex.len());
    let mut chars = latex.trim().chars().peekable();
    while chars.peek().is_some() {
        sequence(&mut chars, &mut out, 0);
        // A closing brace that nothing opened.
        out.extend(chars.next());
    }
    let lines: Vec<&str> = out.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

/// Whether text between dollar signs is prose about money or variables rather than a formula.
pub(super) fn is_prose(literal: &str) -> bool {
    !literal.contains(['\\', '^', '_', '=']) && literal.chars().any(is_cjk)
}

/// `text` raised, where every character of it can be.
pub(super) fn raised(text: &str) -> Option<String> {
    shifted(text, RAISED)
}

/// `text` lowered, where every character of it can be.
pub(super) fn lowered(text: &str) -> Option<String> {
    shifted(text, LOWERED)
}

fn shifted(text: &str, (plain, moved): (&str, &str)) -> Option<String> {
    text.chars().map(|c| plain.chars().position(|known| known == c).and_then(|index| moved.chars().nth(index))).collect()
}

/// Reads up to an unopened `}` or the end.
fn sequence(chars: &mut Peekable<Chars<'_>>, out: &mut String, depth: usize) {
    while let Some(&c) = chars.peek() {
        if c == '}' {
            return;
        }
        chars.next();
        match c {
            '\\' => command(chars, out, depth),
            '{' => out.push_str(&group_rest(chars, depth)),
            '^' => script(chars, out, depth, Script::Raised),
            '_' => script(chars, out, depth, Script::Lowered),
            // Alignment marks and unbreakable spaces of the source.
            '&' => {}
            '~' => out.push(' '),
            other => out.push(other),
        }
    }
}

/// What follows an opening brace, with the closing one consumed.
fn group_rest(chars: &mut Peekable<Chars<'_>>, depth: usize) -> String {
    let mut inner = String::new();
    if depth >= MAX_DEPTH {
        inner.push('{');
        return inner;
    }
    sequence(chars, &mut inner, depth + 1);
    chars.next_if_eq(&'}');
    inner
}

/// One argument: a group, a command, or a single character.
fn argument(chars: &mut Peekable<Chars<'_>>, depth: usize) -> String {
    while chars.next_if(|c| c.is_whitespace()).is_some() {}
    let mut out = String::new();
    match chars.peek() {
        Some('{') => {
            chars.next();
            return group_rest(chars, depth);
        }
        Some('\\') if depth < MAX_DEPTH => {
            chars.next();
            command(chars, &mut out, depth + 1);
        }
        Some('}') | None => {}
        Some(_) => out.extend(chars.next()),
    }
    out
}

fn command(chars: &mut Peekable<Chars<'_>>, out: &mut String, depth: usize) {
    let mut name = String::new();
    while let Some(letter) = chars.next_if(char::is_ascii_alphabetic) {
        name.push(letter);
    }
    match name.as_str() {
        "" => match chars.next() {
            Some('\\') => out.push('\n'),
            Some(',' | ';' | ':' | '!' | ' ') => out.push(' '),
            Some(escaped) => out.push(escaped),
            None => out.push('\\'),
        },
        "frac" | "dfrac" | "tfrac" | "cfrac" => {
            let (above, below) = (argument(chars, depth), argument(chars, depth));
            out.push_str(&operand(&above));
            out.push('/');
            out.push_str(&operand(&below));
        }
        "binom" => {
            let (above, below) = (argument(chars, depth), argument(chars, depth));
            out.extend(["C(", &above, ",", &below, ")"]);
        }
        "sqrt" => root(chars, out, depth),
        "begin" | "end" => drop(argument(chars, depth)),
        "quad" | "qquad" => out.push(' '),
        name if listed(DRESS, name) => {
            if chars.peek() == Some(&'{') {
                out.push_str(&argument(chars, depth));
            }
        }
        name if listed(NAMES, name) => out.push_str(name),
        name => match BY_NAME.get(name) {
            Some(symbol) => out.push_str(symbol),
            None => out.extend(["\\", name]),
        },
    }
}

fn root(chars: &mut Peekable<Chars<'_>>, out: &mut String, depth: usize) {
    if chars.next_if_eq(&'[').is_some() {
        let index: String = std::iter::from_fn(|| chars.next_if(|c| *c != ']')).collect();
        chars.next();
        out.push_str(&raised(&index).unwrap_or(index));
    }
    out.push('√');
    out.push_str(&operand(&argument(chars, depth)));
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Raised,
    Lowered,
}

fn script(chars: &mut Peekable<Chars<'_>>, out: &mut String, depth: usize, script: Script) {
    let inner = argument(chars, depth);
    let (moved, mark) = match script {
        Script::Raised if inner == "∘" || inner == "°" => (Some("°".to_owned()), '^'),
        Script::Raised => (raised(&inner), '^'),
        Script::Lowered => (lowered(&inner), '_'),
    };
    if let Some(moved) = moved {
        out.push_str(&moved);
        return;
    }
    out.push(mark);
    out.push_str(&operand(&inner));
}

/// Brackets around what would read differently without them.
fn operand(text: &str) -> String {
    let simple = text.chars().all(|c| c.is_alphanumeric() || "√.′°∞".contains(c)) || text.starts_with('(') && text.ends_with(')');
    if simple { text.to_owned() } else { format!("({text})") }
}

fn listed(names: &str, name: &str) -> bool {
    names.split_ascii_whitespace().any(|known| known == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_formulas_read_as_text() {
        let cases = [
            ("E = mc^2", "E = mc²"),
            (r"\frac{a+b}{2} \times \sqrt{x}", "(a+b)/2 × √x"),
            (r"x = \frac{-b \pm \sqrt{b^2-4ac}}{2a}", "x = (-b ± √(b²-4ac))/2a"),
            (r"\sum_{i=1}^{n} i", "∑ᵢ₌₁ⁿ i"),
            (r"90^\circ", "90°"),
            (r"\text{速度} = \frac{\text{路程}}{\text{时间}}", "速度 = 路程/时间"),
            (r"\begin{aligned} a &= b \\ c &= d \end{aligned}", "a = b\nc = d"),
            (r"\sqrt[3]{8}=2", "³√8=2"),
            (r"\lim_{x \to 0} \frac{\sin x}{x}", "lim_(x → 0) (sin x)/x"),
            (r"\unknown{x} \{1\}", r"\unknownx {1}"),
            (r"a \leq b, \alpha \in A", "a ≤ b, α ∈ A"),
        ];
        for (latex, text) in cases {
            assert_eq!(readable(latex), text, "{latex}");
        }
    }

    #[test]
    fn broken_and_deep_formulas_end() {
        assert_eq!(readable("a}b}"), "a}b}");
        assert_eq!(readable("\\"), "\\");
        assert!(readable(&"{^".repeat(5000)).len() < 20_000);
        assert!(!readable(&r"\sqrt".repeat(5000)).is_empty());
    }
}
