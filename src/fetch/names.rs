//! From a name to addresses, once for each connection.
//!
//! The addresses that are judged here are those that are connected to: the name is not asked for again in between, so an
//! answer that changes from one question to the next gains nothing. It knows no URL and no port.

use std::{
    fmt, io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::{error::Refusal, gate::Access, range::is_public};

/// Gives the addresses of a name; none if it has none.
pub type Lookup = dyn Fn(&str) -> Vec<IpAddr> + Send + Sync;

/// Who is asked for the addresses of a name.
#[derive(Clone, Default)]
pub enum Names {
    /// The machine's own resolver.
    #[default]
    System,
    /// A function; for tests and machines whose names come from elsewhere.
    Given(Arc<Lookup>),
}

/// The resolver of one HTTP client.
pub(super) struct Resolver {
    pub(super) names: Names,
    pub(super) access: Access,
}

impl fmt::Debug for Names {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::System => "System",
            Self::Given(_) => "Given",
        })
    }
}

impl Names {
    async fn look_up(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        match self {
            Self::System => Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect()),
            Self::Given(function) => Ok(function(name)),
        }
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (names, access) = (self.names.clone(), self.access);
        Box::pin(async move {
            let addresses = names.look_up(name.as_str()).await?;
            if addresses.is_empty() {
                return Err(io::Error::from(io::ErrorKind::NotFound).into());
            }
            // One bad address spoils the name: whoever owns it wants us to try that one some time.
            if access == Access::Public && !addresses.iter().all(|address| is_public(*address)) {
                return Err(Refusal::Address.into());
            }
            // Port 0 stands for the one of the URL.
            Ok(Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs)
        })
    }
}
