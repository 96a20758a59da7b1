//! What is known of a party already, for the forms that are made for it.

use std::sync::Arc;

use altinn_auth::register::PartyRegister as _;
use altinn_core::{Party, PartyId, PartyIdentifier, PartyKind};
use altinn_notify::Recipient;
use serde_json::{Map, Value, json};

use super::plan::Tools;
use super::{Service, SubmissionError, Submissions};
use crate::expression::OwnerKind;
use crate::form::{Prefill, PrefillSources};

impl Submissions<'_> {
    /// What a step of an instance of a party is worked out with, with what is known of the party for the forms that are
    /// made.
    pub(super) async fn tools_for(
        &self,
        service: &Service,
        owner: PartyId,
    ) -> Result<Tools<'_>, SubmissionError> {
        let known = self.known_of(service, owner).await?;
        Ok(Tools { known, ..self.tools_of(service, owner).await? })
    }

    /// As [`tools_for`](Self::tools_for), where no forms are made.
    pub(super) async fn tools_of(
        &self,
        service: &Service,
        owner: PartyId,
    ) -> Result<Tools<'_>, SubmissionError> {
        let mut tools = self.altinn.tools(self.altinn.clock().now());
        if service.definition().asks_for_owner_kind() {
            let owner = self.altinn.register().party(owner).await?;
            tools.owner = owner.map_or(OwnerKind::Unknown, |owner| owner.kind.into());
        }
        Ok(tools)
    }

    /// What the sources that the forms of a service name know of the party that an instance is for: the registers, and
    /// before them the agency's own code.
    pub(super) async fn known_of(
        &self,
        service: &Service,
        owner: PartyId,
    ) -> Result<Arc<PrefillSources>, SubmissionError> {
        let app = service.definition();
        let forms = app.metadata().data_types().iter().filter_map(|data_type| app.prefill(&data_type.id));
        let mut names: Vec<&str> = forms.flat_map(Prefill::sources).collect();
        names.sort_unstable();
        names.dedup();
        if names.is_empty() {
            return Ok(Arc::default());
        }
        let Some(owner) = self.altinn.register().party(owner).await? else { return Ok(Arc::default()) };
        let hooks = self.altinn.plug_ins().submission(service.id());
        let mut known = PrefillSources::default();
        for name in names {
            let own = match &hooks {
                Some(hooks) => hooks.prefill(service, name, &owner).await,
                None => None,
            };
            let found = match own {
                Some(own) => Some(own),
                None => self.in_registers(name, &owner).await?,
            };
            known = known.with(name, found.unwrap_or_default());
        }
        Ok(Arc::new(known))
    }

    async fn in_registers(&self, source: &str, owner: &Party) -> Result<Option<Value>, SubmissionError> {
        let is_person = matches!(owner.kind, PartyKind::Person | PartyKind::SelfIdentified);
        match source {
            "ER" if !is_person => Ok(Some(json!({
                "Name": owner.name,
                "OrgNumber": organization_number(owner),
            }))),
            "DSF" if is_person => Ok(Some(json!({"Name": owner.name}))),
            "UserProfile" => Ok(Some(self.user_profile(owner, is_person).await?)),
            _ => Ok(None),
        }
    }

    async fn user_profile(&self, owner: &Party, is_person: bool) -> Result<Value, SubmissionError> {
        let mut profile = Map::new();
        profile.insert("PartyId".to_owned(), json!(owner.id));
        let kind = if is_person { "Person" } else { "Organization" };
        profile.insert(
            "Party".to_owned(),
            json!({"Name": owner.name, kind: {
                "Name": owner.name,
                "OrgNumber": organization_number(owner),
            }}),
        );
        if let Some(contact) = self.altinn.contact_of(Some(owner.id)).await? {
            match contact.recipient {
                Recipient::Email(address) => profile.insert("Email".to_owned(), json!(address.expose())),
                _ => None,
            };
        }
        Ok(Value::Object(profile))
    }
}

fn organization_number(party: &Party) -> Option<String> {
    match &party.identifier {
        PartyIdentifier::Organization(number) => Some(number.to_string()),
        _ => None,
    }
}
