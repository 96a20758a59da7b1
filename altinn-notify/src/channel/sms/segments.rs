//! How many messages of the mobile network a text takes.

/// The letters of the default alphabet (3GPP TS 23.038, section 6.2.1), without the escape.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§\
    ¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// The letters of its extension (section 6.2.1.1), which take two places.
const EXTENSION: &str = "\u{c}^{}\\[~]|€";

/// How a text is written in the mobile network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmsEncoding {
    /// The default alphabet, 7 bits a place: 160 places alone, 153 in each part of a longer text.
    Gsm7,
    /// UCS-2, 16 bits a place: 70 places alone, 67 in each part of a longer text.
    Ucs2,
}

/// How many messages a text takes, and how they are written.
///
/// ```
/// use altinn_notify::channel::{SmsEncoding, SmsSegments};
///
/// let segments = SmsSegments::of("Hei på deg, [Æ]");
/// assert_eq!((segments.encoding, segments.places, segments.count), (SmsEncoding::Gsm7, 17, 1));
/// assert_eq!(SmsSegments::of("Bures, Máret").encoding, SmsEncoding::Ucs2);
/// assert_eq!(SmsSegments::of(&"x".repeat(161)).count, 2);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SmsSegments {
    /// How the text is written.
    pub encoding: SmsEncoding,
    /// How many places its letters take.
    pub places: usize,
    /// How many messages it takes.
    pub count: usize,
}

impl SmsSegments {
    /// Counts.
    pub fn of(text: &str) -> Self {
        match text.chars().map(gsm7_places).collect::<Option<Vec<_>>>() {
            Some(letters) => Self::filled(SmsEncoding::Gsm7, &letters, 160, 153),
            None => Self::filled(
                SmsEncoding::Ucs2,
                &text.chars().map(char::len_utf16).collect::<Vec<_>>(),
                70,
                67,
            ),
        }
    }

    /// Fills messages with letters, none of which is cut.
    fn filled(encoding: SmsEncoding, letters: &[usize], alone: usize, part: usize) -> Self {
        let places = letters.iter().sum();
        if places <= alone {
            return Self { encoding, places, count: 1 };
        }
        let (mut count, mut used) = (1, 0);
        for letter in letters {
            if used + letter > part {
                (count, used) = (count + 1, 0);
            }
            used += letter;
        }
        Self { encoding, places, count }
    }
}

/// How many places of the default alphabet a letter takes, if it is in it.
pub(super) fn gsm7_places(letter: char) -> Option<usize> {
    if BASIC.contains(letter) {
        Some(1)
    } else if EXTENSION.contains(letter) {
        Some(2)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn count(text: &str) -> (SmsEncoding, usize) {
        let segments = SmsSegments::of(text);
        (segments.encoding, segments.count)
    }

    #[test]
    fn the_default_alphabet_has_127_letters_beside_its_escape() {
        assert_eq!(BASIC.chars().count(), 127);
        assert_eq!(EXTENSION.chars().count(), 10);
    }

    #[test]
    fn messages_end_where_the_standard_ends_them() {
        use SmsEncoding::{Gsm7, Ucs2};
        for (text, expected) in [
            (String::new(), (Gsm7, 1)),
            ("æ".repeat(160), (Gsm7, 1)),
            ("æ".repeat(161), (Gsm7, 2)),
            ("x".repeat(306), (Gsm7, 2)),
            ("x".repeat(307), (Gsm7, 3)),
            ("€".repeat(80), (Gsm7, 1)),
            ("€".repeat(81), (Gsm7, 2)),
            // A letter of two places is not cut: 76 of them in each message of 153 places.
            ("€".repeat(153), (Gsm7, 3)),
            ("á".repeat(70), (Ucs2, 1)),
            ("á".repeat(71), (Ucs2, 2)),
            ("á".repeat(135), (Ucs2, 3)),
            ("😀".repeat(35), (Ucs2, 1)),
            ("😀".repeat(36), (Ucs2, 2)),
            // 33 pairs in each message of 67 places.
            ("😀".repeat(67), (Ucs2, 3)),
        ] {
            assert_eq!(count(&text), expected, "{} letters", text.chars().count());
        }
    }

    proptest! {
        #[test]
        fn a_longer_text_never_takes_fewer_messages(text in "\\PC{0,400}", more in "\\PC") {
            let (before, after) = (SmsSegments::of(&text), SmsSegments::of(&format!("{text}{more}")));
            prop_assert!(after.count >= before.count && after.places > before.places || before.encoding != after.encoding);
        }
    }
}
