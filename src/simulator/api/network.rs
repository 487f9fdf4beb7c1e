//! The platform's own addresses, and its look at the webhook from outside.
//!
//! Source: <https://developers.weixin.qq.com/doc/subscription/api/base/api_getcallbackip.html>

use serde_json::json;

use super::{Answer, Call, Refused, refused};
use crate::simulator::platform::Platform;

/// Where the simulator's pushes come from and its API is.
const LOOPBACK: &str = "127.0.0.1";

#[expect(clippy::unnecessary_wraps, reason = "the table of calls has one signature")]
pub(super) fn api_addresses(_: &mut Platform, _: &Call<'_>) -> Result<Answer, Refused> {
    Ok(Answer::Json(json!({ "ip_list": [LOOPBACK] })))
}

#[expect(clippy::unnecessary_wraps, reason = "the table of calls has one signature")]
pub(super) fn push_addresses(_: &mut Platform, _: &Call<'_>) -> Result<Answer, Refused> {
    Ok(Answer::Json(json!({ "ip_list": [LOOPBACK] })))
}

pub(super) fn check_callback(platform: &mut Platform, call: &Call<'_>) -> Result<Answer, Refused> {
    let body = call.json()?;
    if platform.webhook_url.is_none() {
        return Err(refused(40201, "invalid url, url is not set"));
    }
    let operator = body["check_operator"].as_str().unwrap_or("DEFAULT");
    if !matches!(operator, "CHINANET" | "UNICOM" | "CAP" | "DEFAULT") {
        return Err(refused(40203, "invalid check_operator"));
    }
    let dns = json!([{ "ip": LOOPBACK, "real_operator": operator }]);
    let ping = json!([{ "ip": LOOPBACK, "from_operator": operator, "package_loss": "0%", "time": "0.1ms" }]);
    Ok(Answer::Json(match body["action"].as_str() {
        Some("dns") => json!({ "dns": dns }),
        Some("ping") => json!({ "ping": ping }),
        Some("all") => json!({ "dns": dns, "ping": ping }),
        Some(_) | None => return Err(refused(40202, "invalid action")),
    }))
}
