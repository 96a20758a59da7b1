//! Ranges of bytes (RFC 9110, 14).

use axum::http::HeaderValue;
use axum::http::header::CONTENT_RANGE;

use super::error::ApiError;

/// How much of a content is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it.
    Whole,
    /// From one byte to another, both included.
    Of {
        /// The first byte, from 0.
        first: u64,
        /// The last byte.
        last: u64,
        /// The value of `Content-Range`.
        range: HeaderValue,
    },
}

/// The part of so many bytes that a header asks for. A header that is not understood, or that asks for several parts, counts
/// for nothing.
pub(super) fn part_of(header: Option<&HeaderValue>, size: u64) -> Result<Part, ApiError> {
    let Some(asked) =
        header.and_then(|value| value.to_str().ok()).and_then(|text| text.strip_prefix("bytes="))
    else {
        return Ok(Part::Whole);
    };
    let Some((from, to)) = asked.trim().split_once('-') else { return Ok(Part::Whole) };
    let (first, last) = match (from.parse::<u64>(), to.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => (first, last.min(size.saturating_sub(1))),
        (Ok(first), Err(_)) if to.is_empty() => (first, size.saturating_sub(1)),
        (Err(_), Ok(length)) if from.is_empty() && length > 0 => {
            (size.saturating_sub(length), size.saturating_sub(1))
        }
        _ => return Ok(Part::Whole),
    };
    if first >= size {
        let whole = HeaderValue::from_str(&format!("bytes */{size}"))
            .unwrap_or(HeaderValue::from_static("bytes */0"));
        return Err(ApiError::new("HTTP-RANGE", format!("the content has {size} bytes"))
            .with_header(CONTENT_RANGE, whole));
    }
    let range = HeaderValue::from_str(&format!("bytes {first}-{last}/{size}"));
    Ok(range.map_or(Part::Whole, |range| Part::Of { first, last, range }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn ranges_are_cut_to_the_content() {
        for (asked, found) in [
            ("bytes=0-3", Some((0, 3))),
            ("bytes=4-", Some((4, 9))),
            ("bytes=-3", Some((7, 9))),
            ("bytes=-30", Some((0, 9))),
            ("bytes=8-30", Some((8, 9))),
            ("bytes=3-2", None),
            ("bytes=0-1,3-4", None),
            ("lines=1-2", None),
        ] {
            let part = part_of(Some(&asked.parse().unwrap()), 10).unwrap();
            match (part, found) {
                (Part::Of { first, last, .. }, Some(bounds)) => assert_eq!((first, last), bounds, "{asked}"),
                (part, found) => assert!(part == Part::Whole && found.is_none(), "{asked}"),
            }
        }
        assert!(part_of(Some(&"bytes=10-".parse().unwrap()), 10).is_err());
        assert!(part_of(Some(&"bytes=0-".parse().unwrap()), 0).is_err());
    }
}
