//! A recipient as one short line: how a list of any length is stored.

use altinn_core::{NationalIdentityNumber, OrganizationNumber, SyntheticNumbers};

use super::{ChannelSchema, OrganizationRecipient, PersonRecipient, Recipient};

/// What stands between the fields of a line; no field holds it.
const SEPARATOR: char = '\t';
/// Flags of a person.
const IGNORES_RESERVATION: char = 'r';
const USES_STALE: char = 's';

/// What a recipient is looked up by, whatever the channels: the number or the address. `Debug` hides it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecipientKey(String);

impl RecipientKey {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for RecipientKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecipientKey(***)")
    }
}

impl Recipient {
    /// What this recipient is looked up by.
    pub fn key(&self) -> RecipientKey {
        RecipientKey(match self {
            Self::Email(address) => format!("e{}", address.expose()),
            Self::Sms(number) => format!("s{}", number.expose()),
            Self::Person(person) => format!("p{}", person.national_identity_number.expose()),
            Self::Organization(organization) => format!("o{}", organization.organization_number),
        })
    }

    /// The recipient as a line.
    pub(crate) fn to_line(&self) -> String {
        let key = self.key().0;
        match self {
            Self::Email(_) | Self::Sms(_) => key,
            Self::Person(person) => {
                let mut flags = String::from(schema_letter(person.channel_schema));
                flags.extend(person.ignore_reservation.then_some(IGNORES_RESERVATION));
                flags.extend(person.use_stale_contact_information.then_some(USES_STALE));
                format!("{key}{SEPARATOR}{flags}")
            }
            Self::Organization(organization) => {
                let mut line = format!("{key}{SEPARATOR}{}", schema_letter(organization.channel_schema));
                for field in [&organization.resource_id, &organization.resource_action] {
                    line.push(SEPARATOR);
                    line.extend(field.iter().flat_map(|text| text.chars()).filter(|c| !c.is_control()));
                }
                line
            }
        }
    }

    /// The recipient that a line stands for.
    pub(crate) fn from_line(line: &str) -> Option<Self> {
        let mut fields = line.split(SEPARATOR);
        let mut key = fields.next()?.chars();
        let kind = key.next()?;
        let value = key.as_str();
        match kind {
            'e' => value.parse().ok().map(Self::Email),
            's' => value.parse().ok().map(Self::Sms),
            'p' => {
                let flags = fields.next()?;
                let number = NationalIdentityNumber::parse(value, SyntheticNumbers::Accepted).ok()?;
                Some(Self::Person(PersonRecipient {
                    national_identity_number: number,
                    channel_schema: schema_of(flags.chars().next()?)?,
                    ignore_reservation: flags.contains(IGNORES_RESERVATION),
                    use_stale_contact_information: flags.contains(USES_STALE),
                }))
            }
            'o' => {
                let number = OrganizationNumber::parse(value, SyntheticNumbers::Accepted).ok()?;
                let channel_schema = schema_of(fields.next()?.chars().next()?)?;
                let mut text = || fields.next().filter(|text| !text.is_empty()).map(str::to_owned);
                let (resource_id, resource_action) = (text(), text());
                Some(Self::Organization(OrganizationRecipient {
                    organization_number: number,
                    channel_schema,
                    resource_id,
                    resource_action,
                }))
            }
            _ => None,
        }
    }
}

const SCHEMAS: [(char, ChannelSchema); 5] = [
    ('E', ChannelSchema::Email),
    ('S', ChannelSchema::Sms),
    ('M', ChannelSchema::EmailPreferred),
    ('T', ChannelSchema::SmsPreferred),
    ('B', ChannelSchema::EmailAndSms),
];

fn schema_letter(schema: ChannelSchema) -> char {
    SCHEMAS.iter().find(|(_, known)| *known == schema).map_or('M', |(letter, _)| *letter)
}

fn schema_of(letter: char) -> Option<ChannelSchema> {
    SCHEMAS.iter().find(|(known, _)| *known == letter).map(|(_, schema)| *schema)
}

#[cfg(test)]
mod tests {
    use altinn_core::testing::SyntheticPeople;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_line_leads_back_to_its_recipient(
            seed in any::<u64>(), schema in 0_usize..5, reservation in any::<bool>(), stale in any::<bool>(),
            resource in proptest::option::of("[a-z0-9_-]{1,20}"), action in proptest::option::of("[a-z]{1,8}"),
        ) {
            let (mut people, schema) = (SyntheticPeople::from_seed(seed), SCHEMAS[schema].1);
            let person = PersonRecipient {
                channel_schema: schema,
                ignore_reservation: reservation,
                use_stale_contact_information: stale,
                ..PersonRecipient::new(people.national_identity_number())
            };
            let organization = OrganizationRecipient {
                channel_schema: schema,
                resource_id: resource,
                resource_action: action,
                ..OrganizationRecipient::new(people.organization_number())
            };
            for recipient in [
                Recipient::Person(person),
                Recipient::Organization(organization),
                Recipient::Email("ola@example.com".parse().expect("an address")),
                Recipient::Sms("+4799999999".parse().expect("a number")),
            ] {
                let line = recipient.to_line();
                prop_assert!(!line.contains('\n'));
                prop_assert_eq!(Recipient::from_line(&line), Some(recipient));
            }
        }

        #[test]
        fn no_line_makes_it_panic(line in "[epos]?(\\PC|\t){0,30}") {
            let _ = Recipient::from_line(&line);
        }
    }
}
