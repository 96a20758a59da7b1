//! Maps on which shapes are drawn (`Map` with `geometries`): what is drawn is said in words, and written by hand.
//!
//! Source: Altinn's documentation of `Map`: a list of objects with what is drawn (`geometryData`), what it is called
//! (`geometryLabel`), whether it is shown (`geometryIsHidden`) and whether people change it (`geometryIsEditable`); what may
//! be drawn anew (`toolbar`), and how it is kept (`geometryType`).

use altinn_core::Text;
use serde_json::{Map, Value};

use super::field::as_text;
use super::geometry::{Geometry, GeometryFault, GeometryFormat, MAX_BYTES, MAX_PLACES};
use super::kind::Kind;
use super::model::{Content, Control, Field, Group, Item, Row, Rows, Written};
use super::resolve::{At, MAX_ROWS, Resolver};
use super::rich_text::RichText;
use crate::expression::{Binding, Expression};
use crate::form::{Issue, IssueCode, put, wording};

/// What may be drawn, as the toolbar of a map names it.
const TOOLS: [&str; 5] = ["marker", "polyline", "polygon", "rectangle", "circle"];

/// The list of what is drawn.
struct Drawn<'c> {
    data_type: String,
    /// Where it is, as a JSON pointer.
    pointer: String,
    format: GeometryFormat,
    binding: &'c Binding,
    writes: bool,
}

impl Resolver<'_, '_> {
    /// A map with what is drawn on it, and the place that is marked on it where it has one.
    pub(super) fn shapes(&self, at: At<'_>) -> Group {
        let mut items = Vec::new();
        if let Some(drawn) = self.drawn(at) {
            items = self.said_shapes(at, &drawn);
            items.extend(self.written_shapes(at, &drawn));
        }
        if items.is_empty() {
            let text = Content::Text(RichText::plain(self.view.words().nothing_drawn()));
            items.push(Item {
                id: format!("{}.none", at.id()),
                kind: at.component.kind.clone(),
                content: text,
            });
        }
        if at.component.simple_binding().is_some() {
            let place = Content::Field(Box::new(self.field(Kind::Map, at)));
            items.push(Item { id: at.id(), kind: at.component.kind.clone(), content: place });
        }
        Group {
            title: self.text(at, "title"),
            description: self.text(at, "description"),
            folds: false,
            items,
        }
    }

