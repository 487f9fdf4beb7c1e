//! Why nothing was fetched, in the classes a caller acts on.
//!
//! Texts are for the operator. They name no URL: its query may hold what the follower would not want in a log.

/// Why a fetch gave nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The address must not be reached; nothing was sent to it.
    #[error("the address is refused: {0}")]
    Refused(#[from] Refusal),
    /// The name has no address.
    #[error("the name cannot be resolved")]
    Unresolved,
    /// No connection, no safe one, or one that was lost before the answer began.
    #[error("the server cannot be reached: {reason}")]
    Unreachable { reason: String },
    /// Not done within the time limit, whatever it was waiting for.
    #[error("the time limit has passed")]
    Deadline,
    /// The server's answer is no success.
    #[error("the server answers {status}")]
    Status { status: u16 },
    #[error("more than {max_bytes} bytes")]
    TooLarge { max_bytes: usize },
    /// By its header or by its bytes, it is none of the wanted types.
    #[error("the type is not wanted: {found}")]
    Type { found: String },
    #[error("more redirects than are followed")]
    Redirects,
    /// Compressed, although that was declined.
    #[error("the body is encoded: {found}")]
    Encoding { found: String },
    /// The body ended before its end.
    #[error("the body broke off: {reason}")]
    Broken { reason: String },
    /// The settings cannot be used; only [`Fetcher::new`](super::Fetcher::new) says so.
    #[error("{reason}")]
    Setup { reason: String },
}

/// Which rule an address breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("not a URL")]
    Unreadable,
    #[error("too long")]
    TooLong,
    /// Control characters and backslashes, which programs read differently.
    #[error("it holds characters that no URL has")]
    Characters,
    #[error("only http and https are fetched")]
    Scheme,
    #[error("it names a user")]
    Userinfo,
    #[error("the port is not open to fetching")]
    Port,
    /// The name is one of a private network.
    #[error("the name is not a public one")]
    Name,
    /// The address, or one of the name's addresses, is none of the public internet.
    #[error("the network address is not a public one")]
    Address,
    /// A redirect leaves https.
    #[error("a redirect leads from https to http")]
    Downgrade,
}

impl Error {
    /// A stable name of the variant, for logs, metrics and the table of wordings.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Refused(_) => "refused",
            Self::Unresolved => "unresolved",
            Self::Unreachable { .. } => "unreachable",
            Self::Deadline => "deadline",
            Self::Status { .. } => "status",
            Self::TooLarge { .. } => "too_large",
            Self::Type { .. } => "type",
            Self::Redirects => "redirects",
            Self::Encoding { .. } => "encoding",
            Self::Broken { .. } => "broken",
            Self::Setup { .. } => "setup",
        }
    }

    /// Reads what the HTTP client says. A refusal of our own resolver comes back inside of it.
    pub(super) fn of_transport(error: reqwest::Error) -> Self {
        let error = error.without_url();
        if let Some(refusal) = causes(&error).find_map(|cause| cause.downcast_ref::<Refusal>()) {
            return Self::Refused(*refusal);
        }
        if error.is_timeout() {
            return Self::Deadline;
        }
        if error.is_dns() {
            return Self::Unresolved;
        }
        // The innermost cause says what happened; the outer ones say where.
        let reason = causes(&error).last().map_or_else(|| error.to_string(), ToString::to_string);
        if error.is_body() || error.is_decode() { Self::Broken { reason } } else { Self::Unreachable { reason } }
    }
}

fn causes<'a>(error: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(std::error::Error::source(error), |cause| cause.source())
}
