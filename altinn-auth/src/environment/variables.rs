//! Variables, and what is wrong with them.

use std::fmt;

use altinn_core::http::Url;
use thiserror::Error;

use crate::token::TokenSigner;

/// Settings that stand in variables of the environment. A pair of them is read together, so that all faults are told.
pub trait Settings {
    /// What is read.
    type Value;

    /// Reads it; every fault is noted in `variables`, and there is no value when there is one.
    fn read(&self, variables: &mut Variables<'_>) -> Option<Self::Value>;
}

impl<A: Settings, B: Settings> Settings for (A, B) {
    type Value = (A::Value, B::Value);

    fn read(&self, variables: &mut Variables<'_>) -> Option<Self::Value> {
        let (first, second) = (self.0.read(variables), self.1.read(variables));
        first.zip(second)
    }
}

impl<A: Settings, B: Settings, C: Settings> Settings for (A, B, C) {
    type Value = (A::Value, B::Value, C::Value);

    fn read(&self, variables: &mut Variables<'_>) -> Option<Self::Value> {
        let (first, second, third) = (self.0.read(variables), self.1.read(variables), self.2.read(variables));
        Some((first?, second?, third?))
    }
}

/// Reads settings from the environment of the process.
///
/// # Errors
/// [`SettingsError`], which names every variable that is missing or malformed.
pub fn read<S: Settings>(settings: &S) -> Result<S::Value, SettingsError> {
    read_from(settings, |name| std::env::var(name).ok())
}

/// Reads settings from variables that are given by name.
///
/// # Errors
/// As [`read`].
pub fn read_from<S: Settings>(
    settings: &S,
    variables: impl Fn(&str) -> Option<String>,
) -> Result<S::Value, SettingsError> {
    let mut variables = Variables { value: &variables, faults: Vec::new() };
    let read = settings.read(&mut variables);
    match read {
        Some(value) if variables.faults.is_empty() => Ok(value),
        _ => Err(SettingsError { faults: variables.faults }),
    }
}

/// The variables of an environment, and the faults that were found in them.
pub struct Variables<'a> {
    value: &'a dyn Fn(&str) -> Option<String>,
    faults: Vec<SettingFault>,
}

/// A variable that cannot be used. Its value never appears: it may be a key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SettingFault {
    /// The variable's name.
    pub name: &'static str,
    /// What is wrong with it: `is missing`, or what it is not.
    pub what: &'static str,
}

/// All variables that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct SettingsError {
    faults: Vec<SettingFault>,
}

impl SettingsError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        "AUTH-SETTINGS"
    }

    /// The faults, in the order in which the variables were read.
    pub fn faults(&self) -> &[SettingFault] {
        &self.faults
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, SettingFault { name, what }) in self.faults.iter().enumerate() {
            write!(f, "{}`{name}` {what}", if index == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

impl Variables<'_> {
    /// A variable that may be missing; an empty one is.
    pub fn optional(&self, name: &str) -> Option<String> {
        (self.value)(name).filter(|value| !value.trim().is_empty())
    }

    /// A variable that must be there.
    pub fn required(&mut self, name: &'static str) -> Option<String> {
        let value = self.optional(name);
        if value.is_none() {
            self.fault(name, "is missing");
        }
        value
    }

    /// Notes that a variable cannot be used.
    pub fn fault(&mut self, name: &'static str, what: &'static str) {
        let fault = SettingFault { name, what };
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    /// An address that may be missing, and is one when it is there.
    pub(super) fn optional_address(&mut self, name: &'static str) -> Option<String> {
        let value = self.optional(name)?;
        let is_address = Url::parse(&value).is_ok_and(|url| matches!(url.scheme(), "https" | "http"));
        if !is_address {
            self.fault(name, "is no `http` or `https` address");
        }
        is_address.then_some(value)
    }

    /// An address that must be there.
    pub(super) fn address(&mut self, name: &'static str) -> Option<String> {
        if self.optional(name).is_none() {
            self.fault(name, "is missing");
        }
        self.optional_address(name)
    }

    /// A private key as a JWK.
    pub(super) fn signer(&mut self, name: &'static str) -> Option<TokenSigner> {
        let signer = TokenSigner::from_jwk(&self.required(name)?).ok();
        if signer.is_none() {
            self.fault(name, "is no private JWK of RSA (2048 bits or more), P-256, P-384 or Ed25519");
        }
        signer
    }

    /// Where an issuer's metadata is, or the two values that stand in it: with both of them, nothing is asked.
    pub(super) fn issuer(&mut self, names: &IssuerNames) -> Option<IssuerPlace> {
        if self.optional(names.issuer).is_some() && self.optional(names.endpoint).is_some() {
            let (issuer, endpoint) =
                (self.optional_address(names.issuer), self.optional_address(names.endpoint));
            return issuer.zip(endpoint).map(|(issuer, endpoint)| IssuerPlace::Known { issuer, endpoint });
        }
        self.address(names.well_known).map(IssuerPlace::WellKnown)
    }
}

/// The names of the variables that tell about an issuer.
pub(super) struct IssuerNames {
    pub(super) well_known: &'static str,
    pub(super) issuer: &'static str,
    pub(super) endpoint: &'static str,
}

/// Where an issuer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum IssuerPlace {
    /// Its metadata is at this address.
    WellKnown(String),
    /// It is known.
    Known {
        /// Its name.
        issuer: String,
        /// The endpoint that is needed of it.
        endpoint: String,
    },
}

impl fmt::Debug for Variables<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Variables").field("faults", &self.faults).finish_non_exhaustive()
    }
}
