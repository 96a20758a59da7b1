//! The ids of rows in repeating groups (`altinnRowId`): a row keeps its own while others come and go.

use std::collections::BTreeSet;

use serde_json::Value;
use uuid::Uuid;

use super::xml::ROW_ID;

/// Gives every row of the repeating groups at these fields (`people.names`) that has none an id, and a new one to a
/// row whose id another row of its group has. Says whether any row got one.
pub(crate) fn give_row_ids(
    data: &mut Value,
    groups: &BTreeSet<&str>,
    new_id: &mut dyn FnMut() -> Uuid,
) -> bool {
    !groups.is_empty() && give(data, "", groups, new_id)
}

fn give(data: &mut Value, field: &str, groups: &BTreeSet<&str>, new_id: &mut dyn FnMut() -> Uuid) -> bool {
    let mut given = false;
    match data {
        Value::Array(rows) => {
            let mut seen = BTreeSet::new();
            for row in rows {
                if let Value::Object(row) = row
                    && groups.contains(field)
                {
                    let id = row.get(ROW_ID).and_then(Value::as_str).filter(|id| !id.is_empty());
                    if !id.is_some_and(|id| seen.insert(id.to_owned())) {
                        row.insert(ROW_ID.to_owned(), Value::from(new_id().to_string()));
                        given = true;
                    }
                }
                given |= give(row, field, groups, new_id);
            }
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                let field = if field.is_empty() { name.clone() } else { format!("{field}.{name}") };
                given |= give(value, &field, groups, new_id);
            }
        }
        _ => {}
    }
    given
}

/// Whether any row has an id.
pub(crate) fn has_row_ids(data: &Value) -> bool {
    match data {
        Value::Array(items) => items.iter().any(has_row_ids),
        Value::Object(fields) => fields.contains_key(ROW_ID) || fields.values().any(has_row_ids),
        _ => false,
    }
}

/// Takes the ids of all rows away: they are of use while a form is filled in. Says whether there were any.
pub(crate) fn take_row_ids(data: &mut Value) -> bool {
    let mut taken = false;
    match data {
        Value::Array(items) => items.iter_mut().for_each(|item| taken |= take_row_ids(item)),
        Value::Object(fields) => {
            taken = fields.remove(ROW_ID).is_some();
            fields.values_mut().for_each(|field| taken |= take_row_ids(field));
        }
        _ => {}
    }
    taken
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_keep_their_ids_and_new_rows_get_one() {
        let mut next = 0_u128;
        let mut new_id = || {
            next += 1;
            Uuid::from_u128(next)
        };
        let groups = BTreeSet::from(["a", "a.b"]);
        let mut data = json!({"a": [{"altinnRowId": "x", "b": [{}]}, {"altinnRowId": "x"}], "c": [{}]});
        assert!(give_row_ids(&mut data, &groups, &mut new_id));
        assert_eq!(data["a"][0]["altinnRowId"], "x");
        assert_ne!(data["a"][1]["altinnRowId"], "x");
        assert!(data["a"][0]["b"][0]["altinnRowId"].is_string());
        assert_eq!(data["c"], json!([{}]));
        assert!(!give_row_ids(&mut data, &groups, &mut new_id), "a second time changes nothing");
        assert!(take_row_ids(&mut data));
        assert_eq!(data, json!({"a": [{"b": [{}]}, {}], "c": [{}]}));
        assert!(!take_row_ids(&mut data));
    }
}
