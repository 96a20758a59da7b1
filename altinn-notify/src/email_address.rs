//! E-mail addresses.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// An e-mail address, as far as it can be checked without asking anyone: `ola.nordmann@example.com`.
///
/// Strict, since it goes into the dialogue with a mail server and into headers: a dot-atom before the `@` (no quoted
/// string, no comment), a host name of two labels or more behind it, all of it ASCII (RFC 5321, section 4.1.2). A
/// domain with other letters is written in its ASCII form, `xn--blbr-roah.no`.
///
/// It is personal data: `Debug` hides it, there is no `Display`, and [`expose`](Self::expose) is the way out.
///
/// ```
/// use altinn_notify::EmailAddress;
///
/// let address: EmailAddress = "ola@example.com".parse()?;
/// assert_eq!(address.expose(), "ola@example.com");
/// assert_eq!(format!("{address:?}"), "EmailAddress(***)");
/// assert!("ola@example.com\r\nBcc: all@example.com".parse::<EmailAddress>().is_err());
/// # Ok::<(), altinn_notify::EmailAddressError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress(String);

/// Why a text is not an [`EmailAddress`]. The text itself is personal data and is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EmailAddressError {
    /// There is nothing.
    #[error("the e-mail address is empty")]
    Empty,
    /// It is longer than a mail server must take.
    #[error("the e-mail address has {found} bytes, at most {limit}")]
    TooLong {
        /// How many bytes there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// There is no `@`.
    #[error("the e-mail address has no `@`")]
    NoAtSign,
    /// What stands before the `@` is not a dot-atom of at most 64 bytes.
    #[error("what stands before the `@` of the e-mail address is not a mailbox's name")]
    LocalPart,
    /// What stands behind the `@` is not the name of a host.
    #[error("what stands behind the `@` of the e-mail address is not the name of a host in ASCII")]
    Domain,
}

impl EmailAddressError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "NOTIFY-ADDRESS-EMPTY",
            Self::TooLong { .. } => "NOTIFY-ADDRESS-TOO-LONG",
            Self::NoAtSign => "NOTIFY-ADDRESS-NO-AT-SIGN",
            Self::LocalPart => "NOTIFY-ADDRESS-LOCAL-PART",
            Self::Domain => "NOTIFY-ADDRESS-DOMAIN",
        }
    }
}

impl EmailAddress {
    /// The most bytes that an address may have: a path of 256 with its angle brackets (RFC 5321, section 4.5.3.1.3).
    pub const MAX_BYTES: usize = 254;

    /// The address in clear, for those who must have it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What stands before the `@`, in clear.
    pub fn expose_local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// What stands behind the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(***)")
    }
}

impl FromStr for EmailAddress {
    type Err = EmailAddressError;

    fn from_str(text: &str) -> Result<Self, EmailAddressError> {
        if text.is_empty() {
            return Err(EmailAddressError::Empty);
        }
        if text.len() > Self::MAX_BYTES {
            return Err(EmailAddressError::TooLong { found: text.len(), limit: Self::MAX_BYTES });
        }
        let (local, domain) = text.rsplit_once('@').ok_or(EmailAddressError::NoAtSign)?;
        if !is_local_part(local) {
            return Err(EmailAddressError::LocalPart);
        }
        if !is_domain(domain) {
            return Err(EmailAddressError::Domain);
        }
        Ok(Self(text.to_owned()))
    }
}

/// A dot-atom (RFC 5322, section 3.2.3) of at most 64 bytes (RFC 5321, section 4.5.3.1.1).
fn is_local_part(local: &str) -> bool {
    let is_atom_character = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    local.len() <= 64 && local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atom_character))
}

/// A host name (RFC 1123, section 2.1) of two labels or more, the last of which is not a number.
fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let top = domain.rsplit_once('.').map(|(_, top)| top);
    top.is_some_and(|top| !top.bytes().all(|byte| byte.is_ascii_digit())) && domain.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refused(text: &str) -> EmailAddressError {
        text.parse::<EmailAddress>().expect_err(text)
    }

    #[test]
    fn ordinary_addresses_are_taken() {
        for text in
            ["a@b.no", "ola.nordmann+skjema@post.example.com", "o'hara@example.com", "x@xn--blbr-roah.no"]
        {
            assert_eq!(text.parse::<EmailAddress>().expect(text).expose(), text);
        }
    }

    #[test]
    fn what_could_end_a_header_or_a_command_is_refused() {
        for text in [
            "a@b.no\r\nBcc: c@d.no",
            "a\n@b.no",
            "a@b.no\0",
            "a@b.no>",
            "<a@b.no>",
            "a b@c.no",
            "a@b.no c@d.no",
        ] {
            refused(text);
        }
    }

    #[test]
    fn every_part_has_its_own_reason() {
        assert_eq!(refused(""), EmailAddressError::Empty);
        assert_eq!(refused("ola"), EmailAddressError::NoAtSign);
        for local in ["", ".a", "a.", "a..b", "\"a\"", "a(b)", "å", "a@b", &"a".repeat(65)] {
            assert_eq!(refused(&format!("{local}@example.com")), EmailAddressError::LocalPart, "{local}");
        }
        for domain in
            ["", "localhost", "a.", ".a", "a..b", "-a.no", "a-.no", "blåbær.no", "[127.0.0.1]", "127.0.0.1"]
        {
            assert_eq!(refused(&format!("a@{domain}")), EmailAddressError::Domain, "{domain}");
        }
        let long = format!("a@{}.no", ["b"; 130].join("."));
        assert!(matches!(refused(&long), EmailAddressError::TooLong { limit: 254, .. }));
    }

    proptest! {
        #[test]
        fn whatever_is_taken_is_one_word_of_printable_ascii(text in "\\PC{0,20}@[a-zA-Z0-9.\\PC]{0,20}|[ -~]{1,10}@[a-z.\r\n\0>-]{1,20}") {
            if let Ok(address) = text.parse::<EmailAddress>() {
                prop_assert!(address.expose().bytes().all(|byte| byte.is_ascii_graphic() && !b"<>\",;:\\()[]".contains(&byte)));
                prop_assert_eq!(address.expose(), &text);
                prop_assert_eq!(format!("{:?}", address), "EmailAddress(***)");
            }
        }
    }
}
