//! Well-known text.

use super::{GeometryFault, MAX_DEPTH, Place, Shape};

/// The shapes of a text, which may say that its places are of WGS 84 (`SRID=4326;`).
pub(super) fn read(text: &str) -> Result<Vec<Shape>, GeometryFault> {
    let text = text.trim();
    let mut reader = Reader { rest: text.strip_prefix("SRID=4326;").unwrap_or(text) };
    let mut shapes = Vec::new();
    reader.geometry(&mut shapes, MAX_DEPTH)?;
    if reader.rest.trim_start().is_empty() { Ok(shapes) } else { Err(GeometryFault::Unreadable) }
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn geometry(&mut self, shapes: &mut Vec<Shape>, depth: usize) -> Result<(), GeometryFault> {
        let depth = depth.checked_sub(1).ok_or(GeometryFault::Unreadable)?;
        let kind = self.word();
        let mut more = self.word();
        if matches!(more.as_str(), "Z" | "M" | "ZM") {
            more = self.word();
        }
        match more.as_str() {
            "" => {}
            "EMPTY" => return Ok(()),
            _ => return Err(GeometryFault::Unreadable),
        }
        match kind.as_str() {
            "POINT" => match self.list(Self::place)?.as_slice() {
                [place] => shapes.push(Shape::Point(*place)),
                _ => return Err(GeometryFault::Unreadable),
            },
            "LINESTRING" => shapes.push(Shape::line(self.line()?)?),
            "POLYGON" => shapes.push(Shape::area(self.list(Self::line)?)?),
            "MULTIPOINT" => shapes.extend(self.list(Self::point)?.into_iter().map(Shape::Point)),
            "MULTILINESTRING" => {
                for line in self.list(Self::line)? {
                    shapes.push(Shape::line(line)?);
                }
            }
            "MULTIPOLYGON" => {
                for area in self.list(|reader| reader.list(Self::line))? {
                    shapes.push(Shape::area(area)?);
                }
            }
            "GEOMETRYCOLLECTION" => {
                self.list(|reader| reader.geometry(shapes, depth))?;
            }
            _ => return Err(GeometryFault::Unreadable),
        }
        Ok(())
    }

    /// What stands in parentheses, with commas between.
    fn list<T>(
        &mut self,
        mut each: impl FnMut(&mut Self) -> Result<T, GeometryFault>,
    ) -> Result<Vec<T>, GeometryFault> {
        if !self.takes('(') {
            return Err(GeometryFault::Unreadable);
        }
        let mut items = vec![each(self)?];
        while self.takes(',') {
            items.push(each(self)?);
        }
        if self.takes(')') { Ok(items) } else { Err(GeometryFault::Unreadable) }
    }

    fn line(&mut self) -> Result<Vec<Place>, GeometryFault> {
        self.list(Self::place)
    }

    /// A point of several: in parentheses of its own, or without.
    fn point(&mut self) -> Result<Place, GeometryFault> {
        let in_parentheses = self.takes('(');
        let place = self.place()?;
        if in_parentheses && !self.takes(')') { Err(GeometryFault::Unreadable) } else { Ok(place) }
    }

    /// Longitude and latitude, perhaps with a height and a measure.
    fn place(&mut self) -> Result<Place, GeometryFault> {
        let mut numbers = Vec::new();
        while let Some(number) = self.number()? {
            numbers.push(number);
        }
        match numbers.as_slice() {
            [longitude, latitude] | [longitude, latitude, _] | [longitude, latitude, _, _] => {
                Ok(Place { longitude: *longitude, latitude: *latitude })
            }
            _ => Err(GeometryFault::Unreadable),
        }
    }

    fn number(&mut self) -> Result<Option<f64>, GeometryFault> {
        let digits = self.run(|letter| letter.is_ascii_digit() || "+-.eE".contains(letter));
        if digits.is_empty() {
            return Ok(None);
        }
        let number = digits.parse::<f64>().ok().filter(|number| number.is_finite());
        number.map(Some).ok_or(GeometryFault::Unreadable)
    }

    fn word(&mut self) -> String {
        self.run(|letter| letter.is_ascii_alphabetic()).to_ascii_uppercase()
    }

    /// The next letters that are such ones, behind any space.
    fn run(&mut self, is_one: impl Fn(char) -> bool) -> &str {
        let rest = self.rest.trim_start();
        let end = rest.find(|letter| !is_one(letter)).unwrap_or(rest.len());
        let (run, rest) = rest.split_at(end);
        self.rest = rest;
        run
    }

    fn takes(&mut self, mark: char) -> bool {
        let rest = self.rest.trim_start().strip_prefix(mark);
        rest.map(|rest| self.rest = rest).is_some()
    }
}
