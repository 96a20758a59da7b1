//! Dates and times that are too early or too late.

use altinn_services::form_page::{Control, Limits};
use chrono::{NaiveDate, NaiveTime};
use serde_json::json;

use super::components::with_page;
use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The page with a date that has these limits, on the last day of November 2026.
fn dates(minimum: Value, maximum: Value, data: &Value) -> FormPages {
    let (_folder, app) = with_page(&json!([{
        "id": "from", "type": "Datepicker", "timeStamp": false, "minDate": minimum, "maxDate": maximum,
        "dataModelBindings": {"simpleBinding": "premises.openingDate"}, "textResourceBindings": {"title": "Fra"},
    }]));
    view(&app, TASK, FORM, data).with_today(day("2026-11-30")).pages().unwrap()
}

fn opening(date: &str) -> Value {
    json!({"premises": {"openingDate": date}, "applicant": {"from": "2027-05-01"}})
}

/// What the pages say is not in order with the date, in three languages, with its code and its place.
fn said(pages: &FormPages) -> Option<(String, String, [String; 3])> {
    let unmet = pages.unmet();
    let found = unmet.iter().map(|(_, issue)| issue).find(|issue| issue.path == "/premises/openingDate")?;
    let text = |language| found.detail.in_language(language).to_owned();
    let texts = [Language::Nb, Language::Nn, Language::En].map(text);
    Some((found.code.as_str().to_owned(), found.path.clone(), texts))
}

#[test]
fn the_words_for_days_count_from_the_day_that_it_is() {
    for (word, first) in [
        ("today", "2026-11-30"),
        ("yesterday", "2026-11-29"),
        ("tomorrow", "2026-12-01"),
        ("oneYearAgo", "2025-11-30"),
        ("oneYearFromNow", "2027-11-30"),
        ("2027-02-28", "2027-02-28"),
        // A moment is the day that it is in Oslo then.
        ("2027-02-27T23:00:00.000Z", "2027-02-28"),
        ("whenever", "1900-01-01"),
    ] {
        let pages = dates(json!(word), Value::Null, &json!({}));
        let limits = field(pages.page("food").unwrap(), "from").limits;
        assert_eq!(limits, Some(limits_of(first, "2100-01-01")), "{word}");
    }
}

fn limits_of(first: &str, last: &str) -> Limits {
    let pages = dates(json!(first), json!(last), &json!({}));
    field(pages.page("food").unwrap(), "from").limits.unwrap()
}

#[test]
fn a_date_outside_of_its_limits_is_told_of_in_three_languages() {
    let early = dates(json!("today"), json!("oneYearFromNow"), &opening("2026-11-29"));
    let (code, path, texts) = said(&early).unwrap();
    assert_eq!((code.as_str(), path.as_str()), ("FORM-TOO-EARLY", "/premises/openingDate"));
    assert_eq!(
        texts,
        [
            "Datoen kan ikke være før 30. november 2026.",
            "Datoen kan ikkje vere før 30. november 2026.",
            "The date cannot be before 30 November 2026.",
        ]
    );
    let late = dates(json!("today"), json!("oneYearFromNow"), &opening("2027-12-01"));
    let (code, _, texts) = said(&late).unwrap();
    assert_eq!(code, "FORM-TOO-LATE");
    assert_eq!(texts[0], "Datoen kan ikke være etter 30. november 2027.");
    for within in ["2026-11-30", "2027-11-30"] {
        assert_eq!(said(&dates(json!("today"), json!("oneYearFromNow"), &opening(within))), None, "{within}");
    }
    // A year of two digits is before all limits, whatever a layout says of them.
    assert_eq!(said(&dates(Value::Null, Value::Null, &opening("0026-11-30"))).unwrap().0, "FORM-TOO-EARLY");
    assert_eq!(said(&dates(Value::Null, Value::Null, &opening("i morgen"))).unwrap().0, "FORM-FORMAT");
}

#[test]
fn limits_may_be_expressions_over_the_form() {
    let from_form = json!(["dataModel", "applicant.from"]);
    assert_eq!(
        said(&dates(from_form.clone(), Value::Null, &opening("2027-04-30"))).unwrap().0,
        "FORM-TOO-EARLY"
    );
    assert_eq!(said(&dates(from_form, Value::Null, &opening("2027-05-01"))), None);
}

