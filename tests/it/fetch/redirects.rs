//! Redirects: followed a little way, judged at each step.

use huixin::fetch::{Error, Gate, Refusal, Settings};

use super::{
    WANT, fetcher,
    site::{Site, page, redirect, response},
};

#[tokio::test]
async fn a_few_redirects_are_followed_without_a_trace_of_the_one_before() {
    let cookie = "Set-Cookie: a=b\r\nWWW-Authenticate: Basic realm=x\r\n";
    let site = Site::start([
        ("/", response("301 Moved", &format!("Location: /%E6%96%87?x=1#y\r\n{cookie}"), "")),
        ("/%E6%96%87?x=1", redirect("302 Found", "/下一页")),
        ("/%E4%B8%8B%E4%B8%80%E9%A1%B5", redirect("307 Temporary Redirect", "last")),
        ("/last", page("<p>there")),
    ])
    .await;
    let fetched = fetcher(&[&site.place]).get(&site.url("/"), WANT).await.unwrap();
    assert_eq!((fetched.url.as_str(), fetched.bytes.as_slice()), (site.url("/last").as_str(), b"<p>there".as_slice()));
    assert_eq!(fetched.content_type, "text/html; charset=utf-8");
    let heads = site.heads();
    assert_eq!(heads.len(), 4);
    for head in heads {
        assert!(!["cookie:", "referer:", "authorization:"].iter().any(|name| head.contains(name)), "{head}");
        assert!(
            head.contains("accept-encoding: identity") && head.contains("user-agent: mozilla/5.0 (compatible; huixin/"),
            "{head}"
        );
    }
}

#[tokio::test]
async fn the_fourth_redirect_and_the_endless_one_are_not_followed() {
    let site = Site::start([("/loop", redirect("302 Found", "/loop"))]).await;
    assert_eq!(fetcher(&[&site.place]).get(&site.url("/loop"), WANT).await.unwrap_err(), Error::Redirects);
    assert_eq!(site.connections(), 4);
}

#[tokio::test]
async fn a_redirect_leads_nowhere_a_link_may_not() {
    let inner = Site::start([("/", page("inner"))]).await;
    let port = inner.port();
    let places = [
        (format!("http://{}/", inner.place), Refusal::Port),
        ("http://127.0.0.1/".to_owned(), Refusal::Address),
        ("http://2130706433/".to_owned(), Refusal::Address),
        ("//169.254.169.254/latest/meta-data/".to_owned(), Refusal::Address),
        ("http://[::ffff:127.0.0.1]/".to_owned(), Refusal::Address),
        ("http://public-by-name.cn/".to_owned(), Refusal::Address),
        ("http://metadata.google.internal/".to_owned(), Refusal::Name),
        ("file:///etc/passwd".to_owned(), Refusal::Scheme),
        ("gopher://127.0.0.1:6379/_x".to_owned(), Refusal::Scheme),
        (format!("http://a@127.0.0.1:{port}/"), Refusal::Userinfo),
        ("http:\\\\127.0.0.1\\".to_owned(), Refusal::Characters),
        ("/\t/127.0.0.1/".to_owned(), Refusal::Characters),
        (format!("/{}", "a".repeat(3000)), Refusal::TooLong),
        ("http://".to_owned(), Refusal::Unreadable),
    ];
    for (place, refusal) in places {
        let site = Site::start([("/", redirect("302 Found", "/on")), ("/on", redirect("302 Found", &place))]).await;
        let error = fetcher(&[&site.place]).get(&site.url("/"), WANT).await.unwrap_err();
        assert_eq!(error, Error::Refused(refusal), "{place}");
    }
    assert_eq!(inner.connections(), 0);
}

#[test]
fn https_does_not_lead_back_to_http() {
    let gate = Gate::new(&Settings::default()).unwrap();
    let from = gate.judge("https://www.qq.com/a/b").unwrap().url;
    assert_eq!(gate.follow(&from, "http://www.qq.com/a/b"), Err(Refusal::Downgrade));
    assert_eq!(gate.follow(&from, "c").unwrap().url.as_str(), "https://www.qq.com/a/c");
    assert_eq!(gate.follow(&from, "//www.163.com/").unwrap().url.as_str(), "https://www.163.com/");
    let from = gate.judge("http://www.qq.com/").unwrap().url;
    assert_eq!(gate.follow(&from, "https://www.qq.com/").unwrap().url.as_str(), "https://www.qq.com/");
}

#[tokio::test]
async fn a_redirect_to_nowhere_is_an_answer_like_another() {
    let site = Site::start([("/", response("302 Found", "", "")), ("/same", response("304 Not Modified", "", ""))]).await;
    for (path, status) in [("/", 302), ("/same", 304), ("/missing", 404)] {
        assert_eq!(fetcher(&[&site.place]).get(&site.url(path), WANT).await.unwrap_err(), Error::Status { status });
    }
}
