//! The functions of the core library (XPath 1.0, 4).

use super::PathError;
use super::evaluate::{Context, PathValue};
use super::number;

macro_rules! functions {
    ($($variant:ident $name:literal $least:literal..=$most:literal,)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Function { $($variant),* }

        impl Function {
            pub(super) fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }

            pub(super) fn takes(self, count: usize) -> bool {
                match self { $(Self::$variant => ($least..=$most).contains(&count)),* }
            }
        }
    };
}

functions! {
    Last "last" 0..=0,
    Position "position" 0..=0,
    Count "count" 1..=1,
    LocalName "local-name" 0..=1,
    NamespaceUri "namespace-uri" 0..=1,
    Name "name" 0..=1,
    Text "string" 0..=1,
    Concat "concat" 2..=64,
    StartsWith "starts-with" 2..=2,
    Contains "contains" 2..=2,
    SubstringBefore "substring-before" 2..=2,
    SubstringAfter "substring-after" 2..=2,
    Substring "substring" 2..=3,
    StringLength "string-length" 0..=1,
    NormalizeSpace "normalize-space" 0..=1,
    Translate "translate" 3..=3,
    Boolean "boolean" 1..=1,
    Not "not" 1..=1,
    True "true" 0..=0,
    False "false" 0..=0,
    Number "number" 0..=1,
    Sum "sum" 1..=1,
    Floor "floor" 1..=1,
    Ceiling "ceiling" 1..=1,
    Round "round" 1..=1,
}

impl Function {
    /// Computes the function; without an argument, many take the context node.
    pub(super) fn call<'a, 'i>(
        self,
        arguments: &[PathValue<'a, 'i>],
        context: &Context<'a, 'i>,
    ) -> Result<PathValue<'a, 'i>, PathError> {
        let here = PathValue::Nodes(vec![context.node]);
        let first = arguments.first().unwrap_or(&here);
        let text = |index: usize| arguments.get(index).map(PathValue::text).unwrap_or_default();
        Ok(match self {
            Self::Last => PathValue::of_count(context.size),
            Self::Position => PathValue::of_count(context.position),
            Self::Count => PathValue::of_count(first.nodes()?.len()),
            Self::LocalName | Self::NamespaceUri | Self::Name => PathValue::Text(self.name_of(first)?),
            Self::Text => PathValue::Text(first.text()),
            Self::Concat => PathValue::Text(arguments.iter().map(PathValue::text).collect()),
            Self::StartsWith => PathValue::Boolean(text(0).starts_with(&text(1))),
            Self::Contains => PathValue::Boolean(text(0).contains(&text(1))),
            Self::SubstringBefore => PathValue::Text(
                text(0).split_once(&text(1)).map(|(before, _)| before.to_owned()).unwrap_or_default(),
            ),
            Self::SubstringAfter => PathValue::Text(
                text(0).split_once(&text(1)).map(|(_, after)| after.to_owned()).unwrap_or_default(),
            ),
            Self::Substring => PathValue::Text(substring(&text(0), arguments)),
            Self::StringLength => PathValue::of_count(first.text().chars().count()),
            Self::NormalizeSpace => {
                PathValue::Text(first.text().split_ascii_whitespace().collect::<Vec<_>>().join(" "))
            }
            Self::Translate => PathValue::Text(translate(&text(0), &text(1), &text(2))),
            Self::Boolean => PathValue::Boolean(first.boolean()),
            Self::Not => PathValue::Boolean(!first.boolean()),
            Self::True => PathValue::Boolean(true),
            Self::False => PathValue::Boolean(false),
            Self::Number => PathValue::Number(first.number()),
            Self::Sum => {
                PathValue::Number(first.nodes()?.iter().map(|node| number::of_text(&node.text())).sum())
            }
            Self::Floor => PathValue::Number(first.number().floor()),
            Self::Ceiling => PathValue::Number(first.number().ceil()),
            Self::Round => PathValue::Number((first.number() + 0.5).floor()),
        })
    }

    fn name_of(self, nodes: &PathValue<'_, '_>) -> Result<String, PathError> {
        let name = nodes.nodes()?.first().and_then(|node| node.name());
        let part = name.map(|(namespace, local)| match self {
            Self::NamespaceUri => namespace.unwrap_or(""),
            _ => local,
        });
        Ok(part.unwrap_or("").to_owned())
    }
}

/// The characters from a position, of which the first is 1, for a length; both are rounded.
fn substring(text: &str, arguments: &[PathValue<'_, '_>]) -> String {
    let rounded = |index: usize| arguments.get(index).map(|value| (value.number() + 0.5).floor());
    let from = rounded(1).unwrap_or(f64::NAN);
    let to = rounded(2).map_or(f64::INFINITY, |length| from + length);
    let positions = (1_u32..).map(f64::from);
    text.chars().zip(positions).filter(|(_, at)| *at >= from && *at < to).map(|(c, _)| c).collect()
}

fn translate(text: &str, from: &str, to: &str) -> String {
    let replaced = |c: char| match from.chars().position(|other| other == c) {
        Some(position) => to.chars().nth(position),
        None => Some(c),
    };
    text.chars().filter_map(replaced).collect()
}
