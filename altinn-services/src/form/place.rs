//! Finds places in a JSON text: where the value at a pointer begins, and where a limit is passed.

use crate::definition::Position;

/// A limit that a text passes, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Excess {
    Depth(Position),
    Values(Position),
}

/// Where a JSON text is first nested deeper than `max_depth` or holds more than `max_values` values.
pub(super) fn excess(text: &str, max_depth: usize, max_values: usize) -> Option<Excess> {
    let (mut depth, mut values) = (0_usize, 1_usize);
    let mut cursor = Cursor { text, at: 0 };
    while let Some(byte) = cursor.peek() {
        match byte {
            b'"' => {
                cursor.skip_string();
                continue;
            }
            b'{' | b'[' => (depth, values) = (depth + 1, values + 1),
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' => values += 1,
            _ => {}
        }
        if depth > max_depth {
            return Some(Excess::Depth(cursor.position()));
        }
        if values > max_values {
            return Some(Excess::Values(cursor.position()));
        }
        cursor.at += 1;
    }
    None
}

/// Where the value at a JSON pointer begins in a text that is valid JSON, or the nearest value around it.
pub(crate) fn of(text: &str, pointer: &str) -> Option<Position> {
    let mut cursor = Cursor { text, at: 0 };
    cursor.skip_space();
    for step in pointer.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        let entered = match cursor.peek()? {
            b'{' => cursor.enter_field(&step),
            b'[' => step.parse().ok().and_then(|index| cursor.enter_item(index)),
            _ => None,
        };
        match entered {
            Some(at) => cursor.at = at,
            None => break,
        }
    }
    Some(cursor.position())
}

/// A place in a text that is walked from left to right.
#[derive(Clone)]
struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Where the value of a field of the object at hand begins.
    fn enter_field(&self, name: &str) -> Option<usize> {
        let mut cursor = self.clone();
        cursor.at += 1;
        loop {
            cursor.skip_space();
            let start = cursor.at;
            if cursor.peek()? != b'"' {
                return None;
            }
            cursor.skip_string();
            let key: Option<String> = serde_json::from_str(cursor.text.get(start..cursor.at)?).ok();
            cursor.skip_space();
            cursor.at += 1;
            cursor.skip_space();
            if key.as_deref() == Some(name) {
                return Some(cursor.at);
            }
            cursor.skip_to_sibling()?;
        }
    }

    /// Where an item of the list at hand begins.
    fn enter_item(&self, index: usize) -> Option<usize> {
        let mut cursor = self.clone();
        cursor.at += 1;
        cursor.skip_space();
        for _ in 0..index {
            cursor.skip_to_sibling()?;
            cursor.skip_space();
        }
        (cursor.peek()? != b']').then_some(cursor.at)
    }

    /// Passes the value at hand and the comma behind it; none when there is no comma.
    fn skip_to_sibling(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                b'"' => {
                    self.skip_string();
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.checked_sub(1)?,
                b',' if depth == 0 => {
                    self.at += 1;
                    return Some(());
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn skip_string(&mut self) {
        self.at += 1;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'"' => return,
                _ => {}
            }
        }
    }

    fn position(&self) -> Position {
        let before = self.text.get(..self.at).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Position::new(number(line), number(column))
    }
}
