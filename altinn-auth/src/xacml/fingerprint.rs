//! A number for a text of an attribute, by which a table says at once whether a policy asks for it.

use super::small_letters::{beyond_ascii_in, last_word, roughly_in_small};

/// Tells an attribute and a text from nearly all others, the same for texts that differ in case only.
///
/// It is made once, when a value is put into a request or a policy is compiled, and from then on it is all that is
/// looked up; only where it is found are the texts themselves compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fingerprint(u64);

/// Odd, with its bits well spread: the golden ratio.
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

impl Fingerprint {
    /// Of a text of the attribute with this category and id.
    #[inline]
    pub(crate) fn of(category: &str, id: &str, text: &str) -> Self {
        let name = length(category) << 32 ^ length(id) << 48 ^ last_word(id.as_bytes()).rotate_left(20);
        let (folded, beyond_ascii) = folded(text, name);
        if beyond_ascii { Self::of_any_script(text, name) } else { Self(folded) }
    }

    /// Beyond ASCII there are letters whose small letter is one of ASCII.
    #[cold]
    fn of_any_script(text: &str, name: u64) -> Self {
        Self(folded(&text.to_lowercase(), name).0)
    }

    /// Where it belongs in a table whose last place is this, one less than a power of two.
    #[inline]
    fn place(self, last: usize) -> usize {
        usize::try_from(self.0 >> 32).unwrap_or(0) & last
    }
}

fn length(text: &str) -> u64 {
    u64::try_from(text.len()).unwrap_or(0)
}

/// The hash of a text in small letters, and whether it has other letters than those of ASCII.
#[inline]
fn folded(text: &str, seed: u64) -> (u64, bool) {
    let (mut hash, mut beyond_ascii) = (seed ^ length(text) << 40, 0);
    let mut take = |word: u64| {
        hash = mixed(hash, roughly_in_small(word));
        beyond_ascii |= beyond_ascii_in(word);
    };
    let bytes = text.as_bytes();
    bytes.as_chunks::<8>().0.iter().for_each(|word| take(u64::from_le_bytes(*word)));
    take(last_word(bytes));
    (hash, beyond_ascii != 0)
}

fn mixed(hash: u64, word: u64) -> u64 {
    let product = (hash ^ word).wrapping_mul(SPREAD);
    product ^ product >> 32
}

/// Numbers by fingerprints. The tables are filled from policies alone, so nobody who asks can make them slow.
#[derive(Debug, Default)]
pub(crate) struct ByFingerprint {
    /// Twice as many places as entries or more, a power of two; an entry stands at the first free place from its own
    /// on.
    places: Vec<Option<(Fingerprint, Vec<u32>)>>,
    last: usize,
    count: usize,
}

impl ByFingerprint {
    /// The numbers filed under a fingerprint, in the order in which they were.
    #[inline]
    pub(crate) fn get(&self, fingerprint: Fingerprint) -> &[u32] {
        let mut place = fingerprint.place(self.last);
        while let Some(Some((found, numbers))) = self.places.get(place) {
            if *found == fingerprint {
                return numbers;
            }
            place = (place + 1) & self.last;
        }
        &[]
    }

    /// Files a number, unless it was the last to be filed there.
    pub(crate) fn insert(&mut self, fingerprint: Fingerprint, number: u32) {
        if self.count * 2 >= self.places.len() {
            let size = (self.places.len() * 2).max(16);
            let old = std::mem::replace(&mut self.places, vec![None; size]);
            self.last = size - 1;
            for (fingerprint, numbers) in old.into_iter().flatten() {
                if let Some((place, _)) = self.entry(fingerprint) {
                    *place = numbers;
                }
            }
        }
        let Some((numbers, is_new)) = self.entry(fingerprint) else { return };
        if numbers.last() != Some(&number) {
            numbers.push(number);
        }
        self.count += usize::from(is_new);
    }

    /// The numbers of a fingerprint, and whether it is new.
    fn entry(&mut self, fingerprint: Fingerprint) -> Option<(&mut Vec<u32>, bool)> {
        let own = fingerprint.place(self.last);
        let (before, from) = self.places.split_at_mut(own);
        let is_its_place = |place: &&mut Option<(Fingerprint, _)>| {
            place.as_ref().is_none_or(|(found, _)| *found == fingerprint)
        };
        let place = from.iter_mut().chain(before).find(is_its_place)?;
        let is_new = place.is_none();
        Some((&mut place.get_or_insert_with(|| (fingerprint, Vec::new())).1, is_new))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(text: &str) -> Fingerprint {
        Fingerprint::of("urn:category", "urn:id", text)
    }

    #[test]
    fn a_letter_whose_small_letter_is_of_ascii_counts_as_that() {
        assert_eq!(of("\u{212A}elvin"), of("kelvin"));
        assert_eq!(of("BLÅBÆR"), of("blåbær"));
    }

    proptest! {
        #[test]
        fn texts_that_differ_in_case_only_have_one_fingerprint(text in "[ -~]{0,40}") {
            prop_assert_eq!(of(&text), of(&text.to_ascii_uppercase()));
        }

        #[test]
        fn other_texts_have_others(a in "[a-z0-9:]{0,40}", b in "[a-z0-9:]{0,40}") {
            prop_assume!(a != b);
            prop_assert_ne!(of(&a), of(&b));
        }

        #[test]
        fn a_table_finds_what_was_put_in(texts in prop::collection::vec("[a-z]{0,12}", 0..40)) {
            let mut table = ByFingerprint::default();
            for (text, number) in texts.iter().zip(0..) {
                table.insert(of(text), number);
            }
            for text in &texts {
                let numbers: Vec<u32> =
                    texts.iter().zip(0..).filter(|(other, _)| *other == text).map(|(_, number)| number).collect();
                prop_assert_eq!(table.get(of(text)), numbers.as_slice());
            }
            prop_assert_eq!(table.get(of("A1")), &[0_u32; 0][..]);
        }
    }
}
