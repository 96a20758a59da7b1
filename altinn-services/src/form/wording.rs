//! What an issue says, in three languages.

use altinn_core::{Language, Text};
use jsonschema::JsonType;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use serde_json::Value;

use super::issue::IssueCode;

/// How many choices are listed in full.
const LISTED_CHOICES: usize = 12;

/// One text in bokmål, nynorsk and English.
pub(crate) fn text(nb: impl Into<String>, nn: impl Into<String>, en: impl Into<String>) -> Text {
    Text::new(Language::Nb, nb).with(Language::Nn, nn).with(Language::En, en)
}

/// What a violated rule of the schema is called, and what is said of it. Nothing of the value is repeated; limits
/// and choices are the schema's.
pub(super) fn of_rule(rule: &ValidationErrorKind) -> (IssueCode, Text) {
    use ValidationErrorKind as Rule;
    match rule {
        Rule::Required { .. } => (IssueCode::Required, required()),
        Rule::Type { kind } => (IssueCode::Type, wrong_type(kind)),
        Rule::Pattern { pattern } => (IssueCode::Pattern, not_in_pattern(pattern)),
        Rule::Format { format } => (IssueCode::Format, not_in_format(format)),
        Rule::Enum { options } => (IssueCode::NotAChoice, not_a_choice(options)),
        Rule::Constant { expected_value } => (IssueCode::NotAChoice, must_be(expected_value)),
        Rule::MinLength { .. } | Rule::MaxLength { .. } => of_length(rule),
        Rule::Minimum { .. }
        | Rule::Maximum { .. }
        | Rule::ExclusiveMinimum { .. }
        | Rule::ExclusiveMaximum { .. }
        | Rule::MultipleOf { .. } => of_number(rule),
        Rule::MinItems { .. }
        | Rule::MaxItems { .. }
        | Rule::AdditionalItems { .. }
        | Rule::MinProperties { .. }
        | Rule::MaxProperties { .. }
        | Rule::UniqueItems
        | Rule::Contains
        | Rule::UnevaluatedItems { .. } => of_count(rule),
        other => of_structure(other),
    }
}

pub(crate) fn required() -> Text {
    text("Feltet må fylles ut.", "Feltet må fyllast ut.", "This field must be filled in.")
}

pub(crate) fn untagged() -> Text {
    text("Velg hva slags fil det er.", "Vel kva slags fil det er.", "Choose what kind of file it is.")
}

pub(crate) fn not_a_date() -> Text {
    not_in_format("date")
}

pub(crate) fn not_a_time() -> Text {
    text(
        "Her må det stå et klokkeslett (tt:mm).",
        "Her må det stå eit klokkeslett (tt:mm).",
        "This must be a time of day (hh:mm).",
    )
}

/// That a date is before the first one; the day is written in each language.
pub(crate) fn date_too_early(first: impl Fn(Language) -> String) -> Text {
    text(
        format!("Datoen kan ikke være før {}.", first(Language::Nb)),
        format!("Datoen kan ikkje vere før {}.", first(Language::Nn)),
        format!("The date cannot be before {}.", first(Language::En)),
    )
}

/// That a date is after the last one; the day is written in each language.
pub(crate) fn date_too_late(last: impl Fn(Language) -> String) -> Text {
    text(
        format!("Datoen kan ikke være etter {}.", last(Language::Nb)),
        format!("Datoen kan ikkje vere etter {}.", last(Language::Nn)),
        format!("The date cannot be after {}.", last(Language::En)),
    )
}

pub(crate) fn time_too_early(first: &str) -> Text {
    text(
        format!("Klokkeslettet kan ikke være før {first}."),
        format!("Klokkeslettet kan ikkje vere før {first}."),
        format!("The time cannot be before {first}."),
    )
}

pub(crate) fn time_too_late(last: &str) -> Text {
    text(
        format!("Klokkeslettet kan ikke være etter {last}."),
        format!("Klokkeslettet kan ikkje vere etter {last}."),
        format!("The time cannot be after {last}."),
    )
}

fn of_length(rule: &ValidationErrorKind) -> (IssueCode, Text) {
    match rule {
        ValidationErrorKind::MaxLength { limit } => (
            IssueCode::TooLong,
            text(
                format!("Teksten kan ha høyst {limit} tegn."),
                format!("Teksten kan ha høgst {limit} teikn."),
                format!("The text may have at most {limit} characters."),
            ),
        ),
        ValidationErrorKind::MinLength { limit: 1 } => (IssueCode::TooShort, required()),
        ValidationErrorKind::MinLength { limit } => (
            IssueCode::TooShort,
            text(
                format!("Teksten må ha minst {limit} tegn."),
                format!("Teksten må ha minst {limit} teikn."),
                format!("The text must have at least {limit} characters."),
            ),
        ),
        _ => (IssueCode::NotChecked, not_checked()),
    }
}

