//! What can go wrong in the store.

use thiserror::Error;

/// Why a store could not do what it was asked. Parameters never appear in it: they may be personal data.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Somebody else was first, or what the batch relied on is no longer so; nothing of the batch is stored.
    #[error("conflict in `{statement}`: {cause}")]
    Conflict {
        /// The first words of the statement.
        statement: String,
        /// What was found.
        cause: ConflictCause,
    },
    /// The row that was asked for is not there.
    #[error("no row for `{statement}`")]
    NotFound {
        /// The first words of the query.
        statement: String,
    },
    /// The back end cannot be reached, is full or failed; nothing of the batch is stored, and it may be tried again.
    #[error("the store is unavailable: {reason}")]
    Unavailable {
        /// What the back end said.
        reason: String,
    },
    /// The connection was lost while the batch was committing, and the back end could not be asked in time whether
    /// it did. The idempotency key tells when the same command is sent again.
    #[error("the outcome of a commit is unknown: {reason}")]
    OutcomeUnknown {
        /// What the back end said.
        reason: String,
    },
    /// The statement is wrong, or breaks a rule of the table.
    #[error("statement `{statement}` was refused: {reason}")]
    Refused {
        /// The first words of the statement.
        statement: String,
        /// What the back end said.
        reason: String,
    },
    /// The statement is neither a query nor a change of rows.
    #[error(
        "statement `{statement}` may not stand in a batch: only select, insert, update, delete and with may"
    )]
    StatementNotAllowed {
        /// The first words of the statement.
        statement: String,
    },
    /// A text has a NUL character, which PostgreSQL keeps in no text, and so no store does.
    #[error("a text of `{statement}` has a NUL character")]
    Text {
        /// The first words of the statement.
        statement: String,
    },
    /// The batch is larger than a store takes in one.
    #[error("the batch is too large: {found} {unit}, at most {limit}")]
    BatchTooLarge {
        /// What was counted: `bytes` or `statements`.
        unit: &'static str,
        /// How many there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// A column holds something else than the program expects.
    #[error("column `{column}` does not hold {expected}")]
    Decode {
        /// The column's name or position.
        column: String,
        /// What was expected.
        expected: &'static str,
    },
    /// A migration cannot be applied.
    #[error("migration {number} of `{owner}` cannot be applied: {reason}")]
    Migration {
        /// The crate that owns the tables.
        owner: String,
        /// The migration's number.
        number: u32,
        /// Why not.
        reason: String,
    },
    /// The store's address is wrong, or this program was built without its back end.
    #[error("store address `{url}` cannot be opened: {reason}")]
    Address {
        /// The address, without a password.
        url: String,
        /// Why not.
        reason: String,
    },
}

impl StoreError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Conflict { .. } => "STORE-CONFLICT",
            Self::NotFound { .. } => "STORE-NOT-FOUND",
            Self::Unavailable { .. } => "STORE-UNAVAILABLE",
            Self::OutcomeUnknown { .. } => "STORE-OUTCOME-UNKNOWN",
            Self::Refused { .. } => "STORE-REFUSED",
            Self::StatementNotAllowed { .. } => "STORE-STATEMENT-NOT-ALLOWED",
            Self::Text { .. } => "STORE-TEXT",
            Self::BatchTooLarge { .. } => "STORE-BATCH-TOO-LARGE",
            Self::Decode { .. } => "STORE-DECODE",
            Self::Migration { .. } => "STORE-MIGRATION",
            Self::Address { .. } => "STORE-ADDRESS",
        }
    }

    /// Whether another writer was first, so that the caller should read again.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict { .. })
    }
}

/// What a conflict consists in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ConflictCause {
    /// A statement changed, or a guard found, another number of rows than it must.
    #[error("{found} rows instead of {expected}")]
    Rows {
        /// How many it must be.
        expected: u64,
        /// How many it was.
        found: u64,
    },
    /// A row with the same key is there already.
    #[error("a row with the same key is there already")]
    DuplicateKey,
}
