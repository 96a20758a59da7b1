//! Conditions: expressions over shared data, the case and the event's data.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{DataKind, Definition, Trigger};
use crate::expression::{Context, Evaluator, Expression, Failure, Function, Scope};

/// The names under which conditions find the data; shared data is what is meant when none is named.
const SHARED: &str = "shared";
const EVENT: &str = "event";
const CASE: &str = "case";

/// What a case has nothing of.
const FOREIGN: [Function; 14] = [
    Function::Component,
    Function::DisplayValue,
    Function::CountDataElements,
    Function::InstanceContext,
    Function::FrontendSettings,
    Function::AuthContext,
    Function::Text,
    Function::OptionLabel,
    Function::ExternalApi,
    Function::LinkToPage,
    Function::LinkToComponent,
    Function::GatewayAction,
    Function::Argv,
    Function::Value,
];

/// Whether a condition holds.
///
/// # Errors
/// When it has no value, or neither true nor false.
pub(in crate::collaboration) fn evaluate(
    condition: &Expression,
    shared: &Map<String, Value>,
    (state, participants): (&str, &BTreeMap<String, altinn_core::PartyId>),
    event: &Map<String, Value>,
) -> Result<bool, Failure> {
    let participants: Map<String, Value> =
        participants.iter().map(|(role, party)| (role.clone(), party.get().into())).collect();
    let (shared, event) = (Value::Object(shared.clone()), Value::Object(event.clone()));
    let case = json!({"state": state, "participants": participants});
    let context =
        Context::default().with_model(SHARED, &shared).with_model(EVENT, &event).with_model(CASE, &case);
    Evaluator::new(&context).is_true(condition, &Scope::default())
}

impl Definition {
    /// Refuses a condition that looks at something that is not there.
    pub(super) fn check_condition(&self, condition: &Expression, on: &Trigger) -> Result<(), String> {
        let functions = condition.functions();
        if let Some(foreign) = functions.iter().find(|function| FOREIGN.contains(function)) {
            return Err(format!("a case has nothing for `{}` to look at", foreign.name()));
        }
        let fields = condition.fields();
        let lookups = functions.iter().filter(|function| **function == Function::DataModel).count();
        if lookups > fields.len() {
            return Err("`dataModel` must name its field outright".to_owned());
        }
        let of_event = self.data_of(on).unwrap_or_default();
        fields.into_iter().try_for_each(|(field, model)| self.check_field(field, model, &of_event, on))
    }

    fn check_field(
        &self,
        field: &str,
        model: Option<&str>,
        of_event: &BTreeMap<String, DataKind>,
        on: &Trigger,
    ) -> Result<(), String> {
        let is_known = match model.unwrap_or(SHARED) {
            SHARED => self.data.contains_key(field),
            EVENT => of_event.contains_key(field),
            CASE => {
                field == "state"
                    || field
                        .strip_prefix("participants.")
                        .is_some_and(|role| self.participants.contains_key(role))
            }
            other => return Err(format!("there is no data `{other}`, but `shared`, `event` and `case`")),
        };
        match (is_known, model) {
            (true, _) => Ok(()),
            (false, Some(EVENT)) => Err(format!("`{on}` carries no `{field}`")),
            (false, Some(CASE)) => Err(format!("a case has no `{field}`")),
            (false, _) => Err(format!("there is no shared data `{field}`")),
        }
    }
}
