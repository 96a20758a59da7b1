//! Escapes and classes of characters.

use std::fmt::Write as _;

use super::translate::Source;

/// How deep classes may be subtracted from one another.
const MAX_SUBTRACTIONS: usize = 16;

/// What may begin a name in XML 1.0 (`\i`).
const NAME_START: &str = r"_:A-Za-z\x{C0}-\x{D6}\x{D8}-\x{F6}\x{F8}-\x{2FF}\x{370}-\x{37D}\x{37F}-\x{1FFF}\x{200C}\x{200D}\x{2070}-\x{218F}\x{2C00}-\x{2FEF}\x{3001}-\x{D7FF}\x{F900}-\x{FDCF}\x{FDF0}-\x{FFFD}\x{10000}-\x{EFFFF}";
/// What may follow in a name besides (`\c`).
const NAME_MORE: &str = r"\-.0-9\x{B7}\x{300}-\x{36F}\x{203F}\x{2040}";

/// Blocks of Unicode that have a name in XML Schema.
const BLOCKS: [(&str, &str); 16] = [
    ("BasicLatin", r"\x{0}-\x{7F}"),
    ("Latin-1Supplement", r"\x{80}-\x{FF}"),
    ("LatinExtended-A", r"\x{100}-\x{17F}"),
    ("LatinExtended-B", r"\x{180}-\x{24F}"),
    ("IPAExtensions", r"\x{250}-\x{2AF}"),
    ("SpacingModifierLetters", r"\x{2B0}-\x{2FF}"),
    ("CombiningDiacriticalMarks", r"\x{300}-\x{36F}"),
    ("Greek", r"\x{370}-\x{3FF}"),
    ("Cyrillic", r"\x{400}-\x{4FF}"),
    ("Armenian", r"\x{530}-\x{58F}"),
    ("Hebrew", r"\x{590}-\x{5FF}"),
    ("Arabic", r"\x{600}-\x{6FF}"),
    ("LatinExtendedAdditional", r"\x{1E00}-\x{1EFF}"),
    ("GeneralPunctuation", r"\x{2000}-\x{206F}"),
    ("CurrencySymbols", r"\x{20A0}-\x{20CF}"),
    ("LetterlikeSymbols", r"\x{2100}-\x{214F}"),
];

/// The general categories of Unicode.
const CATEGORIES: [&str; 36] = [
    "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps",
    "Pe", "Pi", "Pf", "Po", "Z", "Zs", "Zl", "Zp", "S", "Sm", "Sc", "Sk", "So", "C", "Cc", "Cf", "Co", "Cn",
];

/// What follows a backslash: one character or a class.
pub(super) fn escape(source: &mut Source<'_>, target: &mut String) -> Option<()> {
    match escaped(source)? {
        Escaped::Character(c) => push_literal(target, c),
        Escaped::Class(class) => target.push_str(&class),
    }
    Some(())
}

enum Escaped {
    Character(char),
    Class(String),
}

fn escaped(source: &mut Source<'_>) -> Option<Escaped> {
    let class = |text: &str| Some(Escaped::Class(text.to_owned()));
    match source.next()? {
        'n' => Some(Escaped::Character('\n')),
        'r' => Some(Escaped::Character('\r')),
        't' => Some(Escaped::Character('\t')),
        c @ ('\\' | '|' | '.' | '?' | '*' | '+' | '(' | ')' | '{' | '}' | '-' | '[' | ']' | '^' | '$') => {
            Some(Escaped::Character(c))
        }
        'd' => class(r"\p{Nd}"),
        'D' => class(r"\P{Nd}"),
        's' => class(r"[ \t\n\r]"),
        'S' => class(r"[^ \t\n\r]"),
        'w' => class(r"[^\p{P}\p{Z}\p{C}]"),
        'W' => class(r"[\p{P}\p{Z}\p{C}]"),
        'i' => class(&format!("[{NAME_START}]")),
        'I' => class(&format!("[^{NAME_START}]")),
        'c' => class(&format!("[{NAME_START}{NAME_MORE}]")),
        'C' => class(&format!("[^{NAME_START}{NAME_MORE}]")),
        'p' => property(source, false).map(Escaped::Class),
        'P' => property(source, true).map(Escaped::Class),
        _ => None,
    }
}

/// The rest of `\p{Lu}` or `\p{IsGreek}`.
fn property(source: &mut Source<'_>, negated: bool) -> Option<String> {
    source.next_if_eq(&'{')?;
    let name: String = std::iter::from_fn(|| source.next_if(|c| *c != '}')).take(40).collect();
    source.next_if_eq(&'}')?;
    let not = if negated { "^" } else { "" };
    if let Some(block) = name.strip_prefix("Is") {
        let (_, range) = BLOCKS.iter().find(|(known, _)| *known == block)?;
        return Some(format!("[{not}{range}]"));
    }
    CATEGORIES.contains(&&*name).then(|| format!(r"[{not}\p{{{name}}}]"))
}

/// The rest of a class after its `[`.
pub(super) fn bracketed(source: &mut Source<'_>, target: &mut String, depth: usize) -> Option<()> {
    if depth > MAX_SUBTRACTIONS {
        return None;
    }
    let mut class = String::from(if source.next_if_eq(&'^').is_some() { "[^" } else { "[" });
    let mut is_empty = true;
    loop {
        match source.next()? {
            ']' if !is_empty => {
                class.push(']');
                target.push_str(&class);
                return Some(());
            }
            '-' if !is_empty && source.peek() == Some(&'[') => {
                source.next();
                let mut subtracted = String::new();
                bracketed(source, &mut subtracted, depth + 1)?;
                source.next_if_eq(&']')?;
                let _ = write!(target, "[{class}]--{subtracted}]");
                return Some(());
            }
            '[' | ']' => return None,
            '\\' => match escaped(source)? {
                Escaped::Character(c) => range_from(c, source, &mut class)?,
                Escaped::Class(text) => class.push_str(&text),
            },
            c => range_from(c, source, &mut class)?,
        }
        is_empty = false;
    }
}

/// One character of a class, or the range that begins with it.
fn range_from(first: char, source: &mut Source<'_>, class: &mut String) -> Option<()> {
    push_literal(class, first);
    let mut ahead = source.clone();
    if ahead.next() != Some('-') || matches!(ahead.peek(), None | Some(']' | '[')) {
        return Some(());
    }
    source.next();
    let last = match source.next()? {
        '\\' => match escaped(source)? {
            Escaped::Character(c) => c,
            Escaped::Class(_) => return None,
        },
        c => c,
    };
    class.push('-');
    push_literal(class, last);
    (first <= last).then_some(())
}

fn push_literal(target: &mut String, c: char) {
    if c.is_ascii_alphanumeric() {
        target.push(c);
    } else {
        let _ = write!(target, r"\x{{{:X}}}", u32::from(c));
    }
}
