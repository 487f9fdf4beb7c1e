//! How the demo model behaves for one question, read from words in the question itself.
//!
//! Words at the start of the question count (`slow 7 think …`), with `#` they count anywhere (`tell me #die`). So a tester
//! chooses a behaviour by asking, and an ordinary question that happens to contain "long" does not.

/// Seconds that `slow` and `drip` take at most.
const MAX_SECS: f64 = 600.0;

/// One question's behaviour.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Plan {
    /// `slow 7`, `慢7`: simulated seconds before the first token.
    pub(super) delay_secs: f64,
    /// `drip 12`: the answer spread evenly over so long.
    pub(super) over_secs: Option<f64>,
    /// `long`: about 6,000 characters.
    pub(super) is_long: bool,
    pub(super) thinking: Thinking,
    pub(super) shape: Shape,
    pub(super) ending: Ending,
}

/// Whether the model thinks aloud first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Thinking {
    #[default]
    No,
    /// `think`, `思考`: in `reasoning_content`.
    Field,
    /// `thinktag`: as `<think>…</think>` in the content.
    Tag,
}

/// What kind of answer comes at all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Shape {
    #[default]
    Stream,
    /// `json`: one object although a stream was asked for.
    Json,
    /// `garbage`: bytes that are no events.
    Garbage,
    /// `empty`: a stream without content.
    Empty,
    /// `500`, `502`, `503`, `401`, `402`.
    Status(u16),
    /// `429`: too many requests the first time, with `Retry-After: 1`.
    BusyOnce,
}

/// How the answer ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Ending {
    #[default]
    Stop,
    /// `filter`: `content_filter` after half of it.
    Filter,
    /// `length`: cut at the token limit.
    Length,
    /// `die`: the connection breaks after half of it.
    Die,
    /// `die-once`: the same, the first time this is asked.
    DieOnce,
    /// `error-in-stream`: an error object after half of it.
    ErrorInStream,
    /// `hang`: half of it, then nothing.
    Hang,
}

impl Plan {
    /// Reads the words of `question`; `fault` is a word that the switches add.
    pub(super) fn read(question: &str, fault: Option<&str>) -> Self {
        let mut plan = Self::default();
        for word in fault.unwrap_or("").split_whitespace() {
            plan.obey(word, None);
        }
        let words: Vec<&str> = question.split_whitespace().collect();
        let mut leading = true;
        for (index, word) in words.iter().enumerate() {
            let tagged = word.strip_prefix('#');
            if !leading && tagged.is_none() {
                continue;
            }
            let is_number_of_last = index > 0 && is_seconds(word) && matches!(bare(words[index - 1]), "slow" | "慢" | "drip");
            let obeyed = plan.obey(tagged.unwrap_or(word), words.get(index + 1).copied());
            leading = leading && (obeyed || is_number_of_last);
        }
        plan
    }

    fn obey(&mut self, word: &str, next: Option<&str>) -> bool {
        let seconds = |prefix: &str| {
            let rest = word.strip_prefix(prefix)?;
            let text = if rest.is_empty() { next.unwrap_or("") } else { rest };
            let digits: String = text.chars().take_while(|char| char.is_ascii_digit() || *char == '.').collect();
            digits.parse::<f64>().ok().map(|seconds| seconds.min(MAX_SECS))
        };
        if let Some(secs) = seconds("slow").or_else(|| seconds("慢")) {
            self.delay_secs = secs;
            return true;
        }
        if let Some(secs) = seconds("drip") {
            self.over_secs = Some(secs);
            return true;
        }
        match word {
            "long" => self.is_long = true,
            "think" | "思考" => self.thinking = Thinking::Field,
            "thinktag" | "<think>" => self.thinking = Thinking::Tag,
            "json" => self.shape = Shape::Json,
            "garbage" => self.shape = Shape::Garbage,
            "empty" => self.shape = Shape::Empty,
            "401" | "402" | "500" | "502" | "503" => self.shape = Shape::Status(word.parse().unwrap_or(500)),
            "429" => self.shape = Shape::BusyOnce,
            "filter" => self.ending = Ending::Filter,
            "length" => self.ending = Ending::Length,
            "die" => self.ending = Ending::Die,
            "die-once" => self.ending = Ending::DieOnce,
            "error-in-stream" => self.ending = Ending::ErrorInStream,
            "hang" => self.ending = Ending::Hang,
            _ => return false,
        }
        true
    }
}

fn bare(word: &str) -> &str {
    word.strip_prefix('#').unwrap_or(word)
}

fn is_seconds(word: &str) -> bool {
    word.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_at_the_start_or_behind_a_hash_choose_the_behaviour() {
        let plan = Plan::read("slow 7 think how long is the Great Wall #die", None);
        assert_eq!(plan, Plan { delay_secs: 7.0, thinking: Thinking::Field, ending: Ending::Die, ..Plan::default() });
        assert_eq!(Plan::read("慢7 你好", None), Plan { delay_secs: 7.0, ..Plan::default() });
        assert_eq!(Plan::read("慢 2.5 drip 12 你好", None).over_secs, Some(12.0));
    }

    #[test]
    fn an_ordinary_question_changes_nothing() {
        assert_eq!(Plan::read("How long does it take, 500 years? I think so", None), Plan::default());
        assert_eq!(Plan::read("你好", Some("500")).shape, Shape::Status(500));
    }
}
