//! Any number of recipients, in a form that is small in memory and in the store.

use std::collections::HashSet;
use std::fmt;

use ring::digest;

use super::{ChannelSchema, Recipient};

/// The recipients of an order, one or hundreds of thousands.
///
/// They are written down as they are given, about 30 bytes each, and whoever stands there twice is told once.
/// `Debug` shows how many there are.
///
/// ```
/// use altinn_notify::{EmailAddress, Recipient, Recipients};
///
/// let address: EmailAddress = "ola@example.com".parse()?;
/// let all: Recipients = (0..3).map(|_| Recipient::Email(address.clone())).collect();
/// assert_eq!(all.len(), 1);
/// # Ok::<(), altinn_notify::EmailAddressError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Recipients {
    /// The lines of each slice, every one with a line feed behind it.
    slices: Vec<String>,
    count: usize,
    uses_email: bool,
    uses_sms: bool,
}

impl Recipients {
    /// How many recipients stand in one slice: one call to the contact register, one batch.
    pub(crate) const SLICE: usize = 500;

    /// How many recipients there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The recipients, in the order in which they were given.
    pub fn iter(&self) -> impl Iterator<Item = Recipient> + '_ {
        self.slices.iter().flat_map(|slice| Self::read_slice(slice))
    }

    /// The slices, as they are stored.
    pub(crate) fn slices(&self) -> &[String] {
        &self.slices
    }

    /// The recipients of a stored slice; lines that cannot be read are nothing.
    pub(crate) fn read_slice(slice: &str) -> impl Iterator<Item = Recipient> + '_ {
        slice.lines().filter_map(Recipient::from_line)
    }

    /// What tells these recipients from others.
    pub(crate) fn digest(&self) -> String {
        let mut context = digest::Context::new(&digest::SHA256);
        self.slices.iter().for_each(|slice| context.update(slice.as_bytes()));
        context.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether mail may go to any of them.
    pub(crate) fn uses_email(&self) -> bool {
        self.uses_email
    }

    /// Whether SMS may go to any of them.
    pub(crate) fn uses_sms(&self) -> bool {
        self.uses_sms
    }

    fn push(&mut self, recipient: &Recipient) {
        let schema: ChannelSchema = recipient.channel_schema();
        self.uses_email |= schema.uses_email();
        self.uses_sms |= schema.uses_sms();
        if self.count.is_multiple_of(Self::SLICE) {
            self.slices.push(String::new());
        }
        if let Some(slice) = self.slices.last_mut() {
            slice.push_str(&recipient.to_line());
            slice.push('\n');
        }
        self.count += 1;
    }
}

impl FromIterator<Recipient> for Recipients {
    fn from_iter<I: IntoIterator<Item = Recipient>>(recipients: I) -> Self {
        let (mut all, mut seen) = (Self::default(), HashSet::new());
        for recipient in recipients {
            if seen.insert(fingerprint(&recipient)) {
                all.push(&recipient);
            }
        }
        all
    }
}

impl<R: Into<Recipient>> From<R> for Recipients {
    fn from(recipient: R) -> Self {
        std::iter::once(recipient.into()).collect()
    }
}

impl fmt::Debug for Recipients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recipients({})", self.count)
    }
}

/// Half of a digest: so few bytes for each of a hundred thousand, and no two alike.
fn fingerprint(recipient: &Recipient) -> [u8; 16] {
    let digest = digest::digest(&digest::SHA256, recipient.key().as_str().as_bytes());
    let mut half = [0; 16];
    half.iter_mut().zip(digest.as_ref()).for_each(|(byte, digested)| *byte = *digested);
    half
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(number: usize) -> Recipient {
        Recipient::Email(format!("a{number}@example.com").parse().expect("an address"))
    }

    #[test]
    fn many_recipients_are_few_bytes_and_keep_their_order() {
        let all: Recipients = (0..1201).map(numbered).collect();
        assert_eq!((all.len(), all.slices().len()), (1201, 3));
        assert!(all.iter().eq((0..1201).map(numbered)));
        assert!(all.slices().iter().map(String::len).sum::<usize>() < 1201 * 20);
        assert!(all.uses_email() && !all.uses_sms());
    }

    #[test]
    fn whoever_stands_there_twice_is_told_once() {
        let all: Recipients = [1, 2, 1, 2, 3].into_iter().map(numbered).collect();
        assert!(all.iter().eq([1, 2, 3].into_iter().map(numbered)));
        assert_ne!(all.digest(), Recipients::from(numbered(1)).digest());
    }
}
