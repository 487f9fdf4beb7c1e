//! Reads arbitrary bytes as a page in whatever encoding, and as an official account's article.
#![no_main]

use huixin::extract::page::read;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for (content_type, url) in [
        ("text/html", "https://www.qq.com/"),
        ("text/html; charset=gbk", "https://mp.weixin.qq.com/s/x"),
        ("", "http://www.example.com.tw"),
        ("text/plain; charset=big5", "not a url"),
    ] {
        let page = read(bytes, content_type, url);
        assert!(page.text.len() <= 400 << 10 && page.title.chars().count() <= 200);
        assert!(!page.text.chars().any(|letter| letter.is_control() && letter != '\n' && letter != '\t'));
        assert!(!page.title.contains('\n') && page.byline.is_none_or(|byline| !byline.is_empty()));
    }
});
