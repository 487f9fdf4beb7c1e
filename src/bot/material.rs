//! What comes with a question, as it arrives: words, an address in them, voice, a shared page, a picture.
//!
//! Nothing is fetched here; the question's own task does that (`bot/reading`), so that a crash loses nothing of it.

use crate::{
    app::{Account, App},
    clock,
    config::Language,
    db::attachments::{self, Kind, New},
};

use super::{
    respond::{Asking, Decision},
    sight, wording,
};

/// Addresses in one text that are read; more than that is a list, not a question about pages.
const MAX_PAGES: usize = 3;

/// A picture waits this long for its question.
pub(super) const PICTURE_WAITS_MS: i64 = 10 * 60 * 1000;

/// What ends an address, beside spaces and Chinese letters.
const AFTER_ADDRESS: &[char] = &['"', '\'', '<', '>', ')', ']', '`'];

/// A question in words; pages whose addresses stand in it are read.
pub(super) fn in_words(text: &str) -> Asking {
    let pages = addresses(text).map(|url| New::from(Kind::Page, url.to_owned(), url.to_owned()));
    Asking { attachments: pages.collect(), ..Asking::words(text.to_owned()) }
}

/// A voice message that WeChat understood.
pub(super) fn heard(words: &str, media_id: &str) -> Asking {
    let voice = New { text: words.to_owned(), ..New::from(Kind::Voice, String::new(), media_id.to_owned()) };
    Asking { attachments: vec![voice], ..Asking::words(words.to_owned()) }
}

/// A voice message that huixin is to hear itself; its words become the question's text.
pub(super) fn unheard(media_id: &str, format: Option<&str>) -> Asking {
    let voice = New::from(Kind::Voice, format.unwrap_or("amr").to_lowercase(), media_id.to_owned());
    Asking { attachments: vec![voice], ..Asking::words(String::new()) }
}

/// A page that was shared.
pub(super) fn link(title: &str, description: &str, url: &str, language: Language) -> Asking {
    let page = New::from(Kind::Page, title.to_owned(), url.to_owned());
    Asking { attachments: vec![page], ..Asking::words(wording::link(title, description, url, language)) }
}

/// A picture: it is kept until a question comes, if there is a model that can see.
pub(super) async fn picture(
    app: &App,
    account: &Account,
    openid: &str,
    (media_id, pic_url): (&str, Option<&str>),
) -> Result<Decision, sqlx::Error> {
    let language = app.language(&account.name, openid);
    if sight::seeing_models(app).await.is_empty() {
        return Ok(Decision::Say(wording::cannot_read("image", language)));
    }
    let since = clock::now_ms() - PICTURE_WAITS_MS;
    let before = attachments::pictures_waiting(&app.db, &account.name, openid, since).await?;
    let picture = New { url: pic_url.map(str::to_owned), ..New::from(Kind::Image, String::new(), media_id.to_owned()) };
    Ok(Decision::Keep(wording::picture_kept(before + 1, language), picture))
}

/// The web addresses in a text.
fn addresses(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("http")
        .map(|(start, _)| &text[start..])
        .filter(|rest| rest.starts_with("http://") || rest.starts_with("https://"))
        .map(|rest| {
            let is_after = |letter: char| letter.is_whitespace() || !letter.is_ascii() || AFTER_ADDRESS.contains(&letter);
            rest[..rest.find(is_after).unwrap_or(rest.len())].trim_end_matches(['.', ',', ';', '!', '?'])
        })
        .filter(|url| url.len() > "https://".len())
        .take(MAX_PAGES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_inside_chinese_text() {
        let found = |text| addresses(text).collect::<Vec<&str>>();
        assert_eq!(found("看看这个https://example.com/a?b=1，怎么样"), ["https://example.com/a?b=1"]);
        assert_eq!(found("(http://a.cn/x). 和 https://b.cn"), ["http://a.cn/x", "https://b.cn"]);
        assert!(found("httpd 和 https 有什么区别").is_empty());
    }
}
