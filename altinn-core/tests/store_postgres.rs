//! The contract of a store, on the PostgreSQL server that `ALTINN_TEST_POSTGRES` names.
#![cfg(feature = "postgres")]

use altinn_core::store::fresh;

altinn_core::store_contract!(fresh::postgres);
