//! What an error of PostgreSQL means for the caller.

use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use crate::store::sql::summary;
use crate::store::{ConflictCause, StoreError};

/// The server could not be asked.
pub(super) fn unavailable(error: &Error) -> StoreError {
    StoreError::Unavailable { reason: reason(error) }
}

/// What the error of a statement means.
pub(super) fn error_of(text: &str, error: &Error) -> StoreError {
    let Some(code) = error.code() else {
        return if error.is_closed() || is_io(error) {
            unavailable(error)
        } else {
            StoreError::Refused { statement: summary(text), reason: reason(error) }
        };
    };
    if *code == SqlState::UNIQUE_VIOLATION {
        return StoreError::Conflict { statement: summary(text), cause: ConflictCause::DuplicateKey };
    }
    match code.code().get(..2) {
        // connection, resources, operator intervention, system: the statement is not to blame
        Some("08" | "53" | "57" | "58") => unavailable(error),
        _ if *code == SqlState::LOCK_NOT_AVAILABLE || may_replay(error) => unavailable(error),
        _ => StoreError::Refused { statement: summary(text), reason: reason(error) },
    }
}

/// Whether the batch as a whole may be run again: it lost against another one, and nothing of it is stored.
pub(super) fn may_replay(error: &Error) -> bool {
    let code = error.code();
    let plan_is_old = code == Some(&SqlState::FEATURE_NOT_SUPPORTED)
        && error.as_db_error().is_some_and(|error| error.message().starts_with("cached plan"));
    plan_is_old
        || code == Some(&SqlState::T_R_SERIALIZATION_FAILURE)
        || code == Some(&SqlState::T_R_DEADLOCK_DETECTED)
}

/// Whether the connection itself failed, so that the answer of the server is not known.
pub(super) fn is_io(error: &Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<std::io::Error>() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// What the server said, without what it quotes: its messages on data and constraints repeat values.
fn reason(error: &Error) -> String {
    match error.as_db_error() {
        Some(error) if error.code().code().starts_with("22") || error.code().code().starts_with("23") => {
            let constraint =
                error.constraint().map(|name| format!(", constraint `{name}`")).unwrap_or_default();
            format!("SQLSTATE {}{constraint}", error.code().code())
        }
        Some(error) => format!("{} (SQLSTATE {})", error.message(), error.code().code()),
        None => error.to_string(),
    }
}
