//! What the extension of a task configures.

use super::environment::Environment;

/// What a signing task signs, and where the signatures go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct SignatureConfig {
    /// The data types whose elements are signed.
    pub data_types_to_sign: Vec<String>,
    /// The data type that holds the signatures.
    pub signature_data_type: Option<String>,
    /// Who signed in these data types may not sign here.
    pub unique_from_signatures_in: Vec<String>,
    /// The provider that names the signees.
    pub signee_provider: Option<String>,
    /// The data type that holds the state of the signees.
    pub signee_states_data_type: Option<String>,
    /// The data type of the document that is written when all have signed.
    pub signing_pdf_data_type: Option<String>,
    /// The correspondence resource that calls for signatures, by environment.
    pub correspondence_resources: Vec<EnvironmentValue>,
    /// Whether the number of signatures is checked by the rules of the data type.
    pub run_default_validator: bool,
}

/// Where a payment task keeps its payment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct PaymentConfig {
    /// The data type that holds the payment.
    pub payment_data_type: Option<String>,
    /// The data type of the receipt for the payment.
    pub receipt_pdf_data_type: Option<String>,
}

/// What a pdf task writes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct PdfConfig {
    /// The text resource that gives the file its name.
    pub filename_text_resource: Option<String>,
    /// The tasks whose forms are shown; none: the page layout of the task itself.
    pub tasks: Vec<String>,
}

/// What a subformPdf task writes: a document for each element of a sub-form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct SubformPdfConfig {
    /// The text resource that gives the files their names.
    pub filename_text_resource: Option<String>,
    /// The component of the layout that shows the sub-form.
    pub subform_component: Option<String>,
    /// The data type of the sub-form.
    pub subform_data_type: Option<String>,
}

/// What an eFormidling task sends.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct EFormidlingConfig {
    /// Every setting with its name (`receiver`, `process`, `standard`, ...), in the order of the drawing.
    pub settings: Vec<(String, EnvironmentValue)>,
    /// The data types that are sent.
    pub data_types: Vec<String>,
}

impl EFormidlingConfig {
    /// A setting, as it holds in an environment.
    pub fn setting(&self, name: &str, environment: Environment) -> Option<&str> {
        let of_name = self.settings.iter().filter(|(setting, _)| setting == name);
        EnvironmentValue::pick(of_name.map(|(_, value)| value), environment)
    }

    /// Whether nothing is sent in an environment.
    pub fn is_disabled(&self, environment: Environment) -> bool {
        self.setting("disabled", environment).is_some_and(|flag| flag.eq_ignore_ascii_case("true"))
    }
}

impl SignatureConfig {
    /// The correspondence resource that calls for signatures in an environment.
    pub fn correspondence_resource(&self, environment: Environment) -> Option<&str> {
        EnvironmentValue::pick(self.correspondence_resources.iter(), environment)
    }
}

/// A value that may hold in one environment only.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EnvironmentValue {
    /// The environment (`tt02`, `prod`, ...); none: all that are not named otherwise.
    pub environment: Option<String>,
    /// The value.
    pub value: String,
}

impl EnvironmentValue {
    /// The value that holds in an environment: one that names it, else one that names none.
    fn pick<'a>(values: impl Iterator<Item = &'a Self> + Clone, environment: Environment) -> Option<&'a str> {
        let named = |value: &&Self| {
            value.environment.as_deref().is_some_and(|name| Environment::named(name) == Some(environment))
        };
        let unnamed = |value: &&Self| value.environment.is_none();
        values.clone().find(named).or_else(|| values.clone().find(unnamed)).map(|value| value.value.as_str())
    }
}
