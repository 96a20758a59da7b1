//! Dates and times as text, by a pattern of Unicode (UTS 35, date field symbols).
//!
//! The fields are those that Altinn's documentation of `formatDate` lists; letters that are none of them, and what
//! stands between apostrophes, come through as they are. Names are the stand-alone ones of the languages.

use altinn_core::{Language, oslo};
use chrono::{Datelike, NaiveDateTime, Timelike};

const EN_DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const NB_DAYS: [&str; 7] = ["mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"];
const NN_DAYS: [&str; 7] = ["måndag", "tysdag", "onsdag", "torsdag", "fredag", "laurdag", "søndag"];

/// The pattern that a language uses when none is given.
pub(super) fn usual_pattern(language: Language) -> &'static str {
    if language == Language::En { "M/d/yy" } else { "dd.MM.y" }
}

/// A time in the form of a pattern.
pub(super) fn format(time: NaiveDateTime, pattern: &str, language: Language) -> String {
    let mut text = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            rest = quoted(rest, &mut text);
            continue;
        }
        let length = rest.chars().take_while(|letter| *letter == first).count();
        let (run, behind) = rest.split_at(length * first.len_utf8());
        match field(time, first, length, language) {
            Some(field) => text.push_str(&field),
            None => text.push_str(run),
        }
        rest = behind;
    }
    text
}

/// Copies what stands between apostrophes, and gives what is behind; two of them are one.
fn quoted<'p>(pattern: &'p str, text: &mut String) -> &'p str {
    let inside = pattern.get(1..).unwrap_or_default();
    match inside.find('\'') {
        Some(0) => {
            text.push('\'');
            inside.get(1..).unwrap_or_default()
        }
        Some(end) => {
            text.push_str(inside.get(..end).unwrap_or_default());
            inside.get(end + 1..).unwrap_or_default()
        }
        None => {
            text.push_str(inside);
            ""
        }
    }
}

fn field(time: NaiveDateTime, letter: char, length: usize, language: Language) -> Option<String> {
    let padded = |number: u32| Some(format!("{number:0length$}"));
    let year = time.year().unsigned_abs();
    match (letter, length) {
        ('G', 1..=5) => Some(era(length, language).to_owned()),
        ('y', 2) => Some(format!("{:02}", year % 100)),
        ('y' | 'u', 1..=4) => padded(year),
        ('M', 1..=2) => padded(time.month()),
        ('M', 3..=5) => Some(month(time, length, language)),
        ('d', 1..=2) => padded(time.day()),
        ('E', 1..=5) => Some(weekday(time, length, language)),
        ('a', 1..=5) => Some(half_of_day(time, language).to_owned()),
        ('h', 1..=2) => padded(time.hour12().1),
        ('H', 1..=2) => padded(time.hour()),
        ('m', 1..=2) => padded(time.minute()),
        ('s', 1..=2) => padded(time.second()),
        ('S', 1..=3) => {
            let millis = format!("{:03}", time.nanosecond() / 1_000_000);
            Some(millis.chars().take(length).collect())
        }
        _ => None,
    }
}

fn era(length: usize, language: Language) -> &'static str {
    match (language, length) {
        (Language::En, 4) => "Anno Domini",
        (Language::En, 5) => "A",
        (Language::En, _) => "AD",
        (_, 4) => "etter Kristus",
        _ => "e.Kr.",
    }
}

fn month(time: NaiveDateTime, length: usize, language: Language) -> String {
    shortened(oslo::month(&time, language), length)
}

fn weekday(time: NaiveDateTime, length: usize, language: Language) -> String {
    let days = match language {
        Language::En => EN_DAYS,
        Language::Nn => NN_DAYS,
        Language::Nb | Language::Se => NB_DAYS,
    };
    let name = days.get(time.weekday().num_days_from_monday() as usize).copied().unwrap_or_default();
    shortened(name, length.max(3))
}

/// A name in whole (4), by its capital first letter (5), or by its first three letters.
fn shortened(name: &str, length: usize) -> String {
    match length {
        4 => name.to_owned(),
        5 => name.chars().take(1).flat_map(char::to_uppercase).collect(),
        _ => name.chars().take(3).collect(),
    }
}

fn half_of_day(time: NaiveDateTime, language: Language) -> &'static str {
    match (language, time.hour() < 12) {
        (Language::En, true) => "AM",
        (Language::En, false) => "PM",
        (_, true) => "a.m.",
        (_, false) => "p.m.",
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    #[test]
    fn fields_letters_and_quotes() {
        let time = NaiveDate::from_ymd_opt(2024, 2, 3).unwrap().and_hms_milli_opt(0, 5, 9, 42).unwrap();
        let cases = [
            ("d. MMMM y 'kl.' HH.mm", "3. februar 2024 kl. 00.05"),
            ("hh:mm:ss.SS a", "12:05:09.04 a.m."),
            ("EEE EEEEE yy ''x''", "lør L 24 'x'"),
            ("QQQ 'open", "QQQ open"),
        ];
        for (pattern, text) in cases {
            assert_eq!(format(time, pattern, Language::Nb), text);
        }
    }
}
