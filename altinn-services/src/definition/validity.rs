//! When instances of a service are made.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// From when, and up to when, instances of a service are made (`validFrom`, `validTo`); what was made before stays.
///
/// ```
/// use altinn_services::definition::ApplicationMetadata;
///
/// let metadata = ApplicationMetadata::parse("applicationmetadata.json", r#"{"id": "ttd/a", "validTo": "2027-01-01"}"#)?;
/// assert!(metadata.validity().holds_at("2026-12-31T23:59:59Z".parse()?));
/// assert!(!metadata.validity().holds_at("2027-01-01T00:00:00Z".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Validity {
    /// The first moment; none: there is no first one.
    pub from: Option<DateTime<Utc>>,
    /// The first moment that is too late; none: it does not end.
    pub to: Option<DateTime<Utc>>,
}

impl Validity {
    /// Whether instances are made at a time.
    pub fn holds_at(self, at: DateTime<Utc>) -> bool {
        self.from.is_none_or(|from| from <= at) && self.to.is_none_or(|to| at < to)
    }
}

/// A time as Altinn's files write it: with its distance from UTC, without one (it is UTC then), or a day (its beginning,
/// in UTC).
pub(super) fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    let found =
        read(&text).ok_or_else(|| D::Error::custom("expected a time such as `2027-01-31T12:00:00Z`"))?;
    Ok(Some(found))
}

fn read(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.to_utc());
    }
    let without_zone = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f");
    let time = without_zone.or_else(|_| text.parse::<NaiveDate>().map(|day| day.and_time(NaiveTime::MIN)));
    time.ok().map(|time| time.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_altinns_files_write_them() {
        let noon = read("2027-01-31T12:00:00Z");
        assert!(noon.is_some());
        assert_eq!(read("2027-01-31T13:00:00+01:00"), noon);
        assert_eq!(read("2027-01-31T12:00:00"), noon);
        assert_eq!(read("2027-01-31T12:00:00.0000000"), noon);
        assert_eq!(read("2027-01-31"), read("2027-01-31T00:00:00Z"));
        assert!(read("0001-01-01T00:00:00").is_some() && read("9999-12-31T23:59:59").is_some());
        assert!(read("31.01.2027").is_none() && read("").is_none());
    }
}
