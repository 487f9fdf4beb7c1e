//! How the demo model behaves for one question, read from words in the question itself.
//!
//! Words at the start of the question count (`slow 7 think …`), with `#` they count anywhere (`tell me #die`). So a tester
//! chooses a behaviour by asking, and an ordinary question that happens to contain "long" does not.
//!
//! The same words steer hearing, speaking and moderation behind `hear-`, `say-` and `moderate-` (`hear-500`, `say-slow 3`), because
//! one sentence passes through several jobs: what is meant for one must not disturb the others.

/// Seconds that `slow` and `drip` take at most.
const MAX_SECS: f64 = 600.0;

/// What the model is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Job {
    Chat,
    Picture,
    Hearing,
    Speaking,
    Moderation,
}

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
    pub(super) tools: Tools,
    pub(super) picture: Picture,
    /// `overlong`: speech of 75 seconds, more than a voice message may have.
    pub(super) is_overlong: bool,
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
    /// `empty`: a stream without content, no picture, nothing heard, no sound.
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

/// What the model makes of the tools it is offered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Tools {
    /// It answers by itself.
    #[default]
    Ignored,
    /// `tool 画一只猫`: a call of the first tool, with the rest of the question as its argument.
    Called,
    /// `tool-unknown`: a call of a tool that nobody offered.
    Unknown,
    /// `tool-garbage`: a call whose arguments are no JSON.
    Garbage,
    /// `no-tools`: refused with 400.
    Refused,
}

/// What kind of file a drawn picture is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Picture {
    /// What the request asks for, else PNG.
    #[default]
    AsAsked,
    /// `jpeg`
    Jpeg,
    /// `webp`
    Webp,
    /// `20mb`: a PNG of twenty megabytes.
    Huge,
}

impl Job {
    /// What stands before a word that is meant for this job alone.
    fn prefix(self) -> &'static str {
        match self {
            Self::Chat | Self::Picture => "",
            Self::Hearing => "hear-",
            Self::Speaking => "say-",
            Self::Moderation => "moderate-",
        }
    }

    /// The prefix and the rest of a word that is meant for one job.
    fn split(word: &str) -> (&'static str, &str) {
        let jobs = [Self::Hearing, Self::Speaking, Self::Moderation].map(Self::prefix);
        let found = jobs.into_iter().find_map(|prefix| Some((prefix, word.strip_prefix(prefix)?)));
        found.unwrap_or(("", word))
    }
}

impl Plan {
    /// Reads the words of `question` that concern `job`; `fault` is a word that the switches add.
    pub(super) fn read(job: Job, question: &str, fault: Option<&str>) -> Self {
        let mut plan = Self::default();
        for word in fault.unwrap_or("").split_whitespace() {
            plan.obey_as(job, word, None);
        }
        // An answer quotes its question, and may be spoken or moderated after that.
        let question = question.replace(['「', '」', '“', '”'], " ");
        let words: Vec<&str> = question.split_whitespace().collect();
        let mut leading = true;
        for (index, word) in words.iter().enumerate() {
            let tagged = word.strip_prefix('#');
            if !leading && tagged.is_none() {
                continue;
            }
            let is_number_of_last = index > 0 && is_seconds(word) && takes_seconds(words[index - 1]);
            let known = plan.obey_as(job, tagged.unwrap_or(word), words.get(index + 1).copied());
            leading = leading && (known || is_number_of_last);
        }
        plan
    }

    /// Obeys a word that is meant for `job`; true if it is a word for any job.
    fn obey_as(&mut self, job: Job, word: &str, next: Option<&str>) -> bool {
        let (prefix, word) = Job::split(word);
        if prefix == job.prefix() { self.obey(word, next) } else { Self::default().obey(word, next) }
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
            "tool" => self.tools = Tools::Called,
            "tool-unknown" => self.tools = Tools::Unknown,
            "tool-garbage" => self.tools = Tools::Garbage,
            "no-tools" => self.tools = Tools::Refused,
            "jpeg" => self.picture = Picture::Jpeg,
            "webp" => self.picture = Picture::Webp,
            "20mb" => self.picture = Picture::Huge,
            "overlong" => self.is_overlong = true,
            _ => return false,
        }
        true
    }
}

/// Whether a number may follow the word.
fn takes_seconds(word: &str) -> bool {
    matches!(Job::split(word.strip_prefix('#').unwrap_or(word)).1, "slow" | "慢" | "drip")
}

fn is_seconds(word: &str) -> bool {
    word.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_at_the_start_or_behind_a_hash_choose_the_behaviour() {
        let read = |question| Plan::read(Job::Chat, question, None);
        let plan = read("slow 7 think how long is the Great Wall #die");
        assert_eq!(plan, Plan { delay_secs: 7.0, thinking: Thinking::Field, ending: Ending::Die, ..Plan::default() });
        assert_eq!(read("慢7 你好"), Plan { delay_secs: 7.0, ..Plan::default() });
        assert_eq!(read("慢 2.5 drip 12 你好").over_secs, Some(12.0));
    }

    #[test]
    fn an_ordinary_question_changes_nothing() {
        assert_eq!(Plan::read(Job::Chat, "How long does it take, 500 years? I think so", None), Plan::default());
        assert_eq!(Plan::read(Job::Chat, "你好", Some("500")).shape, Shape::Status(500));
        assert_eq!(Plan::read(Job::Hearing, "你好", Some("500")), Plan::default(), "a bare fault is the chat's");
    }

    #[test]
    fn each_job_obeys_its_own_words_and_passes_over_the_others() {
        let question = "hear-slow 2 say-500 moderate-empty slow 7 你好";
        let read = |job| Plan::read(job, question, None);
        assert_eq!(read(Job::Hearing), Plan { delay_secs: 2.0, ..Plan::default() });
        assert_eq!(read(Job::Speaking), Plan { shape: Shape::Status(500), ..Plan::default() });
        assert_eq!(read(Job::Moderation), Plan { shape: Shape::Empty, ..Plan::default() });
        assert_eq!(read(Job::Chat), Plan { delay_secs: 7.0, ..Plan::default() });
        assert!(Plan::read(Job::Speaking, "你问的是「#say-overlong 你好」。", None).is_overlong);
    }
}