#[test]
fn browsers_are_told_the_limits_and_what_is_read_only_is_left_alone() {
    let pages = dates(json!("today"), Value::Null, &opening("2020-01-01"));
    let shown = html(&pages, "food");
    assert!(shown.contains(" min=\"2026-11-30\" max=\"2100-01-01\""), "{shown}");
    let (_folder, app) = with_page(&json!([{
        "id": "from", "type": "Datepicker", "minDate": "today", "readOnly": true,
        "dataModelBindings": {"simpleBinding": "premises.openingDate"},
    }]));
    let data = opening("2020-01-01");
    let pages = view(&app, TASK, FORM, &data).with_today(day("2026-11-30")).pages().unwrap();
    assert_eq!(said(&pages), None, "nobody can put it right");
}

/// The page with a time of day.
fn times(more: &Value, time: &Value) -> (FormPages, Value) {
    let mut component = json!({
        "id": "at", "type": "TimePicker", "minTime": "08:00", "maxTime": ["dataModel", "closes"],
        "dataModelBindings": {"simpleBinding": "at"}, "textResourceBindings": {"title": "Når"},
    });
    component.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let (_folder, app) = with_page(&json!([component]));
    let data = json!({"at": time, "closes": "16:30"});
    let pages = view(&app, TASK, FORM, &data).with_today(day("2026-11-30")).pages().unwrap();
    (pages, data)
}

fn told(pages: &FormPages) -> Option<String> {
    let unmet = pages.unmet();
    let found = unmet.iter().find(|(_, issue)| issue.path == "/at");
    found.map(|(_, issue)| issue.detail.in_language(Language::Nb).to_owned())
}

#[test]
fn a_time_of_day_has_limits_too() {
    let plain = json!({});
    let (pages, _) = times(&plain, &json!("07:59"));
    assert_eq!(told(&pages).as_deref(), Some("Klokkeslettet kan ikke være før 08:00."));
    let shown = html(&pages, "food");
    assert!(shown.contains("type=\"time\" value=\"07:59\""), "{shown}");
    assert!(shown.contains(" min=\"08:00:00\" max=\"16:30:00\""), "{shown}");
    let (pages, _) = times(&plain, &json!("16:31"));
    assert_eq!(told(&pages).as_deref(), Some("Klokkeslettet kan ikke være etter 16:30."));
    for within in ["08:00", "16:30", ""] {
        assert_eq!(told(&times(&plain, &json!(within)).0), None, "{within}");
    }
    let (pages, _) = times(&plain, &json!("ved lunsj"));
    assert_eq!(told(&pages).as_deref(), Some("Her må det stå et klokkeslett (tt:mm)."));
    assert!(html(&pages, "food").contains("type=\"text\" value=\"ved lunsj\""));
}

#[test]
fn a_time_of_day_is_stored_as_the_layout_says() {
    for (more, stored, sent, written) in [
        (json!({}), "08:30", "09:15", "09:15"),
        (json!({"format": "HH:mm:ss"}), "08:30:00", "09:15", "09:15:00"),
        (json!({"format": "hh:mm a"}), "08:30 AM", "14:15", "02:15 PM"),
        (json!({"timeStamp": true}), "2026-06-01T06:30:00.000Z", "14:15", "2026-06-01T12:15:00.000Z"),
    ] {
        let (pages, data) = times(&more, &json!(stored));
        let page = pages.page("food").unwrap();
        let at = field(page, "at");
        assert_eq!(at.control, Control::Time);
        let shown: NaiveTime = at.shown.parse().unwrap();
        assert_eq!(shown, NaiveTime::from_hms_opt(8, 30, 0).unwrap());
        let unchanged = FormPost::parse(format!("at={}", at.shown).as_bytes(), &[]).unwrap();
        let mut filled = forms(&data);
        assert!(unchanged.fill_in(page, &mut filled).unwrap().is_empty(), "{stored}");
        let changed = FormPost::parse(format!("at={sent}").as_bytes(), &[]).unwrap();
        changed.fill_in(page, &mut filled).unwrap();
        assert_eq!(filled[FORM]["at"], written);
    }
}
