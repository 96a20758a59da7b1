//! GeoJSON.

use serde_json::Value;

use super::{GeometryFault, MAX_DEPTH, Place, Shape};

/// The shapes of a text. Members that say nothing of shapes are passed over.
pub(super) fn read(text: &str) -> Result<Vec<Shape>, GeometryFault> {
    let read: Value = serde_json::from_str(text).map_err(|_| GeometryFault::Unreadable)?;
    let mut shapes = Vec::new();
    add(&mut shapes, &read, MAX_DEPTH)?;
    Ok(shapes)
}

fn add(shapes: &mut Vec<Shape>, object: &Value, depth: usize) -> Result<(), GeometryFault> {
    let depth = depth.checked_sub(1).ok_or(GeometryFault::Unreadable)?;
    let member = |name: &str| object.get(name).ok_or(GeometryFault::Unreadable);
    let coordinates = || member("coordinates");
    match member("type")?.as_str().unwrap_or_default() {
        "Feature" => match member("geometry")? {
            Value::Null => {}
            geometry => add(shapes, geometry, depth)?,
        },
        "FeatureCollection" => {
            items(member("features")?)?.iter().try_for_each(|feature| add(shapes, feature, depth))?;
        }
        "GeometryCollection" => {
            items(member("geometries")?)?.iter().try_for_each(|part| add(shapes, part, depth))?;
        }
        "Point" => shapes.push(Shape::Point(place(coordinates()?)?)),
        "LineString" => shapes.push(Shape::line(places(coordinates()?)?)?),
        "Polygon" => shapes.push(Shape::area(rings(coordinates()?)?)?),
        "MultiPoint" => shapes.extend(places(coordinates()?)?.into_iter().map(Shape::Point)),
        "MultiLineString" => {
            for line in rings(coordinates()?)? {
                shapes.push(Shape::line(line)?);
            }
        }
        "MultiPolygon" => {
            for area in items(coordinates()?)? {
                shapes.push(Shape::area(rings(area)?)?);
            }
        }
        _ => return Err(GeometryFault::Unreadable),
    }
    Ok(())
}

fn items(value: &Value) -> Result<&[Value], GeometryFault> {
    value.as_array().map(Vec::as_slice).ok_or(GeometryFault::Unreadable)
}

fn rings(value: &Value) -> Result<Vec<Vec<Place>>, GeometryFault> {
    items(value)?.iter().map(places).collect()
}

fn places(value: &Value) -> Result<Vec<Place>, GeometryFault> {
    items(value)?.iter().map(place).collect()
}

/// Longitude and latitude, perhaps with a height.
fn place(value: &Value) -> Result<Place, GeometryFault> {
    match items(value)? {
        [longitude, latitude, ..] => match (longitude.as_f64(), latitude.as_f64()) {
            (Some(longitude), Some(latitude)) => Ok(Place { longitude, latitude }),
            _ => Err(GeometryFault::Unreadable),
        },
        _ => Err(GeometryFault::Unreadable),
    }
}
