//! The headers that protect a page: what it may load, who may frame it, what it tells others, who may store it.
//!
//! They hold for pages whose scripts and styles are files of this server. Knows no route and no page.

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};

/// How readers reach this server, by the scheme of `PUBLIC_URL`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    Https,
    Plain,
}

/// Pictures may come from anywhere over https, everything else from here; nothing runs that is not a file.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; connect-src 'self'; \
     media-src 'self'; font-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Two years, as the browsers' preload lists ask.
const ONLY_HTTPS: &str = "max-age=63072000; includeSubDomains";

const NO_DEVICES: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), \
     microphone=(), midi=(), payment=(), usb=(), browsing-topics=(), interest-cohort=()";

const ALWAYS: [(HeaderName, &str); 9] = [
    (CONTENT_SECURITY_POLICY, CONTENT_POLICY),
    (CACHE_CONTROL, "no-store, private"),
    (REFERRER_POLICY, "no-referrer"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (HeaderName::from_static("x-frame-options"), "DENY"),
    (HeaderName::from_static("x-robots-tag"), "noindex, nofollow, noarchive"),
    (HeaderName::from_static("permissions-policy"), NO_DEVICES),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Adds every protection to a private page's headers.
pub fn protect_page(headers: &mut HeaderMap, transport: Transport) {
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if transport == Transport::Https {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(ONLY_HTTPS));
    }
}

/// WeChat's own script for pages in its browser; the version is part of its name, and it is never replaced by another.
pub const WECHAT_SCRIPT: &str = "https://res.wx.qq.com/open/js/jweixin-1.6.0.js";

/// Lets a protected page load WeChat's script, and nothing else that is foreign.
pub fn allow_wechat_script(headers: &mut HeaderMap) {
    let policy = CONTENT_POLICY.replace("script-src 'self'", &format!("script-src 'self' {WECHAT_SCRIPT}"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
}
