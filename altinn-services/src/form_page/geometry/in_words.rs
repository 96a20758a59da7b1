//! What is drawn, in words that say where it is without a map.

use altinn_core::Language;

use super::{Geometry, Place, Shape};

/// The most points that are said of a shape.
const MAX_SAID: usize = 20;

impl Geometry {
    /// Each shape with its places.
    pub(in crate::form_page) fn in_words(&self, language: Language) -> String {
        let shapes: Vec<String> = self.0.iter().map(|shape| said(shape, language)).collect();
        shapes.join(". ")
    }
}

fn said(shape: &Shape, language: Language) -> String {
    match shape {
        Shape::Point(place) => format!("{}: {}", of_point(language), place.said(language)),
        Shape::Line(places) => format!("{}: {}", of_line(places.len(), language), all(places, language)),
        Shape::Area(rings) => {
            // The last corner is the first one.
            let corners =
                rings.first().and_then(|ring| ring.split_last()).map_or([].as_slice(), |(_, ring)| ring);
            let holes = rings.len().saturating_sub(1);
            format!("{}: {}", of_area(corners.len(), holes, language), all(corners, language))
        }
    }
}

fn all(places: &[Place], language: Language) -> String {
    let mut said: Vec<String> = places.iter().take(MAX_SAID).map(|place| place.said(language)).collect();
    let more = places.len().saturating_sub(MAX_SAID);
    if more > 0 {
        said.push(match language {
            Language::En => format!("and {more} more"),
            _ => format!("og {more} til"),
        });
    }
    said.join("; ")
}

impl Place {
    /// Latitude and longitude, as people say them.
    fn said(self, language: Language) -> String {
        let (north, south, east, west) = match language {
            Language::En => ('N', 'S', 'E', 'W'),
            Language::Nn => ('N', 'S', 'A', 'V'),
            Language::Nb | Language::Se => ('N', 'S', 'Ø', 'V'),
        };
        let latitude = degrees(self.latitude, language, north, south);
        format!("{latitude} {}", degrees(self.longitude, language, east, west))
    }
}

/// Degrees to a tenth of a metre, on one side or the other.
fn degrees(degrees: f64, language: Language, positive: char, negative: char) -> String {
    let digits = format!("{:.6}", degrees.abs());
    let digits = digits.trim_end_matches('0').trim_end_matches('.');
    let digits = if language == Language::En { digits.to_owned() } else { digits.replace('.', ",") };
    format!("{digits}° {}", if degrees < 0.0 { negative } else { positive })
}

fn of_point(language: Language) -> &'static str {
    match language {
        Language::En => "Point",
        _ => "Punkt",
    }
}

fn of_line(points: usize, language: Language) -> String {
    match language {
        Language::En => format!("Line of {points} points"),
        Language::Nn => format!("Linje med {points} punkt"),
        Language::Nb | Language::Se => format!("Linje med {points} punkter"),
    }
}

fn of_area(corners: usize, holes: usize, language: Language) -> String {
    match (language, holes) {
        (Language::En, 0) => format!("Area with {corners} corners"),
        (Language::En, 1) => format!("Area with {corners} corners and 1 hole"),
        (Language::En, _) => format!("Area with {corners} corners and {holes} holes"),
        (Language::Nn, 0) => format!("Flate med {corners} hjørne"),
        (Language::Nn, _) => format!("Flate med {corners} hjørne og {holes} hol"),
        (Language::Nb | Language::Se, 0) => format!("Flate med {corners} hjørner"),
        (Language::Nb | Language::Se, _) => format!("Flate med {corners} hjørner og {holes} hull"),
    }
}
