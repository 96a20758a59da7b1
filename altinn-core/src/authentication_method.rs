//! How a caller was identified.

use std::fmt;

use thiserror::Error;

macro_rules! methods {
    ($($(#[$doc:meta])* $method:ident = $number:literal, $name:literal;)+) => {
        /// How a caller was identified. Names and numbers are those of Altinn's `AuthenticationMethod`, as in the claim
        /// `urn:altinn:authenticatemethod`.
        ///
        /// ```
        /// use altinn_core::AuthenticationMethod;
        ///
        /// assert_eq!("MinIDPin".parse(), Ok(AuthenticationMethod::MinIdPin));
        /// assert_eq!(AuthenticationMethod::Maskinporten.name(), "MaskinPorten");
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum AuthenticationMethod {
            $($(#[$doc])* $method = $number,)+
        }

        impl AuthenticationMethod {
            /// Every method.
            pub const ALL: &[Self] = &[$(Self::$method),+];

            /// Altinn's name for it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$method => $name,)+
                }
            }
        }
    };
}

methods! {
    /// A pin code of Altinn's own.
    AltinnPin = 0, "AltinnPIN";
    /// BankID.
    BankId = 1, "BankID";
    /// Buypass.
    Buypass = 2, "BuyPass";
    /// A pin code by SMS.
    SmsPin = 4, "SMSPIN";
    /// A static password.
    StaticPassword = 5, "StaticPassword";
    /// A pin code of the tax administration.
    TaxPin = 6, "TaxPIN";
    /// A name of one's own choice.
    SelfIdentified = 8, "SelfIdentified";
    /// An enterprise certificate (virksomhetssertifikat).
    EnterpriseIdentified = 9, "EnterpriseIdentified";
    /// Commfides.
    Commfides = 10, "Commfides";
    /// MinID with a letter of pin codes.
    MinIdPin = 11, "MinIDPin";
    /// An electronic identity of another European country.
    Eidas = 13, "EIDAS";
    /// BankID on a mobile.
    BankIdMobile = 14, "BankIDMobil";
    /// MinID with a one-time code.
    MinIdOneTimeCode = 15, "MinIDOTC";
    /// Maskinporten with an enterprise user.
    EnterpriseMaskinporten = 16, "EnterpriseMaskinporten";
    /// ID-porten's test identity.
    IdPortenTestId = 17, "IdportenTestId";
    /// MinID's app.
    MinIdApp = 18, "MinIDApp";
    /// An enterprise user (virksomhetsbruker).
    EnterpriseUser = 19, "VirksomhetsBruker";
    /// Maskinporten.
    Maskinporten = 20, "MaskinPorten";
    /// MinID with a time-based code.
    MinIdTimeBasedCode = 21, "MinIDTOTP";
    /// A mail address, by ID-porten.
    IdPortenEmail = 22, "IdportenEpost";
}

/// A name that is no authentication method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the authentication method is not known")]
pub struct UnknownMethod;

impl AuthenticationMethod {
    /// Altinn's number for it.
    pub fn number(self) -> u8 {
        self as u8
    }
}

impl std::str::FromStr for AuthenticationMethod {
    type Err = UnknownMethod;

    /// Reads Altinn's name; capitals do not matter, as Altinn's own tokens do not agree on them.
    fn from_str(name: &str) -> Result<Self, UnknownMethod> {
        Self::ALL.iter().copied().find(|method| method.name().eq_ignore_ascii_case(name)).ok_or(UnknownMethod)
    }
}

impl fmt::Display for AuthenticationMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
