//! One file's bytes, as they arrive: onto the disk, never into memory, and no more of them than a file may have.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, http::header::CONTENT_LENGTH, web};
use anyhow::Context;
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use tokio::{
    fs::File,
    io::AsyncWriteExt,
    time::{Instant, timeout, timeout_at},
};

use crate::{
    app::{App, uploads::Temporary},
    bot::files::{self, MAX_BYTES, MAX_FILES, Refusal},
    config,
    db::upload_links::UploadLink,
};

use super::{answer, language, refuse};

/// A phone that sends nothing for this long has lost its connection.
const SILENCE: Duration = Duration::from_secs(30);

/// 20 MB within this are 35 kB a second; slower than that nobody waits for.
const LONGEST: Duration = Duration::from_mins(10);

/// Letters of a file's name that are kept, from its end, where the kind is.
const NAME_LETTERS: usize = 120;

#[derive(Deserialize)]
pub struct Named {
    #[serde(default)]
    name: String,
}

#[derive(Serialize)]
struct Received {
    id: String,
}

/// `POST /f/{token}/files?name=…`: takes the body as a file.
pub async fn receive_file(
    request: HttpRequest,
    app: web::Data<App>,
    token: web::Path<String>,
    named: web::Query<Named>,
    body: web::Payload,
) -> HttpResponse {
    let link = match files::page(&app, &token).await {
        Ok(link) => link,
        Err(closed) => return refuse(&app, &closed.refusal, language(&closed, &request)),
    };
    let language = app.language(&link.account, &link.openid);
    let name = shown_name(&named.name, language);
    match receive(&request, &app, (&token, &link), &name, body).await {
        Ok(id) => answer(&app, HttpResponse::Created(), &Received { id }),
        Err(refusal) => {
            tracing::info!(account = link.account, %refusal, "a file was not taken");
            refuse(&app, &refusal, language)
        }
    }
}

async fn receive(
    request: &HttpRequest,
    app: &web::Data<App>,
    page: (&str, &UploadLink),
    name: &str,
    body: web::Payload,
) -> Result<String, Refusal> {
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > MAX_BYTES) {
        return Err(Refusal::TooBig);
    }
    if files::list(app, page.1).await?.len() as i64 >= MAX_FILES {
        return Err(Refusal::TooMany);
    }
    let follower = format!("{}/{}", page.1.account, page.1.openid);
    let _place = app.uploads.begin(&follower).ok_or(Refusal::Busy)?;
    let temporary = app.uploads.temporary();
    write(body, &temporary).await?;
    files::take(app, page, name, temporary.path()).await
}

/// Writes the body to the disk, as far as it may go.
async fn write(mut body: web::Payload, temporary: &Temporary) -> Result<(), Refusal> {
    let deadline = Instant::now() + LONGEST;
    let mut file = File::create(temporary.path()).await.context("no file can be written in DATA_DIR")?;
    let mut length = 0;
    loop {
        let chunk = timeout_at(deadline, timeout(SILENCE, body.next())).await;
        let Ok(Ok(chunk)) = chunk else { return Err(Refusal::Broken) };
        let Some(chunk) = chunk else { break };
        let chunk = chunk.map_err(|_| Refusal::Broken)?;
        length += chunk.len() as u64;
        if length > MAX_BYTES {
            return Err(Refusal::TooBig);
        }
        file.write_all(&chunk).await.context("a file that arrives cannot be written in DATA_DIR")?;
    }
    file.flush().await.context("a file that arrived cannot be written in DATA_DIR")?;
    Ok(())
}

/// A name without folders and without letters that would hide or turn around what it says.
fn shown_name(name: &str, language: config::Language) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_plain = |letter: &char| {
        !letter.is_control()
            && !matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let letters: Vec<char> = name.chars().filter(is_plain).collect();
    let name: String = letters[letters.len().saturating_sub(NAME_LETTERS)..].iter().collect();
    match (name.trim(), language) {
        ("", config::Language::Chinese) => "文件".into(),
        ("", config::Language::English) => "file".into(),
        (name, _) => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_loses_folders_and_tricks_and_keeps_its_end() {
        let shown = |name: &str| shown_name(name, config::Language::English);
        assert_eq!(shown("C:\\fakepath\\报告 1.pdf"), "报告 1.pdf");
        assert_eq!(shown("../../etc/passwd"), "passwd");
        assert_eq!(shown("a\u{202e}fdp.exe\n"), "afdp.exe");
        assert_eq!(shown(" \u{200b} "), "file");
        assert!(shown(&format!("{}.docx", "长".repeat(300))).ends_with("长.docx"));
        assert_eq!(shown(&"a".repeat(300)).len(), NAME_LETTERS);
    }
}
