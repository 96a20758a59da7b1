//! Reads the words of a query into a tree, by how strongly each binds.

use serde_json::Value;

use super::fault;
use super::lexer::Token;
use crate::expression::failure::Failure;

/// How deep a query may be nested.
const MAX_DEPTH: usize = 64;
/// Below this, a word ends a projection.
const PROJECTION_STOP: u8 = 10;

/// A query, as a tree.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Ast {
    Current,
    Literal(Value),
    Field(String),
    Index(i64),
    Slice {
        start: Option<i64>,
        stop: Option<i64>,
        step: Option<i64>,
    },
    /// The right one, in what the left one finds.
    Then(Box<Ast>, Box<Ast>),
    /// The right one, in each item that the left one finds.
    Project(Box<Ast>, Box<Ast>),
    /// The right one, in each value of the object that the left one finds.
    ProjectValues(Box<Ast>, Box<Ast>),
    /// The right one, in each item for which the condition holds.
    Filter {
        list: Box<Ast>,
        condition: Box<Ast>,
        each: Box<Ast>,
    },
    Flatten(Box<Ast>),
    Compare(&'static str, Box<Ast>, Box<Ast>),
    Or(Box<Ast>, Box<Ast>),
    And(Box<Ast>, Box<Ast>),
    Not(Box<Ast>),
    List(Vec<Ast>),
    Object(Vec<(String, Ast)>),
    Call(String, Vec<Ast>),
    /// A query that is itself an argument.
    Reference(Box<Ast>),
}

pub(super) fn parse(tokens: &[Token]) -> Result<Ast, Failure> {
    let mut parser = Parser { tokens, at: 0, depth: 0 };
    let query = parser.expression(0)?;
    if parser.at < tokens.len() { Err(fault("there is more behind the query")) } else { Ok(query) }
}

struct Parser<'t> {
    tokens: &'t [Token],
    at: usize,
    depth: usize,
}

