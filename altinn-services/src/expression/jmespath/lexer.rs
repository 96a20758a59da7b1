//! The words of a query.

use serde_json::Value;

use super::fault;
use crate::expression::failure::Failure;

/// A word of a query.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A bare name, which may be that of a function.
    Name(String),
    /// A name in quotation marks.
    Quoted(String),
    Literal(Value),
    Number(i64),
    /// A sign of one character or two.
    Sign(&'static str),
}

/// The signs, those of two characters first.
const SIGNS: [&str; 24] = [
    "[?", "[]", "||", "&&", "==", "!=", "<=", ">=", ".", "*", "[", "]", "{", "}", "(", ")", ",", ":", "&",
    "@", "|", "!", "<", ">",
];

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Failure> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, behind) = match first {
            'a'..='z' | 'A'..='Z' | '_' => {
                let length =
                    rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
                let (name, behind) = rest.split_at(length);
                (Token::Name(name.to_owned()), behind)
            }
            '0'..='9' | '-' => number(rest)?,
            '"' => {
                let (inside, behind) = delimited(rest, '"')?;
                let quoted = format!("\"{inside}\"");
                let name =
                    serde_json::from_str(&quoted).map_err(|_| fault("a quoted name is no JSON text"))?;
                (Token::Quoted(name), behind)
            }
            '\'' => {
                let (inside, behind) = delimited(rest, '\'')?;
                (Token::Literal(Value::String(inside.replace("\\'", "'"))), behind)
            }
            '`' => {
                let (inside, behind) = delimited(rest, '`')?;
                let json = inside.replace("\\`", "`");
                let value = serde_json::from_str(&json).map_err(|_| fault("a literal is no JSON"))?;
                (Token::Literal(value), behind)
            }
            _ => {
                let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
                let sign = sign.ok_or_else(|| fault("an unknown character"))?;
                (Token::Sign(sign), rest.get(sign.len()..).unwrap_or_default())
            }
        };
        tokens.push(token);
        rest = behind.trim_start();
    }
    Ok(tokens)
}

fn number(text: &str) -> Result<(Token, &str), Failure> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let length = digits.bytes().take_while(u8::is_ascii_digit).count() + (text.len() - digits.len());
    let (number, behind) = text.split_at(length);
    let number = number.parse().map_err(|_| fault("a number can not be read"))?;
    Ok((Token::Number(number), behind))
}

/// What stands between a mark and the next one that no backslash goes before.
fn delimited(text: &str, mark: char) -> Result<(&str, &str), Failure> {
    let inside = text.get(1..).unwrap_or_default();
    let mut escaped = false;
    for (at, letter) in inside.char_indices() {
        if escaped {
            escaped = false;
        } else if letter == '\\' {
            escaped = true;
        } else if letter == mark {
            let (inside, behind) = inside.split_at(at);
            return Ok((inside, behind.get(1..).unwrap_or_default()));
        }
    }
    Err(fault("something quoted has no end"))
}
