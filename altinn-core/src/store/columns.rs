//! The names of the columns of what a query gave back.

/// The names of columns, in order: kept as one text, since they are made anew for each query.
///
/// ```
/// use altinn_core::store::Columns;
///
/// let columns: Columns = ["id", "name"].into_iter().collect();
/// assert_eq!(columns.position("name"), Some(1));
/// assert_eq!(columns.position("nam"), None);
/// assert_eq!(columns.len(), 2);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    names: String,
    /// Where each name ends.
    ends: Vec<usize>,
}

impl Columns {
    /// Where the first column of this name stands, counted from 0.
    pub fn position(&self, name: &str) -> Option<usize> {
        let (names, name) = (self.names.as_bytes(), name.as_bytes());
        let mut begin = 0;
        self.ends.iter().position(|end| {
            let at = std::mem::replace(&mut begin, *end)..*end;
            at.len() == name.len() && names.get(at) == Some(name)
        })
    }

    /// How many columns there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

impl<'n> FromIterator<&'n str> for Columns {
    fn from_iter<I: IntoIterator<Item = &'n str>>(names: I) -> Self {
        let names = names.into_iter();
        let most = names.size_hint().0;
        let mut columns = Self { names: String::with_capacity(most * 12), ends: Vec::with_capacity(most) };
        for name in names {
            columns.names.push_str(name);
            columns.ends.push(columns.names.len());
        }
        columns
    }
}
