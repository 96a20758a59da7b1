//! Why something happened to a notification, in words that may be kept and logged.

use std::fmt;

use crate::EmailAddress;

/// Why something happened to a notification: what a mail server answered, mostly.
///
/// Servers repeat addresses in their answers, and a reason outlives the address it is about. So addresses and long
/// numbers are masked, control characters dropped, and the length is bounded.
///
/// ```
/// use altinn_notify::Reason;
///
/// let reason = Reason::new("550 5.1.1 <ola@example.com>: Recipient address rejected");
/// assert_eq!(reason.as_str(), "550 5.1.1 <***>: Recipient address rejected");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason(String);

impl Reason {
    /// The most characters of a reason.
    pub const MAX_CHARACTERS: usize = 300;

    /// The reason that these words give.
    pub fn new(text: &str) -> Self {
        let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let words: Vec<_> = spaced.split_whitespace().collect();
        Self(masked(&words).join(" ").chars().take(Self::MAX_CHARACTERS).collect())
    }

    /// The reason that these words about an address give: its mailbox's name is masked also where it stands alone.
    pub fn about(address: &EmailAddress, text: &str) -> Self {
        Self::new(&mask_name(address.expose_local_part(), text))
    }

    /// The reason in words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The least digits that a telephone number has, and so what could be one.
const NUMBER: usize = 8;

/// Masks every word that could be an address or a number, and words that are one number together, as `98 76 54 32`.
fn masked(words: &[&str]) -> Vec<String> {
    let is_group = |word: &&&str| {
        let digits = word.trim_matches(is_around).trim_start_matches('+');
        digits.len() > 1 && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    let mut masked = Vec::with_capacity(words.len());
    let mut rest = words;
    while let Some(word) = rest.first() {
        let groups = rest.iter().take_while(is_group).count();
        let (number, behind) = rest.split_at(groups.max(1));
        let digits = number.iter().flat_map(|word| word.chars()).filter(char::is_ascii_digit).count();
        if groups > 1 && digits >= NUMBER {
            masked.push("***".to_owned());
        } else if groups > 1 {
            masked.extend(number.iter().map(|word| (*word).to_owned()));
        } else {
            masked.push(mask_word(word));
        }
        rest = behind;
    }
    masked
}

/// Punctuation that may stand around an address or a number.
fn is_around(c: char) -> bool {
    "<>()[]{}\"',;:.".contains(c)
}

/// Masks what could be an address or a personal number, and keeps the punctuation around it.
fn mask_word(word: &str) -> String {
    let inner = word.trim_matches(is_around);
    let hides = inner.contains('@') || longest_number(inner) >= NUMBER;
    match word.split_once(inner) {
        Some((before, after)) if hides => format!("{before}***{after}"),
        _ => word.to_owned(),
    }
}

/// How many digits stand in a row, or with hyphens between them.
fn longest_number(word: &str) -> usize {
    let digits = |run: &str| run.bytes().filter(u8::is_ascii_digit).count();
    word.split(|c: char| !c.is_ascii_digit() && c != '-').map(digits).max().unwrap_or(0)
}

/// Masks a mailbox's name wherever it stands as a word of its own, in any case.
fn mask_name(name: &str, text: &str) -> String {
    let is_boundary = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
    // ASCII folding keeps every byte in its place, so that positions found in one text are valid in the other.
    let (folded, name) = (text.to_ascii_lowercase(), name.to_ascii_lowercase());
    let mut masked = String::with_capacity(text.len());
    let mut kept = 0;
    for (start, found) in folded.match_indices(name.as_str()) {
        let end = start + found.len();
        let before = folded.get(..start).and_then(|before| before.chars().next_back());
        let after = folded.get(end..).and_then(|after| after.chars().next());
        if start >= kept && is_boundary(before) && is_boundary(after) {
            masked.push_str(text.get(kept..start).unwrap_or(""));
            masked.push_str("***");
            kept = end;
        }
    }
    masked.push_str(text.get(kept..).unwrap_or(""));
    masked
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_and_words_stay_and_addresses_go() {
        for (said, kept) in [
            ("550 5.1.1 ola@example.com... User unknown", "550 5.1.1 ***... User unknown"),
            ("5.7.1 (\"kari@b.no\") is not \r\n allowed", "5.7.1 (\"***\") is not allowed"),
            ("user 01017012345 is full", "user *** is full"),
            ("451 4.3.0 queue file 4F1A2", "451 4.3.0 queue file 4F1A2"),
            ("987-65-432 and 010170-12345 failed", "*** and *** failed"),
            ("no +47 98 76 54 32, sorry", "no *** sorry"),
            ("(010170 12345) is unknown", "*** is unknown"),
            ("421 450 connections, 12 mails", "421 450 connections, 12 mails"),
        ] {
            assert_eq!(Reason::new(said).as_str(), kept);
        }
    }

    #[test]
    fn the_name_of_the_mailbox_goes_also_alone() {
        let address: EmailAddress = "Ola.Nordmann@example.com".parse().expect("an address");
        let reason = Reason::about(&address, "550 no mailbox ola.nordmann here, nor ola.nordmanns");
        assert_eq!(reason.as_str(), "550 no mailbox *** here, nor ola.nordmanns");
    }

    proptest! {
        #[test]
        fn no_answer_of_a_server_brings_the_address_back(before in "\\PC{0,30}", after in "\\PC{0,30}", upper in any::<bool>()) {
            let address: EmailAddress = "kari.larsen@example.com".parse().expect("an address");
            let shown = if upper { address.expose().to_uppercase() } else { address.expose().to_owned() };
            let reason = Reason::about(&address, &format!("{before} {shown} {after}"));
            prop_assert!(!reason.as_str().to_lowercase().contains("larsen"), "{}", reason);
            prop_assert!(reason.as_str().chars().count() <= Reason::MAX_CHARACTERS);
        }

        #[test]
        fn no_text_makes_it_panic(text in "(\\PC|[\r\n\0])*", name in "[a-z.]{1,5}@example.com") {
            if let Ok(address) = name.parse() {
                let reason = Reason::about(&address, &text);
                prop_assert!(!reason.as_str().chars().any(char::is_control));
            }
        }
    }
}
