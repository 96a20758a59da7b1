//! Content: few bytes stand in the database's row, many in an object store under a random name; all of it encrypted.

mod address;
mod error;
mod objects;
mod reader;
mod stored;
pub(crate) mod unnamed;
mod writer;

pub use error::ContentError;
pub use objects::Objects;
pub use reader::ContentReader;
pub(crate) use reader::Place;
pub(crate) use stored::NewPlace;
pub use stored::StoredContent;
pub use writer::ContentWriter;
