//! The language that somebody is answered in.

use altinn_core::Language;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use serde::Deserialize;
use utoipa::ToSchema;

/// A language by its code, as it stands in queries and bodies.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum LanguageName {
    Nb,
    Nn,
    En,
    Se,
}

impl From<LanguageName> for Language {
    fn from(name: LanguageName) -> Self {
        match name {
            LanguageName::Nb => Self::Nb,
            LanguageName::Nn => Self::Nn,
            LanguageName::En => Self::En,
            LanguageName::Se => Self::Se,
        }
    }
}

/// The language that a request asks for by `Accept-Language` (RFC 9110, 12.5.4); bokmål where it asks for none that is there.
pub(super) fn language_of(headers: &HeaderMap) -> Language {
    let asked = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut best: Option<(f32, Language)> = None;
    for part in asked.split(',').take(16) {
        let (tag, parameters) = part.split_once(';').unwrap_or((part, ""));
        let weight = match parameters.trim().strip_prefix("q=") {
            Some(text) => text.parse().unwrap_or(0.0),
            None => 1.0,
        };
        let Some(language) = named(tag.trim()) else { continue };
        if weight > 0.0 && best.is_none_or(|(heaviest, _)| weight > heaviest) {
            best = Some((weight, language));
        }
    }
    best.map_or(Language::Nb, |(_, language)| language)
}

/// The language of a tag: `nb`, `nn-NO`, `no`.
fn named(tag: &str) -> Option<Language> {
    let primary = tag.split('-').next()?.to_ascii_lowercase();
    if primary == "no" { Some(Language::Nb) } else { primary.parse().ok() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn the_heaviest_language_that_is_there_is_taken() {
        for (asked, answered) in [
            ("", Language::Nb),
            ("de", Language::Nb),
            ("nn", Language::Nn),
            ("no-NO,en;q=0.8", Language::Nb),
            ("de, en;q=0.4, nn;q=0.7", Language::Nn),
            ("en;q=0, se;q=0.1", Language::Se),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, asked.parse().unwrap());
            assert_eq!(language_of(&headers), answered, "{asked}");
        }
    }
}
