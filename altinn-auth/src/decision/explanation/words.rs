//! Decisions in plain words.

use altinn_core::{AuthenticationLevel, Language};

use super::super::access::{Access, DecidingDelegation};
use super::super::denial::{Denial, DenialReason, Remedy};
use super::super::grant::Grant;
use crate::register::{Role, Through};

/// One wording in bokmål, nynorsk and English; Northern Sami falls back on bokmål.
fn pick<T>(language: Language, nb: T, nn: T, en: T) -> T {
    match language {
        Language::Nb | Language::Se => nb,
        Language::Nn => nn,
        Language::En => en,
    }
}

pub(in super::super) fn of_denial(denial: &Denial, language: Language) -> String {
    let (action, service) = (action_name(denial.action(), language), denial.service());
    let place = place(denial.task(), language);
    let first = pick(
        language,
        format!("Du kan ikke {action} i tjenesten {service}{place}."),
        format!("Du kan ikkje {action} i tenesta {service}{place}."),
        format!("You cannot {action} in the service {service}{place}."),
    );
    format!("{first} {}", because(denial.reason(), language))
}

pub(in super::super) fn of_access(access: &Access, language: Language) -> String {
    let (action, service) = (action_name(access.action(), language), access.service());
    let place = place(access.task(), language);
    let first = pick(
        language,
        format!("Du kan {action} i tjenesten {service}{place}."),
        format!("Du kan {action} i tenesta {service}{place}."),
        format!("You can {action} in the service {service}{place}."),
    );
    let reasons = access.reasons();
    let mut sentences = vec![first];
    sentences.extend(reasons.delegation.map(|delegation| of_delegation(delegation, language)));
    sentences.extend(reasons.granted_by.iter().map(|grant| {
        let through = reasons.through(grant).map_or("", |through| by_way_of(through, language));
        let grant = grant_name(grant, language);
        pick(
            language,
            format!("Retten følger av: {grant}{through}."),
            format!("Retten følgjer av: {grant}{through}."),
            format!("The right comes from: {grant}{through}."),
        )
    }));
    if let Some(required) = reasons.required_level {
        let found = access.actor().level();
        sentences.push(pick(
            language,
            format!("Det kreves sikkerhetsnivå {required}, og du er logget inn på nivå {found}."),
            format!("Det krevst tryggingsnivå {required}, og du er logga inn på nivå {found}."),
            format!("Security level {required} is needed, and you are logged in at level {found}."),
        ));
    }
    sentences.join(" ")
}

/// Who delegated it, and by which delegation.
fn of_delegation(delegation: DecidingDelegation, language: Language) -> String {
    let from = delegation.from;
    let which = delegation.id.map_or_else(String::new, |id| {
        pick(
            language,
            format!(" (delegering {id})"),
            format!(" (delegering {id})"),
            format!(" (delegation {id})"),
        )
    });
    pick(
        language,
        format!("Retten er delegert av part {from}{which}."),
        format!("Retten er delegert av part {from}{which}."),
        format!("The right has been delegated by party {from}{which}."),
    )
}

fn by_way_of(through: Through, language: Language) -> &'static str {
    match through {
        Through::MainUnit(_) => {
            pick(language, ", fra hovedenheten", ", frå hovudeininga", ", from the main unit")
        }
        Through::KeyRole(_) => pick(
            language,
            ", gjennom en virksomhet du har en nøkkelrolle i",
            ", gjennom ei verksemd du har ei nøkkelrolle i",
            ", through an organization in which you have a key role",
        ),
    }
}

fn place(task: Option<&str>, language: Language) -> String {
    task.map_or_else(String::new, |task| {
        pick(
            language,
            format!(" i steget «{task}»"),
            format!(" i steget «{task}»"),
            format!(" in step “{task}”"),
        )
    })
}

