//! Quotas, and what became of a call known by its `rid`.
//!
//! Source: <https://developers.weixin.qq.com/doc/subscription/api/apimanage/api_getapiquota.html>

use serde_json::json;

use super::{Answer, Call, ROUTES, Refused, refused};
use crate::simulator::platform::Platform;

/// The daily limit that is told; nothing here enforces it.
const DAILY_LIMIT: u64 = 500_000;

/// A `rid` is known for seven days.
const RID_LIFETIME_MS: i64 = 7 * 86_400_000;

pub(super) fn show(platform: &mut Platform, call: &Call<'_>) -> Result<Answer, Refused> {
    let body = call.json()?;
    let path = body["cgi_path"].as_str().unwrap_or_default();
    if !ROUTES.iter().any(|route| route.path == path) {
        return Err(refused(76021, "cgi_path not found"));
    }
    let used = platform.used.get(path).copied().unwrap_or(0);
    Ok(Answer::Json(json!({
        "errcode": 0, "errmsg": "ok",
        "quota": { "daily_limit": DAILY_LIMIT, "used": used, "remain": DAILY_LIMIT.saturating_sub(used) }
    })))
}

pub(super) fn show_request(platform: &mut Platform, call: &Call<'_>) -> Result<Answer, Refused> {
    let body = call.json()?;
    let rid = body["rid"].as_str().unwrap_or_default();
    let found = platform.calls.iter().find(|found| found.rid == rid).ok_or_else(|| refused(76001, "rid not found"))?;
    if call.now_ms - found.at_ms > RID_LIFETIME_MS {
        return Err(refused(76004, "rid is expired"));
    }
    Ok(Answer::Json(json!({
        "errcode": 0, "errmsg": "ok",
        "request": {
            "invoke_time": found.at_ms / 1000, "cost_in_ms": found.ms, "request_url": found.path, "request_body": found.body,
            "response_body": found.answer, "client_ip": call.address
        }
    })))
}

pub(super) fn clear(platform: &mut Platform, call: &Call<'_>) -> Result<Answer, Refused> {
    let body = call.json()?;
    if body["appid"].as_str() != Some(call.app_id) {
        return Err(refused(40013, "invalid appid"));
    }
    platform.used.clear();
    Ok(Answer::ok())
}
