//! What tests need: synthetic people and organizations, and a word that is seen (feature `testing`).

pub mod process;

use std::fmt::Display;
use std::io::Write;

use crate::id::{check_digit, check_digits};
use crate::{
    NationalIdentityNumber, OrganizationNumber, Party, PartyId, PartyIdentifier, PartyKind, SyntheticNumbers,
};

/// Says something that must be seen although the test passes: why it was skipped, or how much it ran. Test runners keep
/// what passing tests print, but not this.
pub fn report(what: impl Display) {
    let _ = writeln!(std::io::stderr(), "{what}");
}

/// Makes up people and organizations with right synthetic numbers, the same ones for the same seed.
///
/// The numbers are of Tenor's series, and belong to nobody: people's have 80 added to the month, organizations' begin
/// with 3. Accept them with [`SyntheticNumbers::Accepted`].
///
/// ```
/// use altinn_core::testing::SyntheticPeople;
///
/// let mut people = SyntheticPeople::from_seed(7);
/// let (kari, bakery) = (people.person(), people.organization());
/// assert_ne!(kari.id, bakery.id);
/// assert_eq!(SyntheticPeople::from_seed(7).person(), kari);
/// ```
#[derive(Debug, Clone)]
pub struct SyntheticPeople {
    state: u64,
    last_party: i64,
}

const FIRST_NAMES: [&str; 10] =
    ["Aktverdig", "Blid", "Djerv", "Elegant", "Fager", "Gild", "Herlig", "Iherdig", "Kvikk", "Lystig"];
const LAST_NAMES: [&str; 10] =
    ["Alm", "Bekkeblom", "Dromedar", "Ekorn", "Fjellrev", "Gaupe", "Havørn", "Isbre", "Klokke", "Lykt"];

impl SyntheticPeople {
    /// A world of its own for each seed.
    pub fn from_seed(seed: u64) -> Self {
        Self { state: seed, last_party: 50_000_000 }
    }

    /// A person with a national identity number.
    pub fn person(&mut self) -> Party {
        let number = self.national_identity_number();
        let name = format!("{} {}", self.pick(FIRST_NAMES), self.pick(LAST_NAMES));
        self.party(PartyKind::Person, name, number.into())
    }

    /// An organization without sub-units.
    pub fn organization(&mut self) -> Party {
        let number = self.organization_number();
        let name = format!("{} {} AS", self.pick(FIRST_NAMES), self.pick(LAST_NAMES)).to_uppercase();
        self.party(PartyKind::Organization, name, number.into())
    }

    /// A sub-unit (underenhet) of an organization.
    pub fn sub_unit(&mut self, of: &Party) -> Party {
        let number = self.organization_number();
        let unit = self.party(PartyKind::SubUnit, format!("{} avd.", of.name), number.into());
        Party { parent: Some(of.id), ..unit }
    }

    /// A synthetic national identity number of somebody born from 1940 to 1999.
    pub fn national_identity_number(&mut self) -> NationalIdentityNumber {
        loop {
            let (day, month, year) = (1 + self.below(28), 81 + self.below(12), 40 + self.below(60));
            let nine = format!("{day:02}{month:02}{year:02}{:03}", self.below(500));
            if let Some(number) = complete_person(&nine) {
                return number;
            }
        }
    }

    /// A synthetic organization number.
    pub fn organization_number(&mut self) -> OrganizationNumber {
        loop {
            let eight = format!("3{:07}", self.below(10_000_000));
            if let Some(number) = complete_organization(&eight) {
                return number;
            }
        }
    }

    fn party(&mut self, kind: PartyKind, name: String, identifier: PartyIdentifier) -> Party {
        self.last_party += 1;
        let random = (u128::from(self.next()) << 64) | u128::from(self.next());
        let uuid = uuid::Builder::from_random_bytes(random.to_be_bytes()).into_uuid();
        Party {
            id: PartyId::new(self.last_party),
            uuid,
            kind,
            name,
            identifier,
            parent: None,
            deleted: false,
        }
    }

    fn pick(&mut self, names: [&'static str; 10]) -> &'static str {
        let index = self.below(names.len() as u64);
        names.into_iter().nth(usize::try_from(index).unwrap_or(0)).unwrap_or_default()
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// SplitMix64: small, and the same on every machine.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// The number that nine digits begin, if they have check digits.
fn complete_person(nine: &str) -> Option<NationalIdentityNumber> {
    let [first, second] = check_digits(crate::id::digits(nine)?)?;
    NationalIdentityNumber::parse(&format!("{nine}{first}{second}"), SyntheticNumbers::Accepted).ok()
}

/// The number that eight digits begin, if they have a check digit.
fn complete_organization(eight: &str) -> Option<OrganizationNumber> {
    let last = check_digit(&crate::id::digits::<8>(eight)?)?;
    OrganizationNumber::parse(&format!("{eight}{last}"), SyntheticNumbers::Accepted).ok()
}
