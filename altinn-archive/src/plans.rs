//! What PostgreSQL does for a query, on tables with enough rows for a sequential scan to be a mistake.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use altinn_core::store::{Batch, Migration, Store, Value, fresh, params};

use crate::MIGRATIONS;
use crate::listing::Tag;

/// How many entries there are.
const ENTRIES: i64 = 20_000;

/// The statements that fill the tables, each with the number of entries as its parameter.
const FILL: [&str; 5] = [
    "insert into archive_key (id, owner, number, generation, wrapped, live) \
     select lpad(to_hex(n), 32, '0')::uuid, decode(md5(n::text), 'hex'), 1, 'g', '', 1 \
     from generate_series(1, $1::bigint) n",
    "insert into archive_entry (id, version, commitments, sealed, wrap, key_id) \
     select lpad(to_hex(n), 32, '0')::uuid, 1, '', decode(repeat('00', 300), 'hex'), '', \
     lpad(to_hex(n), 32, '0')::uuid from generate_series(1, $1::bigint) n",
    "insert into archive_leaf (leaf_index, entry_id, checkpoint_size) \
     select n - 1, lpad(to_hex(n), 32, '0')::uuid, n from generate_series(1, $1::bigint) n",
    "insert into archive_checkpoint (size, note) select n, repeat('x', 200) from generate_series(1, $1::bigint) n",
    "insert into archive_tile (level, tile_index, hashes) select n % 5, n, decode(repeat('00', 300), 'hex') \
     from generate_series(1, $1::bigint) n",
];

/// Every entry has a tag of its own, and every tenth has the tag that is asked for.
const TAG: &str = "insert into archive_tag (tag, time, entry_id) \
                   select case when n % 10 = 0 then $2::bytea else decode(md5(n::text), 'hex') end, n, \
                   lpad(to_hex(n), 32, '0')::uuid from generate_series(1, $1::bigint) n on conflict do nothing";

/// What no batch may do, and so is a migration: telling the planner how many rows there are, and asking it.
static EXPLAINED: &[Migration] = &[Migration {
    owner: "plans",
    number: 1,
    name: "explained",
    sqlite: "",
    postgres: "analyze archive_key, archive_entry, archive_leaf, archive_checkpoint, archive_tile, archive_tag; \
               create function explained(statement text) returns setof text language plpgsql as \
               $$ begin return query execute 'explain ' || statement; end $$",
}];

/// A filled store.
pub(crate) struct Plans(Store);

impl Plans {
    /// Tables in which a tenth of all entries has these tags; nothing where no server is named.
    pub(crate) async fn filled(tags: &[Tag]) -> Option<Self> {
        let store = fresh::postgres().await.unwrap()?;
        store.migrate(&[MIGRATIONS]).await.unwrap();
        let mut batch = Batch::new();
        FILL.iter().for_each(|sql| batch.execute(*sql, params![ENTRIES]));
        tags.iter().for_each(|tag| batch.execute(TAG, params![ENTRIES, *tag]));
        store.commit(batch).await.unwrap();
        store.migrate(&[EXPLAINED]).await.unwrap();
        Some(Self(store))
    }

    /// What PostgreSQL does for a query, when it reads no table from end to end.
    pub(crate) async fn assert_indexed(&self, sql: &str, values: Vec<Value>) -> Vec<String> {
        let sql = values.iter().enumerate().rev().fold(sql.to_owned(), |sql, (before, value)| {
            sql.replace(&format!("${}", before + 1), &literal(value))
        });
        let rows = self.0.query("select explained($1)", params![sql]).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.at(0).unwrap()).collect();
        // Nothing waits, so to look there is to look at nothing.
        let scans = |step: &&String| step.contains("Seq Scan") && !step.contains("archive_staged");
        assert!(!plan.is_empty() && plan.iter().find(scans).is_none(), "{plan:#?}");
        plan
    }
}

/// A value as it stands in a statement.
fn literal(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Value::Blob(bytes) => {
            let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("'\\x{digits}'::bytea")
        }
        Value::Uuid(uuid) => format!("'{uuid}'::uuid"),
    }
}
