//! What a table is, as its back end says.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{CopyError, own};
use crate::store::{Dialect, Row, Sql, Store, StoreError, Value, params};

/// A table.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: String,
    columns: Vec<String>,
    /// The columns that tell its rows apart, by their place among the columns.
    key: Vec<usize>,
    /// A column that names another row of the same table, and the column that it names it by.
    parent: Option<(String, String)>,
    /// The other tables that its rows name.
    rests_on: BTreeSet<String>,
}

/// What a column of the copy holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Bool,
    Uuid,
    /// What the value says itself.
    Plain,
}

impl Kind {
    /// The value of another back end as this column takes it.
    pub(super) fn of(self, value: Value) -> Value {
        match (self, value) {
            (Self::Bool, Value::Int(number)) => Value::Bool(number != 0),
            (Self::Uuid, Value::Blob(bytes)) => match Uuid::from_slice(&bytes) {
                Ok(uuid) => Value::Uuid(uuid),
                Err(_) => Value::Blob(bytes),
            },
            (_, value) => value,
        }
    }
}

const TABLES: (&str, &str) = (
    "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'",
    "select c.relname::text as name from pg_class c where c.relkind = 'r' \
     and c.relnamespace = current_schema()::regnamespace",
);
const COLUMNS: (&str, &str) = (
    "select name, type as kind, pk as place from pragma_table_info($1) order by cid",
    "select a.attname::text as name, format_type(a.atttypid, null)::text as kind, \
     coalesce(array_position(i.indkey::int2[], a.attnum) + 1, 0)::bigint as place \
     from pg_attribute a left join pg_index i on i.indrelid = a.attrelid and i.indisprimary \
     where a.attrelid = $1::text::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum",
);
const NAMED: (&str, &str) = (
    "select \"table\" as target, \"from\" as own, coalesce(\"to\", 'id') as theirs from pragma_foreign_key_list($1)",
    "select t.relname::text as target, a.attname::text as own, f.attname::text as theirs from pg_constraint c \
     join pg_class t on t.oid = c.confrelid \
     join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1] \
     join pg_attribute f on f.attrelid = c.confrelid and f.attnum = c.confkey[1] \
     where c.contype = 'f' and c.conrelid = $1::text::regclass",
);

fn both(texts: (&'static str, &'static str)) -> Sql {
    Sql::by_dialect(texts.0, texts.1)
}

/// The names of a store's tables.
pub(super) async fn tables_of(store: &Store) -> Result<BTreeSet<String>, StoreError> {
    store.query(both(TABLES), params![]).await?.iter().map(|row| row.get("name")).collect()
}

impl Table {
    /// The tables of a store, those first that others rest on.
    pub(super) async fn in_order(store: &Store) -> Result<Vec<Self>, CopyError> {
        let mut left = BTreeMap::new();
        for name in tables_of(store).await? {
            left.insert(name.clone(), Self::read(store, name).await?);
        }
        let mut ordered = Vec::new();
        while !left.is_empty() {
            let free =
                left.values().find(|table| !table.rests_on.iter().any(|other| left.contains_key(other)));
            let Some(name) = free.map(|table| table.name.clone()) else {
                let table = left.into_keys().next().unwrap_or_default();
                return Err(CopyError::NoOrder { table });
            };
            ordered.extend(left.remove(&name));
        }
        Ok(ordered)
    }

    async fn read(store: &Store, name: String) -> Result<Self, CopyError> {
        let rows = store.query(both(COLUMNS), params![&name]).await?;
        let mut columns: Vec<String> = Vec::new();
        let mut places = BTreeMap::new();
        for row in &rows {
            let place: i64 = row.get("place")?;
            if place > 0 {
                places.insert(place, columns.len());
            }
            columns.push(row.get("name")?);
        }
        if places.is_empty() {
            return Err(CopyError::NoOrder { table: name });
        }
        let (mut parent, mut rests_on) = (None, BTreeSet::new());
        for row in store.query(both(NAMED), params![&name]).await? {
            let target: String = row.get("target")?;
            if target == name {
                parent = Some((row.get("own")?, row.get("theirs")?));
            } else {
                rests_on.insert(target);
            }
        }
        Ok(Self { name, columns, key: places.into_values().collect(), parent, rests_on })
    }

    /// What the columns of the same table hold in another store.
    pub(super) async fn kinds_in(&self, store: &Store) -> Result<Vec<Kind>, CopyError> {
        let rows = store.query(both(COLUMNS), params![&self.name]).await?;
        let mut kinds = BTreeMap::new();
        for row in &rows {
            let kind = match (store.dialect(), row.get::<String>("kind")?.as_str()) {
                (Dialect::Postgres, "boolean") => Kind::Bool,
                (Dialect::Postgres, "uuid") => Kind::Uuid,
                _ => Kind::Plain,
            };
            kinds.insert(row.get::<String>("name")?, kind);
        }
        let no_table = || CopyError::NoTable { table: self.name.clone() };
        self.columns.iter().map(|column| kinds.get(column).copied().ok_or_else(no_table)).collect()
    }

    /// Which rows rest on no other row of the table: a condition, or nothing when none does.
    pub(super) fn roots(&self) -> String {
        self.parent.as_ref().map_or_else(String::new, |(own, _)| format!("{own} is null"))
    }

    /// Which rows rest on those of a condition; none when no row rests on another.
    pub(super) fn resting_on(&self, level: &str) -> Option<String> {
        let (own, theirs) = self.parent.as_ref()?;
        Some(format!("{own} in (select {theirs} from {} where {level})", self.name))
    }

    /// The rows that fit a condition and come after a key, in the order of their keys.
    pub(super) async fn page(
        &self,
        store: &Store,
        after: Option<&[Value]>,
        condition: &str,
        limit: usize,
    ) -> Result<Vec<Row>, StoreError> {
        let key = self.names_of_key().join(", ");
        let places: Vec<String> = (1..=self.key.len()).map(|place| format!("${place}")).collect();
        let beyond = after.map(|_| format!("({key}) > ({})", places.join(", ")));
        let fits = (!condition.is_empty()).then(|| condition.to_owned());
        let conditions: Vec<String> = beyond.into_iter().chain(fits).collect();
        let filter =
            if conditions.is_empty() { String::new() } else { format!("where {}", conditions.join(" and ")) };
        let columns = self.columns.join(", ");
        let text = format!("select {columns} from {} {filter} order by {key} limit {limit}", self.name);
        store.query(own(text), after.map(<[Value]>::to_vec).unwrap_or_default()).await
    }

    /// The key of a row of this table.
    pub(super) fn key_of(&self, row: &Row) -> Vec<Value> {
        self.key.iter().filter_map(|place| row.values().get(*place).cloned()).collect()
    }

    /// The statement that inserts a row.
    pub(super) fn insertion(&self) -> String {
        let places: Vec<String> = (1..=self.columns.len()).map(|place| format!("${place}")).collect();
        format!("insert into {} ({}) values ({})", self.name, self.columns.join(", "), places.join(", "))
    }

    fn names_of_key(&self) -> Vec<&str> {
        self.key.iter().filter_map(|place| self.columns.get(*place)).map(String::as_str).collect()
    }
}
