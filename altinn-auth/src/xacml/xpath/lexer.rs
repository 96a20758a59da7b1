//! Tokens of a path (XPath 1.0, 3.7).

use super::PathError;

/// A token of a path.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// `/`, `//`, `@`, `::`, `(`, `[`, `|`, `<=`, ...
    Symbol(&'static str),
    /// `*` where an operand stands: any name.
    AnyName,
    /// A name without its prefix, and the prefix.
    Name(Option<String>, String),
    /// `prefix:*`.
    AnyNameOf(String),
    /// `and`, `or`, `div`, `mod`, or `*` between operands.
    Operator(&'static str),
    Literal(String),
    Number(f64),
}

const SYMBOLS: [&str; 22] = [
    "//", "::", "..", "!=", "<=", ">=", "/", "@", "(", ")", "[", "]", ".", ",", "|", "+", "-", "=", "<", ">",
    "$", ":",
];

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, PathError> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let after_operand = tokens.last().is_some_and(ends_operand);
        let (token, after) = match first {
            '"' | '\'' => literal(rest, first)?,
            '0'..='9' => number(rest)?,
            '.' if rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit) => number(rest)?,
            '*' => (if after_operand { Token::Operator("*") } else { Token::AnyName }, rest.get(1..)),
            c if starts_name(c) => name(rest, after_operand)?,
            _ => symbol(rest)?,
        };
        tokens.push(token);
        rest = after.unwrap_or("").trim_start();
    }
    Ok(tokens)
}

/// Whether an operator may follow, so that `*` and `and` are operators and not names.
fn ends_operand(token: &Token) -> bool {
    match token {
        Token::Symbol(symbol) => matches!(*symbol, ")" | "]" | "." | ".."),
        Token::Operator(_) => false,
        _ => true,
    }
}

type Lexed<'t> = Result<(Token, Option<&'t str>), PathError>;

fn literal(text: &str, quote: char) -> Lexed<'_> {
    let body = text.get(1..).unwrap_or("");
    let end = body.find(quote).ok_or(PathError::Syntax)?;
    Ok((Token::Literal(body.get(..end).unwrap_or("").to_owned()), body.get(end + 1..)))
}

fn number(text: &str) -> Lexed<'_> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let digits = text.get(..end).unwrap_or("");
    Ok((Token::Number(digits.parse().map_err(|_| PathError::Syntax)?), text.get(end..)))
}

fn symbol(text: &str) -> Lexed<'_> {
    let found = SYMBOLS.iter().find(|symbol| text.starts_with(**symbol)).ok_or(PathError::Syntax)?;
    Ok((Token::Symbol(found), text.get(found.len()..)))
}

fn name(text: &str, after_operand: bool) -> Lexed<'_> {
    let (first, rest) = split_name(text);
    if after_operand {
        let operator = ["and", "or", "div", "mod"].into_iter().find(|operator| *operator == first);
        return Ok((Token::Operator(operator.ok_or(PathError::Syntax)?), Some(rest)));
    }
    let Some(local) = rest.strip_prefix(':').filter(|local| !local.starts_with(':')) else {
        return Ok((Token::Name(None, first.to_owned()), Some(rest)));
    };
    if let Some(rest) = local.strip_prefix('*') {
        return Ok((Token::AnyNameOf(first.to_owned()), Some(rest)));
    }
    let (local, rest) = split_name(local);
    if local.is_empty() {
        return Err(PathError::Syntax);
    }
    Ok((Token::Name(Some(first.to_owned()), local.to_owned()), Some(rest)))
}

fn split_name(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !(starts_name(c) || c.is_numeric() || matches!(c, '-' | '.' | '\u{b7}')));
    text.split_at_checked(end.unwrap_or(text.len())).unwrap_or((text, ""))
}

fn starts_name(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}
