//! Templates, and what they call.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use altinn_core::Language;
use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::IntoResponse;
use axum::routing::get;
use chrono::{DateTime, Datelike as _, Months, NaiveDate, TimeDelta, Timelike as _, Utc, Weekday};
use minijinja::value::Kwargs;
use minijinja::{Environment, Error, State, UndefinedBehavior, Value};

use super::PortalError;
use super::texts::Texts;
use super::trouble::encoded;

/// The templates of the pages.
#[derive(Debug)]
pub(super) struct Pages(Environment<'static>);

impl Pages {
    /// All templates of the portal's folder, which take their words from these texts.
    pub(super) fn read(folder: &Path, texts: Arc<Texts>) -> Result<Self, PortalError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        for file in fs::read_dir(folder.join("templates"))? {
            let path = file?.path();
            let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default().to_owned();
            environment.add_template_owned(name, fs::read_to_string(&path)?)?;
        }
        environment.add_function("t", move |state: &State, key: &str, places: Kwargs| {
            let language = language_of(state);
            places.args().try_fold(texts.get(language, key).to_owned(), |text, place| {
                Ok::<_, Error>(
                    text.replace(&format!("{{{place}}}"), &places.get::<Value>(place)?.to_string()),
                )
            })
        });
        environment.add_filter("encoded", |text: &str| encoded(text));
        environment.add_filter("time", |state: &State, seconds: i64| shown_time(language_of(state), seconds));
        environment.add_filter("size", |state: &State, bytes: u64| shown_size(language_of(state), bytes));
        Ok(Self(environment))
    }

    /// A page.
    pub(super) fn render(&self, name: &str, context: &Value) -> Result<String, Error> {
        self.0.get_template(name)?.render(context)
    }
}

fn language_of(state: &State) -> Language {
    let code = state.lookup("language").map(|code| code.to_string()).unwrap_or_default();
    code.parse().unwrap_or(Language::Nb)
}

/// A time as templates take it.
pub(super) fn seconds(time: DateTime<Utc>) -> i64 {
    time.timestamp()
}

/// A time in Oslo, in words.
fn shown_time(language: Language, seconds: i64) -> String {
    const MONTHS: [&str; 12] = [
        "januar",
        "februar",
        "mars",
        "april",
        "mai",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "desember",
    ];
    const ENGLISH: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let Some(time) = DateTime::from_timestamp(seconds, 0) else { return String::new() };
    let local = time.naive_utc() + TimeDelta::hours(if is_summer(time) { 2 } else { 1 });
    let (names, after_day, before_hour) = match language {
        Language::En => (ENGLISH, "", ","),
        _ => (MONTHS, ".", " kl."),
    };
    let month = names.get(local.month0() as usize).copied().unwrap_or_default();
    format!(
        "{}{after_day} {month} {}{before_hour} {:02}:{:02}",
        local.day(),
        local.year(),
        local.hour(),
        local.minute()
    )
}

/// Whether it is summer time in Oslo: from the last Sunday in March to the last in October, at 01:00 UTC.
fn is_summer(time: DateTime<Utc>) -> bool {
    let change = |month| {
        let first = NaiveDate::from_ymd_opt(time.year(), month, 1)?.checked_add_months(Months::new(1))?;
        let last = first.pred_opt()?;
        let sunday = last - TimeDelta::days(last.weekday().days_since(Weekday::Sun).into());
        Some(sunday.and_hms_opt(1, 0, 0)?.and_utc())
    };
    match (change(3), change(10)) {
        (Some(begin), Some(end)) => time >= begin && time < end,
        _ => false,
    }
}

/// A size in bytes, with a unit.
fn shown_size(language: Language, bytes: u64) -> String {
    let (divisor, unit) = match bytes {
        0..1_000 => return format!("{bytes} B"),
        1_000..1_000_000 => (100, "kB"),
        1_000_000..1_000_000_000 => (100_000, "MB"),
        _ => (100_000_000, "GB"),
    };
    let tenths = bytes / divisor;
    let mark = if language == Language::En { '.' } else { ',' };
    format!("{}{mark}{} {unit}", tenths / 10, tenths % 10)
}

/// The looks, and what JavaScript adds: nothing works by it alone.
pub(super) fn assets<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/assets/portal.css", get(|| async { asset("text/css", include_str!("assets/portal.css")) }))
        .route(
            "/assets/portal.js",
            get(|| async { asset("text/javascript", include_str!("assets/portal.js")) }),
        )
        .route("/assets/mark.svg", get(|| async { asset("image/svg+xml", include_str!("assets/mark.svg")) }))
}

fn asset(kind: &'static str, text: &'static str) -> impl IntoResponse {
    let headers =
        [(CONTENT_TYPE, kind), (CACHE_CONTROL, "public, max-age=300"), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
    (headers, text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn times_are_those_of_oslo_in_words() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap().timestamp();
        assert_eq!(shown_time(Language::Nb, at("2026-11-29T23:30:00Z")), "30. november 2026 kl. 00:30");
        assert_eq!(shown_time(Language::En, at("2026-07-01T10:05:00Z")), "1 July 2026, 12:05");
        assert_eq!(shown_time(Language::Nn, at("2026-03-29T01:00:00Z")), "29. mars 2026 kl. 03:00");
    }

    #[test]
    fn sizes_have_a_unit_that_people_read() {
        assert_eq!(shown_size(Language::Nb, 999), "999 B");
        assert_eq!(shown_size(Language::Nb, 1_250_000), "1,2 MB");
        assert_eq!(shown_size(Language::En, 20_000_000_000), "20.0 GB");
    }
}
