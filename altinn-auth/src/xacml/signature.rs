//! Texts by a number that mostly tells them apart, so that few of them are compared.

/// Numbers by the signatures of texts. The tables are filled from policies alone, so nobody who asks can make them slow.
#[derive(Debug, Default)]
pub(crate) struct BySignature {
    /// Twice as many places as entries or more, a power of two; an entry stands at the first free place from its own on.
    places: Vec<Option<(u64, u32)>>,
    count: usize,
}

impl BySignature {
    pub(crate) fn insert(&mut self, signature: u64, number: u32) {
        if self.count * 2 >= self.places.len() {
            let size = (self.places.len() * 2).max(16);
            let old = std::mem::replace(&mut self.places, vec![None; size]);
            for (signature, number) in old.into_iter().flatten() {
                self.put(signature, number);
            }
        }
        self.count += 1;
        self.put(signature, number);
    }

    fn put(&mut self, signature: u64, number: u32) {
        let own = own_place(signature, self.places.len());
        let (before, from) = self.places.split_at_mut(own);
        if let Some(free) = from.iter_mut().chain(before).find(|place| place.is_none()) {
            *free = Some((signature, number));
        }
    }

    /// The first number of a signature that is what is looked for.
    pub(crate) fn find(&self, signature: u64, mut is_it: impl FnMut(u32) -> bool) -> Option<u32> {
        let mut place = own_place(signature, self.places.len());
        while let Some((found, number)) = self.places.get(place)? {
            if *found == signature && is_it(*number) {
                return Some(*number);
            }
            place = (place + 1) & (self.places.len() - 1);
        }
        None
    }
}

/// Where an entry belongs among so many places.
fn own_place(signature: u64, places: usize) -> usize {
    let mixed = (signature ^ signature >> 32).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    usize::try_from(mixed).unwrap_or(0) & places.saturating_sub(1)
}

/// The length of a text and its end, by which ids mostly differ.
pub(crate) fn signature(text: &str) -> u64 {
    let length = u64::try_from(text.len()).unwrap_or(0);
    let end = match text.as_bytes().last_chunk::<8>() {
        Some(end) => u64::from_le_bytes(*end),
        None => text.bytes().fold(0, |end, byte| end << 8 | u64::from(byte)),
    };
    end ^ length << 56
}

/// Sets the bit that tells capital letters of ASCII from small ones, in eight bytes.
const SMALL: u64 = 0x2020_2020_2020_2020;

/// A signature that is the same for texts that differ in the case of ASCII letters only.
pub(crate) fn folded_signature(text: &str) -> u64 {
    signature(text) | SMALL
}

/// Calls `found` with the signatures under which a text is to be looked for, whatever its case: one with other letters
/// than those of ASCII may, in small letters, be one of ASCII.
pub(crate) fn each_folded_signature(text: &str, mut found: impl FnMut(u64)) {
    found(folded_signature(text));
    if !text.is_ascii() {
        found(folded_signature(&text.to_lowercase()));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_table_finds_what_was_put_in(texts in prop::collection::vec("[a-z]{0,12}", 0..40)) {
            let mut table = BySignature::default();
            for (text, number) in texts.iter().zip(0..) {
                table.insert(signature(text), number);
            }
            for (text, number) in texts.iter().zip(0..) {
                prop_assert_eq!(table.find(signature(text), |found| found == number), Some(number));
                prop_assert_eq!(folded_signature(text), folded_signature(&text.to_ascii_uppercase()));
            }
            prop_assert_eq!(table.find(signature("A"), |_| true), None);
        }
    }
}
