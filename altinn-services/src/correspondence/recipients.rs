//! To whom a correspondence goes.

use std::collections::HashSet;
use std::fmt;

use altinn_core::{
    Digest, IdentifierError, NationalIdentityNumber, OrganizationNumber, PartyIdentifier, SyntheticNumbers,
};
use thiserror::Error;

/// To whom a correspondence goes: a person or an organization. `Debug` hides a person's number.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Recipient {
    /// A person.
    Person(NationalIdentityNumber),
    /// An organization, a sub-unit or an estate.
    Organization(OrganizationNumber),
}

/// Any number of recipients, in the order in which they were given and 12 bytes each; whoever stands there twice is
/// written to once. `Debug` shows how many there are.
///
/// ```
/// use altinn_core::SyntheticNumbers;
/// use altinn_services::correspondence::{Recipient, Recipients};
///
/// let bakery = Recipient::parse("0192:312345005", SyntheticNumbers::Accepted)?;
/// let all: Recipients = [bakery.clone(), bakery].into_iter().collect();
/// assert_eq!(all.len(), 1);
/// # Ok::<(), altinn_services::correspondence::RecipientError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Recipients {
    /// One line each: a letter for the kind, and the number.
    lines: String,
    count: usize,
}

/// Why a text names no recipient. The text is never repeated.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RecipientError {
    /// It is not of a form that is known.
    #[error("expected a person's or an organization's number, plain or behind its urn or `0192:`")]
    Form,
    /// The number is not one.
    #[error(transparent)]
    Identifier(#[from] IdentifierError),
}

const PERSON_URN: &str = "urn:altinn:person:identifier-no:";
const ORGANIZATION_URN: &str = "urn:altinn:organization:identifier-no:";
/// The authority that gives organization numbers, as ISO 6523 lists it.
const ORGANIZATION_AUTHORITY: &str = "0192:";

impl Recipient {
    /// Reads a recipient as Altinn writes it: `urn:altinn:person:identifier-no:…`,
    /// `urn:altinn:organization:identifier-no:…`, `0192:…`, or a number of 11 or 9 digits alone.
    ///
    /// # Errors
    /// [`RecipientError`] says what is wrong with it.
    pub fn parse(text: &str, synthetic: SyntheticNumbers) -> Result<Self, RecipientError> {
        let organization =
            text.strip_prefix(ORGANIZATION_URN).or_else(|| text.strip_prefix(ORGANIZATION_AUTHORITY));
        if let Some(number) = text.strip_prefix(PERSON_URN).or((text.len() == 11).then_some(text)) {
            Ok(Self::Person(NationalIdentityNumber::parse(number, synthetic)?))
        } else if let Some(number) = organization.or((text.len() == 9).then_some(text)) {
            Ok(Self::Organization(OrganizationNumber::parse(number, synthetic)?))
        } else {
            Err(RecipientError::Form)
        }
    }

    /// The recipient that a party of the register is; none for somebody self-identified.
    pub fn of(identifier: &PartyIdentifier) -> Option<Self> {
        let all = SyntheticNumbers::Accepted;
        match identifier {
            PartyIdentifier::Person(number) => {
                NationalIdentityNumber::parse(number.expose(), all).ok().map(Self::Person)
            }
            PartyIdentifier::Organization(number) => {
                OrganizationNumber::parse(&number.to_string(), all).ok().map(Self::Organization)
            }
            PartyIdentifier::SelfIdentified(_) => None,
        }
    }

    /// What the register of parties knows the recipient by.
    pub(super) fn identifier(&self) -> PartyIdentifier {
        match self {
            Self::Person(number) => number.clone().into(),
            Self::Organization(number) => (*number).into(),
        }
    }

    fn to_line(&self) -> String {
        match self {
            Self::Person(number) => format!("p{}\n", number.expose()),
            Self::Organization(number) => format!("o{number}\n"),
        }
    }

    fn from_line(line: &str) -> Option<Self> {
        let all = SyntheticNumbers::Accepted;
        if let Some(number) = line.strip_prefix('p') {
            NationalIdentityNumber::parse(number, all).ok().map(Self::Person)
        } else {
            let number = line.strip_prefix('o')?;
            OrganizationNumber::parse(number, all).ok().map(Self::Organization)
        }
    }
}

impl Recipients {
    /// The most recipients of one correspondence: a million.
    pub const MAX: usize = 1_000_000;

    /// The most bytes of one recipient's line.
    pub(super) const MAX_LINE_BYTES: usize = 13;

    /// How many there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The recipients, in the order in which they were given.
    pub fn iter(&self) -> impl Iterator<Item = Recipient> + '_ {
        self.lines.lines().filter_map(Recipient::from_line)
    }

    /// The list as it is stored.
    pub(super) fn as_lines(&self) -> &str {
        &self.lines
    }

    /// At most `count` recipients from the beginning of a part of a stored list, which may break off within a line,
    /// and how many bytes they take; none when a line is not one.
    pub(super) fn read(part: &[u8], count: usize) -> Option<(Vec<Recipient>, usize)> {
        let lines = part.split_inclusive(|byte| *byte == b'\n').take_while(|line| line.ends_with(b"\n"));
        let (mut recipients, mut bytes) = (Vec::new(), 0);
        for line in lines.take(count) {
            let text = std::str::from_utf8(line).ok()?;
            recipients.push(Recipient::from_line(text.trim_end())?);
            bytes += line.len();
        }
        Some((recipients, bytes))
    }

    /// What tells these recipients from others.
    pub(super) fn digest(&self) -> Digest {
        Digest::of(self.lines.as_bytes())
    }
}

impl FromIterator<Recipient> for Recipients {
    fn from_iter<I: IntoIterator<Item = Recipient>>(recipients: I) -> Self {
        let (mut all, mut seen) = (Self::default(), HashSet::new());
        for recipient in recipients {
            let line = recipient.to_line();
            if seen.insert(fingerprint(&line)) {
                all.lines.push_str(&line);
                all.count += 1;
            }
        }
        all
    }
}

/// Half of a digest: few bytes for each of a hundred thousand, and no two alike.
fn fingerprint(line: &str) -> [u8; 16] {
    let mut half = [0; 16];
    half.iter_mut()
        .zip(Digest::of(line.as_bytes()).as_bytes())
        .for_each(|(byte, digested)| *byte = *digested);
    half
}

impl From<Recipient> for Recipients {
    fn from(recipient: Recipient) -> Self {
        std::iter::once(recipient).collect()
    }
}

impl fmt::Debug for Recipients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recipients({})", self.count)
    }
}
