//! Reads policies from XML, and requests from XML and JSON.

mod element;
mod expression;
mod json;
mod json_request;
mod json_response;
mod placeholder;
mod policy;
mod request;
mod response;
mod value;

pub use placeholder::Placeholders;
pub use request::MAX_DECISIONS;

use roxmltree::ParsingOptions;

pub(crate) use element::shortened;

use self::element::Element;
use self::policy::PolicyReader;
use super::error::{Lines, Located, Position, XacmlError, XacmlFault};
use super::model::PolicyTree;

/// The most bytes a file may have: 10 MiB.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;
/// The most elements, texts and comments a file may have.
pub const MAX_NODES: u32 = 1_000_000;
/// How deep policy sets and expressions may be nested.
pub const MAX_DEPTH: usize = 64;

/// A policy file that has been read: its policy or policy set, and where everything stands.
///
/// ```
/// use altinn_auth::xacml::PolicyDocument;
///
/// let document = PolicyDocument::read(br#"<Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17"
///     PolicyId="all" Version="1.0"
///     RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
///   <Target/>
///   <Rule RuleId="everyone" Effect="Permit"/>
/// </Policy>"#)?;
/// assert_eq!(&**document.tree().id(), "all");
///
/// let error = PolicyDocument::read(b"<Policy xmlns='urn:oasis:names:tc:xacml:3.0:core:schema:wd-17'/>").unwrap_err();
/// assert_eq!(error.to_string(), "line 1, column 1: `Policy` has no PolicyId");
/// # Ok::<(), altinn_auth::xacml::XacmlError>(())
/// ```
#[derive(Debug, Clone)]
pub struct PolicyDocument {
    pub(crate) tree: PolicyTree,
    pub(crate) lines: Lines,
}

impl PolicyDocument {
    /// Reads a policy file; a byte order mark at its start is passed over.
    ///
    /// # Errors
    /// What is wrong with it and where.
    pub fn read(bytes: impl AsRef<[u8]>) -> Result<Self, XacmlError> {
        Self::parse(bytes.as_ref(), None)
    }

    /// Reads an app's policy file and puts the app's owner and name in the place of `[org]` and `[app]`.
    ///
    /// Rules of the same id, which apps in use have, are told apart: the second `x` becomes `x#2`.
    ///
    /// # Errors
    /// What is wrong with it and where.
    pub fn read_for_app(
        bytes: impl AsRef<[u8]>,
        placeholders: &Placeholders<'_>,
    ) -> Result<Self, XacmlError> {
        Self::parse(bytes.as_ref(), Some(placeholders))
    }

    /// The policy or policy set.
    pub fn tree(&self) -> &PolicyTree {
        &self.tree
    }

    /// Where a rule stands in the file.
    pub fn position_of(&self, rule: &super::model::Rule) -> Position {
        self.lines.position(rule.offset)
    }

    fn parse(bytes: &[u8], placeholders: Option<&Placeholders<'_>>) -> Result<Self, XacmlError> {
        let text = text_of(bytes)?;
        let xml = parse_xml(text)?;
        let lines = Lines::of(text);
        match PolicyReader::new(placeholders).root(Element::new(xml.root_element())) {
            Ok(tree) => Ok(Self { tree, lines }),
            Err(error) => Err(lines.locate(error)),
        }
    }
}

fn parse_xml(text: &str) -> Result<roxmltree::Document<'_>, XacmlError> {
    let options = ParsingOptions { nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    roxmltree::Document::parse_with_options(text, options).map_err(|error| not_xml(&error))
}

/// The text of a file, without the byte order mark.
fn text_of(bytes: &[u8]) -> Result<&str, XacmlError> {
    let start = |fault| XacmlError { position: Position { line: 1, column: 1 }, fault };
    if bytes.len() > MAX_BYTES {
        return Err(start(XacmlFault::TooLarge { found: bytes.len(), limit: MAX_BYTES }));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| start(XacmlFault::NotUtf8))?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

fn not_xml(error: &roxmltree::Error) -> XacmlError {
    let pos = error.pos();
    XacmlError {
        position: Position { line: pos.row, column: pos.col },
        fault: XacmlFault::NotXml(error.to_string()),
    }
}

/// What a reader's step gives.
type Read<T> = Result<T, Located>;
