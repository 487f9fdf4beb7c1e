//! Names whose addresses change, disagree, or do not exist.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use huixin::fetch::{Error, Fetcher, Names, Refusal, Settings, Want};

use super::{
    WANT, names,
    site::{Site, page},
};

/// Public by its prefix, and given to nobody.
const NOBODY: &str = "3000::1";

fn addresses(texts: &[&str]) -> Vec<IpAddr> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn fetcher(names: Names, port: &str) -> Fetcher {
    Fetcher::new(&Settings { ports: vec![port.parse().unwrap()], names, ..Settings::default() }).unwrap()
}

#[tokio::test]
async fn a_name_that_changes_its_address_gains_nothing() {
    let site = Site::start([("/", page("inner"))]).await;
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    // The first answer is public, every later one is this machine.
    let rebinding = names(move |_| addresses(if count.fetch_add(1, Ordering::SeqCst) == 0 { &[NOBODY] } else { &["127.0.0.1"] }));
    let fetcher = fetcher(rebinding, site.port());
    let url = format!("http://rebind.cn:{}/", site.port());
    let want = Want { timeout: Duration::from_millis(500), ..WANT };
    let first = fetcher.get(&url, want).await.unwrap_err();
    assert!(matches!(first, Error::Unreachable { .. } | Error::Deadline), "{first:?}");
    assert_eq!(asked.load(Ordering::SeqCst), 1, "what was judged is what is connected to");
    assert_eq!(fetcher.get(&url, want).await.unwrap_err(), Error::Refused(Refusal::Address));
    assert_eq!(site.connections(), 0);
}

#[tokio::test]
async fn one_private_address_spoils_a_name() {
    let site = Site::start([("/", page("inner"))]).await;
    for list in [&[NOBODY, "127.0.0.1"][..], &["127.0.0.1", NOBODY], &[NOBODY, "::1"], &[NOBODY, "::ffff:10.0.0.1"], &["fd00::1"]]
    {
        let fetcher = fetcher(names(move |_| addresses(list)), site.port());
        let outcome = fetcher.get(&format!("http://mixed.cn:{}/", site.port()), WANT).await;
        assert_eq!(outcome.unwrap_err(), Error::Refused(Refusal::Address), "{list:?}");
    }
    assert_eq!(site.connections(), 0);
}

#[tokio::test]
async fn a_name_without_an_address_is_said_to_have_none() {
    let fetcher = fetcher(names(|_| Vec::new()), "80");
    assert_eq!(fetcher.get("http://nowhere.cn/", WANT).await.unwrap_err(), Error::Unresolved);
}

#[tokio::test]
async fn the_machines_own_resolver_is_judged_as_well() {
    // The names of this machine itself are the only ones every machine can resolve.
    let fetcher = fetcher(Names::System, "80");
    assert_eq!(fetcher.get("http://localhost/", WANT).await.unwrap_err(), Error::Refused(Refusal::Name));
}
