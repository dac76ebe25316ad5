//! `/metrics` for Prometheus: counts and durations by route template, never by address.
//!
//! Every label comes from a closed set: whatever a caller sends, the number of series stays.

use prometheus::{
    Encoder as _, GaugeVec, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, Opts, Registry, TextEncoder,
};

use crate::error::table::TABLE;
use crate::jobs::http::JobState;
use crate::jobs::{JOBS, STAMPER};

/// Methods that are counted by their name.
pub const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS"];
/// Statuses that are no problem; those of problems are in the table.
pub const SUCCESSES: [u16; 5] = [200, 201, 204, 304, 307];
/// What is in none of the closed sets.
pub const OTHER: &str = "other";
/// The route of what no route took.
pub const UNMATCHED: &str = "unmatched";

/// The collectors of this process.
pub struct Metrics {
    registry: Registry,
    requests: Option<IntCounterVec>,
    seconds: Option<HistogramVec>,
    waiting: Option<IntGauge>,
    jobs: Option<GaugeVec>,
    feed: Option<IntGauge>,
    unstamped: Option<IntGauge>,
    /// Registered with its first value: where there is no replica there is no such metric.
    replica: Option<IntGauge>,
}

impl Metrics {
    /// Registers the collectors; one that cannot be registered is left out and logged, the service runs on.
    pub fn new() -> Self {
        let registry = Registry::new();
        let requests = IntCounterVec::new(
            Opts::new("passerelle_http_requests_total", "Requests answered"),
            &["method", "route", "status"],
        );
        let seconds = HistogramVec::new(
            HistogramOpts::new("passerelle_http_request_seconds", "Seconds until the response head")
                .buckets(vec![0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0]),
            &["method", "route"],
        );
        let waiting = IntGauge::new("passerelle_database_units_waiting", "Units sent to the database and not answered");
        let jobs = GaugeVec::new(
            Opts::new("passerelle_job_last_success_timestamp_seconds", "When a job last did its work, any replica"),
            &["job"],
        );
        let feed = IntGauge::new("passerelle_feed_position", "Position of the last entry of the change feed");
        let replica = IntGauge::new("passerelle_database_replica_up", "1 while exports read from the replica").ok();
        let unstamped = IntGauge::new("passerelle_feed_entries_waiting", "Entries without a position yet");
        let metrics = Self {
            jobs: keep(&registry, jobs),
            replica,
            feed: keep(&registry, feed),
            unstamped: keep(&registry, unstamped),
            requests: keep(&registry, requests),
            seconds: keep(&registry, seconds),
            waiting: keep(&registry, waiting),
            registry,
        };
        if let Some(info) = keep(
            &metrics.registry,
            IntGauge::with_opts(
                Opts::new("passerelle_build_info", "The program that answers")
                    .const_label("version", env!("CARGO_PKG_VERSION")),
            ),
        ) {
            info.set(1);
        }
        metrics
    }

    /// Counts one answer, of a route template or of what no route took.
    pub fn answered(&self, method: &str, route: Option<&str>, status: u16, seconds: f64) {
        let method = METHODS.iter().find(|known| **known == method).unwrap_or(&OTHER);
        let route = route.unwrap_or(UNMATCHED);
        let known = SUCCESSES.contains(&status) || TABLE.iter().any(|entry| entry.status == status);
        let status = if known { status.to_string() } else { OTHER.to_owned() };
        if let Some(requests) = &self.requests {
            requests.with_label_values(&[*method, route, &status]).inc();
        }
        if let Some(histogram) = &self.seconds {
            histogram.with_label_values(&[*method, route]).observe(seconds);
        }
    }

    /// Takes what the database knows of the jobs and of the feed.
    pub fn upkeep(&self, jobs: &[JobState], position: i64, unstamped: i64) {
        let known = |name: &str| name == STAMPER || JOBS.iter().any(|job| job.name == name);
        for job in jobs.iter().filter(|job| known(&job.name)) {
            if let (Some(gauge), Some(at)) = (&self.jobs, job.last_ok) {
                // Seconds as a float hold microseconds exactly for the next two centuries.
                #[allow(clippy::cast_precision_loss)]
                gauge.with_label_values(&[&job.name]).set(at.as_micros() as f64 / 1e6);
            }
        }
        for (gauge, value) in [(&self.feed, position), (&self.unstamped, unstamped)] {
            if let Some(gauge) = gauge {
                gauge.set(value);
            }
        }
    }

    /// The text format of Prometheus.
    pub fn text(&self, waiting: usize, replica_up: Option<bool>) -> Result<Vec<u8>, String> {
        if let (Some(up), Some(gauge)) = (replica_up, &self.replica) {
            // Again at each call: the registry refuses the second, which changes nothing.
            let _ = self.registry.register(Box::new(gauge.clone()));
            gauge.set(i64::from(up));
        }
        if let Some(gauge) = &self.waiting {
            gauge.set(i64::try_from(waiting).unwrap_or(i64::MAX));
        }
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text).map_err(|e| e.to_string())?;
        Ok(text)
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

fn keep<C: prometheus::core::Collector + Clone + 'static>(
    registry: &Registry,
    made: prometheus::Result<C>,
) -> Option<C> {
    let kept = made.and_then(|c| registry.register(Box::new(c.clone())).map(|()| c));
    kept.map_err(|e| log::error!("a metric is left out: {e}")).ok()
}
