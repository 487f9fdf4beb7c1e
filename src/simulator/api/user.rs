//! Who follows.
//!
//! Source: <https://developers.weixin.qq.com/doc/subscription/api/usermanage/userinfo/api_userinfo.html>

use serde_json::json;

use super::{Answer, Call, Refused, refused};
use crate::simulator::platform::Platform;

/// Openids a page has.
const PAGE: usize = 10_000;

pub(super) fn show(platform: &mut Platform, call: &Call<'_>) -> Result<Answer, Refused> {
    let openid = call.query("openid");
    let follower = platform.followers.get(openid).ok_or_else(|| refused(40003, "invalid openid"))?;
    if !follower.following {
        return Ok(Answer::Json(json!({ "subscribe": 0, "openid": openid })));
    }
    Ok(Answer::Json(json!({
        "subscribe": 1, "openid": openid, "nickname": "", "sex": 0, "language": "zh_CN", "city": "", "province": "",
        "country": "", "headimgurl": "", "subscribe_time": follower.subscribed_at_ms / 1000, "remark": "", "groupid": 0,
        "tagid_list": [], "subscribe_scene": "ADD_SCENE_SEARCH", "qr_scene": 0, "qr_scene_str": ""
    })))
}

#[expect(clippy::unnecessary_wraps, reason = "the table of calls has one signature")]
pub(super) fn list(platform: &mut Platform, call: &Call<'_>) -> Result<Answer, Refused> {
    let after = call.query("next_openid");
    let following = || platform.followers.iter().filter(|(_, follower)| follower.following).map(|(openid, _)| openid.as_str());
    let page: Vec<&str> = following().filter(|openid| after.is_empty() || *openid > after).take(PAGE).collect();
    let total = following().count();
    // Past the end there is no `data` at all.
    let Some(last) = page.last() else {
        return Ok(Answer::Json(json!({ "total": total, "count": 0, "next_openid": "" })));
    };
    Ok(Answer::Json(json!({ "total": total, "count": page.len(), "data": { "openid": page }, "next_openid": last })))
}
