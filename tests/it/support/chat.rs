//! What a follower reads and taps: the links in a text, and going on until an answer is read to its end.

use huixin::simulator::PushId;

use super::World;

/// More taps than the longest answer of any test has parts.
const TAPS_MAX: usize = 30;

/// A tappable word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tap {
    pub word: String,
    /// What a tap sends as the follower's text.
    pub content: String,
    /// What comes back beside it in accounts that get it back.
    pub id: String,
}

/// Every link of `text`: its address and its words.
fn links(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split("<a href=\"").skip(1).filter_map(|rest| {
        let (address, rest) = rest.split_once("\">")?;
        Some((address, rest.split_once("</a>")?.0))
    })
}

/// Every tappable word of `text`.
pub fn taps(text: &str) -> Vec<Tap> {
    let of = |(address, word): (&str, &str)| {
        let url = reqwest::Url::parse(address).ok().filter(|url| url.scheme() == "weixin")?;
        let value = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        Some(Tap { word: word.to_owned(), content: value("msgmenucontent")?, id: value("msgmenuid")? })
    };
    links(text).filter_map(of).collect()
}

/// The tappable `word` of `text`.
pub fn tap(text: &str, word: &str) -> Option<Tap> {
    taps(text).into_iter().find(|tap| tap.word == word)
}

/// The link to the answer's page.
pub fn page_link(text: &str) -> Option<&str> {
    links(text).map(|(address, _)| address).find(|address| address.contains("/a/"))
}

/// What is left of `text` without links and white space, for comparing with an answer that was cut into parts.
pub fn bare(text: &str) -> String {
    let mut out = String::new();
    for (index, piece) in text.split("<a href=\"").enumerate() {
        let visible = if index == 0 { piece } else { piece.split_once("</a>").map_or("", |(_, rest)| rest) };
        out.extend(visible.chars().filter(|char| !char.is_whitespace()));
    }
    out
}

impl World {
    /// `openid` taps `tap`, and WeChat delivers it.
    pub async fn taps(&self, openid: &str, tap: &Tap) -> PushId {
        let push = self.simulator.tap(openid, &tap.id, &tap.content);
        self.simulator.finished(push).await;
        push
    }

    /// `openid` says `text`, and WeChat delivers it.
    pub async fn says(&self, openid: &str, text: &str) -> PushId {
        let push = self.simulator.say(openid, text);
        self.simulator.finished(push).await;
        push
    }

    /// `openid` says `text`; returns the first text that comes after it.
    pub async fn hears(&self, openid: &str, text: &str) -> String {
        let before = self.received(openid).len();
        self.says(openid, text).await;
        self.receives(openid, before + 1).await[before].clone()
    }

    /// Waits until no answer is being written or pushed.
    pub async fn is_quiet(&self) {
        const BUSY: &str = "SELECT COUNT(*) FROM questions
             WHERE state IN ('received', 'answering') OR push_at IS NOT NULL OR push_owner IS NOT NULL";
        self.until("nothing is written or pushed any more", async |world: &Self| world.count(BUSY).await == 0).await;
    }

    /// Taps or types 继续 until nothing of any answer is left for `openid`.
    pub async fn reads_on(&self, openid: &str) {
        const LEFT: &str = "SELECT COUNT(*) FROM answer_parts JOIN questions ON questions.id = question_id
             WHERE answer_parts.state = 'waiting' AND openid = $1";
        for _ in 0..TAPS_MAX {
            self.is_quiet().await;
            if self.count_of(LEFT, openid).await == 0 {
                return;
            }
            let shown = self.received(openid);
            match shown.last().and_then(|text| tap(text, "继续")) {
                Some(tap) => self.taps(openid, &tap).await,
                None => self.says(openid, "继续").await,
            };
        }
        panic!("{openid} tapped on and on\n{}", self.transcript());
    }
}