    fn drawn<'c>(&self, at: At<'c>) -> Option<Drawn<'c>> {
        let binding = at.component.bindings.get("geometries")?;
        let data_type = self.data_type_of(binding);
        let is_wkt = self.property(at, "geometryType").and_then(Value::as_str) == Some("WKT");
        let writes =
            !self.view.only_reads(&data_type) && !self.is_true(at.component.read_only.as_ref(), at, true);
        Some(Drawn {
            pointer: self.pointer(binding, at.rows)?,
            format: if is_wkt { GeometryFormat::Wkt } else { GeometryFormat::GeoJson },
            data_type,
            binding,
            writes,
        })
    }

    /// The objects of the list that are shown, with their places in it, and whether people change what is drawn.
    fn objects(&self, at: At<'_>, drawn: &Drawn<'_>) -> Vec<(usize, &Value, bool)> {
        let model = self.view.context.model(Some(&drawn.data_type)).ok().flatten();
        let list = model.and_then(|model| model.pointer(&drawn.pointer)?.as_array());
        let (hidden, editable) =
            (at.member("geometryIsHidden", drawn), at.member("geometryIsEditable", drawn));
        let says = |object: &Value, member: &Option<String>| {
            member.as_deref().and_then(|member| object.pointer(member)) == Some(&Value::Bool(true))
        };
        let objects = list.into_iter().flatten().take(MAX_ROWS).enumerate();
        let shown = objects.filter(|(_, object)| !says(object, &hidden));
        shown.map(|(index, object)| (index, object, drawn.writes && says(object, &editable))).collect()
    }

    /// What is drawn and can only be read.
    fn said_shapes(&self, at: At<'_>, drawn: &Drawn<'_>) -> Vec<Item> {
        let objects = self.objects(at, drawn).into_iter().filter(|(.., is_editable)| !is_editable);
        let said = objects.map(|(index, object, _)| {
            let name = self.called(at, drawn, object);
            let name = name.unwrap_or_else(|| self.view.words().shape_number(index + 1));
            let field = Field {
                read_only: true,
                label: RichText::plain(&name),
                ..self.shape(at, drawn, (index, object))
            };
            self.item_of(at, field)
        });
        said.collect()
    }

    /// What people draw, a row each.
    fn written_shapes(&self, at: At<'_>, drawn: &Drawn<'_>) -> Option<Item> {
        let words = self.view.words();
        let objects = self.objects(at, drawn).into_iter().filter(|(.., is_editable)| *is_editable);
        let row = |(index, object, _): (usize, &Value, bool)| {
            let name = self.called(at, drawn, object);
            let field = self.shape(at, drawn, (index, object));
            let is_read = Geometry::read(&as_text(&field.value), drawn.format).is_ok();
            let description = is_read.then(|| RichText::plain(&field.shown));
            let label = name.map(|name| RichText::plain(&name)).unwrap_or_else(|| field.label.clone());
            let field = Field { label, description, required: true, ..field };
            Row { index, items: vec![self.item_of(at, field)], can_remove: true }
        };
        let rows: Vec<Row> = objects.map(row).collect();
        let new_row = self.new_shape(at, drawn);
        if rows.is_empty() && new_row.is_none() {
            return None;
        }
        let rows = Rows {
            title: Some(RichText::plain(words.shape())),
            description: Some(RichText::plain(match drawn.format {
                GeometryFormat::GeoJson => words.write_geo_json(),
                GeometryFormat::Wkt => words.write_wkt(),
            })),
            data_type: drawn.data_type.clone(),
            pointer: Some(drawn.pointer.clone()),
            can_add: new_row.is_some(),
            new_row: new_row.unwrap_or_default(),
            rows,
            beside: Vec::new(),
            min: 0,
            add_label: None,
            issues: self.issues_at(&drawn.data_type, &drawn.pointer),
        };
        let (id, kind) = (format!("{}.geometries", at.id()), at.component.kind.clone());
        Some(Item { id, kind, content: Content::Rows(rows) })
    }

    /// What a shape begins as; none where nothing is drawn anew. As in Altinn's front end it takes a place for what is drawn and
    /// one that says that people change it.
    fn new_shape(&self, at: At<'_>, drawn: &Drawn<'_>) -> Option<Map<String, Value>> {
        at.component.bindings.get("geometryData").filter(|_| drawn.writes)?;
        let editable = drawn.below(at.component.bindings.get("geometryIsEditable")?)?;
        let toolbar = self.property(at, "toolbar")?;
        let offers = |tool: &str| {
            let said = toolbar.get(tool).and_then(|said| Expression::from_json(said).ok());
            self.is_true(said.as_ref(), at, false)
        };
        if !TOOLS.into_iter().any(offers) {
            return None;
        }
        let mut object = Value::Object(Map::new());
        put(&mut object, editable, &Value::Bool(true), true);
        match object {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    /// What an object is called.
    fn called(&self, at: At<'_>, drawn: &Drawn<'_>, object: &Value) -> Option<String> {
        let label = at.member("geometryLabel", drawn).unwrap_or_else(|| "/label".to_owned());
        Some(object.pointer(&label).map(as_text)?).filter(|label| !label.trim().is_empty())
    }

    fn shape(&self, at: At<'_>, drawn: &Drawn<'_>, (index, object): (usize, &Value)) -> Field {
        let member = at.member("geometryData", drawn).unwrap_or_else(|| "/data".to_owned());
        let value = object.pointer(&member).cloned().unwrap_or_default();
        let read = Geometry::read(&as_text(&value), drawn.format);
        let pointer = format!("{}/{index}{member}", drawn.pointer);
        Field {
            name: format!("{}-{index}.geometry", at.id()),
            data_type: drawn.data_type.clone(),
            control: Control::Lines,
            label: RichText::plain(self.view.words().where_drawn()),
            description: None,
            help: None,
            shown: match read {
                Ok(geometry) => geometry.in_words(self.view.language()),
                Err(_) => as_text(&value),
            },
            value,
            options: Vec::new(),
            required: false,
            says_optional: true,
            read_only: false,
            autocomplete: None,
            max_length: u64::try_from(MAX_BYTES).ok(),
            limits: None,
            issues: self.issues_at(&drawn.data_type, &pointer),
            written: Written::Geometry(drawn.format),
            pointer: Some(pointer),
        }
    }

    fn item_of(&self, at: At<'_>, field: Field) -> Item {
        let (id, kind) = (field.name.clone(), at.component.kind.clone());
        Item { id, kind, content: Content::Field(Box::new(field)) }
    }
}

impl At<'_> {
    /// Where a binding is in the objects of the list, as a JSON pointer.
    fn member(self, binding: &str, drawn: &Drawn<'_>) -> Option<String> {
        let below = drawn.below(self.component.bindings.get(binding)?)?;
        Some(format!("/{}", below.replace('~', "~0").replace('/', "~1").replace('.', "/")))
    }
}

impl Drawn<'_> {
    /// The path of a binding below the list.
    fn below<'b>(&self, binding: &'b Binding) -> Option<&'b str> {
        binding.field.strip_prefix(self.binding.field.as_str())?.strip_prefix('.')
    }
}

/// What is wrong with a geometry that somebody has written.
pub(super) fn wrong_geometry(text: &str, format: GeometryFormat, pointer: String) -> Option<Issue> {
    let fault = Geometry::read(text, format).err()?;
    Some(Issue::error(IssueCode::Format, pointer, said(fault, format)))
}

fn said(fault: GeometryFault, format: GeometryFormat) -> Text {
    let (name, example) = match format {
        GeometryFormat::GeoJson => ("GeoJSON", r#"{"type": "Point", "coordinates": [10.7522, 59.9139]}"#),
        GeometryFormat::Wkt => ("WKT", "POINT (10.7522 59.9139)"),
    };
    match fault {
        GeometryFault::Unreadable => wording::text(
            format!("Dette er ikke {name}. Skriv for eksempel {example}."),
            format!("Dette er ikkje {name}. Skriv til dømes {example}."),
            format!("This is not {name}. Write for example {example}."),
        ),
        GeometryFault::NotOnEarth => wording::text(
            "Skriv lengdegraden først, fra -180 til 180, og så breddegraden, fra -90 til 90.",
            "Skriv lengdegraden først, frå -180 til 180, og så breiddegraden, frå -90 til 90.",
            "Write the longitude first, from -180 to 180, and then the latitude, from -90 to 90.",
        ),
        GeometryFault::TooLarge => wording::text(
            format!("Geometrien er for stor. Den kan ha opptil {MAX_PLACES} punkter."),
            format!("Geometrien er for stor. Han kan ha opptil {MAX_PLACES} punkt."),
            format!("The geometry is too large. It may have up to {MAX_PLACES} points."),
        ),
    }
}
