//! The ticket with which a page's JS-SDK is signed.
//!
//! Source: <https://developers.weixin.qq.com/doc/service/guide/h5/jssdk.html>, appendix 1.

use serde_json::json;

use super::{Answer, Call, Refused, refused};
use crate::simulator::platform::Platform;

pub(super) fn issue(platform: &mut Platform, call: &Call<'_>) -> Result<Answer, Refused> {
    let issued = platform.tickets.current(call.query("type"), call.now_ms);
    let (ticket, expires_in) = issued.ok_or_else(|| refused(40097, "invalid args"))?;
    Ok(Answer::Json(json!({ "errcode": 0, "errmsg": "ok", "ticket": ticket, "expires_in": expires_in })))
}
