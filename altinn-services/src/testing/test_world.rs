//! A world in memory, in which services are tried.

use std::sync::{Arc, Mutex, PoisonError};

use altinn_archive::log::LogKeyError;
use altinn_archive::{LogKey, MemoryKeys, Objects};
use altinn_auth::register::{RegisterError, RoleAssignment, RoleError};
use altinn_auth::testing::{FakeIssuer, FakeIssuerError};
use altinn_auth::token::{TokenError, TokenVerifier};
use altinn_core::key::{KeyError, SecretKey};
use altinn_core::store::{Batch, StoreError};
use altinn_core::testing::SyntheticPeople;
use altinn_core::{
    Actor, AuthenticationLevel, Clock as _, IdentifierError, Language, OrganizationNumber, Party,
    PartyIdentifier, SteppableClock, Subject, SyntheticNumbers,
};
use altinn_notify::channel::{Capture, Email, Sms};
use altinn_notify::contact::{Contact, OrganizationAddress, OrganizationContact, PersonContact};
use altinn_notify::{EmailAddress, EmailAddressError, Recipient, SealError};
use chrono::{DateTime, TimeDelta, Utc};
use thiserror::Error;

use crate::{Altinn, AltinnBuilder, OpenError};

/// What work may fail with.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// When every world begins: a Monday at eleven in Oslo, in the middle of every sending window.
const BEGINNING: &str = "2026-03-02T10:00:00Z";

/// How many rounds of work follow from one thing at most; more would never end.
const ROUNDS: u32 = 1_000;

/// Everything that a test of a service needs, in memory and without a network: an [`Altinn`], a clock that stands still
/// until it is [advanced](Self::advance), synthetic people who log in with verified tokens, and the mails and SMS that
/// would have been sent.
///
/// ```
/// use altinn_services::testing::TestWorld;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// # let app = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/apps/bakery-licence");
/// let world = TestWorld::open().await?;
/// let service = world.altinn().publish_app(app)?;
/// let kari = world.person().await?;
/// let bakery = world.organization(&kari).await?;
/// let actor = world.log_in(&kari).await?;
///
/// let draft = world.altinn().submissions().start(&actor, &service, bakery.id).await?;
/// assert_eq!(draft.id().owner, bakery.id);
/// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct TestWorld {
    altinn: Altinn,
    clock: Arc<SteppableClock>,
    outbox: Arc<Capture>,
    id_porten: FakeIssuer,
    tokens: TokenVerifier,
    people: Mutex<SyntheticPeople>,
}

