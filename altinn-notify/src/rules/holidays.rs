//! Public holidays.

use chrono::{Datelike, Days, NaiveDate};

/// The moveable feasts, in days from Easter Sunday: Maundy Thursday, Good Friday, Easter Sunday and Monday, Ascension,
/// Whit Sunday and Monday (lov om helligdager og helligdagsfred § 2).
const FROM_EASTER: [i64; 7] = [-3, -2, 0, 1, 39, 49, 50];
/// The fixed ones by month and day; 1 and 17 May by a law of their own.
const FIXED: [(u32, u32); 5] = [(1, 1), (5, 1), (5, 17), (12, 25), (12, 26)];

/// Whether a day is a public holiday in Norway (helligdag or høytidsdag); Sundays that are nothing else are not.
///
/// ```
/// use chrono::NaiveDate;
/// use altinn_notify::rules::is_public_holiday;
///
/// let day = |text: &str| text.parse::<NaiveDate>().unwrap();
/// assert!(is_public_holiday(day("2026-05-17")));
/// assert!(is_public_holiday(day("2026-05-14"))); // Ascension
/// assert!(!is_public_holiday(day("2026-05-15")));
/// ```
pub fn is_public_holiday(day: NaiveDate) -> bool {
    FIXED.contains(&(day.month(), day.day()))
        || easter(day.year())
            .is_some_and(|easter| FROM_EASTER.contains(&day.signed_duration_since(easter).num_days()))
}

/// Easter Sunday of the Gregorian calendar (Oudin's form of the computus), counted from 28 March.
fn easter(year: i32) -> Option<NaiveDate> {
    let (golden, century) = (year % 19, year / 100);
    let correction = (century - century / 4 - (8 * century + 13) / 25 + 19 * golden + 15) % 30;
    let moon = correction - (correction / 28) * (1 - (29 / (correction + 1)) * ((21 - golden) / 11));
    let weekday = (year + year / 4 + moon + 2 - century + century / 4) % 7;
    let from_march = moon - weekday;
    NaiveDate::from_ymd_opt(year, 3, 28).map(|march| shifted(march, from_march))
}

fn shifted(day: NaiveDate, days: i32) -> NaiveDate {
    let distance = Days::new(u64::from(days.unsigned_abs()));
    if days < 0 { day - distance } else { day + distance }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_is_when_it_was() {
        for (year, day) in [
            (1961, "1961-04-02"),
            (1981, "1981-04-19"),
            (2000, "2000-04-23"),
            (2008, "2008-03-23"),
            (2024, "2024-03-31"),
            (2025, "2025-04-20"),
            (2026, "2026-04-05"),
            (2027, "2027-03-28"),
            (2038, "2038-04-25"),
        ] {
            assert_eq!(easter(year).expect("a day").to_string(), day);
        }
    }

    #[test]
    fn a_year_has_twelve_holidays_some_of_which_may_fall_together() {
        for year in 2020..2100 {
            let first = NaiveDate::from_ymd_opt(year, 1, 1).expect("a day");
            let count =
                first.iter_days().take_while(|day| day.year() == year).filter(|day| is_public_holiday(*day));
            assert!((10..=12).contains(&count.count()), "{year}");
        }
    }
}
