//! For how long what is kept, beside what the operator chose: one place for the housekeeping that does it and the page that says it.

use std::time::Duration;

/// WeChat repeats within seconds, a replay is refused by its timestamp; two days leave room for both.
pub const PUSHES: Duration = Duration::from_hours(48);

/// People unfollow and come back; what they said is erased after a week.
pub const UNFOLLOWED: Duration = Duration::from_hours(7 * 24);

/// How long an upload page that has expired is known as such.
pub const UPLOAD_LINKS: Duration = Duration::from_hours(24);

/// How long WeChat keeps what is uploaded to be sent in a chat.
///
/// Source: <https://developers.weixin.qq.com/doc/subscription/api/material/temporary/api_uploadtempmedia.html>
pub const AT_WECHAT: Duration = Duration::from_hours(3 * 24);
