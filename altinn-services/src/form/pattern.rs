//! A text that matches a pattern.

use std::iter::Peekable;
use std::str::Chars;

/// How often a part is repeated at most.
const MAX_REPEATS: usize = 1_000;
/// How deep groups may be nested.
const MAX_NESTING: usize = 32;
/// The longest text that is made, in characters.
const MAX_LENGTH: usize = 100_000;
/// What a class that says what may not stand there is answered with, the first that may.
const USUAL: [char; 8] = ['a', '0', 'A', '-', ' ', 'å', '.', '_'];

/// A part of a pattern: the shortest text for it, and how often it may stand there.
struct Part {
    text: String,
    least: usize,
    most: usize,
}

/// The shortest text of at least `min_length` characters that is found for a pattern: characters, classes, groups,
/// alternatives and repetitions; none for a pattern with look-around or references to groups.
pub(super) fn matching(pattern: &str, min_length: usize) -> Option<String> {
    let mut reader = Reader { rest: pattern.chars().peekable(), nesting: 0 };
    let alternatives = reader.alternatives()?;
    let is_whole = reader.rest.next().is_none();
    alternatives.into_iter().filter(|_| is_whole).find_map(|parts| text_of(parts, min_length))
}

/// The text of parts, of which those that may be repeated are repeated until it is long enough.
fn text_of(mut parts: Vec<Part>, min_length: usize) -> Option<String> {
    let lengths: Vec<usize> = parts.iter().map(|part| part.text.chars().count()).collect();
    let times = |length: usize, count: usize| length.checked_mul(count);
    let mut length = 0_usize;
    for (part, own) in parts.iter().zip(&lengths) {
        length = length.checked_add(times(*own, part.least)?)?;
    }
    for (part, own) in parts.iter_mut().zip(lengths).filter(|(_, own)| *own > 0) {
        let more = min_length.saturating_sub(length).div_ceil(own).min(part.most - part.least);
        part.least += more;
        length = length.checked_add(times(own, more)?)?;
    }
    (min_length..=MAX_LENGTH)
        .contains(&length)
        .then(|| parts.iter().map(|part| part.text.repeat(part.least)).collect())
}

struct Reader<'p> {
    rest: Peekable<Chars<'p>>,
    nesting: usize,
}

impl Reader<'_> {
    /// Sequences with `|` between, to the end or to the closing bracket of a group.
    fn alternatives(&mut self) -> Option<Vec<Vec<Part>>> {
        let mut alternatives = vec![self.sequence()?];
        while self.rest.next_if_eq(&'|').is_some() {
            alternatives.push(self.sequence()?);
        }
        Some(alternatives)
    }

    fn sequence(&mut self) -> Option<Vec<Part>> {
        let mut parts = Vec::new();
        while let Some(next) = self.rest.next_if(|next| !matches!(next, '|' | ')')) {
            let text = match next {
                '^' | '$' => continue,
                '\\' => match self.rest.next()? {
                    'b' | 'B' => continue,
                    letter => self.escaped(letter)?.usual()?.to_string(),
                },
                '[' => self.class()?.to_string(),
                '(' => self.group()?,
                '.' => 'a'.to_string(),
                '*' | '+' | '?' | '{' => return None,
                plain => plain.to_string(),
            };
            let (least, most) = self.repeats()?;
            parts.push(Part { text, least, most });
        }
        Some(parts)
    }

    fn group(&mut self) -> Option<String> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return None;
        }
        if self.rest.next_if_eq(&'?').is_some() {
            self.rest.next_if_eq(&':')?;
        }
        let alternatives = self.alternatives()?;
        self.rest.next_if_eq(&')')?;
        self.nesting -= 1;
        alternatives.into_iter().find_map(|parts| text_of(parts, 0))
    }

    /// How often the part before may stand there; as few times as possible is the same here.
    fn repeats(&mut self) -> Option<(usize, usize)> {
        let repeats = match self.rest.next_if(|sign| matches!(sign, '*' | '?' | '+' | '{')) {
            Some('*') => (0, MAX_REPEATS),
            Some('?') => (0, 1),
            Some('+') => (1, MAX_REPEATS),
            Some(_) => self.counted()?,
            None => return Some((1, 1)),
        };
        self.rest.next_if_eq(&'?');
        Some(repeats)
    }

    /// What stands between the braces of `{n}`, `{n,}` and `{n,m}`.
    fn counted(&mut self) -> Option<(usize, usize)> {
        let inside: String = std::iter::from_fn(|| self.rest.next_if(|sign| *sign != '}')).collect();
        self.rest.next()?;
        let (least, most) = match inside.split_once(',') {
            None => (inside.parse().ok()?, inside.parse().ok()?),
            Some((least, "")) => (least.parse().ok()?, MAX_REPEATS),
            Some((least, most)) => (least.parse().ok()?, most.parse().ok()?),
        };
        (least <= most && least <= MAX_REPEATS).then_some((least, most.min(MAX_REPEATS)))
    }

    /// What an escape stands for, behind its backslash.
    fn escaped(&mut self, letter: char) -> Option<Set> {
        Some(match letter {
            'd' | 'D' | 'w' | 'W' | 's' | 'S' => Set::Kind(letter),
            'n' => Set::Range('\n', '\n'),
            'r' => Set::Range('\r', '\r'),
            't' => Set::Range('\t', '\t'),
            'p' | 'P' => self.property(letter == 'P')?,
            'x' | 'u' => {
                let digits = if letter == 'x' { 2 } else { 4 };
                let code: Option<String> = (0..digits).map(|_| self.rest.next()).collect();
                let character = char::from_u32(u32::from_str_radix(&code?, 16).ok()?)?;
                Set::Range(character, character)
            }
            sign if sign.is_ascii_alphanumeric() => return None,
            sign => Set::Range(sign, sign),
        })
    }

    /// The rest of `\p{Lu}`; only what is about letters and digits is known.
    fn property(&mut self, is_negated: bool) -> Option<Set> {
        self.rest.next_if_eq(&'{')?;
        let name: String = std::iter::from_fn(|| self.rest.next_if(|sign| *sign != '}')).collect();
        self.rest.next()?;
        let kind = match (name.as_str(), is_negated) {
            ("L" | "Letter" | "Ll", false) => 'l',
            ("Lu", false) => 'L',
            ("N" | "Nd", false) => 'd',
            ("N" | "Nd", true) => 'D',
            _ => return None,
        };
        Some(Set::Kind(kind))
    }

    /// A character that the class whose bracket was read allows.
    fn class(&mut self) -> Option<char> {
        let is_negated = self.rest.next_if_eq(&'^').is_some();
        let mut sets = Vec::new();
        loop {
            let set = match self.rest.next()? {
                ']' if !sets.is_empty() => break,
                '\\' => match self.rest.next()? {
                    'b' => Set::Range('\u{8}', '\u{8}'),
                    letter => self.escaped(letter)?,
                },
                plain => Set::Range(plain, plain),
            };
            sets.push(self.range_from(set)?);
        }
        if is_negated {
            return USUAL.into_iter().find(|usual| !sets.iter().any(|set| set.holds(*usual)));
        }
        sets.into_iter().find_map(Set::usual)
    }

    /// The range that begins with a character, when one does.
    fn range_from(&mut self, set: Set) -> Option<Set> {
        let Set::Range(first, _) = set else { return Some(set) };
        let mut ahead = self.rest.clone();
        if ahead.next() != Some('-') || matches!(ahead.next(), None | Some(']')) {
            return Some(set);
        }
        self.rest.next();
        let last = match self.rest.next()? {
            '\\' => {
                let letter = self.rest.next()?;
                self.escaped(letter)?
            }
            plain => Set::Range(plain, plain),
        };
        match last {
            Set::Range(last, _) if first <= last => Some(Set::Range(first, last)),
            _ => None,
        }
    }
}

