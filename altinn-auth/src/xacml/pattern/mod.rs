//! Regular expressions as XPath writes them (`fn:matches`, XPath functions 7.6.1), run in linear time.

mod class;
mod translate;

use std::fmt;

use regex::{Regex, RegexBuilder};

/// The longest expression that is compiled, in bytes.
const MAX_PATTERN: usize = 4_096;
/// The most memory that a compiled expression may take, in bytes.
const MAX_COMPILED: usize = 1 << 20;
/// How deep groups may be nested.
const MAX_NESTING: u32 = 50;

/// A regular expression, ready to be matched.
#[derive(Clone)]
pub(crate) struct Pattern(Regex);

/// Why an expression cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PatternError {
    /// It is not in the language.
    Syntax,
    /// It is too long, too deep, or would take too much memory.
    TooLarge,
}

impl Pattern {
    pub(crate) fn compile(expression: &str) -> Result<Self, PatternError> {
        if expression.len() > MAX_PATTERN {
            return Err(PatternError::TooLarge);
        }
        let translated = translate::translate(expression).ok_or(PatternError::Syntax)?;
        let built = RegexBuilder::new(&translated).size_limit(MAX_COMPILED).nest_limit(MAX_NESTING).build();
        built.map(Self).map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => PatternError::TooLarge,
            _ => PatternError::Syntax,
        })
    }

    /// Whether some part of the text is in the language.
    pub(crate) fn matches(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pattern").field(&self.0.as_str()).finish()
    }
}

impl PatternError {
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Syntax => "a regular expression that XPath has",
            Self::TooLarge => "a regular expression of bounded length, depth and size",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(expression: &str, text: &str) -> bool {
        Pattern::compile(expression).map(|pattern| pattern.matches(text)) == Ok(true)
    }

    #[test]
    fn an_expression_matches_any_part_unless_it_is_anchored() {
        assert!(matches("ead", "read it"));
        assert!(!matches("^ead", "read it"));
        assert!(matches("^read|write$", "write"));
        assert!(!matches("^it$", "read\nit\n"));
    }

    #[test]
    fn classes_are_subtracted_and_negated() {
        assert!(matches("^[a-z-[aeiou]]+$", "xyz"));
        assert!(!matches("^[a-z-[aeiou]]+$", "xaz"));
        assert!(matches("^[^0-9-[x]]$", "y"));
        assert!(!matches("^[^0-9-[x]]$", "x"));
        assert!(matches(r"^[\d\-.]+$", "1-2.3"));
        assert!(matches("^[&~#-]+$", "&&~~#-"));
    }

    #[test]
    fn the_escapes_of_xml_names_words_and_categories_are_known() {
        assert!(matches(r"^\i\c*$", "md:record-1"));
        assert!(!matches(r"^\i\c*$", "1record"));
        assert!(matches(r"^\w+$", "blåbær"));
        assert!(!matches(r"^\w+$", "blå bær"));
        assert!(matches(r"^\p{Lu}\P{Lu}$", "Åå"));
        assert!(matches(r"^\p{IsBasicLatin}+$", "abc"));
        assert!(matches(r"^[\i\s]+$", "a b"));
    }

    #[test]
    fn what_xpath_does_not_have_or_runs_away_is_refused() {
        for expression in
            [r"\b", "(?i)a", "(?=a)", r"a\", "[a", "a{2", "a{,2}", "[z-a]", r"\p{Klingon}", "(a"]
        {
            assert_eq!(Pattern::compile(expression).err(), Some(PatternError::Syntax), "{expression}");
        }
        assert_eq!(Pattern::compile("((a{1000}){1000}){1000}").err(), Some(PatternError::TooLarge));
        assert_eq!(Pattern::compile(&"a".repeat(5_000)).err(), Some(PatternError::TooLarge));
    }
}
