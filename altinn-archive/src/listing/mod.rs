//! Finding entries without being able to read them: by tags, which only the holder of a key can make.

mod tag;

pub(crate) use tag::{Tag, TagKey};
