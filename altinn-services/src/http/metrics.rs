//! Counts and times of calls, as Prometheus reads them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, StatusCode};
use axum::response::IntoResponse;

use super::Api;

/// The bounds of the histogram, in seconds.
const BOUNDS: [f64; 10] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

/// Counts and times of calls: by method, route and status, all of which are few.
#[derive(Debug, Default)]
pub(super) struct Metrics(Mutex<BTreeMap<(&'static str, String, u16), Series>>);

#[derive(Debug, Default)]
struct Series {
    count: u64,
    seconds: f64,
    /// How many took no longer than each bound.
    within: [u64; BOUNDS.len()],
}

impl Metrics {
    /// Counts a call.
    pub(super) fn count(&self, method: &Method, route: String, status: StatusCode, took: Duration) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let series = all.entry((name_of(method), route, status.as_u16())).or_default();
        let seconds = took.as_secs_f64();
        series.count += 1;
        series.seconds += seconds;
        for (within, bound) in series.within.iter_mut().zip(BOUNDS) {
            *within += u64::from(seconds <= bound);
        }
    }

    /// The text of Prometheus' exposition format 0.0.4.
    fn text(&self) -> String {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = String::from(
            "# HELP altinn_http_request_seconds How long calls took.\n\
             # TYPE altinn_http_request_seconds histogram\n",
        );
        for ((method, route, status), series) in all.iter() {
            let labels = format!("method=\"{method}\",route=\"{route}\",status=\"{status}\"");
            for (within, bound) in series.within.iter().zip(BOUNDS) {
                let _ =
                    writeln!(text, "altinn_http_request_seconds_bucket{{{labels},le=\"{bound}\"}} {within}");
            }
            let (count, seconds) = (series.count, series.seconds);
            let _ = writeln!(text, "altinn_http_request_seconds_bucket{{{labels},le=\"+Inf\"}} {count}");
            let _ = writeln!(text, "altinn_http_request_seconds_sum{{{labels}}} {seconds}");
            let _ = writeln!(text, "altinn_http_request_seconds_count{{{labels}}} {count}");
        }
        text
    }
}

/// The methods that there are; what a caller makes up is none of them.
fn name_of(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

/// Counts and times of calls since the start, as Prometheus reads them.
#[utoipa::path(get, path = "/metrics", tag = "operations", operation_id = "metrics", security(()),
    responses((status = 200, description = "Prometheus' exposition format", body = String, content_type = "text/plain; version=0.0.4")))]
pub(super) async fn metrics(State(api): State<Api>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], api.metrics().text())
}
