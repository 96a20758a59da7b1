//! The paths under which a log is served, as in C2SP's [tlog-tiles](https://c2sp.org/tlog-tiles).

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::tile::{Tile, TileId};

/// What a mirror asks a log for.
///
/// ```
/// use altinn_archive::log::{TileId, TilePath};
///
/// let path: TilePath = "tile/1/x001/x234/067.p/8".parse()?;
/// assert_eq!(path, TilePath::Tile { id: TileId { level: 1, index: 1_234_067 }, width: 8 });
/// assert_eq!(path.to_string(), "tile/1/x001/x234/067.p/8");
/// # Ok::<(), altinn_archive::log::TilePathError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TilePath {
    /// `checkpoint`: the latest one, with its cosignatures.
    Checkpoint,
    /// `tile/<L>/<N>[.p/<W>]`: hashes of the tree, 256 or the first `width` of them.
    Tile {
        /// Which tile.
        id: TileId,
        /// How many hashes, from 1 to 256.
        width: u16,
    },
    /// `tile/entries/<N>[.p/<W>]`: what the leaves are hashes of, 256 or the first `width` of them.
    Entries {
        /// The place of the bundle, counted from 0.
        index: u64,
        /// How many entries, from 1 to 256.
        width: u16,
    },
}

/// A text is none of the paths of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a log is served as `checkpoint`, `tile/<level>/<index>` and `tile/entries/<index>`")]
pub struct TilePathError;

impl TilePathError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        "TILE-PATH"
    }
}

/// The width of a full tile.
const FULL: u16 = Tile::WIDTH as u16;

impl FromStr for TilePath {
    type Err = TilePathError;

    fn from_str(path: &str) -> Result<Self, TilePathError> {
        if path == "checkpoint" {
            return Ok(Self::Checkpoint);
        }
        let parse = || {
            let (kind, place) = path.strip_prefix("tile/")?.split_once('/')?;
            let (index, width) = match place.split_once(".p/") {
                Some((index, width)) => (index, decimal(width).filter(|width| (1..FULL).contains(width))?),
                None => (place, FULL),
            };
            let index = parse_index(index)?;
            if kind == "entries" {
                return Some(Self::Entries { index, width });
            }
            let level = decimal(kind).filter(|level| *level < u16::from(Tile::LEVELS))?;
            Some(Self::Tile { id: TileId { level: u8::try_from(level).ok()?, index }, width })
        };
        parse().ok_or(TilePathError)
    }
}

/// A number without leading zeros.
fn decimal(text: &str) -> Option<u16> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let plain = text == "0" || !text.starts_with('0');
    if digits && plain { text.parse().ok() } else { None }
}

/// An index in groups of three digits, all but the last behind an `x`: `x001/x234/067`.
fn parse_index(text: &str) -> Option<u64> {
    let groups: Vec<_> = text.split('/').collect();
    let (last, before) = groups.split_last()?;
    let digits = |group: &str| {
        let whole = group.len() == 3 && group.bytes().all(|byte| byte.is_ascii_digit());
        if whole { group.parse::<u64>().ok() } else { None }
    };
    let mut index = 0_u64;
    for group in before {
        index = index.checked_mul(1_000)?.checked_add(digits(group.strip_prefix('x')?)?)?;
    }
    let shortest = before.first().is_none_or(|first| *first != "x000");
    let index = index.checked_mul(1_000)?.checked_add(digits(last)?)?;
    shortest.then_some(index)
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (index, width) = match self {
            Self::Checkpoint => return f.write_str("checkpoint"),
            Self::Tile { id, width } => {
                write!(f, "tile/{}/", id.level)?;
                (id.index, *width)
            }
            Self::Entries { index, width } => {
                f.write_str("tile/entries/")?;
                (*index, *width)
            }
        };
        let mut groups = vec![format!("{:03}", index % 1_000)];
        let mut rest = index / 1_000;
        while rest > 0 {
            groups.push(format!("x{:03}", rest % 1_000));
            rest /= 1_000;
        }
        groups.reverse();
        f.write_str(&groups.join("/"))?;
        if width < FULL { write!(f, ".p/{width}") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_path_of_a_log_is_refused() {
        for path in [
            "",
            "tile",
            "tile/0",
            "tile/0/",
            "tile/0/1",
            "tile/8/000",
            "tile/00/000",
            "tile/0/x000/001",
            "tile/0/001/002",
            "tile/0/x001",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/0/000.p/",
            "tile/-1/000",
            "tile/0/../000",
            "Checkpoint",
            "tile/data/000",
            "tile/0/x018/x446/x744/x073/x709/x551/616",
        ] {
            assert_eq!(path.parse::<TilePath>(), Err(TilePathError), "{path}");
        }
    }

    proptest! {
        #[test]
        fn a_path_is_read_as_it_was_written(level in 0_u8..8, index in any::<u64>(), width in 1_u16..=256) {
            for path in [TilePath::Tile { id: TileId { level, index }, width }, TilePath::Entries { index, width }] {
                prop_assert_eq!(path.to_string().parse(), Ok(path));
            }
        }

        #[test]
        fn no_text_makes_the_parser_panic(path in "(tile/)?[a-z0-9x./]{0,40}") {
            if let Ok(parsed) = path.parse::<TilePath>() {
                prop_assert_eq!(parsed.to_string(), path);
            }
        }
    }
}