fn of_number(rule: &ValidationErrorKind) -> (IssueCode, Text) {
    let say = |nb: &str, nn: &str, en: &str, limit: &str| {
        text(
            format!("Tallet må være {nb} {limit}."),
            format!("Talet må vere {nn} {limit}."),
            format!("The number must be {en} {limit}."),
        )
    };
    match rule {
        ValidationErrorKind::Minimum { limit } => {
            (IssueCode::TooSmall, say("minst", "minst", "at least", &limit.to_string()))
        }
        ValidationErrorKind::Maximum { limit } => {
            (IssueCode::TooLarge, say("høyst", "høgst", "at most", &limit.to_string()))
        }
        ValidationErrorKind::ExclusiveMinimum { limit } => {
            (IssueCode::TooSmall, say("større enn", "større enn", "greater than", &limit.to_string()))
        }
        ValidationErrorKind::ExclusiveMaximum { limit } => {
            (IssueCode::TooLarge, say("mindre enn", "mindre enn", "less than", &limit.to_string()))
        }
        ValidationErrorKind::MultipleOf { multiple_of } => {
            let step = multiple_of.to_string();
            (IssueCode::NotAMultiple, say("et multiplum av", "eit multiplum av", "a multiple of", &step))
        }
        _ => (IssueCode::NotChecked, not_checked()),
    }
}

fn of_count(rule: &ValidationErrorKind) -> (IssueCode, Text) {
    match rule {
        ValidationErrorKind::MinItems { limit } | ValidationErrorKind::MinProperties { limit } => {
            (IssueCode::TooFew, at_least(*limit))
        }
        ValidationErrorKind::MaxItems { limit } | ValidationErrorKind::MaxProperties { limit } => {
            (IssueCode::TooMany, at_most(*limit))
        }
        ValidationErrorKind::AdditionalItems { limit } => {
            (IssueCode::TooMany, at_most(u64::try_from(*limit).unwrap_or(u64::MAX)))
        }
        other => of_list(other),
    }
}

pub(crate) fn at_least(limit: u64) -> Text {
    text(
        format!("Her må det være minst {limit}."),
        format!("Her må det vere minst {limit}."),
        format!("There must be at least {limit} here."),
    )
}

fn at_most(limit: u64) -> Text {
    text(
        format!("Her kan det være høyst {limit}."),
        format!("Her kan det vere høgst {limit}."),
        format!("There may be at most {limit} here."),
    )
}

fn of_list(rule: &ValidationErrorKind) -> (IssueCode, Text) {
    match rule {
        ValidationErrorKind::UniqueItems => (
            IssueCode::NotUnique,
            text(
                "Det samme står to ganger i listen.",
                "Det same står to gonger i lista.",
                "The list holds the same twice.",
            ),
        ),
        ValidationErrorKind::Contains => (
            IssueCode::TooFew,
            text(
                "Listen mangler noe den må ha.",
                "Lista manglar noko ho må ha.",
                "The list lacks something it must have.",
            ),
        ),
        _ => (
            IssueCode::TooMany,
            text(
                "Listen har mer enn skjemaet tillater.",
                "Lista har meir enn skjemaet tillèt.",
                "The list has more than the form allows.",
            ),
        ),
    }
}

fn of_structure(rule: &ValidationErrorKind) -> (IssueCode, Text) {
    match rule {
        ValidationErrorKind::AnyOf { .. }
        | ValidationErrorKind::OneOfNotValid { .. }
        | ValidationErrorKind::OneOfMultipleValid { .. } => (
            IssueCode::NoAlternative,
            text(
                "Det som er fylt ut her, passer ikke med nøyaktig ett av alternativene i skjemaet.",
                "Det som er fylt ut her, passar ikkje med nøyaktig eitt av alternativa i skjemaet.",
                "What is filled in here does not fit exactly one of the form's alternatives.",
            ),
        ),
        ValidationErrorKind::FalseSchema | ValidationErrorKind::Not { .. } => (
            IssueCode::NotAllowed,
            text(
                "Dette kan ikke fylles ut her.",
                "Dette kan ikkje fyllast ut her.",
                "This may not be filled in here.",
            ),
        ),
        ValidationErrorKind::AdditionalProperties { .. }
        | ValidationErrorKind::UnevaluatedProperties { .. }
        | ValidationErrorKind::PropertyNames { .. } => (IssueCode::UnknownField, unknown_field()),
        _ => (IssueCode::NotChecked, not_checked()),
    }
}

pub(super) fn unknown_field() -> Text {
    text(
        "Skjemaet har ikke dette feltet.",
        "Skjemaet har ikkje dette feltet.",
        "The form does not have this field.",
    )
}

pub(crate) fn element_not_in_order() -> Text {
    text(
        "Et skjema som du ikke har tilgang til å lese, er ikke i orden.",
        "Eit skjema som du ikkje har tilgang til å lese, er ikkje i orden.",
        "A form that you may not read is not in order.",
    )
}

