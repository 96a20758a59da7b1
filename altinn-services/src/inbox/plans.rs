//! What databases do to find a page.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use altinn_archive::{EntryId, OnErasure as _};
use altinn_core::store::{Batch, Dialect, Migration, Statement, Value};
use altinn_core::{PartyId, ServiceId};
use uuid::Uuid;

use super::scope::Scope;
use super::select::{Reader, Visible};
use super::{ElementKind, InboxQuery, Place, Sort};

const PARTY: PartyId = PartyId::new(50001);

fn scope() -> Scope {
    Scope::read(ServiceId::new("ttd", "bakery-licence").unwrap(), ElementKind::Submission)
}

/// The first and a later page, of every order, with and without a label; of one part of one service, and of many.
fn statements() -> Vec<(String, Vec<Value>, bool)> {
    let one = vec![Visible::Scope(PARTY, scope())];
    let many = vec![
        Visible::Scope(PARTY, scope()),
        Visible::Scope(PARTY, scope().within(Some("Task_1"), None)),
        Visible::Scope(PartyId::new(50002), scope()),
        Visible::One(PartyId::new(50003), Uuid::from_u128(1)),
    ];
    let later = "1795000000000000-00000000000000000000000000000001-50001".parse().unwrap();
    let mut statements = Vec::new();
    for (visible, places) in [(&one, &[Place::Default][..]), (&many, &Place::ALL[..])] {
        for sort in [Sort::Newest, Sort::Oldest, Sort::DueFirst] {
            for (after, tag) in [(None, None), (Some(later), Some(vec![1; 16]))] {
                let now = "2026-12-01T08:00:00Z".parse().unwrap();
                let reader = Reader { reference: "urn:altinn:person:uuid:1".to_owned(), now, tag };
                let query =
                    places.iter().fold(InboxQuery::new().sort(sort), |query, place| query.place(*place));
                let (sql, values) = reader.statement(visible, (&query, after), 51);
                statements.push((sql, values, visible.len() > 1));
            }
        }
    }
    statements
}

/// The tables, and those below that they are made from.
fn migrations() -> [&'static [Migration]; 3] {
    [altinn_core::MIGRATIONS, altinn_auth::register::MIGRATIONS, crate::MIGRATIONS]
}

#[test]
fn no_page_reads_a_table_from_end_to_end_in_sqlite() {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    for step in migrations().into_iter().flatten() {
        connection.execute_batch(step.sqlite).unwrap();
    }
    for (sql, values, is_merged) in statements() {
        let mut query = connection.prepare(&format!("explain query plan {sql}")).unwrap();
        let nothing = rusqlite::params_from_iter(values.iter().map(|_| rusqlite::types::Null));
        let plan: Vec<String> =
            query.query_map(nothing, |row| row.get(3)).unwrap().map(Result::unwrap).collect();
        // What the parts of a merged page give is read in whole: a page each at the most.
        let reads_all = |step: &&String| step.contains("SCAN") && !step.starts_with("SCAN part");
        assert!(plan.iter().find(reads_all).is_none(), "{sql}\n{plan:#?}");
        let sorted = plan.iter().filter(|step| step.contains("TEMP B-TREE")).count();
        let parts = plan.iter().filter(|step| step.starts_with("SCAN part")).count();
        assert!(sorted <= parts && (is_merged || sorted == 0), "{sql}\n{plan:#?}");
        assert!(plan.iter().any(|step| step.contains("SEARCH e USING INDEX services_inbox_")), "{plan:#?}");
    }
}

