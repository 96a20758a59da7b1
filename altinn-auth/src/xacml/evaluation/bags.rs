//! The request's values, sorted into the attributes that the policy looks at.

use chrono::{DateTime, Utc};

use super::super::compiled::AttributeTable;
use super::super::request::{Request, RequestAttribute};
use super::super::{DataType, Value};

/// The values of every attribute, one after the other.
pub(super) struct Bags {
    values: Vec<Value>,
    /// Where the values of each attribute end.
    ends: Vec<usize>,
}

impl Bags {
    pub(super) fn of(table: &AttributeTable, request: &Request, now: Option<DateTime<Utc>>) -> Self {
        let mut found: Vec<(u32, Value)> =
            Vec::with_capacity(request.attributes.len() + table.of_clock.len());
        for attribute in &request.attributes {
            for (slot, key) in table.named(&attribute.category, &attribute.id) {
                if key.data_type == attribute.value.data_type() && issued_by(attribute, key.issuer.as_deref())
                {
                    found.push((slot, attribute.value.clone()));
                }
            }
        }
        if let Some(now) = now.filter(|_| !table.of_clock.is_empty()) {
            add_time(table, now, &mut found);
        }
        found.sort_by_key(|(slot, _)| *slot);
        let mut values = Vec::with_capacity(found.len());
        let mut ends = Vec::with_capacity(table.len());
        for (slot, value) in found {
            while u32::try_from(ends.len()).is_ok_and(|next| next < slot) {
                ends.push(values.len());
            }
            values.push(value);
        }
        ends.resize(table.len(), values.len());
        Self { values, ends }
    }

    /// The values of an attribute.
    pub(super) fn get(&self, slot: u32) -> &[Value] {
        let slot = usize::try_from(slot).unwrap_or(usize::MAX);
        let end = self.ends.get(slot).copied().unwrap_or(0);
        let start = slot.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.values.get(start..end).unwrap_or(&[])
    }
}

fn issued_by(attribute: &RequestAttribute, issuer: Option<&str>) -> bool {
    issuer.is_none_or(|issuer| attribute.issuer.as_deref() == Some(issuer))
}

/// Adds the time of the decision to the attributes for it that the request lacks.
fn add_time(table: &AttributeTable, now: DateTime<Utc>, found: &mut Vec<(u32, Value)>) {
    let Some(moments) = Value::moments_of(now) else { return };
    for slot in &table.of_clock {
        let data_type: Option<DataType> = table.key(*slot).map(|key| key.data_type);
        let is_absent = found.iter().all(|(other, _)| other != slot);
        let moment = moments.iter().find(|moment| Some(moment.data_type()) == data_type);
        if let Some(moment) = moment.filter(|_| is_absent) {
            found.push((*slot, moment.clone()));
        }
    }
}
