//! Reads arbitrary bytes as a push.
#![no_main]

use huixin::wechat::incoming::{BadXml, Content, body, parse};
use huixin::wechat::reply::{Address, Reply};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let read = parse(bytes);
    let refusal = read.as_ref().err().copied().filter(|refusal| *refusal != BadXml::Incomplete);
    assert_eq!(body(bytes).err(), refusal, "both keep the same limits");
    let Ok(push) = read else { return };
    assert!(push.dedup_key().len() < 450 && !push.dedup_key().contains('\0'));
    assert!(push.kind().chars().count() <= 64);
    let Content::Text { text, .. } = push.content else { return };
    let address = Address { openid: &push.openid, to_user_name: &push.to_user_name, create_time: push.create_time };
    let echoed = parse(Reply::Text { content: text.clone() }.to_xml(address).as_bytes());
    assert_eq!(echoed.map(|push| push.content), Ok(Content::Text { text: as_read(&text), menu_id: None }));
});

/// A carriage return that a reference brought in does not survive CDATA.
fn as_read(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}
