//! Texts in small letters, eight bytes at a time.

/// In each of eight bytes the same number.
const fn in_each(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The bit that tells capital letters of ASCII from small ones.
const SMALL: u64 = in_each(0x20);
/// The bit that no byte of ASCII has.
const BEYOND_ASCII: u64 = in_each(0x80);

/// Whether two texts are equal once both are in small letters.
#[inline]
pub(crate) fn equal_in_small(a: &str, b: &str) -> bool {
    differs_in_case_only(a.as_bytes(), b.as_bytes())
        || !(a.is_ascii() && b.is_ascii()) && equal_in_any_script(a, b)
}

/// Whether the case of ASCII letters is all in which two texts differ.
#[inline]
fn differs_in_case_only(a: &[u8], b: &[u8]) -> bool {
    let same = |a: u64, b: u64| in_small(a) == in_small(b);
    let mut words = a.as_chunks::<8>().0.iter().zip(b.as_chunks::<8>().0);
    a.len() == b.len()
        && same(last_word(a), last_word(b))
        && words.all(|(a, b)| same(u64::from_le_bytes(*a), u64::from_le_bytes(*b)))
}

#[cold]
fn equal_in_any_script(a: &str, b: &str) -> bool {
    a.chars().flat_map(char::to_lowercase).eq(b.chars().flat_map(char::to_lowercase))
}

/// The last eight bytes; of fewer, all of them, though some may be taken twice.
#[inline]
pub(crate) fn last_word(bytes: &[u8]) -> u64 {
    if let Some(last) = bytes.last_chunk::<8>() {
        return u64::from_le_bytes(*last);
    }
    match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        (Some(start), Some(end)) => {
            u64::from(u32::from_le_bytes(*start)) << 32 | u64::from(u32::from_le_bytes(*end))
        }
        _ => bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

/// Eight bytes with the capital letters of ASCII made small.
#[inline]
fn in_small(word: u64) -> u64 {
    let seven_bits = word & !BEYOND_ASCII;
    // The top bit of a byte is set when the byte is not below `A`, or above `Z`; the sums stay within their bytes.
    let not_below = seven_bits + in_each(0x80 - b'A');
    let above = seven_bits + in_each(0x7F - b'Z');
    let capital = (not_below ^ above) & !word & BEYOND_ASCII;
    word | capital >> 2
}

/// Eight bytes in which capital letters are as small ones, and some other bytes as others: for a hash.
#[inline]
pub(crate) fn roughly_in_small(word: u64) -> u64 {
    word | SMALL
}

/// The bits that put some of eight bytes beyond ASCII.
#[inline]
pub(crate) fn beyond_ascii_in(word: u64) -> u64 {
    word & BEYOND_ASCII
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn letters_of_every_script_are_compared() {
        assert!(equal_in_small("BLÅBÆR", "blåbær"));
        assert!(
            equal_in_small("\u{212A}elvin", "kelvin"),
            "the sign for kelvin is a small k in small letters"
        );
        assert!(!equal_in_small("Å", "A"));
        for (other, letter) in [("@", "`"), ("[", "{"), ("\0", " "), ("0", "\u{10}")] {
            assert!(!equal_in_small(other, letter), "{other:?} is no capital of {letter:?}");
        }
    }

    proptest! {
        #[test]
        fn it_is_equality_of_small_letters(a in "[ -~åÅ]{0,20}", b in "[ -~åÅ]{0,20}", flips in any::<u32>()) {
            prop_assert_eq!(equal_in_small(&a, &b), a.to_lowercase() == b.to_lowercase());
            let flip = |(at, c): (usize, char)| {
                if flips >> at & 1 == 1 { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }
            };
            let flipped: String = a.chars().enumerate().map(flip).collect();
            prop_assert!(equal_in_small(&a, &flipped));
        }
    }
}
