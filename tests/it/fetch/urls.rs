//! Tables of URLs: the hostile ones are refused before a byte is sent, the good ones are not.

use huixin::fetch::{Access, Error, Fetcher, Gate, Kind, Settings, Want};
use tokio::net::TcpListener;

use super::{
    PATIENCE, WANT, fetcher, local_names,
    site::{Site, page},
};

const REFUSED: &str = include_str!("refused_urls.txt");
const ALLOWED: &str = include_str!("allowed_urls.txt");

/// The URLs of the table, each with the reason that its group names.
fn refused(port: &str) -> Vec<(&'static str, String)> {
    let mut reason = "";
    let mut rows = Vec::new();
    for line in REFUSED.lines().filter(|line| !line.is_empty()) {
        if let Some(group) = line.strip_prefix("## ") {
            reason = group.split_once(':').unwrap().0;
        } else if !line.starts_with("# ") && line != "#" || !reason.is_empty() {
            rows.push((reason, spelled_out(line, port)));
        }
    }
    rows
}

fn spelled_out(line: &str, port: &str) -> String {
    let symbols = [("␉", "\t"), ("␊", "\n"), ("␍", "\r"), ("␀", "\0")];
    let unseen = [
        ("{U+00AD}", "\u{ad}"),
        ("{U+200B}", "\u{200b}"),
        ("{U+2060}", "\u{2060}"),
        ("{U+FEFF}", "\u{feff}"),
        ("{U+0085}", "\u{85}"),
    ];
    let line = line.replace("{port}", port).replace("{long}", &"a".repeat(3000)).replace("{U+0020}", " ");
    symbols.iter().chain(&unseen).fold(line, |line, (symbol, letter)| line.replace(symbol, letter))
}

/// Servers on every address of this machine, on one port.
async fn everywhere() -> Vec<Site> {
    for _ in 0..20 {
        let four = TcpListener::bind("0.0.0.0:0").await.unwrap();
        let port = four.local_addr().unwrap().port();
        // Where there is no IPv6, nothing can be sent there either.
        match TcpListener::bind(format!("[::1]:{port}")).await {
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {}
            six => {
                return [Some(four), six.ok()]
                    .into_iter()
                    .flatten()
                    .map(|listener| Site::serve(listener, [("/", page("in"))]))
                    .collect();
            }
        }
    }
    panic!("no port is free on both");
}

#[tokio::test]
async fn hostile_urls_are_refused_without_a_byte_being_sent() {
    let sites = everywhere().await;
    let port = sites[0].port();
    let settings = Settings { ports: vec![port.parse().unwrap()], ..local_names() };
    let fetcher = Fetcher::new(&settings).unwrap();
    let rows = refused(port);
    assert!(rows.len() > 500, "only {} rows", rows.len());
    let mut wrong = Vec::new();
    for (reason, url) in rows {
        let outcome = fetcher.get(&url, WANT).await;
        if !matches!(&outcome, Err(Error::Refused(refusal)) if format!("{refusal:?}") == reason) {
            wrong.push(format!("{reason}: {url:?}: {:?}", outcome.map(|fetched| fetched.url.to_string())));
        }
    }
    assert!(wrong.is_empty(), "{} URLs:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(sites.iter().map(Site::connections).sum::<usize>(), 0, "somebody was called");
    // The servers do wait there: whoever may call them, gets an answer.
    let open = super::fetcher(&[&sites[0].place]);
    assert_eq!(open.get(&sites[0].url("/"), WANT).await.unwrap().bytes, b"in");
}

#[test]
fn good_urls_may_be_asked_for() {
    let gate = Gate::new(&Settings::default()).unwrap();
    let rows: Vec<_> = ALLOWED.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(rows.len() > 40);
    for url in rows {
        let target = gate.judge(url).unwrap_or_else(|refusal| panic!("{url}: {refusal}"));
        assert_eq!(target.access, Access::Public);
        assert_eq!(target.url.fragment(), None, "what is behind # is the reader's own");
    }
}

#[tokio::test]
async fn a_host_of_the_settings_is_open_on_its_own_port_alone() {
    let (inner, other) = (Site::start([("/", page("inner"))]).await, Site::start([("/", page("other"))]).await);
    let named = format!("Wiki.internal:{}", inner.port());
    let fetcher = fetcher(&[&inner.place, &named]);
    for url in
        [inner.url("/"), format!("http://wiki.internal:{}/", inner.port()), format!("http://WIKI.internal:{}/#x", inner.port())]
    {
        assert_eq!(fetcher.get(&url, WANT).await.unwrap().bytes, b"inner", "{url}");
    }
    let others = [
        other.url("/"),
        format!("http://wiki.internal:{}/", other.port()),
        "http://wiki.internal/".into(),
        "http://127.0.0.1/".into(),
    ];
    let elsewhere = [format!("http://x.wiki.internal:{}/", inner.port()), format!("https://u@wiki.internal:{}/", inner.port())];
    for url in others.iter().chain(&elsewhere) {
        assert!(matches!(fetcher.get(url, WANT).await, Err(Error::Refused(_))), "{url}");
    }
    assert_eq!((inner.connections(), other.connections()), (3, 0));
}

#[test]
fn settings_that_cannot_be_meant_are_refused() {
    for entry in [
        "",
        "wiki",
        "wiki:",
        ":80",
        "wiki:http",
        "wiki:70000",
        "http://wiki:80",
        "wiki/x:80",
        "a@wiki:80",
        "wiki?:80",
        "[::1]",
        "wi ki:80",
    ] {
        let settings = Settings { allow: vec![entry.to_owned()], ..Settings::default() };
        assert!(matches!(Fetcher::new(&settings), Err(Error::Setup { .. })), "{entry:?}");
    }
    for entry in ["wiki:80", "127.0.0.1:8080", "[::1]:9000", "内网.cn:443"] {
        assert!(Fetcher::new(&Settings { allow: vec![entry.to_owned()], ..Settings::default() }).is_ok(), "{entry:?}");
    }
}

#[tokio::test]
async fn a_url_of_another_kind_costs_no_time() {
    let want = Want { max_bytes: 0, timeout: PATIENCE, types: &[Kind::Page] };
    let error = fetcher(&[]).get("http://10.0.0.1/", want).await.unwrap_err();
    assert_eq!((error.class(), error.to_string().contains("10.0.0.1")), ("refused", false));
}
