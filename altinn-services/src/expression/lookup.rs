//! Lookups: in the data model, at components, in the instance, the app's settings, texts and options.

use std::borrow::Cow;

use serde_json::Value;

use super::coerce;
use super::evaluate::{Evaluator, Item, Scope, first, second};
use super::failure::{Failure, FailureKind};
use super::function::Function;
use super::layout::{Binding, Component, Layouts};
use super::path::FieldPath;
use super::tree::FieldLookup;

/// The actions that `authContext` may be asked about.
const ACTIONS: [&str; 6] = ["read", "write", "instantiate", "confirm", "sign", "reject"];

impl<'a> Evaluator<'a> {
    /// What a field holds that an expression names outright.
    pub(super) fn field<'e>(&self, field: &FieldLookup, scope: &Scope<'e>) -> Result<Item<'e>, Failure>
    where
        'a: 'e,
    {
        let data_type = field.data_type.as_deref().or(scope.data_type);
        self.found(&field.text, &field.path, data_type, scope)
    }

    /// What a field holds whose path is worked out.
    pub(super) fn data_model<'e>(&self, items: &[Item<'e>], scope: &Scope<'e>) -> Result<Item<'e>, Failure>
    where
        'a: 'e,
    {
        let null = || Failure::new(FailureKind::Lookup, "Cannot lookup dataModel null");
        let field = coerce::text(first(items))?.ok_or_else(null)?;
        let data_type = coerce::text(second(items))?;
        let data_type = data_type.as_deref().or(scope.data_type);
        self.found(&field, &FieldPath::new(&field), data_type, scope)
    }

    fn found<'e>(
        &self,
        text: &str,
        path: &FieldPath<'_>,
        data_type: Option<&str>,
        scope: &Scope<'e>,
    ) -> Result<Item<'e>, Failure>
    where
        'a: 'e,
    {
        self.spend(text.len() / 8)?;
        let no_model = || Failure::new(FailureKind::UnknownDataType, "There is no data model to look in");
        let model = self.context.model(data_type)?.ok_or_else(no_model)?;
        Ok(path.get(model, scope.rows).map_or(Cow::Owned(Value::Null), Cow::Borrowed))
    }

    /// What is filled in at a component, or null when it is hidden.
    pub(super) fn component<'e>(&self, id: &Value, scope: &Scope<'_>) -> Result<Item<'e>, Failure>
    where
        'a: 'e,
    {
        let (component, rows) = self.target(id, scope)?;
        let binding = component.simple_binding().ok_or_else(|| {
            let id = &component.id;
            let message =
                format!("Unable to find component with identifier {id} or it does not have a simpleBinding");
            Failure::new(FailureKind::Lookup, message)
        })?;
        let value = self.bound(binding, &rows)?;
        if self.is_hidden_at(component, &rows)? {
            return Ok(Cow::Owned(Value::Null));
        }
        Ok(value.map_or(Cow::Owned(Value::Null), Cow::Borrowed))
    }

    /// What is stored where a component is bound.
    pub(super) fn bound(&self, binding: &Binding, rows: &[usize]) -> Result<Option<&'a Value>, Failure> {
        let model = self.context.model(binding.data_type.as_deref())?;
        Ok(model.and_then(|model| binding.path().get(model, rows)))
    }

    /// The component that a lookup names, in the row nearest to the place of the expression: the same row as far as
    /// the groups around both are over the same data, and the first row of any other.
    fn target(&self, id: &Value, scope: &Scope<'_>) -> Result<(&'a Component, Vec<usize>), Failure> {
        let null = || Failure::new(FailureKind::Lookup, "Cannot lookup component null");
        let id = coerce::text(id)?.ok_or_else(null)?;
        let layouts = self.context.layouts();
        let found = layouts.and_then(|layouts| Some((layouts, layouts.component(&id)?)));
        let (layouts, component) = found.ok_or_else(|| {
            Failure::new(
                FailureKind::UnknownComponent,
                format!("Unable to find component with identifier {id}"),
            )
        })?;
        let groups = component.groups_around();
        if groups.is_empty() {
            return Ok((component, Vec::new()));
        }
        let here = scope.component.and_then(|id| layouts.component(id));
        let shared = here.map_or(groups.len(), |here| shared_groups(layouts, groups, here));
        let rows = scope.rows.iter().copied().take(shared).chain(std::iter::repeat(0));
        Ok((component, rows.take(groups.len()).collect()))
    }

    pub(super) fn frontend_setting<'e>(&self, items: &[Item<'e>]) -> Result<Item<'e>, Failure>
    where
        'a: 'e,
    {
        let null = || Failure::new(FailureKind::Lookup, "Value cannot be null. (Parameter 'key')");
        let key = coerce::text(first(items))?.ok_or_else(null)?;
        let setting = self.context.frontend_settings.and_then(|settings| settings.get(&*key));
        Ok(setting.map_or(Cow::Owned(Value::Null), Cow::Borrowed))
    }

    /// A value of what an external service gave, by names with dots between.
    pub(super) fn external_api<'e>(&self, items: &[Item<'e>]) -> Result<Item<'e>, Failure>
    where
        'a: 'e,
    {
        let null = || Failure::new(FailureKind::Lookup, "Cannot lookup external API null");
        let id = coerce::text(first(items))?.ok_or_else(null)?;
        let path = coerce::text(second(items))?.ok_or_else(null)?;
        let answer = self.context.external_apis.and_then(|answers| answers.get(&*id));
        let found = answer.and_then(|answer| FieldPath::new(&path).get(answer, &[]));
        Ok(found.map_or(Cow::Owned(Value::Null), Cow::Borrowed))
    }

    /// What one field holds in every row of a list, with what is put before and behind each, as one text; nothing is
    /// put behind the last one where the fifth argument is false.
    fn select_and_map(&self, items: &[Item<'_>], scope: &Scope<'_>) -> Result<Value, Failure> {
        let list = self.data_model(items.get(..1).unwrap_or_default(), scope)?;
        let null = || Failure::new(FailureKind::Lookup, "Cannot select property null");
        let name = coerce::text(second(items))?.ok_or_else(null)?;
        let part = |index: usize| items.get(index).map_or(Ok(None), |item| coerce::text(item));
        let (before, behind) = (part(2)?.unwrap_or_default(), part(3)?.unwrap_or_default());
        let behind_last = items.get(4).map_or(Ok(true), |flag| coerce::boolean(flag))?;
        let rows = list.as_array().map(Vec::as_slice).unwrap_or_default();
        let mut whole = String::new();
        for (index, row) in rows.iter().enumerate() {
            let value = coerce::text(row.get(&*name).unwrap_or(&Value::Null))?.unwrap_or_default();
            let is_last = index + 1 == rows.len();
            let behind = if is_last && !behind_last { "" } else { &*behind };
            let between = if index > 0 { " " } else { "" };
            self.spend(1 + (before.len() + value.len() + behind.len()) / 32)?;
            whole.extend([between, &*before, &*value, behind]);
        }
        Ok(Value::String(whole))
    }

    /// The lookups whose value is made.
    pub(super) fn lookup(
        &self,
        function: Function,
        items: &[Item<'_>],
        scope: &Scope<'_>,
    ) -> Result<Value, Failure> {
        match function {
            Function::GatewayAction => Ok(self.context.gateway_action.map_or(Value::Null, Value::from)),
            Function::Language => Ok(Value::from(self.context.language().code())),
            Function::InstanceContext => self.instance_fact(first(items)),
            Function::CountDataElements => {
                let null =
                    || Failure::new(FailureKind::Lookup, "Expected dataTypeId argument to be a string");
                let data_type = coerce::text(first(items))?.ok_or_else(null)?;
                Ok(Value::from(self.context.element_count(&data_type)))
            }
            Function::AuthContext => self.may_act(first(items)),
            Function::SelectAndMap => self.select_and_map(items, scope),
            Function::Text => self.text(first(items), scope),
            Function::OptionLabel => self.option_label(items, scope),
            Function::DisplayValue => {
                let value = self.component(first(items), scope)?;
                let (component, _) = self.target(first(items), scope)?;
                self.display_value(component, &value, scope)
            }
            Function::LinkToPage => self.link(items, None),
            Function::LinkToComponent => self.link_to_component(items, scope),
            other => Err(Failure::new(
                FailureKind::Lookup,
                format!("Function \"{}\" has nothing to look at here", other.name()),
            )),
        }
    }

    pub(super) fn instance_fact(&self, key: &Value) -> Result<Value, Failure> {
        let key = coerce::text(key)?.unwrap_or_default();
        let instance = self.context.instance;
        let fact = match &*key {
            "instanceId" => instance.map(|instance| instance.id),
            "appId" => instance.map(|instance| instance.app_id),
            "instanceOwnerPartyId" => instance.map(|instance| instance.owner_party_id),
            "instanceOwnerPartyType" => instance.map(|instance| instance.owner.as_str()),
            unknown => {
                let message = format!("Unknown Instance context property {unknown}");
                return Err(Failure::new(FailureKind::Lookup, message));
            }
        };
        Ok(fact.map_or(Value::Null, Value::from))
    }

    fn may_act(&self, action: &Value) -> Result<Value, Failure> {
        let action = coerce::text(action)?.unwrap_or_default();
        if !ACTIONS.contains(&&*action) {
            let message = format!("Unknown auth context property {action}");
            return Err(Failure::new(FailureKind::Lookup, message));
        }
        Ok(Value::Bool(self.context.may(&action)))
    }

    fn link_to_component(&self, items: &[Item<'_>], scope: &Scope<'_>) -> Result<Value, Failure> {
        let (component, _) = self.target(second(items), scope)?;
        let page = self.context.layouts().and_then(|layouts| layouts.page_of(component));
        self.link(items, page.map(|page| (page.name.as_str(), component.id.as_str())))
    }

    /// A link that the front end follows within the form: to the page that is named, or to a component of one.
    fn link(&self, items: &[Item<'_>], target: Option<(&str, &str)>) -> Result<Value, Failure> {
        let (text, named) = (coerce::text(first(items))?, coerce::text(second(items))?);
        let (Some(text), Some(named)) = (text, named) else { return Ok(Value::Null) };
        let place = match target {
            Some((page, component)) => {
                format!("{}?focusNodeId={}", escaped(page), escaped(component))
            }
            None => escaped(&named),
        };
        let instance = self.context.instance.map(|instance| instance.id).unwrap_or_default();
        let task = self.context.task.unwrap_or_default();
        self.spend((text.len() + place.len()) / 32)?;
        let address = format!("#/instance/{}/{}/{place}", escaped(instance), escaped(task));
        Ok(Value::String(format!("<a href=\"{address}\">{}</a>", escaped(&text))))
    }
}

/// How many of the groups around a component are over the same data as those around another, outermost first; a
/// repeating group counts as one that is around itself.
fn shared_groups(layouts: &Layouts, groups: &[usize], here: &Component) -> usize {
    let field_of = |index: usize| layouts.at(index).and_then(Component::group_binding);
    let itself = here.is_repeating().then(|| here.index());
    let own = here.groups_around().iter().copied().chain(itself);
    groups.iter().zip(own).take_while(|(there, here)| field_of(**there) == field_of(*here)).count()
}

/// Text that stands in HTML as it is.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}