fn because(reason: &DenialReason, language: Language) -> String {
    match reason {
        DenialReason::NotGranted { would_help } => of_rights(would_help, language),
        DenialReason::Forbidden { rule, description } => {
            let rule = description.as_deref().unwrap_or(&rule.rule);
            pick(
                language,
                format!("En regel forbyr det: {rule}"),
                format!("Ein regel forbyr det: {rule}"),
                format!("A rule forbids it: {rule}"),
            )
        }
        DenialReason::LevelTooLow { found, required } => level(*found, *required, language),
        DenialReason::UnknownObligation { .. } | DenialReason::Undecided { .. } => pick(
            language,
            "Reglene for tjenesten kan ikke avgjøre det. Tjenesteeieren må rette dem.".to_owned(),
            "Reglane for tenesta kan ikkje avgjere det. Tenesteeigaren må rette dei.".to_owned(),
            "The rules of the service cannot decide it. The service owner must correct them.".to_owned(),
        ),
        DenialReason::PolicyMissing => pick(
            language,
            "Tjenesten har ingen regler for tilgang. Tjenesteeieren må legge dem inn.".to_owned(),
            "Tenesta har ingen reglar for tilgang. Tenesteeigaren må leggje dei inn.".to_owned(),
            "The service has no rules for access. The service owner must add them.".to_owned(),
        ),
        DenialReason::NotOnAccessList => pick(
            language,
            "Tjenesteeieren slipper bare inn virksomheter på en tilgangsliste, og denne står ikke på noen som gjelder dette.".to_owned(),
            "Tenesteeigaren slepp berre inn verksemder på ei tilgangsliste, og denne står ikkje på noka som gjeld dette.".to_owned(),
            "The service owner lets in only organizations on an access list, and this one is on none that covers it.".to_owned(),
        ),
        DenialReason::OrganizationsOnly => pick(
            language,
            "Tjenesteeieren slipper bare inn virksomheter som står på en tilgangsliste.".to_owned(),
            "Tenesteeigaren slepp berre inn verksemder som står på ei tilgangsliste.".to_owned(),
            "The service owner lets in only organizations that are on an access list.".to_owned(),
        ),
        DenialReason::PolicyUnavailable { .. }
        | DenialReason::RegisterUnavailable { .. }
        | DenialReason::RolesTooOld { .. } => pick(
            language,
            "Rettighetene dine kan ikke kontrolleres akkurat nå. Prøv igjen om litt.".to_owned(),
            "Rettane dine kan ikkje kontrollerast akkurat no. Prøv igjen om litt.".to_owned(),
            "Your rights cannot be checked right now. Try again in a little while.".to_owned(),
        ),
    }
}

/// Who can: whoever has one of these rights.
pub(in super::super) fn of_rights(would_help: &[Remedy], language: Language) -> String {
    if would_help.is_empty() {
        return pick(
            language,
            "Ingen har rett til dette her.".to_owned(),
            "Ingen har rett til dette her.".to_owned(),
            "Nobody has the right to do this here.".to_owned(),
        );
    }
    let mut names: Vec<String> =
        would_help.iter().map(|remedy| grant_name(&remedy.grant, language)).collect();
    names.dedup();
    let or = pick(language, "eller", "eller", "or");
    let list = match names.as_slice() {
        [only] => only.clone(),
        [first @ .., last] => format!("{} {or} {last}", first.join(", ")),
        [] => String::new(),
    };
    pick(
        language,
        format!("Det kan den som er eller har: {list}."),
        format!("Det kan den som er eller har: {list}."),
        format!("Whoever is or has one of these can: {list}."),
    )
}

fn grant_name(grant: &Grant, language: Language) -> String {
    match grant {
        Grant::Role(role) => role_name(role, language),
        Grant::AccessPackage(package) => pick(
            language,
            format!("tilgangspakken {package}"),
            format!("tilgangspakken {package}"),
            format!("the access package {package}"),
        ),
        Grant::ServiceOwner(org) => pick(
            language,
            format!("tjenesteeieren {org}"),
            format!("tenesteeigaren {org}"),
            format!("the service owner {org}"),
        ),
        Grant::Attribute { id, .. } => format!("«{id}»"),
    }
}

fn role_name(role: &Role, language: Language) -> String {
    match role.name(language) {
        Some(name) => format!("{name} ({role})"),
        None => pick(language, format!("rollen {role}"), format!("rolla {role}"), format!("role {role}")),
    }
}

fn level(found: AuthenticationLevel, required: AuthenticationLevel, language: Language) -> String {
    pick(
        language,
        format!(
            "Du er logget inn på sikkerhetsnivå {found}, og det kreves nivå {required}. Logg inn på nytt på et høyere nivå."
        ),
        format!(
            "Du er logga inn på tryggingsnivå {found}, og det krevst nivå {required}. Logg inn på nytt på eit høgare nivå."
        ),
        format!(
            "You are logged in at security level {found}, and level {required} is needed. Log in again at a higher level."
        ),
    )
}

/// What an action is called; one that is not known here is quoted.
fn action_name(action: &str, language: Language) -> String {
    let (nb, nn, en) = match action {
        "read" => ("lese", "lese", "read"),
        "write" => ("skrive", "skrive", "write"),
        "instantiate" => ("starte", "starte", "start"),
        "confirm" => ("bekrefte", "stadfeste", "confirm"),
        "sign" => ("signere", "signere", "sign"),
        "pay" => ("betale", "betale", "pay"),
        "reject" => ("avvise", "avvise", "reject"),
        "delete" => ("slette", "slette", "delete"),
        "complete" => ("bekrefte mottak", "stadfeste mottak", "complete"),
        other => {
            return pick(
                language,
                format!("utføre «{other}»"),
                format!("utføre «{other}»"),
                format!("do “{other}”"),
            );
        }
    };
    pick(language, nb, nn, en).to_owned()
}
