//! Roles, by their codes.

use std::fmt;
use std::str::FromStr;

use altinn_core::Language;
use altinn_core::store::{FromValue, Value};
use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, StrExt as _};
use thiserror::Error;

/// A role (rolle) that somebody can hold for a party, by its code: `DAGL`, `REGN`, `A0241`.
///
/// Codes are the same in any case; here they are in capitals.
///
/// ```
/// use altinn_auth::register::Role;
/// use altinn_core::Language;
///
/// let role: Role = "dagl".parse()?;
/// assert_eq!(role.code(), "DAGL");
/// assert_eq!(role.external_name(), Some("daglig-leder"));
/// assert_eq!(role.name(Language::En), Some("Managing director"));
/// assert!("".parse::<Role>().is_err());
/// # Ok::<(), altinn_auth::register::RoleError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Role(SmolStr);

/// A text that is no role code.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a role code has 1 to 40 letters and digits")]
pub struct RoleError;

/// The roles in the business register whose holder acts for the unit.
pub(super) const KEY_ROLES: [&str; 8] = ["DAGL", "LEDE", "INNH", "DTPR", "DTSO", "KOMP", "BEST", "BOBE"];

/// A role that the registers know: code, name in `urn:altinn:external-role:ccr`, and names in nb, nn and en.
struct Known(&'static str, Option<&'static str>, [&'static str; 3]);

/// The roles that policies name most; the register's code list is longer, and a role need not be here to be held.
const KNOWN: &[Known] = &[
    Known("DAGL", Some("daglig-leder"), ["Daglig leder", "Dagleg leiar", "Managing director"]),
    Known("LEDE", Some("styreleder"), ["Styrets leder", "Styreleiar", "Chair of the board"]),
    Known("INNH", Some("innehaver"), ["Innehaver", "Innehavar", "Proprietor"]),
    Known("NEST", Some("nestleder"), ["Nestleder", "Nestleiar", "Deputy chair"]),
    Known("MEDL", Some("styremedlem"), ["Styremedlem", "Styremedlem", "Board member"]),
    Known("VARA", Some("varamedlem"), ["Varamedlem", "Varamedlem", "Deputy board member"]),
    Known(
        "DTPR",
        Some("deltaker-delt-ansvar"),
        ["Deltaker delt ansvar", "Deltakar delt ansvar", "Partner with shared liability"],
    ),
    Known(
        "DTSO",
        Some("deltaker-fullt-ansvar"),
        ["Deltaker fullt ansvar", "Deltakar fullt ansvar", "Partner with full liability"],
    ),
    Known("KOMP", Some("komplementar"), ["Komplementar", "Komplementar", "General partner"]),
    Known("BEST", Some("bestyrende-reder"), ["Bestyrende reder", "Bestyrande reiar", "Managing shipowner"]),
    Known("BOBE", Some("bostyrer"), ["Bostyrer", "Bustyrar", "Estate administrator"]),
    Known("REGN", Some("regnskapsforer"), ["Regnskapsfører", "Rekneskapsførar", "Accountant"]),
    Known("REVI", Some("revisor"), ["Revisor", "Revisor", "Auditor"]),
    Known("FFØR", Some("forretningsforer"), ["Forretningsfører", "Forretningsførar", "Business manager"]),
    Known("KONT", Some("kontaktperson"), ["Kontaktperson", "Kontaktperson", "Contact person"]),
    Known("PRIV", None, ["Privatperson", "Privatperson", "Private person"]),
    Known("SELN", None, ["Selvregistrert bruker", "Sjølvregistrert brukar", "Self-registered user"]),
    Known("UTINN", None, ["Utfyller/innsender", "Utfyllar/innsendar", "Filler and submitter"]),
    Known("HADM", None, ["Hovedadministrator", "Hovudadministrator", "Main administrator"]),
    Known("ADMAI", None, ["Tilgangsstyring", "Tilgangsstyring", "Access manager"]),
    Known("REGNA", None, ["Regnskapsmedarbeider", "Rekneskapsmedarbeidar", "Accounting employee"]),
    Known(
        "SISKD",
        None,
        ["Begrenset signeringsrettighet", "Avgrensa signeringsrett", "Limited signing right"],
    ),
    Known(
        "SIGNE",
        None,
        [
            "Signerer av samordnet registermelding",
            "Signerar av samordna registermelding",
            "Signer of coordinated register notification",
        ],
    ),
    Known("PASIG", None, ["Parallell signering", "Parallell signering", "Parallel signing"]),
    Known(
        "APIADM",
        None,
        ["Programmeringsgrensesnitt", "Programmeringsgrensesnitt", "Programming interface"],
    ),
    Known(
        "LOPER",
        None,
        ["Lønn og personalmedarbeider", "Løns- og personalmedarbeidar", "Pay and personnel employee"],
    ),
    Known("KLADM", None, ["Klientadministrator", "Klientadministrator", "Client administrator"]),
];

impl Role {
    /// The role of a person for themselves (`PRIV`).
    pub fn private_person() -> Self {
        Self(SmolStr::new_static("PRIV"))
    }

    /// The role of somebody self-identified for themselves (`SELN`).
    pub fn self_identified() -> Self {
        Self(SmolStr::new_static("SELN"))
    }

    /// The role that `urn:altinn:external-role:ccr` calls so, if it is one of those known here.
    pub fn from_external_name(name: &str) -> Option<Self> {
        let known =
            KNOWN.iter().find(|known| known.1.is_some_and(|known| known.eq_ignore_ascii_case(name)))?;
        Some(Self(SmolStr::new_static(known.0)))
    }

    /// Whether whoever has it acts for the unit itself (nøkkelrolle), so that what the unit has been given is theirs.
    ///
    /// ```
    /// use altinn_auth::register::Role;
    ///
    /// assert!("DAGL".parse::<Role>()?.is_key_role());
    /// assert!(!"REGN".parse::<Role>()?.is_key_role());
    /// # Ok::<(), altinn_auth::register::RoleError>(())
    /// ```
    pub fn is_key_role(&self) -> bool {
        KEY_ROLES.contains(&self.code())
    }

    /// Whether whoever has it manages access for the party (tilgangsstyrer), and may give its rights to others: key roles,
    /// access managers and main administrators.
    pub fn is_access_manager(&self) -> bool {
        self.is_key_role() || self.code() == "ADMAI" || self.is_main_administrator()
    }

    /// Whether whoever has it may give away every right of the party (hovedadministrator), also such as they lack
    /// themselves.
    pub fn is_main_administrator(&self) -> bool {
        self.code() == "HADM"
    }

    /// Whether whoever has it passes on to the party's people what its clients have given the party (klientadministrator).
    pub fn is_client_administrator(&self) -> bool {
        self.is_access_manager() || self.code() == "KLADM"
    }

    /// The code, in capitals.
    pub fn code(&self) -> &str {
        &self.0
    }

    /// What `urn:altinn:external-role:ccr` calls the role, when it is one of the business register's.
    pub fn external_name(&self) -> Option<&'static str> {
        self.known()?.1
    }

    /// What people call the role; in Northern Sami, as in bokmål.
    pub fn name(&self, language: Language) -> Option<&'static str> {
        let [nb, nn, en] = self.known()?.2;
        Some(match language {
            Language::Nb | Language::Se => nb,
            Language::Nn => nn,
            Language::En => en,
        })
    }

    fn known(&self) -> Option<&'static Known> {
        KNOWN.iter().find(|known| known.0 == self.0)
    }
}

impl FromStr for Role {
    type Err = RoleError;

    fn from_str(code: &str) -> Result<Self, RoleError> {
        let is_code = (1..=40).contains(&code.len()) && code.chars().all(char::is_alphanumeric);
        if is_code { Ok(Self(code.to_uppercase_smolstr())) } else { Err(RoleError) }
    }
}

impl TryFrom<String> for Role {
    type Error = RoleError;

    fn try_from(code: String) -> Result<Self, RoleError> {
        code.parse()
    }
}

impl From<Role> for String {
    fn from(role: Role) -> Self {
        role.0.into()
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&Role> for Value {
    fn from(role: &Role) -> Self {
        role.0.as_str().into()
    }
}

impl FromValue for Role {
    const NAME: &'static str = "a role code";

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Text(code) => code.parse().ok(),
            _ => None,
        }
    }
}
