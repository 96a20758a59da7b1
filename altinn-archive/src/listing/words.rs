//! The words of a title, as they are searched for.

use std::collections::BTreeSet;

use altinn_core::Text;

/// The fewest and the most letters of a word's beginning that are told apart.
const BEGINNING: std::ops::RangeInclusive<usize> = 3..=10;

/// How many words of a title are found.
const WORDS: usize = 64;

/// All beginnings of the words of a title, in every language, by which it is found.
pub(super) fn beginnings(title: &Text) -> BTreeSet<String> {
    let words: BTreeSet<_> =
        title.languages().flat_map(|language| words(title.in_language(language))).take(WORDS).collect();
    let beginnings = words.iter().flat_map(|word| {
        let letters = word.chars().count();
        let lengths = (*BEGINNING.start()).min(letters)..=letters.min(*BEGINNING.end());
        lengths.map(|length| word.chars().take(length).collect())
    });
    beginnings.collect()
}

/// The beginnings that a title must have to be found by this text. What has fewer than three letters is a whole word.
pub(super) fn wanted(text: &str) -> BTreeSet<String> {
    words(text).map(|word| word.chars().take(*BEGINNING.end()).collect()).collect()
}

/// The words of a text in small letters: what stands between anything that is neither letter nor digit.
fn words(text: &str) -> impl Iterator<Item = String> {
    let between = |letter: char| !letter.is_alphanumeric();
    text.split(between).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use altinn_core::Language;

    use super::*;

    #[test]
    fn a_title_is_found_by_the_beginnings_of_its_words() {
        let title = Text::new(Language::Nb, "Søknad om Bakeriløyve-2026");
        let found = beginnings(&title);
        for text in ["søk", "SØKNAD", "om", "bakeri", "bakeriløyve", "bakeriløyvet", "2026", "søk bakeri"]
        {
            assert!(wanted(text).is_subset(&found), "{text}");
        }
        for text in ["so", "sø", "o", "løyve", "202 7", "søknader"] {
            assert!(!wanted(text).is_subset(&found), "{text}");
        }
        assert!(wanted(" -, ").is_empty());
        assert!(beginnings(&Text::default()).is_empty());
    }
}
