//! A text that matches a simple pattern.

/// How often a part is repeated at most.
const MAX_REPEATS: usize = 1_000;

/// One character of a pattern and how often it may stand there.
struct Part {
    character: char,
    least: usize,
    most: usize,
}

/// The shortest text of at least `min_length` characters that a simple pattern matches: characters, classes, `\d`,
/// `\w`, `\s`, `.` and repetitions; none for a pattern with groups, alternatives or look-around.
pub(super) fn matching(pattern: &str, min_length: usize) -> Option<String> {
    let mut parts = parts(pattern)?;
    let mut length: usize = parts.iter().map(|part| part.least).sum();
    for part in &mut parts {
        let more = min_length.saturating_sub(length).min(part.most - part.least);
        part.least += more;
        length += more;
    }
    (length >= min_length)
        .then(|| parts.iter().flat_map(|part| std::iter::repeat_n(part.character, part.least)).collect())
}

fn parts(pattern: &str) -> Option<Vec<Part>> {
    let pattern = pattern.strip_prefix('^').unwrap_or(pattern);
    let pattern = pattern.strip_suffix('$').unwrap_or(pattern);
    let mut rest = pattern.chars().collect::<Vec<_>>().into_iter().peekable();
    let mut parts = Vec::new();
    while let Some(next) = rest.next() {
        let character = match next {
            '\\' => escaped(rest.next()?),
            '[' => one_of_class(&mut rest)?,
            '.' => 'a',
            '(' | ')' | '|' | '^' | '$' | '*' | '+' | '?' | '{' => return None,
            plain => plain,
        };
        let (least, most) = match rest.next_if(|sign| matches!(sign, '*' | '?' | '+' | '{')) {
            Some('*') => (0, MAX_REPEATS),
            Some('?') => (0, 1),
            Some('+') => (1, MAX_REPEATS),
            Some(_) => repeats(&mut rest)?,
            None => (1, 1),
        };
        parts.push(Part { character, least, most });
    }
    Some(parts)
}

fn escaped(character: char) -> char {
    match character {
        'd' => '0',
        'w' | 'S' | 'D' => 'a',
        's' => ' ',
        other => other,
    }
}

/// The first character of a class that is not negated.
fn one_of_class(rest: &mut impl Iterator<Item = char>) -> Option<char> {
    let first = match rest.next()? {
        '^' => return None,
        '\\' => escaped(rest.next()?),
        plain => plain,
    };
    loop {
        match rest.next()? {
            '\\' => rest.next()?,
            ']' => return Some(first),
            _ => continue,
        };
    }
}

/// What stands between the braces of `{n}`, `{n,}` and `{n,m}`.
fn repeats(rest: &mut impl Iterator<Item = char>) -> Option<(usize, usize)> {
    let inside: String = rest.take_while(|character| *character != '}').collect();
    let (least, most) = match inside.split_once(',') {
        None => (inside.parse().ok()?, inside.parse().ok()?),
        Some((least, "")) => (least.parse().ok()?, MAX_REPEATS),
        Some((least, most)) => (least.parse().ok()?, most.parse().ok()?),
    };
    (least <= most && least <= MAX_REPEATS).then_some((least, most.min(MAX_REPEATS)))
}

#[cfg(test)]
mod tests {
    use super::matching;

    #[test]
    fn simple_patterns_have_a_text() {
        for (pattern, text) in [
            ("^[0-9]{9}$", "000000000"),
            (r"^\d*$", ""),
            ("[0-9]{4}", "0000"),
            ("^[A-ZÆØÅ][a-z]+-?x{2,3}$", "Aaxx"),
            (r"^\+47 \d{8}$", "+47 00000000"),
        ] {
            assert_eq!(matching(pattern, 0).as_deref(), Some(text), "{pattern}");
        }
    }

    #[test]
    fn a_text_is_as_long_as_it_must_be() {
        assert_eq!(matching(r"^\d*$", 9).as_deref(), Some("000000000"));
        assert_eq!(matching("^a{1,3}b?$", 3).as_deref(), Some("aaa"));
        assert_eq!(matching("^ab$", 3), None);
    }

    #[test]
    fn other_patterns_have_none() {
        for pattern in ["^(a|b)$", "[^0-9]", "a{99999}", "(?=x)x", "[abc", "a{", "\\"] {
            assert_eq!(matching(pattern, 0), None, "{pattern}");
        }
    }
}
