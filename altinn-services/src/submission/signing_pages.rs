//! What the pages of a signing task show of its signatures.

use altinn_auth::register::PartyRegister as _;
use altinn_core::{Actor, Language};

use super::form_pages::Ground;
use super::signing::{signatures_that_stand, signing_text};
use super::{SubmissionError, Submissions};
use crate::form_page::FormView;
use crate::process::TaskKind;

impl Submissions<'_> {
    /// A view with what is confirmed by a signature, who is to sign and who has, where the pages show it.
    pub(super) async fn with_signing<'a>(
        &self,
        actor: &Actor,
        mut view: FormView<'a>,
        ground: &Ground,
        language: Language,
    ) -> Result<FormView<'a>, SubmissionError> {
        let task = ground.service.definition().process().task(&ground.task);
        let task = task.filter(|task| task.kind == TaskKind::Signing && view.shows_signing());
        let Some(task) = task else { return Ok(view) };
        view = view.with_signing_text(signing_text(&ground.service).in_language(language));
        let id = ground.instance.id();
        let subject = format!("{id}/{}", ground.task);
        // Whose turn it is, is for every reader to know, whoever may read the elements that say so.
        let whole = self.load_for(actor, id).await?;
        match self.turn(actor, &whole, task).await {
            Ok(_) => {}
            Err(
                SubmissionError::NotASignee { .. }
                | SubmissionError::NotYourTurn { .. }
                | SubmissionError::SignedBefore { .. },
            ) => {
                let given = signatures_that_stand(&ground.service, &whole)?.into_iter();
                let own = given
                    .filter(|given| given.subject == subject && given.signer.expose().0 == actor.reference());
                view = view.with_turn_of_others(own.map(|own| own.time).max());
            }
            Err(error) => return Err(error),
        }
        let signees = self.signees(actor, id).await?;
        for signee in &signees {
            let party = self.altinn.register().party(signee.party).await?;
            view = view.with_signee(party.map(|party| party.name).unwrap_or_default(), signee.signed_time);
        }
        if signees.is_empty() {
            let signatures = self.signatures(actor, id).await?.into_iter();
            for given in signatures.filter(|given| given.subject == subject) {
                view = view.with_signee(given.signer.expose().1, Some(given.time));
            }
        }
        Ok(view)
    }
}
