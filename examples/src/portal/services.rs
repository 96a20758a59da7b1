//! The services that the portal offers, and the register behind the lookup.

use std::fs;
use std::path::{Path, PathBuf};

use altinn_core::{Language, ServiceId, Text};
use altinn_services::Altinn;
use altinn_services::broker::BrokerService;
use altinn_services::collaboration::{CollaborationService, CorrespondenceMember, Members};
use altinn_services::correspondence::CorrespondenceService;
use altinn_services::link::LinkService;
use altinn_services::lookup::{Lookup, LookupContext, LookupFailure, LookupService};
use altinn_services::submission::{
    Form, Service, ServiceTask, ServiceTaskContext, ServiceTaskDone, ServiceTaskError, Submission,
};
use async_trait::async_trait;
use serde_json::{Value, json};

use super::PortalError;
use super::world::{World, organization_number};
use crate::stand_in;

const APPS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/apps");
const SERVICES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/services");

/// What the portal offers, by type.
#[derive(Debug)]
pub(super) struct Services {
    pub(super) forms: Vec<Service>,
    pub(super) decisions: CorrespondenceService,
    /// Letters that may be forwarded.
    pub(super) circulars: CorrespondenceService,
    pub(super) lookup: LookupService,
    pub(super) link: LinkService,
    pub(super) broker: BrokerService,
    pub(super) opening: CollaborationService,
}

impl Services {
    /// Publishes them. `target` is the address of the solution that the link leads to; `beside` is where definitions are
    /// kept that name what is only known now.
    pub(super) fn publish(
        altinn: &Altinn,
        world: &World,
        target: &str,
        beside: &Path,
        another: Option<&PathBuf>,
    ) -> Result<Self, PortalError> {
        let mut forms = vec![
            altinn.publish_app(format!("{APPS}/bakery-licence"))?,
            altinn.publish_app(format!("{SERVICES}/food-tip"))?,
        ];
        let fee = altinn.publish_app(format!("{APPS}/stall-fee"))?;
        altinn.register_submission(fee.id().clone(), StallFee);
        forms.push(fee);
        altinn.register_service_task("case-system", CaseSystem);
        if let Some(folder) = another {
            let form = altinn.publish_app(folder)?;
            // What the app's own code would do is done by stand-ins, which send nothing.
            stand_in(altinn, form.definition());
            forms.push(form);
        }
        let decisions = altinn.publish_correspondence(format!("{SERVICES}/decisions"))?;
        let circulars = altinn.publish_correspondence(format!("{SERVICES}/circulars"))?;
        let lookup =
            altinn.publish_lookup(format!("{SERVICES}/organization-lookup"), Organizations::of(world)?)?;
        let broker = altinn.publish_broker(format!("{SERVICES}/annual-accounts"))?;
        let tax_card = filled_in("tax-card", "http://127.0.0.1:8080", target, beside)?;
        let link = altinn.publish_link(tax_card)?;
        let inspectorate =
            format!("inspectorate = {{ organization = \"{}\" }}", organization_number(&world.agency)?);
        let opening = filled_in("opening", "inspectorate = {}", &inspectorate, beside)?;
        let sender = world.owner_of(decisions.id());
        let decision = CorrespondenceMember::new(decisions.clone(), world.agency.id, sender);
        let opening = altinn.publish_collaboration(opening, Members::none().with("decision", decision))?;
        Ok(Self { forms, decisions, circulars, lookup, link, broker, opening })
    }
}

/// A service's id and its title.
pub(super) type Titled = (ServiceId, String);

impl Services {
    /// All services with their titles in a language.
    pub(super) fn titles(&self, language: Language) -> Vec<Titled> {
        let title = |id: &ServiceId, title: &Text| (id.clone(), title.in_language(language).to_owned());
        let forms = self.forms.iter().map(|form| (form.id().clone(), form.title(language).to_owned()));
        forms
            .chain([
                title(self.decisions.id(), self.decisions.title()),
                title(self.circulars.id(), self.circulars.title()),
                title(self.lookup.id(), self.lookup.title()),
                title(self.link.id(), self.link.title()),
                title(self.broker.id(), self.broker.title()),
                title(self.opening.id(), self.opening.title()),
            ])
            .collect()
    }

    /// The title of a service by its id; the id itself of one that is not here.
    pub(super) fn title(&self, id: &str, language: Language) -> String {
        let titles = self.titles(language).into_iter();
        titles
            .into_iter()
            .find(|(found, _)| found.to_string() == id)
            .map_or_else(|| id.to_owned(), |(_, title)| title)
    }
}

/// A copy of a service's folder in which a place of its definition is filled in.
fn filled_in(name: &str, place: &str, with: &str, beside: &Path) -> Result<PathBuf, PortalError> {
    let (from, to) = (Path::new(SERVICES).join(name), beside.join(name));
    fs::create_dir_all(&to)?;
    let definition = fs::read_to_string(from.join("service.toml"))?;
    fs::write(to.join("service.toml"), definition.replace(place, with))?;
    fs::copy(from.join("policy.xml"), to.join("policy.xml"))?;
    Ok(to)
}

/// Works out what a stall on the market costs: by its length, and more with power.
#[derive(Debug)]
struct StallFee;

/// What a metre costs, in kroner.
const METRE: i64 = 150;
/// What power costs, in kroner.
const POWER: i64 = 200;

#[async_trait]
impl Submission for StallFee {
    async fn calculate(&self, _: &Form<'_>, data: &mut Value) {
        let Some(data) = data.as_object_mut() else { return };
        let metres = data.get("metres").and_then(Value::as_i64).filter(|metres| (1..=12).contains(metres));
        let has_power = data.get("power").and_then(Value::as_bool).unwrap_or_default();
        data.remove("price");
        if let Some(metres) = metres {
            data.insert("price".to_owned(), json!(metres * METRE + if has_power { POWER } else { 0 }));
        }
    }
}

/// The agency's case system: what it gets it looks at by hand first, so that an operator sees what does not go on by itself,
/// and takes it when it is told to try again.
#[derive(Debug)]
struct CaseSystem;

#[async_trait]
impl ServiceTask for CaseSystem {
    async fn run(&self, context: &ServiceTaskContext<'_>) -> Result<ServiceTaskDone, ServiceTaskError> {
        match context.attempt() {
            1 => Err(ServiceTaskError::Failed("the case system does not know the place".to_owned())),
            _ => Ok(ServiceTaskDone::new()),
        }
    }
}

/// A register of the portal's own synthetic businesses.
#[derive(Debug)]
struct Organizations(Vec<(String, String)>);

impl Organizations {
    fn of(world: &World) -> Result<Self, PortalError> {
        let numbered = |party| Ok((organization_number(party)?.to_string(), party.name.clone()));
        Ok(Self(world.organizations().into_iter().map(numbered).collect::<Result<_, PortalError>>()?))
    }
}

#[async_trait]
impl Lookup for Organizations {
    async fn look_up(&self, query: &Value, _: &LookupContext<'_>) -> Result<Value, LookupFailure> {
        let asked = query.get("organisasjonsnummer").and_then(Value::as_str).unwrap_or_default();
        let found = self.0.iter().find(|(number, _)| number == asked).ok_or(LookupFailure::NotFound)?;
        let (number, name) = found;
        Ok(json!({
            "organisasjonsnummer": number,
            "navn": name,
            "organisasjonsform": {"kode": "AS", "beskrivelse": "Aksjeselskap"},
            "registreringsdatoEnhetsregisteret": "2019-04-01",
            "konkurs": false
        }))
    }
}
