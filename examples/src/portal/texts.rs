//! What the portal says, a file per language.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use altinn_core::Language;

use super::PortalError;

/// The languages that the portal's pages are in.
pub(super) const LANGUAGES: [Language; 3] = [Language::Nb, Language::Nn, Language::En];

/// The texts by language and key. A text may have places, `{name}`, that are filled in.
#[derive(Debug)]
pub(super) struct Texts(BTreeMap<Language, BTreeMap<String, String>>);

impl Texts {
    /// The texts of the portal's folder.
    pub(super) fn read(folder: &Path) -> Result<Self, PortalError> {
        let read = |language: Language| {
            let file = fs::read_to_string(folder.join(format!("texts/{}.json", language.code())))?;
            Ok((language, serde_json::from_str(&file)?))
        };
        Ok(Self(LANGUAGES.into_iter().map(read).collect::<Result<_, PortalError>>()?))
    }

    /// The text of a key; the key itself where there is none, so that a page never fails for a word.
    pub(super) fn get<'a>(&'a self, language: Language, key: &'a str) -> &'a str {
        let found = self.0.get(&language).and_then(|texts| texts.get(key));
        found.map_or(key, String::as_str)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]
    use std::collections::BTreeSet;

    use super::*;
    use crate::portal::open::FOLDER;

    /// Keys that are put together when a page is made, by their beginning.
    const PUT_TOGETHER: [&str; 9] = [
        "access.request.",
        "action.",
        "case.event.",
        "case.field.",
        "case.happened.",
        "element.",
        "happened.",
        "refusal.",
        "status.",
    ];

    fn keys(texts: &Texts, language: Language) -> BTreeSet<&str> {
        texts.0[&language].keys().map(String::as_str).collect()
    }

    /// The keys that a file asks for.
    fn asked(file: &str) -> impl Iterator<Item = &str> {
        let asks = ["t(\"", "Wrong(\"", "Late(\""];
        asks.into_iter().flat_map(move |ask| file.split(ask).skip(1)).filter_map(|rest| {
            let key = rest.split('"').next()?;
            (key.contains('.') && !key.ends_with('.')).then_some(key)
        })
    }

    #[test]
    fn every_language_has_the_same_keys() {
        let texts = Texts::read(Path::new(FOLDER)).unwrap();
        for language in LANGUAGES {
            let (all, found) = (keys(&texts, Language::Nb), keys(&texts, language));
            assert_eq!(
                all.symmetric_difference(&found).collect::<Vec<_>>(),
                Vec::<&&str>::new(),
                "{language:?}"
            );
        }
    }

    #[test]
    fn places_are_the_same_in_every_language() {
        let texts = Texts::read(Path::new(FOLDER)).unwrap();
        let places = |text: &str| {
            let places = text.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
            places.map(|(name, _)| name.to_owned()).collect::<BTreeSet<_>>()
        };
        for key in keys(&texts, Language::Nb) {
            let of = |language| places(texts.get(language, key));
            assert_eq!((of(Language::Nb), of(Language::Nb)), (of(Language::Nn), of(Language::En)), "{key}");
        }
    }

    #[test]
    fn every_key_is_used_and_every_used_key_is_there() {
        let texts = Texts::read(Path::new(FOLDER)).unwrap();
        let folder = Path::new(FOLDER).to_owned();
        let files: Vec<String> = [folder.clone(), folder.join("templates")]
            .iter()
            .flat_map(|folder| fs::read_dir(folder).unwrap())
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file() && !path.ends_with("texts.rs"))
            .map(|path| fs::read_to_string(path).unwrap())
            .collect();
        let (asked, all) = (files.iter().flat_map(|file| asked(file)).collect(), keys(&texts, Language::Nb));
        let missing: Vec<_> = BTreeSet::difference(&asked, &all).collect();
        assert!(missing.is_empty(), "not there: {missing:?}");
        let is_used = |key: &str| {
            let quoted = format!("\"{key}\"");
            PUT_TOGETHER.iter().any(|beginning| key.starts_with(beginning))
                || files.iter().any(|file| file.contains(&quoted))
        };
        let unused: Vec<_> = all.iter().filter(|key| !is_used(key)).collect();
        assert!(unused.is_empty(), "not used: {unused:?}");
    }
}
