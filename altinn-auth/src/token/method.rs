//! Methods of authentication as ID-porten names them.

use altinn_core::AuthenticationMethod;

/// The method of an `amr`; none when it is not known, which says nothing of the level.
pub(super) fn of_amr(amr: &str) -> Option<AuthenticationMethod> {
    let known = [
        ("BankID", AuthenticationMethod::BankId),
        ("BankID Mobil", AuthenticationMethod::BankIdMobile),
        ("Minid-PIN", AuthenticationMethod::MinIdPin),
        ("Minid-OTC", AuthenticationMethod::MinIdOneTimeCode),
        ("Minid-APP", AuthenticationMethod::MinIdApp),
        ("Minid-TOTP", AuthenticationMethod::MinIdTimeBasedCode),
        ("Buypass", AuthenticationMethod::Buypass),
        ("Commfides", AuthenticationMethod::Commfides),
        ("eIDAS", AuthenticationMethod::Eidas),
        ("Selfregistered-email", AuthenticationMethod::IdPortenEmail),
        ("TestID", AuthenticationMethod::IdPortenTestId),
    ];
    known.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(amr)).map(|(_, method)| method)
}
