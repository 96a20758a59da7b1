//! The body of a message: Markdown (CommonMark with tables and strikethrough), checked when it is sent in and made into
//! HTML that cannot do anything when it is shown.

use std::collections::HashSet;
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use pulldown_cmark::{Event, Options, Parser, Tag, html};

use super::fault::FaultRule;
use crate::definition::Position;

/// Where links may lead.
const SCHEMES: [&str; 4] = ["https", "http", "mailto", "tel"];

/// How deep lists and quotes may nest.
const MAX_DEPTH: usize = 20;

/// What the HTML may consist of.
const TAGS: [&str; 27] = [
    "a",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
];

static SANITIZER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .tags(TAGS.into_iter().collect())
        .add_tag_attributes("a", &["href", "title"])
        .add_tag_attributes("ol", &["start"])
        .add_tag_attribute_values("td", "align", &["left", "right", "center"])
        .url_schemes(HashSet::from(SCHEMES))
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer nofollow"));
    builder
});

fn parser(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH)
}

/// What in a body may not be there, and where.
pub(super) fn check(text: &str) -> Vec<(FaultRule, Position)> {
    let (mut faults, mut depth) = (Vec::new(), 0_usize);
    for (event, range) in parser(text).into_offset_iter() {
        let rule = match &event {
            Event::InlineHtml(_) | Event::Start(Tag::HtmlBlock) => Some(FaultRule::Html),
            Event::Start(Tag::Image { .. }) => Some(FaultRule::Image),
            Event::Start(Tag::Link { dest_url, .. }) if !leads_somewhere_allowed(dest_url) => {
                Some(FaultRule::Link)
            }
            _ => None,
        };
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        let rule = rule.or((depth > MAX_DEPTH).then_some(FaultRule::Depth));
        if let Some(rule) = rule {
            faults.push((rule, Position::of(text, range.start)));
            if matches!(rule, FaultRule::Depth) || faults.len() == super::fault::MAX_FAULTS {
                break;
            }
        }
    }
    faults
}

/// Whether a link is absolute, of a scheme that is let through, and leads somewhere.
pub(super) fn leads_somewhere_allowed(link: &str) -> bool {
    let Some((scheme, rest)) = link.split_once(':') else { return false };
    let allowed = SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known));
    let names_host = !scheme.to_ascii_lowercase().starts_with("http")
        || rest.strip_prefix("//").is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
    allowed && names_host && !rest.is_empty() && !link.chars().any(|c| c.is_control() || c.is_whitespace())
}

/// The body as HTML: nothing but text, its structure and links. Whatever Markdown says, no script, style, form, frame
/// or image comes through.
pub(super) fn to_html(text: &str) -> String {
    let mut raw = String::with_capacity(text.len() * 3 / 2);
    let safe = parser(text).filter(|event| !matches!(event, Event::Html(_) | Event::InlineHtml(_)));
    html::push_html(&mut raw, safe);
    SANITIZER.clean(&raw).to_string()
}