pub(crate) fn not_checked() -> Text {
    text(
        "Feltet kunne ikke kontrolleres.",
        "Feltet kunne ikkje kontrollerast.",
        "This field could not be checked.",
    )
}

fn wrong_type(kind: &TypeKind) -> Text {
    let types: Vec<JsonType> = match kind {
        TypeKind::Single(only) => vec![*only],
        TypeKind::Multiple(several) => several.iter().collect(),
    };
    let listed = |word: fn(JsonType) -> &'static str, or: &str| {
        types.iter().map(|kind| word(*kind)).collect::<Vec<_>>().join(&format!(" {or} "))
    };
    text(
        format!("Her må det stå {}.", listed(in_nb, "eller")),
        format!("Her må det stå {}.", listed(in_nn, "eller")),
        format!("This must be {}.", listed(in_en, "or")),
    )
}

fn in_nb(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Array => "en liste",
        JsonType::Boolean => "ja eller nei (true eller false)",
        JsonType::Integer => "et helt tall",
        JsonType::Null => "ingenting (null)",
        JsonType::Number => "et tall",
        JsonType::Object => "en gruppe felter",
        JsonType::String => "en tekst",
    }
}

fn in_nn(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Array => "ei liste",
        JsonType::Boolean => "ja eller nei (true eller false)",
        JsonType::Integer => "eit heilt tal",
        JsonType::Null => "ingenting (null)",
        JsonType::Number => "eit tal",
        JsonType::Object => "ei gruppe felt",
        JsonType::String => "ein tekst",
    }
}

fn in_en(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Array => "a list",
        JsonType::Boolean => "yes or no (true or false)",
        JsonType::Integer => "a whole number",
        JsonType::Null => "nothing (null)",
        JsonType::Number => "a number",
        JsonType::Object => "a group of fields",
        JsonType::String => "a text",
    }
}

fn not_in_pattern(pattern: &str) -> Text {
    if let Some(digits) = only_digits(pattern) {
        return text(
            format!("Her må det stå nøyaktig {digits} sifre."),
            format!("Her må det stå nøyaktig {digits} siffer."),
            format!("This must be exactly {digits} digits."),
        );
    }
    let pattern: String = pattern.chars().take(100).collect();
    text(
        format!("Teksten må følge mønsteret {pattern}"),
        format!("Teksten må følgje mønsteret {pattern}"),
        format!("The text must follow the pattern {pattern}"),
    )
}

/// The number of digits, for a pattern that says nothing else.
fn only_digits(pattern: &str) -> Option<u32> {
    let inner = pattern.strip_prefix('^')?.strip_suffix('$')?;
    let count = inner.strip_prefix("[0-9]").or_else(|| inner.strip_prefix(r"\d"))?;
    count.strip_prefix('{')?.strip_suffix('}')?.parse().ok()
}

fn not_in_format(format: &str) -> Text {
    match format {
        "date" => text(
            "Her må det stå en dato (ÅÅÅÅ-MM-DD).",
            "Her må det stå ein dato (ÅÅÅÅ-MM-DD).",
            "This must be a date (YYYY-MM-DD).",
        ),
        "date-time" => text(
            "Her må det stå dato og klokkeslett (ÅÅÅÅ-MM-DDTtt:mm:ssZ).",
            "Her må det stå dato og klokkeslett (ÅÅÅÅ-MM-DDTtt:mm:ssZ).",
            "This must be a date and time (YYYY-MM-DDThh:mm:ssZ).",
        ),
        "email" | "idn-email" => text(
            "Her må det stå en e-postadresse.",
            "Her må det stå ei e-postadresse.",
            "This must be an e-mail address.",
        ),
        other => text(
            format!("Teksten har ikke formen {other}."),
            format!("Teksten har ikkje forma {other}."),
            format!("The text is not in the form {other}."),
        ),
    }
}

fn not_a_choice(options: &Value) -> Text {
    let choices = options.as_array().map(Vec::as_slice).unwrap_or_default();
    let plain = |choice: &Value| choice.as_str().map_or_else(|| choice.to_string(), str::to_owned);
    if choices.is_empty() || choices.len() > LISTED_CHOICES {
        return text(
            "Velg en av verdiene i skjemaet.",
            "Vel ein av verdiane i skjemaet.",
            "Choose one of the form's values.",
        );
    }
    let listed = choices.iter().map(plain).collect::<Vec<_>>().join(", ");
    text(
        format!("Velg en av: {listed}."),
        format!("Vel ein av: {listed}."),
        format!("Choose one of: {listed}."),
    )
}

fn must_be(expected: &Value) -> Text {
    match expected {
        Value::Bool(true) => {
            text("Svaret må være ja (true).", "Svaret må vere ja (true).", "The answer must be yes (true).")
        }
        Value::Bool(false) => text(
            "Svaret må være nei (false).",
            "Svaret må vere nei (false).",
            "The answer must be no (false).",
        ),
        other => not_a_choice(&Value::Array(vec![other.clone()])),
    }
}
