//! Every metric: its name, its labels, and what it says. Nothing is recorded that does not stand here; a test sees to it.
//!
//! `docs/OPERATIONS.md` has the same table for readers, and is held to this one.

use metrics::{describe_counter, describe_gauge, describe_histogram};

/// One metric.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    pub name: &'static str,
    pub kind: Kind,
    /// In alphabetical order.
    pub labels: &'static [&'static str],
    /// Shown as `# HELP` on `/metrics`.
    pub meaning: &'static str,
}

/// How a metric behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Grows; begins at 0 with the process.
    Counter,
    Gauge,
    /// Has `_bucket`, `_sum` and `_count`.
    Histogram,
}

impl Kind {
    /// The word of Prometheus's text format.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

const fn counter(name: &'static str, labels: &'static [&'static str], meaning: &'static str) -> Metric {
    Metric { name, kind: Kind::Counter, labels, meaning }
}

const fn gauge(name: &'static str, labels: &'static [&'static str], meaning: &'static str) -> Metric {
    Metric { name, kind: Kind::Gauge, labels, meaning }
}

const fn histogram(name: &'static str, labels: &'static [&'static str], meaning: &'static str) -> Metric {
    Metric { name, kind: Kind::Histogram, labels, meaning }
}

/// All of them: what comes in, what is asked, what goes out, what it stands on.
pub const METRICS: &[Metric] = &[
    counter(
        "huixin_messages_total",
        &["account", "kind"],
        "Messages and events from WeChat that were stored, by kind; not_stored is one that was not",
    ),
    counter("huixin_refusals_total", &["reason"], "Pushes that were refused, by reason"),
    histogram("huixin_webhook_seconds", &[], "From a push's arrival to its answer, waiting for the model included"),
    histogram("huixin_intake_batch", &[], "Messages in one commit"),
    histogram("huixin_intake_commit_seconds", &[], "One commit of messages"),
    gauge("huixin_intake_queue_depth", &[], "Messages that wait for the writer"),
    gauge("huixin_questions", &["state"], "Questions in each state that is not the end"),
    gauge("huixin_oldest_open_question_seconds", &[], "Age of the oldest question without an answer; 0 when there is none"),
    gauge(
        "huixin_questions_waiting_for_a_slot",
        &[],
        "Questions of this process that wait because LLM_CONCURRENCY are being asked",
    ),
    gauge("huixin_answers_being_written", &[], "Questions that this process has in hand"),
    histogram("huixin_upstream_seconds", &[], "One answer of the model, from the request to its last word"),
    counter(
        "huixin_answers_total",
        &["failure", "state"],
        "Answers and apologies, by the class of what went wrong (none: nothing)",
    ),
    counter(
        "huixin_deliveries_total",
        &["delivery", "outcome"],
        "WeChat's deliveries of questions, by their number and how they were answered",
    ),
    histogram("huixin_delivery_wait_seconds", &[], "From a delivery's arrival to its answer"),
    histogram("huixin_outlet_batch", &[], "Replies and acknowledgements in one commit"),
    counter("huixin_limited_total", &["limit"], "Questions over a limit, by the limit"),
    counter(
        "huixin_moderations_total",
        &["by", "decision", "point"],
        "Texts that moderators looked at, by where they stood and what was decided",
    ),
    counter("huixin_fetches_total", &["class"], "Pages and pictures fetched for followers, by how it ended"),
    histogram("huixin_fetch_seconds", &[], "One such fetch"),
    counter("huixin_pushes_total", &["errcode"], "Customer-service messages sent, by WeChat's errcode (0: accepted)"),
    gauge("huixin_parts", &["state"], "Parts of answers that are not with their follower yet: waiting, sending, unknown"),
    counter("wechat_api_calls_total", &["errcode", "path"], "Calls of WeChat's API, by path and errcode"),
    histogram("wechat_api_call_seconds", &["path"], "One call of WeChat's API"),
    gauge("huixin_database_ping_seconds", &[], "How long the database took for a trivial question, at this scrape"),
    gauge("huixin_accounts", &[], "Accounts that are served"),
    counter("huixin_reloads_total", &["outcome", "source"], "Files read again at SIGHUP: changed, unchanged, or refused"),
    gauge("huixin_build", &["version"], "Always 1; the label is the version"),
    gauge("process_resident_memory_bytes", &[], "Resident memory"),
    gauge("process_open_fds", &[], "Open files and connections"),
    gauge("process_max_fds", &[], "How many may be open"),
    gauge("process_cpu_seconds_total", &[], "Processor time used"),
    gauge("process_start_time_seconds", &[], "When the process started, in unix seconds"),
];

/// Tells the recorder what each metric means.
pub(super) fn describe() {
    for Metric { name, kind, meaning, .. } in METRICS {
        match kind {
            Kind::Counter => describe_counter!(*name, *meaning),
            Kind::Gauge => describe_gauge!(*name, *meaning),
            Kind::Histogram => describe_histogram!(*name, *meaning),
        }
    }
}
