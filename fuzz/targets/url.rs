//! Reads arbitrary text as the address of a foreign page, and as a redirect to one.
#![no_main]

use std::net::IpAddr;

use huixin::fetch::{Access, Gate, Refusal, Settings, Target, is_public};
use libfuzzer_sys::fuzz_target;

/// What must hold of every URL that may be asked for.
fn check(gate: &Gate, outcome: Result<Target, Refusal>) {
    let Ok(target) = outcome else { return };
    let url = &target.url;
    assert!(matches!(url.scheme(), "http" | "https") && matches!(url.port_or_known_default(), Some(80 | 443)));
    assert!(url.username().is_empty() && url.password().is_none() && target.access == Access::Public);
    let host = url.host_str().expect("a URL without a host is refused");
    let bare = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.');
    assert!(bare.parse::<IpAddr>().map_or(bare.contains('.'), is_public), "{host}");
    // What was allowed once is allowed in its own spelling, and means the same.
    assert_eq!(gate.judge(url.as_str()).map(|again| again.url).as_ref(), if url.as_str().len() > 2048 { Err(&Refusal::TooLong) } else { Ok(url) });
}

fuzz_target!(|text: &str| {
    let gate = Gate::new(&Settings::default()).expect("the default settings can be used");
    check(&gate, gate.judge(text));
    check(&gate, gate.judge(&format!("http://{text}/")));
    let from = gate.judge("https://www.qq.com/a").expect("a plain URL is allowed").url;
    let outcome = gate.follow(&from, text);
    assert!(outcome.as_ref().map_or(true, |target| target.url.scheme() == "https"), "a redirect stays with https");
    check(&gate, outcome);
});
