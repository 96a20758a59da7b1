//! From XPath's syntax to that of the crate `regex`.

use std::iter::Peekable;
use std::str::Chars;

use super::class;

pub(super) type Source<'e> = Peekable<Chars<'e>>;

/// The same expression for `regex`; nothing when XPath does not have it.
pub(super) fn translate(expression: &str) -> Option<String> {
    let mut source = expression.chars().peekable();
    let mut target = String::with_capacity(expression.len() * 2);
    while let Some(next) = source.next() {
        match next {
            '\\' => class::escape(&mut source, &mut target)?,
            '[' => class::bracketed(&mut source, &mut target, 0)?,
            '(' if source.peek() == Some(&'?') => {
                source.next();
                source.next_if_eq(&':')?;
                target.push_str("(?:");
            }
            '{' => quantity(&mut source, &mut target)?,
            ']' | '}' => return None,
            other => target.push(other),
        }
    }
    Some(target)
}

/// The rest of `{2}`, `{2,}` or `{2,5}`.
fn quantity(source: &mut Source<'_>, target: &mut String) -> Option<()> {
    target.push('{');
    let (mut digits, mut commas) = (0, 0);
    loop {
        let next = source.next()?;
        target.push(next);
        match next {
            '0'..='9' => digits += 1,
            ',' if digits > 0 && commas == 0 => commas += 1,
            '}' if digits > 0 => return Some(()),
            _ => return None,
        }
    }
}
