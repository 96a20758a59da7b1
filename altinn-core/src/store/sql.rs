//! The text of a statement.

use std::borrow::Cow;

use super::StoreError;

/// Which of the two SQL dialects a back end speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// SQLite's.
    Sqlite,
    /// PostgreSQL's.
    Postgres,
}

/// The text of a statement: one text for both back ends wherever possible, two where they must differ.
///
/// The portable text uses `$1`, `$2`, ... whose numbers first appear in ascending order (SQLite numbers them by
/// first appearance), and no function that only one back end knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sql {
    sqlite: Cow<'static, str>,
    postgres: Option<Cow<'static, str>>,
}

impl Sql {
    /// Two texts that do the same, with the same parameters.
    pub fn by_dialect(sqlite: impl Into<Cow<'static, str>>, postgres: impl Into<Cow<'static, str>>) -> Self {
        Self { sqlite: sqlite.into(), postgres: Some(postgres.into()) }
    }

    /// The text for a dialect.
    pub fn text(&self, dialect: Dialect) -> &str {
        match dialect {
            Dialect::Sqlite => &self.sqlite,
            Dialect::Postgres => self.postgres.as_ref().unwrap_or(&self.sqlite),
        }
    }

    /// The text for SQLite, where it is a constant of the program.
    #[cfg(feature = "sqlite")]
    pub(super) fn constant(&self) -> Option<&'static str> {
        match self.sqlite {
            Cow::Borrowed(text) => Some(text),
            Cow::Owned(_) => None,
        }
    }

    /// Refuses what may not stand in a batch: anything but a query or a change of rows, so nothing that ends the
    /// transaction around it, attaches a database or sets a pragma.
    pub(crate) fn check(&self, dialect: Dialect) -> Result<(), StoreError> {
        let text = self.text(dialect);
        let verb = first_word(text);
        if ["select", "insert", "update", "delete", "with"]
            .iter()
            .any(|allowed| verb.eq_ignore_ascii_case(allowed))
        {
            Ok(())
        } else {
            Err(StoreError::StatementNotAllowed { statement: summary(text) })
        }
    }
}

impl From<&'static str> for Sql {
    fn from(text: &'static str) -> Self {
        Self { sqlite: Cow::Borrowed(text), postgres: None }
    }
}

impl From<String> for Sql {
    fn from(text: String) -> Self {
        Self { sqlite: Cow::Owned(text), postgres: None }
    }
}

impl From<&Sql> for Sql {
    fn from(sql: &Sql) -> Self {
        sql.clone()
    }
}

/// The first words of a statement, to name it in an error: parameters never stand in it.
pub(crate) fn summary(text: &str) -> String {
    text.split_whitespace().take(4).collect::<Vec<_>>().join(" ").chars().take(80).collect()
}

/// The first word after white space and comments.
fn first_word(text: &str) -> &str {
    let mut rest = text.trim_start();
    loop {
        let after = if let Some(comment) = rest.strip_prefix("--") {
            comment.split_once('\n').map_or("", |(_, after)| after)
        } else if let Some(comment) = rest.strip_prefix("/*") {
            comment.split_once("*/").map_or("", |(_, after)| after)
        } else {
            return rest.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or("");
        };
        rest = after.trim_start();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(text: &'static str) -> bool {
        Sql::from(text).check(Dialect::Sqlite).is_ok()
    }

    #[test]
    fn a_batch_holds_queries_and_changes_of_rows() {
        for text in [
            "select 1",
            "  INSERT into t",
            "-- why\nupdate t",
            "/* a */ /* b */ delete from t",
            "with a as (select 1) select 2",
        ] {
            assert!(allowed(text), "{text}");
        }
    }

    #[test]
    fn a_batch_holds_nothing_that_controls_the_transaction_or_the_database() {
        for text in [
            "commit",
            "begin",
            "savepoint a",
            "pragma x=1",
            "attach 'a' as b",
            "vacuum",
            "",
            "--",
            "/* select",
            "; select 1",
            "copy t to stdout",
        ] {
            assert!(!allowed(text), "{text}");
        }
    }
}