#[test]
fn no_erasure_reads_a_table_from_end_to_end_in_sqlite() {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    for step in migrations().into_iter().flatten() {
        connection.execute_batch(step.sqlite).unwrap();
    }
    let mut batch = Batch::new();
    crate::erased::GoneWithItsEntry.erased(&mut batch, EntryId::new(Uuid::from_u128(1)));
    assert!(batch.len() >= 3);
    for statement in batch.statements() {
        let Statement::Single { sql, .. } = statement else { continue };
        let sql = format!("explain query plan {}", sql.text(Dialect::Sqlite));
        let mut query = connection.prepare(&sql).unwrap();
        let nothing = vec![rusqlite::types::Null; query.parameter_count()];
        let plan =
            query.query_map(rusqlite::params_from_iter(nothing), |row| row.get::<_, String>(3)).unwrap();
        let plan: Vec<String> = plan.map(Result::unwrap).collect();
        assert!(!plan.iter().any(|step| step.contains("SCAN")), "{sql}\n{plan:#?}");
    }
}

#[cfg(feature = "postgres")]
mod postgres {
    use altinn_core::store::{Batch, fresh, params};

    use super::*;

    /// Every row is of the party and the part of the service that is asked for.
    const FILL: [&str; 3] = [
        "insert into services_inbox (party, id, service, scope, kind, place, sent, status, state, title, news, \
         created_at, changed_at, due_at) select 50001, lpad(to_hex(n), 32, '0')::uuid, 'ttd/bakery-licence', 'read', \
         'submission', 0, 0, 'Draft', 'Task_1', decode(repeat('00', 80), 'hex'), 1, n, n, n \
         from generate_series(1, $1::bigint) n",
        "insert into services_inbox_seen (party, id, reader, news) select 50001, lpad(to_hex(n), 32, '0')::uuid, \
         'urn:altinn:person:uuid:1', 1 from generate_series(1, $1::bigint) n",
        "insert into services_inbox_label (party, id, owner, tag, name) select 50001, lpad(to_hex(n), 32, '0')::uuid, \
         'urn:altinn:person:uuid:1', decode(md5(n::text), 'hex'), '' from generate_series(1, $1::bigint) n",
    ];

    /// What no batch may do, and so is a migration: telling the planner how many rows there are, and asking it.
    static EXPLAINED: &[Migration] = &[Migration {
        owner: "plans",
        number: 1,
        name: "explained",
        sqlite: "",
        postgres: "analyze services_inbox, services_inbox_seen, services_inbox_label; \
                   create function explained(statement text) returns setof text language plpgsql as \
                   $$ begin return query execute 'explain ' || statement; end $$",
    }];

    #[tokio::test]
    async fn no_page_reads_a_table_from_end_to_end_in_postgres() {
        let Some(store) = fresh::postgres().await.unwrap() else {
            return altinn_core::testing::report("skipped: no PostgreSQL is named");
        };
        store.migrate(&migrations()).await.unwrap();
        let mut batch = Batch::new();
        FILL.iter().for_each(|sql| batch.execute(*sql, params![20_000]));
        store.commit(batch).await.unwrap();
        store.migrate(&[EXPLAINED]).await.unwrap();
        for (sql, values, is_merged) in statements() {
            let sql =
                values.iter().enumerate().rev().fold(sql, |sql, (before, value)| {
                    sql.replace(&format!("${}", before + 1), &literal(value))
                });
            let rows = store.query("select explained($1)", params![sql.as_str()]).await.unwrap();
            let plan: Vec<String> = rows.iter().map(|row| row.at(0).unwrap()).collect();
            assert!(
                !plan.is_empty() && !plan.iter().any(|step| step.contains("Seq Scan")),
                "{sql}\n{plan:#?}"
            );
            assert!(is_merged || !plan.iter().any(|step| step.contains("Sort")), "{sql}\n{plan:#?}");
        }
    }

    /// A value as it stands in a statement.
    fn literal(value: &Value) -> String {
        match value {
            Value::Null => "null".to_owned(),
            Value::Bool(value) => value.to_string(),
            Value::Int(number) => format!("{number}::bigint"),
            Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
            Value::Blob(bytes) => {
                let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                format!("'\\x{digits}'::bytea")
            }
            Value::Uuid(uuid) => format!("'{uuid}'::uuid"),
        }
    }
}
