//! A page whose address came along: fetched past no inner address, its main text taken out, and named below the answer.

use crate::{
    app::App,
    bot::{
        moderating,
        question::{Asked, Declined},
        wording,
    },
    db::attachments::{Attachment, State},
    extract::{page, passages},
    fetch::Want,
    moderation::{Point, fence},
    telemetry::crash,
};

use super::Material;

/// Letters of one page that go to the model; of a longer one, the passages that fit the question best.
const BUDGET: usize = 8_000;

/// Adds a page, or that it could not be read.
pub(super) async fn visit(
    app: &App,
    asked: &Asked,
    attachment: &Attachment,
    material: &mut Material,
) -> Result<Result<(), Declined>, sqlx::Error> {
    let language = app.language(&asked.account, &asked.openid);
    let url = attachment.source.as_str();
    material.known.push(url.to_owned());
    let read = match attachment.state {
        State::Ready => Some((attachment.name.clone(), attachment.text.clone())),
        State::Failed => None,
        State::Waiting => match fetched(app, url).await {
            Ok(page) => {
                super::keep(app, attachment, None, &page.1).await?;
                crash::point("page read");
                Some(page)
            }
            Err(error) => {
                let class = error.class();
                tracing::info!(request = asked.id, account = asked.account, class, %error, "a page could not be read");
                super::give_up(app, attachment, class).await?;
                None
            }
        },
    };
    let Some((title, text)) = read.filter(|(_, text)| !text.trim().is_empty()) else {
        material.passages.push(wording::page_unread(url, language));
        return Ok(Ok(()));
    };
    let title = if attachment.name == url || attachment.name.is_empty() { title } else { attachment.name.clone() };
    let name = if title.trim().is_empty() { url.to_owned() } else { title };
    let passage = fitting(&material.text, &text);
    match moderating::judge(app, asked, Point::Passage, &passage).await? {
        Ok(passage) => {
            material.quote(fence::Kind::Page, &format!("{name} {url}"), &passage);
            material.sources.push(wording::source(&name, host(url)));
        }
        Err(_) => material.passages.push(wording::page_unread(url, language)),
    }
    Ok(Ok(()))
}

/// The title and the text of a page.
async fn fetched(app: &App, url: &str) -> Result<(String, String), crate::fetch::Error> {
    let fetched = app.fetcher.get(url, Want::READING).await?;
    let read = tokio::task::spawn_blocking(move || page::read(&fetched.bytes, &fetched.content_type, fetched.url.as_str()));
    Ok(read.await.map(|page| (page.title, page.text)).unwrap_or_default())
}

/// The passages of a page that fit the question, in the order of the page.
fn fitting(question: &str, text: &str) -> String {
    let passages = passages::best(question, &[text], BUDGET);
    passages.iter().map(|passage| passage.text.trim()).collect::<Vec<_>>().join("\n\n")
}

fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}
