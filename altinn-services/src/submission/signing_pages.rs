//! What the pages of a signing task show of its signatures.

use altinn_auth::register::PartyRegister as _;
use altinn_core::{Actor, Language};

use super::form_pages::Ground;
use super::signing::signing_text;
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
        if task.is_none_or(|task| task.kind != TaskKind::Signing) || !view.shows_signing() {
            return Ok(view);
        }
        view = view.with_signing_text(signing_text(&ground.service).in_language(language));
        let id = ground.instance.id();
        let signees = self.signees(actor, id).await?;
        for signee in &signees {
            let party = self.altinn.register().party(signee.party).await?;
            view = view.with_signee(party.map(|party| party.name).unwrap_or_default(), signee.signed_time);
        }
        if signees.is_empty() {
            let subject = format!("{id}/{}", ground.task);
            let signatures = self.signatures(actor, id).await?.into_iter();
            for given in signatures.filter(|given| given.subject == subject) {
                view = view.with_signee(given.signer.expose().1, Some(given.time));
            }
        }
        Ok(view)
    }
}
