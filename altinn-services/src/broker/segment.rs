//! The pieces that an upload is kept in.
//!
//! A segment is on the disk, and so is its row, before the next one begins: what a crash or a broken connection costs is
//! at most the segment that was being written. Together they become the elements of one entry of the archive.

use std::ops::Range;

use altinn_archive::{Archive, StoredContent};
use altinn_core::store::{Batch, Row, Store, params};
use chrono::{DateTime, TimeDelta, Utc};

use super::transfer::to_i64;
use super::{BrokerError, Transfer, TransferId};

/// The most segments of a file: an entry of the archive takes 256 elements.
const MAX_SEGMENTS: u64 = 200;
/// How many bytes a segment has at the least, if more come: what a break may cost.
const LEAST: u64 = 8 * 1024 * 1024;
/// How many it has when nobody has said how large the file is.
const UNANNOUNCED: u64 = 64 * 1024 * 1024;

/// How long segments wait for the rest: longer than any upload may stand still.
const KEPT: TimeDelta = TimeDelta::days(7);

/// How many bytes each segment of a file has.
pub(super) fn segment_size(announced: Option<u64>) -> u64 {
    announced.map_or(UNANNOUNCED, |size| size.div_ceil(MAX_SEGMENTS).max(LEAST))
}

/// The largest file of which nobody has said how large it is.
pub(super) const MAX_UNANNOUNCED: u64 = UNANNOUNCED * MAX_SEGMENTS;

/// The name of a segment's element in the archive.
pub(super) fn element_name(number: u32) -> String {
    format!("segment-{number:03}")
}

/// Whether an element of the archive is a segment.
pub(super) fn is_segment(element: &str) -> bool {
    element.starts_with("segment-")
}

/// Adds the next segment of a transfer, of which `received` and `segments` say what came before.
pub(super) fn keep(
    batch: &mut Batch,
    archive: &Archive,
    transfer: &mut Transfer,
    content: &StoredContent,
    now: DateTime<Utc>,
) -> Result<(), BrokerError> {
    let parked = archive.park(batch, content, now + KEPT, &context(transfer.id, transfer.segments))?;
    batch.execute_one(
        "insert into services_broker_segment (transfer, number, size, parked) values ($1, $2, $3, $4)",
        params![transfer.id, transfer.segments, to_i64(content.size()), parked],
    );
    transfer.received += content.size();
    transfer.segments += 1;
    Ok(())
}

/// The segments of a transfer, in their order.
pub(super) async fn kept(
    store: &Store,
    archive: &Archive,
    id: TransferId,
) -> Result<Vec<StoredContent>, BrokerError> {
    let sql = "select number, parked from services_broker_segment where transfer = $1 order by number";
    let rows = store.query(sql, params![id]).await?;
    let read = |row: &Row| {
        let (number, parked): (u32, Vec<u8>) = (row.get("number")?, row.get("parked")?);
        Ok(archive.unpark(&parked, &context(id, number))?)
    };
    rows.iter().map(read).collect()
}

/// Adds that a transfer's segments are forgotten: they are archived, or nobody wants them any more.
pub(super) fn forget(batch: &mut Batch, id: TransferId) {
    batch.execute("delete from services_broker_segment where transfer = $1", params![id]);
}

/// The parts of consecutive pieces of these sizes that lie in a range, as the piece's number and a range in it.
///
/// A piece without bytes has no part.
pub(super) fn parts(sizes: &[u64], range: &Range<u64>) -> Vec<(usize, Range<u64>)> {
    let (mut parts, mut begin) = (Vec::new(), 0_u64);
    for (number, size) in sizes.iter().enumerate() {
        let end = begin.saturating_add(*size);
        let (from, to) = (range.start.max(begin), range.end.min(end));
        if from < to {
            parts.push((number, from - begin..to - begin));
        }
        begin = end;
    }
    parts
}

fn context(id: TransferId, number: u32) -> Vec<u8> {
    format!("broker/{id}/{number}").into_bytes()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_parts_of_a_range_are_the_bytes_that_a_slice_of_the_whole_has(
            sizes in prop::collection::vec(0..20_u64, 0..8),
            from in 0..100_u64,
            length in 0..100_u64,
        ) {
            let whole: Vec<(usize, u64)> = sizes
                .iter()
                .enumerate()
                .flat_map(|(number, size)| (0..*size).map(move |byte| (number, byte)))
                .collect();
            let range = from..from + length;
            let expected: Vec<_> = whole.iter().copied()
                .skip(usize::try_from(from).unwrap_or_default())
                .take(usize::try_from(length).unwrap_or_default())
                .collect();
            let found: Vec<_> = parts(&sizes, &range)
                .into_iter()
                .flat_map(|(number, range)| range.map(move |byte| (number, byte)))
                .collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn every_size_fits_into_the_segments_of_an_entry() {
        for size in [0, 1, LEAST, 5 << 30, 100 << 30, 1 << 44] {
            assert!(size.div_ceil(segment_size(Some(size))) <= MAX_SEGMENTS, "{size}");
        }
    }
}
