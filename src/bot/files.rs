//! Files: WeChat gives an account none of their bytes, so a follower hands them in on a page of their own.

use crate::{
    app::{Account, App},
    clock,
    db::upload_links::{self, UploadLink},
};

use super::wording;

/// How long the page is open.
pub const PAGE_LIFETIME_MS: i64 = 30 * 60 * 1000;

/// Opens a page for a follower and says where it is.
pub(super) async fn open_page(app: &App, account: &Account, openid: &str) -> Result<String, sqlx::Error> {
    let language = app.language(&account.name, openid);
    let Some(public_url) = &app.config.public_url else { return Ok(wording::cannot_take_files(language).into()) };
    let link =
        UploadLink { account: account.name.clone(), openid: openid.to_owned(), expires_at: clock::now_ms() + PAGE_LIFETIME_MS };
    let token = app.random_token();
    upload_links::open(&app.db, &token, &link).await?;
    Ok(wording::upload_page(&format!("{public_url}/f/{token}"), language))
}
