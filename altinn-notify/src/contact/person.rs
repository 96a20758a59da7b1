//! What the contact and reservation register knows of a person.

use altinn_core::Language;
use chrono::{DateTime, Utc};

use crate::rules::is_fresh;
use crate::{EmailAddress, PhoneNumber};

/// What the contact and reservation register (KRR) knows of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PersonContact {
    /// Whether the person is in the register (`status`).
    pub status: PersonStatus,
    /// Whether the person has reserved against digital communication (`reservasjon`).
    pub is_reserved: bool,
    /// Whether the register says that the person can be notified (`varslingsstatus`): it says no where there is a
    /// reservation, no address, or none that is fresh.
    pub can_be_notified: bool,
    /// The mail address (`epostadresse`).
    pub email: Option<Dated<EmailAddress>>,
    /// The mobile number (`mobiltelefonnummer`).
    pub mobile: Option<Dated<PhoneNumber>>,
    /// The person's language (`spraak`).
    pub language: Option<Language>,
}

/// Whether a person is in the register (`status`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonStatus {
    /// In it (`AKTIV`).
    Active,
    /// No longer in it (`SLETTET`).
    Deleted,
    /// Never in it (`IKKE_REGISTRERT`).
    NotRegistered,
}

/// An address, and when it was updated and verified. Each is counted apart by the 18-month rule.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dated<A> {
    /// The address.
    pub address: A,
    /// When it was changed (`…_oppdatert`).
    pub updated: Option<DateTime<Utc>>,
    /// When the person last confirmed it (`…_sist_verifisert`).
    pub last_verified: Option<DateTime<Utc>>,
}

impl<A> Dated<A> {
    /// An address that was updated and verified at these times.
    pub fn new(address: A, updated: Option<DateTime<Utc>>, last_verified: Option<DateTime<Utc>>) -> Self {
        Self { address, updated, last_verified }
    }

    /// Whether the 18-month rule lets it be used.
    pub fn is_fresh(&self, now: DateTime<Utc>) -> bool {
        is_fresh(self.updated, self.last_verified, now)
    }
}

impl PersonContact {
    /// Someone who is in the register, not reserved, and has no address yet.
    pub fn active() -> Self {
        Self {
            status: PersonStatus::Active,
            is_reserved: false,
            can_be_notified: true,
            email: None,
            mobile: None,
            language: None,
        }
    }

    /// The same person with a reservation.
    #[must_use]
    pub fn reserved(mut self) -> Self {
        (self.is_reserved, self.can_be_notified) = (true, false);
        self
    }

    /// The same person with a mail address, verified at a time.
    #[must_use]
    pub fn with_email(mut self, address: EmailAddress, verified: DateTime<Utc>) -> Self {
        self.email = Some(Dated::new(address, Some(verified), Some(verified)));
        self
    }

    /// The same person with a mobile number, verified at a time.
    #[must_use]
    pub fn with_mobile(mut self, number: PhoneNumber, verified: DateTime<Utc>) -> Self {
        self.mobile = Some(Dated::new(number, Some(verified), Some(verified)));
        self
    }

    /// The same person with a language.
    #[must_use]
    pub fn with_language(mut self, language: Language) -> Self {
        self.language = Some(language);
        self
    }
}
