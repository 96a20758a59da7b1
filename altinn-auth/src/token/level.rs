//! Levels of authentication as issuers name them.

use altinn_core::AuthenticationLevel;

/// The level of an `acr`; none when it is not one that is accepted.
///
/// ID-porten's own names, and those of before 2023 that TokenX may map them back to. Altinn takes an unknown one for
/// level 0; here it is refused.
pub(super) fn of_acr(acr: &str, accepted: &[(String, AuthenticationLevel)]) -> Option<AuthenticationLevel> {
    let named = accepted.iter().find(|(name, _)| name.eq_ignore_ascii_case(acr)).map(|(_, level)| *level);
    named.or_else(|| {
        let known = [
            ("idporten-loa-low", AuthenticationLevel::SelfIdentified),
            ("idporten-loa-substantial", AuthenticationLevel::Sensitive),
            ("idporten-loa-high", AuthenticationLevel::VerySensitive),
            ("Level3", AuthenticationLevel::Sensitive),
            ("Level4", AuthenticationLevel::VerySensitive),
        ];
        known.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(acr)).map(|(_, level)| level)
    })
}
