//! Levels of authentication as issuers name them.

use altinn_core::AuthenticationLevel;

use super::IssuerProfile;
use super::issuer::IssuerKind;

/// The level of an `acr` of an issuer; none when it is not one that is accepted.
///
/// Each issuer has its own names; ID-porten also those of before 2023, which TokenX may map its new ones back to. Altinn
/// takes an unknown one for level 0; here it is refused.
pub(super) fn of_acr(acr: &str, profile: &IssuerProfile) -> Option<AuthenticationLevel> {
    use AuthenticationLevel::{SelfIdentified, Sensitive, VerySensitive};

    let added = profile.levels.iter().map(|(name, level)| (name.as_str(), *level));
    let own: &[(&str, AuthenticationLevel)] = match profile.kind {
        IssuerKind::Ansattporten => &[("substantial", Sensitive), ("high", VerySensitive)],
        _ => &[
            ("idporten-loa-low", SelfIdentified),
            ("idporten-loa-substantial", Sensitive),
            ("idporten-loa-high", VerySensitive),
            ("selfregistered-email", SelfIdentified),
            ("Level0", SelfIdentified),
            ("Level3", Sensitive),
            ("Level4", VerySensitive),
        ],
    };
    let mut known = added.chain(own.iter().copied());
    known.find(|(name, _)| name.eq_ignore_ascii_case(acr)).map(|(_, level)| level)
}
