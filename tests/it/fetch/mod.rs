//! The guarded way to foreign addresses: what it refuses, what it brings, and what no server can do to it.

mod addresses;
mod bodies;
mod redirects;
mod site;
mod urls;

use std::{net::IpAddr, sync::Arc, time::Duration};

use huixin::fetch::{Fetcher, Kind, Names, Settings, Want};

/// Long enough for a busy machine, and the most a test waits for what must not happen.
const PATIENCE: Duration = Duration::from_secs(10);

const WANT: Want = Want { max_bytes: 1 << 20, timeout: PATIENCE, types: &[Kind::Page, Kind::Text] };

/// A fetcher that may reach `places`, for which all names lead to this machine.
fn fetcher(places: &[&str]) -> Fetcher {
    Fetcher::new(&Settings { allow: places.iter().map(|place| (*place).to_owned()).collect(), ..local_names() }).unwrap()
}

fn local_names() -> Settings {
    Settings { names: names(|_| vec![IpAddr::from([127, 0, 0, 1])]), ..Settings::default() }
}

fn names(function: impl Fn(&str) -> Vec<IpAddr> + Send + Sync + 'static) -> Names {
    Names::Given(Arc::new(function))
}
