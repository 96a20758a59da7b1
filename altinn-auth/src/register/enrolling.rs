//! Takes in the people who log in.

use std::sync::Arc;

use altinn_core::{IdSource, Party, PartyId, PartyIdentifier, PartyKind};
use async_trait::async_trait;
use uuid::Uuid;

use super::{PartyRegister, RegisterError, StoredRegister};

/// The register in the store, which takes in a person whom it does not know when somebody proves to be them: for the
/// login of a portal that anybody may use, and for nothing else. Who is asked for in any other way is not taken in, so
/// give this to [`Login::builder`](crate::login::Login::builder) alone.
///
/// The name is empty until the agency puts it there ([`StoredRegister::put_party`]): a login does not tell it.
///
/// ```
/// # #[cfg(feature = "login")]
/// # fn example(settings: altinn_auth::login::LoginSettings, store: altinn_core::store::Store, register: altinn_auth::register::StoredRegister) {
/// use std::sync::Arc;
/// use altinn_auth::login::Login;
/// use altinn_auth::register::EnrollingRegister;
/// use altinn_core::RandomIds;
///
/// let newcomers_too = EnrollingRegister::new(register, Arc::new(RandomIds));
/// let login = Login::builder(settings, store, Arc::new(newcomers_too));
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct EnrollingRegister {
    register: StoredRegister,
    ids: Arc<dyn IdSource>,
}

impl EnrollingRegister {
    /// A register that takes people in.
    pub fn new(register: StoredRegister, ids: Arc<dyn IdSource>) -> Self {
        Self { register, ids }
    }
}

#[async_trait]
impl PartyRegister for EnrollingRegister {
    async fn party(&self, id: PartyId) -> Result<Option<Party>, RegisterError> {
        self.register.party(id).await
    }

    async fn party_by_uuid(&self, uuid: Uuid) -> Result<Option<Party>, RegisterError> {
        self.register.party_by_uuid(uuid).await
    }

    async fn party_by_identifier(
        &self,
        identifier: &PartyIdentifier,
    ) -> Result<Option<Party>, RegisterError> {
        match identifier {
            PartyIdentifier::Person(_) => {
                self.register.enroll(PartyKind::Person, identifier, &*self.ids).await.map(Some)
            }
            _ => self.register.party_by_identifier(identifier).await,
        }
    }

    async fn sub_units(&self, main_unit: PartyId) -> Result<Vec<Party>, RegisterError> {
        self.register.sub_units(main_unit).await
    }
}
