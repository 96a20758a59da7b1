//! What is drawn on a map: read from GeoJSON (RFC 7946) or WKT (OGC 06-103r4), and said in words.
//!
//! Altinn's front end keeps what people draw as one of the two (`geometryType` of `Map`), by longitude and latitude in
//! degrees (WGS 84).

mod geo_json;
mod in_words;
mod wkt;

/// The most bytes of a geometry.
pub(super) const MAX_BYTES: usize = 100_000;
/// The most points of a geometry.
pub(super) const MAX_PLACES: usize = 5_000;
/// How deep collections may be in each other.
const MAX_DEPTH: usize = 8;

/// How geometries are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GeometryFormat {
    GeoJson,
    Wkt,
}

/// What is drawn: shapes, each by itself. Where they are is personal, so that it has no `Debug`.
#[derive(Clone, PartialEq)]
pub(super) struct Geometry(Vec<Shape>);

/// A shape.
#[derive(Clone, PartialEq)]
enum Shape {
    Point(Place),
    Line(Vec<Place>),
    /// The line around it, and the lines around its holes; each ends where it begins.
    Area(Vec<Vec<Place>>),
}

/// A place on the earth, in degrees.
#[derive(Clone, Copy, PartialEq)]
struct Place {
    longitude: f64,
    latitude: f64,
}

/// Why a text is no geometry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GeometryFault {
    /// It is not written as it is to be.
    Unreadable,
    /// A place is not on the earth.
    NotOnEarth,
    /// It has too many points, or is too long.
    TooLarge,
}

impl Geometry {
    /// Reads a geometry.
    pub(super) fn read(text: &str, format: GeometryFormat) -> Result<Self, GeometryFault> {
        if text.len() > MAX_BYTES {
            return Err(GeometryFault::TooLarge);
        }
        let shapes = match format {
            GeometryFormat::GeoJson => geo_json::read(text)?,
            GeometryFormat::Wkt => wkt::read(text)?,
        };
        let places: usize = shapes.iter().map(|shape| shape.places().count()).sum();
        if shapes.is_empty() {
            return Err(GeometryFault::Unreadable);
        }
        if places > MAX_PLACES {
            return Err(GeometryFault::TooLarge);
        }
        if shapes.iter().flat_map(Shape::places).all(Place::is_on_earth) {
            Ok(Self(shapes))
        } else {
            Err(GeometryFault::NotOnEarth)
        }
    }
}

impl Shape {
    fn line(places: Vec<Place>) -> Result<Self, GeometryFault> {
        if places.len() < 2 { Err(GeometryFault::Unreadable) } else { Ok(Self::Line(places)) }
    }

    fn area(rings: Vec<Vec<Place>>) -> Result<Self, GeometryFault> {
        let is_closed = |ring: &Vec<Place>| ring.len() >= 4 && ring.first() == ring.last();
        if rings.is_empty() || !rings.iter().all(is_closed) {
            return Err(GeometryFault::Unreadable);
        }
        Ok(Self::Area(rings))
    }

    fn places(&self) -> impl Iterator<Item = &Place> {
        let (one, line, rings) = match self {
            Self::Point(place) => (Some(place), [].as_slice(), [].as_slice()),
            Self::Line(places) => (None, places.as_slice(), [].as_slice()),
            Self::Area(rings) => (None, [].as_slice(), rings.as_slice()),
        };
        one.into_iter().chain(line).chain(rings.iter().flatten())
    }
}

impl Place {
    fn is_on_earth(&self) -> bool {
        self.longitude.abs() <= 180.0 && self.latitude.abs() <= 90.0
    }
}

#[cfg(test)]
mod tests {
    use altinn_core::Language;
    use proptest::prelude::*;

    use super::*;

    fn said(text: &str, format: GeometryFormat) -> Result<String, GeometryFault> {
        Geometry::read(text, format).map(|geometry| geometry.in_words(Language::Nb))
    }

