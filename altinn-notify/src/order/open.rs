//! An order as it is carried out.

use altinn_core::store::{Row, StoreError};
use uuid::Uuid;

use super::Spec;
use crate::Keyring;
use crate::seal::{KeyringError, OrderKey, Place};

/// How an order is carried out, and the key that its recipients are sealed with.
#[derive(Debug)]
pub(crate) struct OpenOrder {
    pub(crate) spec: Spec,
    pub(crate) key: OrderKey,
}

impl OpenOrder {
    /// Opens an order from the columns `sealed_under`, `wrapped_key` and `spec` of its row.
    pub(crate) fn from_row(keyring: &Keyring, id: Uuid, row: &Row) -> Result<Self, KeyringError> {
        let key = OrderKey::from_row(keyring, id, row)?;
        let text = key.open(Place::Spec(id), row.get("spec")?)?;
        let spec = serde_json::from_str(&text).map_err(|_| StoreError::Decode {
            column: "spec".to_owned(),
            expected: "how an order is to be carried out",
        })?;
        Ok(Self { spec, key })
    }
}
