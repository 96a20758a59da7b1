//! Finding entries: by tags, which only the holder of a key can make, so that the index says nothing to anybody else.

mod page;
mod query;
mod tag;
mod words;

pub use page::{Listed, Page};
pub(crate) use page::{TAGS, list_sql, tag_rows};
pub use query::{Cursor, InvalidCursor, Listing};
pub(crate) use tag::{Tag, TagKey};