/// Some characters.
#[derive(Clone, Copy)]
enum Set {
    /// From one to another.
    Range(char, char),
    /// Those of an escape, by its letter; `l` and `L` are small and capital letters.
    Kind(char),
}

impl Set {
    fn holds(self, character: char) -> bool {
        let is_word = character.is_ascii_alphanumeric() || character == '_';
        match self {
            Self::Range(first, last) => (first..=last).contains(&character),
            Self::Kind('d') => character.is_ascii_digit(),
            Self::Kind('D') => !character.is_ascii_digit(),
            Self::Kind('w') => is_word,
            Self::Kind('W') => !is_word,
            Self::Kind('s') => character.is_whitespace(),
            Self::Kind('S') => !character.is_whitespace(),
            Self::Kind('L') => character.is_uppercase(),
            Self::Kind(_) => character.is_alphabetic(),
        }
    }

    /// One of them.
    fn usual(self) -> Option<char> {
        match self {
            Self::Range(first, _) => Some(first),
            Self::Kind(_) => USUAL.into_iter().find(|usual| self.holds(*usual)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::matching;

    #[test]
    fn patterns_have_a_text() {
        for (pattern, text) in [
            ("^[0-9]{9}$", "000000000"),
            (r"^\d*$", ""),
            ("[0-9]{4}", "0000"),
            ("^[A-ZÆØÅ][a-z]+-?x{2,3}$", "Aaxx"),
            (r"^\+47 \d{8}$", "+47 00000000"),
            ("^(a|b)$", "a"),
            ("(^[0-9]{4}$)|(^$)", "0000"),
            ("[^0-9a-z]", "A"),
            (r"^[\w.-]+@([a-z]+\.)+(?:no|com)$", "a@a.no"),
            (r"^(?:[^\s@]+?)[\]\-x]\u00e5$", "a]å"),
            (r"^\p{Lu}\p{L}*\b$", "A"),
            (r"^(0[1-9]|[12]\d)\.(0[1-9])$", "01.01"),
        ] {
            assert_eq!(matching(pattern, 0).as_deref(), Some(text), "{pattern}");
        }
    }

    #[test]
    fn a_text_is_as_long_as_it_must_be() {
        assert_eq!(matching(r"^\d*$", 9).as_deref(), Some("000000000"));
        assert_eq!(matching("^a{1,3}b?$", 3).as_deref(), Some("aaa"));
        assert_eq!(matching("^(ab)*c$", 4).as_deref(), Some("ababc"));
        assert_eq!(matching("^a$|^b{9}$", 2).as_deref(), Some("bbbbbbbbb"));
        assert_eq!(matching("^ab$", 3), None);
    }

    #[test]
    fn other_patterns_have_none() {
        for pattern in [
            "a{99999}",
            "(?=x)x",
            "(?<n>a)",
            r"(a)\1",
            "[abc",
            "(a",
            "a)",
            "a{",
            "\\",
            "[z-a]",
            "*a",
            "(((a{1000}){1000}){1000})",
        ] {
            assert_eq!(matching(pattern, 0), None, "{pattern}");
        }
        assert_eq!(matching(&"(".repeat(100_000), 0), None);
    }
}
