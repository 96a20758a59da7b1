//! Content: few bytes stand in the database's row, many in an object store under a random name.

mod local_folder;
mod reader;
mod stored;
mod writer;

pub use local_folder::local_folder;
pub use reader::{ContentError, ContentReader};
pub(crate) use stored::Place;
pub use stored::StoredContent;
pub use writer::ContentWriter;