    #[test]
    fn the_same_is_said_of_both_ways_of_writing() {
        let triangle = "Flate med 3 hjørner: 59,9° N 10,7° Ø; 59,9° N 10,8° Ø; 60° N 10,75° Ø";
        for (wkt, json, words) in [
            (
                "POINT (10.7522 59.9139)",
                r#"{"type":"Point","coordinates":[10.7522,59.9139,12]}"#,
                "Punkt: 59,9139° N 10,7522° Ø",
            ),
            (
                "linestring z(10 59 1,10.5 59.5 1)",
                r#"{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[10,59],[10.5,59.5]]}}"#,
                "Linje med 2 punkter: 59° N 10° Ø; 59,5° N 10,5° Ø",
            ),
            (
                "SRID=4326;POLYGON((10.7 59.9, 10.8 59.9, 10.75 60, 10.7 59.9))",
                r#"{"type":"Polygon","coordinates":[[[10.7,59.9],[10.8,59.9],[10.75,60],[10.7,59.9]]]}"#,
                triangle,
            ),
            (
                "POLYGON((0 0,9 0,9 9,0 0),(1 1,2 1,2 2,1 1))",
                r#"{"type":"MultiPolygon","coordinates":[[[[0,0],[9,0],[9,9],[0,0]],[[1,1],[2,1],[2,2],[1,1]]]]}"#,
                "Flate med 3 hjørner og 1 hull: 0° N 0° Ø; 0° N 9° Ø; 9° N 9° Ø",
            ),
            (
                "MULTIPOINT((1 2),(3 -4))",
                r#"{"type":"MultiPoint","coordinates":[[1,2],[3,-4]]}"#,
                "Punkt: 2° N 1° Ø. Punkt: 4° S 3° Ø",
            ),
            (
                "GEOMETRYCOLLECTION(POINT(1 2),MULTILINESTRING((1 1,2 2),(3 3,4 4)),POINT EMPTY)",
                r#"{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]}},
                    {"type":"Feature","geometry":{"type":"MultiLineString","coordinates":[[[1,1],[2,2]],[[3,3],[4,4]]]}},
                    {"type":"Feature","geometry":null}]}"#,
                "Punkt: 2° N 1° Ø. Linje med 2 punkter: 1° N 1° Ø; 2° N 2° Ø. Linje med 2 punkter: 3° N 3° Ø; 4° N 4° Ø",
            ),
        ] {
            assert_eq!(said(wkt, GeometryFormat::Wkt).as_deref(), Ok(words), "{wkt}");
            assert_eq!(said(json, GeometryFormat::GeoJson).as_deref(), Ok(words), "{json}");
        }
        assert_eq!(
            said("MULTIPOINT(1 2, 3 4)", GeometryFormat::Wkt).as_deref(),
            Ok("Punkt: 2° N 1° Ø. Punkt: 4° N 3° Ø")
        );
    }

    #[test]
    fn what_is_no_geometry_is_refused_with_the_reason() {
        use GeometryFault::{NotOnEarth, TooLarge, Unreadable};
        let many = |count: usize| vec!["1 1"; count].join(",");
        let deep = "GEOMETRYCOLLECTION(".repeat(50_000 / 19);
        for (text, fault) in [
            ("", Unreadable),
            ("POINT", Unreadable),
            ("POINT EMPTY", Unreadable),
            ("POINT(1)", Unreadable),
            ("POINT(1 2", Unreadable),
            ("POINT(1 2))", Unreadable),
            ("POINT(1 NaN)", Unreadable),
            ("POINT(1e999 2)", Unreadable),
            ("SRID=25833;POINT(1 2)", Unreadable),
            ("CIRCLE(1 2)", Unreadable),
            ("LINESTRING(1 2)", Unreadable),
            ("POLYGON((1 1,2 2,1 1))", Unreadable),
            ("POLYGON((1 1,2 2,3 3,4 4))", Unreadable),
            ("POINT(262000 6649000)", NotOnEarth),
            ("POINT(10 91)", NotOnEarth),
            (&deep, Unreadable),
            (&format!("LINESTRING({})", many(MAX_PLACES + 1)), TooLarge),
            (&format!("POINT(1 2{})", " ".repeat(MAX_BYTES)), TooLarge),
        ] {
            assert_eq!(said(text, GeometryFormat::Wkt), Err(fault), "{}", &text[..text.len().min(60)]);
        }
        for (text, fault) in [
            ("", Unreadable),
            ("[]", Unreadable),
            (r#"{"type":"Circle","coordinates":[1,2]}"#, Unreadable),
            (r#"{"type":"Point","coordinates":["1","2"]}"#, Unreadable),
            (r#"{"type":"Point","coordinates":[1]}"#, Unreadable),
            (r#"{"type":"FeatureCollection","features":[]}"#, Unreadable),
            (r#"{"type":"Point","coordinates":[181,2]}"#, NotOnEarth),
        ] {
            assert_eq!(said(text, GeometryFormat::GeoJson), Err(fault), "{text}");
        }
    }

    #[test]
    fn every_language_says_where_in_its_own_way() {
        let area = Geometry::read("POLYGON((-1.5 -2,1 2,3 4,-1.5 -2))", GeometryFormat::Wkt).ok().unwrap();
        for (language, said) in [
            (Language::Nb, "Flate med 3 hjørner: 2° S 1,5° V; 2° N 1° Ø; 4° N 3° Ø"),
            (Language::Nn, "Flate med 3 hjørne: 2° S 1,5° V; 2° N 1° A; 4° N 3° A"),
            (Language::En, "Area with 3 corners: 2° S 1.5° W; 2° N 1° E; 4° N 3° E"),
        ] {
            assert_eq!(area.in_words(language), said);
        }
    }

    #[test]
    fn of_a_long_line_the_first_points_are_said_and_how_many_follow() {
        let places: Vec<String> = (0..50).map(|number| format!("{number} 1")).collect();
        let words = said(&format!("LINESTRING({})", places.join(",")), GeometryFormat::Wkt).unwrap();
        assert!(
            words.starts_with("Linje med 50 punkter: 1° N 0° Ø; ") && words.ends_with("; og 30 til"),
            "{words}"
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_reading_panic(text in ".{0,200}", marks in "[A-Za-z0-9(){}\\[\\],.:;\" eE+-]{0,200}") {
            for text in [&text, &marks] {
                let _ = Geometry::read(text, GeometryFormat::Wkt);
                let _ = Geometry::read(text, GeometryFormat::GeoJson);
            }
        }
    }
}