/// Why a world is not as it should be.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TestWorldError {
    /// It did not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A key could not be made.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The log's key could not be made.
    #[error(transparent)]
    LogKey(#[from] LogKeyError),
    /// A role is none.
    #[error(transparent)]
    Role(#[from] RoleError),
    /// Somebody could not be put into the register.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An address could not be kept.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// An address is none.
    #[error(transparent)]
    Address(#[from] EmailAddressError),
    /// A number is none.
    #[error(transparent)]
    Number(#[from] IdentifierError),
    /// The issuer gave no token.
    #[error(transparent)]
    LogIn(#[from] FakeIssuerError),
    /// The token was not accepted.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The party is no organization.
    #[error("party {0} is no organization")]
    NotAnOrganization(altinn_core::PartyId),
    /// What was due could not be done.
    #[error("what was due could not be done: {0}")]
    Work(#[source] Failure),
    /// There is no end to what follows.
    #[error("there is still work after {ROUNDS} rounds")]
    NoEnd,
}

impl TestWorld {
    /// A world with nothing plugged in.
    ///
    /// # Errors
    /// A [`TestWorldError`] when the machine gives no random numbers.
    pub async fn open() -> Result<Self, TestWorldError> {
        Self::with(|builder| builder).await
    }

    /// A world with what the agency plugs in.
    ///
    /// # Errors
    /// A [`TestWorldError`] names what cannot be opened.
    pub async fn with(
        plug_in: impl FnOnce(AltinnBuilder) -> AltinnBuilder + Send,
    ) -> Result<Self, TestWorldError> {
        let beginning = BEGINNING.parse::<DateTime<Utc>>().unwrap_or_default();
        let clock = Arc::new(SteppableClock::at(beginning));
        let outbox = Arc::new(Capture::new());
        let sms = Arc::clone(&outbox);
        let builder = Altinn::builder("sqlite::memory:")
            .objects(Objects::memory())
            .log_key(LogKey::generate("example.com/log")?)
            .archive_keys(Arc::new(MemoryKeys::generate()?))
            .register_key(SecretKey::generate()?)
            .clock(Arc::clone(&clock) as _)
            .email("noreply@example.com".parse()?, Arc::clone(&outbox))
            .notifier(|notifier| match "Altinn".parse() {
                Ok(sender) => notifier.with_sms_channel(sms).with_sms_sender(sender),
                Err(_) => notifier,
            });
        let altinn = plug_in(builder).build().await?;
        let id_porten = FakeIssuer::id_porten(Arc::clone(&clock) as _)?;
        let tokens = TokenVerifier::new(Arc::clone(&clock) as _, Arc::new(altinn.register().clone()))
            .trusting(id_porten.profile()?)
            .with_synthetic_numbers(SyntheticNumbers::Accepted);
        let people = Mutex::new(SyntheticPeople::from_seed(1));
        Ok(Self { altinn, clock, outbox, id_porten, tokens, people })
    }

    /// What the agency's program has.
    pub fn altinn(&self) -> &Altinn {
        &self.altinn
    }

    /// The clock of everything.
    pub fn clock(&self) -> &Arc<SteppableClock> {
        &self.clock
    }

    /// A synthetic person, in the registers of people and of contacts.
    ///
    /// # Errors
    /// A [`TestWorldError`] of the store.
    pub async fn person(&self) -> Result<Party, TestWorldError> {
        let person = self.people.lock().unwrap_or_else(PoisonError::into_inner).person();
        let mut batch = Batch::new();
        self.altinn.register().put_party(&mut batch, &person)?;
        let (contacts, address) = (self.altinn.notifier().stored_contacts(), address_of(&person)?);
        let contact = Contact::new(Recipient::Email(address.clone()), Language::Nb);
        contacts.put(&mut batch, person.id, &contact)?;
        if let PartyIdentifier::Person(number) = &person.identifier {
            let contact = PersonContact::active().with_email(address, self.clock.now());
            contacts.put_person(&mut batch, &number.check(SyntheticNumbers::Accepted)?, &contact)?;
        }
        self.altinn.store().commit(batch).await?;
        Ok(person)
    }

    /// A synthetic organization with a leader (`DAGL`), in the registers.
    ///
    /// # Errors
    /// A [`TestWorldError`] of the store.
    pub async fn organization(&self, leader: &Party) -> Result<Party, TestWorldError> {
        let organization = self.people.lock().unwrap_or_else(PoisonError::into_inner).organization();
        let mut batch = Batch::new();
        self.altinn.register().put_party(&mut batch, &organization)?;
        let addresses = vec![OrganizationAddress::email(address_of(&organization)?)];
        let contacts = self.altinn.notifier().stored_contacts();
        contacts.put_organization(
            &mut batch,
            number_of(&organization)?,
            &OrganizationContact { addresses },
        )?;
        self.altinn.store().commit(batch).await?;
        self.grant("DAGL", &organization, leader).await?;
        Ok(organization)
    }

    /// Gives somebody a role for another party, by its code.
    ///
    /// # Errors
    /// A [`TestWorldError`] of the store.
    pub async fn grant(&self, role: &str, of: &Party, to: &Party) -> Result<(), TestWorldError> {
        let mut batch = Batch::new();
        let assignment = RoleAssignment { role: role.parse()?, of: of.id, to: to.id };
        self.altinn.register().grant_role(&mut batch, &assignment);
        self.altinn.store().commit(batch).await?;
        Ok(())
    }

    /// Somebody who has logged in at the highest level, as their verified token says.
    ///
    /// # Errors
    /// A [`TestWorldError`] when the party is no person of this world.
    pub async fn log_in(&self, person: &Party) -> Result<Actor, TestWorldError> {
        Ok(self.tokens.verify(&self.id_porten.log_in(person)?).await?)
    }

    /// The agency that owns the services `org/...`, by its own system.
    ///
    /// # Errors
    /// [`TestWorldError::NotAnOrganization`].
    pub fn owner(&self, org: &str, agency: &Party) -> Result<Actor, TestWorldError> {
        let owner = Subject::ServiceOwner { org: org.to_owned(), number: Some(number_of(agency)?) };
        Ok(Actor::new(owner, AuthenticationLevel::VerySensitive))
    }

    /// Lets time pass, and then does what is due.
    ///
    /// # Errors
    /// As [`work`](Self::work).
    pub async fn advance(&self, by: TimeDelta) -> Result<(), TestWorldError> {
        self.clock.set(self.clock.now() + by);
        self.work().await
    }

    /// Does what is due, until nothing is: what the workers of a running program do by themselves.
    ///
    /// # Errors
    /// [`TestWorldError::Work`] says what could not be done, [`TestWorldError::NoEnd`] that it never ends.
    pub async fn work(&self) -> Result<(), TestWorldError> {
        for _ in 0..ROUNDS {
            if self.work_once().await.map_err(TestWorldError::Work)? == 0 {
                return Ok(());
            }
        }
        Err(TestWorldError::NoEnd)
    }

    async fn work_once(&self) -> Result<u64, Failure> {
        let altinn = &self.altinn;
        let mut done = u64::from(altinn.submissions().run_service_tasks(8).await?.claimed);
        done += u64::from(altinn.submissions().subscriptions().run_due(8).await?.claimed);
        #[cfg(feature = "correspondence")]
        {
            done += u64::from(altinn.correspondences().run_due(8).await?);
        }
        #[cfg(feature = "broker")]
        {
            done += altinn.broker().run_due(8).await?;
        }
        #[cfg(feature = "collaboration")]
        {
            done += altinn.collaborations().follow().await? + altinn.collaborations().run_due(8).await?;
        }
        done += altinn.events().number().await? as u64;
        done += u64::from(altinn.notifier().dispatch(100).await?.claimed);
        altinn.archive().integrate().await?;
        done += altinn.archive().erase_due().await?;
        altinn.kept_trail().flush().await?;
        Ok(done)
    }

    /// Every mail that would have been sent, in order.
    pub fn mails(&self) -> Vec<Email> {
        self.outbox.mails()
    }

    /// Every SMS that would have been sent, in order.
    pub fn sms(&self) -> Vec<Sms> {
        self.outbox.sms()
    }
}

fn address_of(party: &Party) -> Result<EmailAddress, EmailAddressError> {
    format!("party{}@example.com", party.id).parse()
}

fn number_of(party: &Party) -> Result<OrganizationNumber, TestWorldError> {
    match &party.identifier {
        PartyIdentifier::Organization(number) => Ok(number.check(SyntheticNumbers::Accepted)?),
        _ => Err(TestWorldError::NotAnOrganization(party.id)),
    }
}
