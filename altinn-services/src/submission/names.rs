//! The names that are written down with a submission.

use altinn_core::PartyId;

use super::plan::Plan;
use super::{SubmissionError, Submissions};

impl Submissions<'_> {
    /// Asks for the names of these parties, in one query, as far as the plan does not know them.
    pub(super) async fn learn_names(
        &self,
        plan: &mut Plan<'_>,
        parties: impl IntoIterator<Item = PartyId> + Send,
    ) -> Result<(), SubmissionError> {
        let mut unknown: Vec<PartyId> =
            parties.into_iter().filter(|party| !plan.names.contains_key(party)).collect();
        unknown.sort_unstable();
        unknown.dedup();
        if unknown.is_empty() {
            return Ok(());
        }
        let found = self.altinn.register().parties(&unknown).await?;
        let names = found.into_iter().map(|party| party.map_or_else(String::new, |party| party.name));
        plan.names.extend(unknown.into_iter().zip(names));
        Ok(())
    }
}

impl Plan<'_> {
    /// The name of a party that was asked for; none for one that nobody knows.
    pub(super) fn name_of(&self, party: Option<PartyId>) -> &str {
        party.and_then(|party| self.names.get(&party)).map_or("", String::as_str)
    }
}