/// How strongly a sign binds to what is on its left.
fn strength(token: Option<&Token>) -> u8 {
    let Some(Token::Sign(sign)) = token else { return 0 };
    match *sign {
        "|" => 1,
        "||" => 2,
        "&&" => 3,
        "==" | "!=" | "<" | "<=" | ">" | ">=" => 5,
        "[]" => 9,
        "[?" => 21,
        "." => 40,
        "[" => 55,
        _ => 0,
    }
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<&'t Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<&'t Token> {
        let token = self.peek();
        self.at += 1;
        token
    }

    fn is_next(&self, sign: &str) -> bool {
        matches!(self.peek(), Some(Token::Sign(next)) if *next == sign)
    }

    fn accept(&mut self, sign: &str) -> bool {
        let accepted = self.is_next(sign);
        self.at += usize::from(accepted);
        accepted
    }

    fn expect(&mut self, sign: &str) -> Result<(), Failure> {
        if self.accept(sign) { Ok(()) } else { Err(fault(&format!("`{sign}` is missing"))) }
    }

    fn expression(&mut self, binding: u8) -> Result<Ast, Failure> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(fault("the query is nested too deep"));
        }
        let mut left = self.prefix()?;
        let mut chained = 0;
        while strength(self.peek()) > binding {
            // What is chained becomes a tree as deep as the chain is long.
            chained += 1;
            if self.depth + chained > MAX_DEPTH {
                return Err(fault("the query is nested too deep"));
            }
            left = self.infix(left)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    fn boxed(&mut self, binding: u8) -> Result<Box<Ast>, Failure> {
        self.expression(binding).map(Box::new)
    }

    fn prefix(&mut self) -> Result<Ast, Failure> {
        match self.next() {
            Some(Token::Literal(value)) => Ok(Ast::Literal(value.clone())),
            Some(Token::Quoted(name)) => Ok(Ast::Field(name.clone())),
            Some(Token::Name(name)) if self.accept("(") => Ok(Ast::Call(name.clone(), self.until(")")?)),
            Some(Token::Name(name)) => Ok(Ast::Field(name.clone())),
            Some(Token::Sign(sign)) => self.prefix_sign(sign),
            Some(Token::Number(_)) | None => Err(fault("a query is missing")),
        }
    }

    fn prefix_sign(&mut self, sign: &str) -> Result<Ast, Failure> {
        let current = || Box::new(Ast::Current);
        match sign {
            "@" => Ok(Ast::Current),
            "*" => Ok(Ast::ProjectValues(current(), self.projected(20)?)),
            "[?" => self.filter(current()),
            "[]" => Ok(Ast::Project(Box::new(Ast::Flatten(current())), self.projected(9)?)),
            "[" => match self.peek() {
                Some(Token::Number(_) | Token::Sign(":")) => self.index_of(current()),
                Some(Token::Sign("*")) if self.tokens.get(self.at + 1) == Some(&Token::Sign("]")) => {
                    self.at += 2;
                    Ok(Ast::Project(current(), self.projected(20)?))
                }
                _ => self.list(),
            },
            "{" => self.object(),
            "(" => {
                let inside = self.expression(0)?;
                self.expect(")")?;
                Ok(inside)
            }
            "!" => Ok(Ast::Not(self.boxed(45)?)),
            "&" => Ok(Ast::Reference(self.boxed(0)?)),
            _ => Err(fault(&format!("`{sign}` is not expected"))),
        }
    }

    fn infix(&mut self, left: Ast) -> Result<Ast, Failure> {
        let left = Box::new(left);
        let token = self.next();
        let Some(Token::Sign(sign)) = token else { return Err(fault("a sign is missing")) };
        let binding = strength(token);
        match *sign {
            "." if self.accept("*") => Ok(Ast::ProjectValues(left, self.projected(20)?)),
            "." => Ok(Ast::Then(left, Box::new(self.behind_dot(binding)?))),
            "|" => Ok(Ast::Then(left, self.boxed(binding)?)),
            "||" => Ok(Ast::Or(left, self.boxed(binding)?)),
            "&&" => Ok(Ast::And(left, self.boxed(binding)?)),
            "[]" => Ok(Ast::Project(Box::new(Ast::Flatten(left)), self.projected(9)?)),
            "[?" => self.filter(left),
            "[" if self.accept("*") => {
                self.expect("]")?;
                Ok(Ast::Project(left, self.projected(20)?))
            }
            "[" => self.index_of(left),
            operator => Ok(Ast::Compare(operator, left, self.boxed(binding)?)),
        }
    }

    /// What is done with each item of a projection.
    fn projected(&mut self, binding: u8) -> Result<Box<Ast>, Failure> {
        if strength(self.peek()) < PROJECTION_STOP {
            return Ok(Box::new(Ast::Current));
        }
        if self.accept(".") {
            return self.behind_dot(binding).map(Box::new);
        }
        self.boxed(binding)
    }

    fn behind_dot(&mut self, binding: u8) -> Result<Ast, Failure> {
        match self.peek() {
            Some(Token::Name(_) | Token::Quoted(_) | Token::Sign("*")) => self.expression(binding),
            Some(Token::Sign("[")) => {
                self.at += 1;
                self.list()
            }
            Some(Token::Sign("{")) => {
                self.at += 1;
                self.object()
            }
            _ => Err(fault("a name is missing behind a dot")),
        }
    }

    fn filter(&mut self, list: Box<Ast>) -> Result<Ast, Failure> {
        let condition = self.boxed(0)?;
        self.expect("]")?;
        // A flattening behind a filter is over all that passed it.
        let each = if self.is_next("[]") { Box::new(Ast::Current) } else { self.projected(21)? };
        Ok(Ast::Filter { list, condition, each })
    }

    /// An index or a slice, behind its bracket.
    fn index_of(&mut self, list: Box<Ast>) -> Result<Ast, Failure> {
        let mut parts = [None; 3];
        let mut colons = 0;
        loop {
            match self.next() {
                Some(Token::Number(number)) => match parts.get_mut(colons) {
                    Some(part @ None) => *part = Some(*number),
                    _ => return Err(fault("an index has too many numbers")),
                },
                Some(Token::Sign(":")) if colons < 2 => colons += 1,
                Some(Token::Sign("]")) => break,
                _ => return Err(fault("an index is a number or a slice")),
            }
        }
        let [start, stop, step] = parts;
        match (colons, start) {
            (0, Some(index)) => Ok(Ast::Then(list, Box::new(Ast::Index(index)))),
            (0, None) => Err(fault("an index is missing")),
            _ if step == Some(0) => Err(fault("the step of a slice is 0")),
            _ => {
                let slice = Ast::Then(list, Box::new(Ast::Slice { start, stop, step }));
                Ok(Ast::Project(Box::new(slice), self.projected(20)?))
            }
        }
    }

    fn list(&mut self) -> Result<Ast, Failure> {
        let items = self.until("]")?;
        if items.is_empty() { Err(fault("a list has no queries")) } else { Ok(Ast::List(items)) }
    }

    fn until(&mut self, end: &str) -> Result<Vec<Ast>, Failure> {
        let mut items = Vec::new();
        if self.accept(end) {
            return Ok(items);
        }
        loop {
            items.push(self.expression(0)?);
            if self.accept(end) {
                return Ok(items);
            }
            self.expect(",")?;
        }
    }

    fn object(&mut self) -> Result<Ast, Failure> {
        let mut fields = Vec::new();
        loop {
            let Some(Token::Name(name) | Token::Quoted(name)) = self.next() else {
                return Err(fault("the name of a field is missing"));
            };
            self.expect(":")?;
            fields.push((name.clone(), self.expression(0)?));
            if self.accept("}") {
                return Ok(Ast::Object(fields));
            }
            self.expect(",")?;
        }
    }
}
