//! The one setting for synthetic people and organizations.

use serde::{Deserialize, Serialize};

/// Whether numbers of synthetic people and organizations are taken for valid.
///
/// Synthetic numbers (Tenor of Skatteetaten, Dolly of Nav) have right check digits and can belong to nobody, so
/// that test systems can use them freely. A production system refuses them, which is the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SyntheticNumbers {
    /// Only numbers that the population register and the business register hand out.
    #[default]
    Refused,
    /// Those of test systems too.
    Accepted,
}
