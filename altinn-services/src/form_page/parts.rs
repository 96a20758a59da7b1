//! Components with several fields: addresses, persons and organizations.
//!
//! Altinn's front end looks persons and organizations up at services of Altinn's own (`PersonLookup`,
//! `OrganisationLookup`). Here they are written, each field with its name.

use super::field::plain;
use super::model::{Content, Group, Item};
use super::resolve::{At, Resolver};
use super::rich_text::RichText;
use super::words::Words;

/// A field of a component with several.
struct Part {
    /// The name of its binding.
    binding: &'static str,
    /// The text that says what it is called in the layout, where it has one of its own.
    title: &'static str,
    /// What it is called else.
    usual: fn(Words) -> &'static str,
    /// What browsers call it.
    autocomplete: &'static str,
    /// Whether it must be filled in when the component must.
    is_asked_for: bool,
}

const fn part(
    binding: &'static str,
    title: &'static str,
    usual: fn(Words) -> &'static str,
    autocomplete: &'static str,
    is_asked_for: bool,
) -> Part {
    Part { binding, title, usual, autocomplete, is_asked_for }
}

const ADDRESS: &[Part] = &[
    part("address", "title", Words::street, "street-address", true),
    part("careOf", "careOfTitle", Words::care_of, "off", false),
    part("zipCode", "zipCodeTitle", Words::postal_code, "postal-code", true),
    part("postPlace", "postPlaceTitle", Words::postal_place, "address-level2", true),
    part("houseNumber", "houseNumberTitle", Words::house_number, "off", false),
];

const PERSON: &[Part] = &[
    part("person_lookup_ssn", "", Words::national_identity_number, "off", true),
    part("person_lookup_name", "", Words::name, "off", true),
    part("person_lookup_first_name", "", Words::first_name, "off", true),
    part("person_lookup_middle_name", "", Words::middle_name, "off", false),
    part("person_lookup_last_name", "", Words::last_name, "off", true),
];

const ORGANIZATION: &[Part] = &[
    part("organisation_lookup_orgnr", "", Words::organization_number, "off", true),
    part("organisation_lookup_name", "", Words::name, "off", true),
];

impl Resolver<'_, '_> {
    /// `Address`.
    pub(super) fn address(&self, at: At<'_>) -> Group {
        Group { title: None, ..self.parts(at, ADDRESS) }
    }

    /// `PersonLookup`.
    pub(super) fn person(&self, at: At<'_>) -> Group {
        self.parts(at, PERSON)
    }

    /// `OrganisationLookup`.
    pub(super) fn organization(&self, at: At<'_>) -> Group {
        self.parts(at, ORGANIZATION)
    }

    /// The fields that are bound, each with a name of its own.
    fn parts(&self, at: At<'_>, parts: &[Part]) -> Group {
        let words = self.view.words();
        let bound = parts.iter().filter_map(|part| {
            let binding = at.component.bindings.get(part.binding)?;
            let id = format!("{}.{}", at.id(), part.binding);
            let label = self.text(at, part.title).unwrap_or_else(|| RichText::plain((part.usual)(words)));
            let mut field = self.bound_field(at, Some(binding), id.clone(), Some(label));
            field.autocomplete.get_or_insert_with(|| part.autocomplete.to_owned());
            (field.description, field.help) = (None, None);
            field.required &= part.is_asked_for;
            field.shown = plain(&field.value, words);
            let content = Content::Field(Box::new(field));
            Some(Item { id, kind: at.component.kind.clone(), content })
        });
        let items = bound.collect();
        let (title, description) = (self.text(at, "title"), self.text(at, "description"));
        Group { title, description, folds: false, items }
    }
}
