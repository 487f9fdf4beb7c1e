//! The two ways to an access token.
//!
//! Sources: <https://developers.weixin.qq.com/doc/subscription/api/base/api_getaccesstoken.html> and
//! <https://developers.weixin.qq.com/doc/subscription/api/base/api_getstableaccesstoken.html>

use serde_json::json;

use super::{Answer, Call, Refused, refused};
use crate::simulator::platform::Platform;

pub(super) fn issue(platform: &mut Platform, call: &Call<'_>) -> Result<Answer, Refused> {
    let query = |name: &str| call.query.get(name).map(String::as_str);
    check(platform, call, [query("grant_type"), query("appid"), query("secret")])?;
    Ok(token(platform.tokens.issue(call.now_ms)))
}

pub(super) fn issue_stable(platform: &mut Platform, call: &Call<'_>) -> Result<Answer, Refused> {
    let body = call.json()?;
    check(platform, call, ["grant_type", "appid", "secret"].map(|name| body[name].as_str()))?;
    if !body["force_refresh"].as_bool().unwrap_or(false) {
        return Ok(token(platform.tokens.stable(call.now_ms)));
    }
    platform.tokens.forced(call.now_ms).map(token).ok_or_else(|| refused(45009, "reach max api daily quota limit"))
}

/// `[grant_type, appid, secret]`, in the order the platform complains about them.
fn check(platform: &Platform, call: &Call<'_>, [grant_type, appid, secret]: [Option<&str>; 3]) -> Result<(), Refused> {
    let appid = appid.filter(|appid| !appid.is_empty()).ok_or_else(|| refused(41002, "appid missing"))?;
    let secret = secret.filter(|secret| !secret.is_empty()).ok_or_else(|| refused(41004, "appsecret missing"))?;
    if grant_type != Some("client_credential") {
        return Err(refused(40002, "invalid grant_type"));
    }
    if appid != call.app_id {
        return Err(refused(40013, "invalid appid"));
    }
    if secret != call.app_secret {
        return Err(refused(40125, "invalid appsecret"));
    }
    if platform.switches.address_refused {
        let address = &call.address;
        return Err(refused(40164, format!("invalid ip {address} ipv6 ::ffff:{address}, not in whitelist")));
    }
    Ok(())
}

fn token((access_token, expires_in): (String, i64)) -> Answer {
    Answer::Json(json!({ "access_token": access_token, "expires_in": expires_in }))
}
