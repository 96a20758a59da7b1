//! The engines, each loaded with the policies of some apps, and asked by requests that are built anew each time.

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::Arc;

use altinn_auth::xacml::{CompiledPolicy, Decision, PolicyDocument, Request, name};
use casbin::function_map::OperatorFunction;
use casbin::function_map::dynamic_to_str;
use casbin::prelude::{CoreApi, DefaultModel, Enforcer, MemoryAdapter, MgmtApi};
use cedar_policy::{
    Authorizer, Context, Entities, EntityId, EntityTypeName, EntityUid, PolicySet, RestrictedExpression,
};
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;

use crate::policy::{self, Question};

/// Decides a question about an app; gives what it decided, once the reason and the obligations have been looked at.
pub trait Engine {
    fn name(&self) -> &'static str;
    fn decide(&mut self, app: &str, question: &Question) -> bool;
}

/// This library.
pub struct Ours(HashMap<String, CompiledPolicy>);

impl Ours {
    pub fn load(apps: usize) -> Self {
        let policy = |app: String| {
            let document = PolicyDocument::read(policy::xacml(&app)).expect("the policy is right");
            (app, CompiledPolicy::compile(&document).expect("the policy is right"))
        };
        Self((0..apps).map(policy::app).map(policy).collect())
    }
}

impl Engine for Ours {
    fn name(&self) -> &'static str {
        "altinn-auth"
    }

    fn decide(&mut self, app: &str, question: &Question) -> bool {
        let mut request = Request::new();
        for role in question.roles {
            request.add(name::ACCESS_SUBJECT, "urn:altinn:rolecode", *role);
        }
        if let Some(org) = question.org {
            request.add(name::ACCESS_SUBJECT, "urn:altinn:org", org);
        }
        request.add(name::RESOURCE, "urn:altinn:org", "ttd");
        request.add(name::RESOURCE, "urn:altinn:app", app);
        if let Some(place) = policy::place_attribute(question.place) {
            request.add(name::RESOURCE, place, question.place);
        }
        request.add(name::ACTION, name::ACTION_ID, question.action);
        let evaluation = self.0[app].evaluate(&request);
        black_box((evaluation.obligations(), evaluation.decided_by()));
        evaluation.decision() == Decision::Permit
    }
}

/// cedar-policy.
pub struct Cedar {
    policies: PolicySet,
    authorizer: Authorizer,
    user: EntityTypeName,
    action: EntityTypeName,
    app: EntityTypeName,
}

impl Cedar {
    pub fn load(apps: usize) -> Self {
        let text: String = (0..apps).map(|number| policy::cedar(&policy::app(number))).collect();
        let named = |name: &str| name.parse().expect("a name");
        Self {
            policies: text.parse().expect("the policies are right"),
            authorizer: Authorizer::new(),
            user: named("User"),
            action: named("Action"),
            app: named("App"),
        }
    }
}

impl Engine for Cedar {
    fn name(&self) -> &'static str {
        "cedar-policy"
    }

    fn decide(&mut self, app: &str, question: &Question) -> bool {
        let uid = |kind: &EntityTypeName, id: &str| {
            EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id))
        };
        let text = |text: &str| RestrictedExpression::new_string(text.to_owned());
        let roles = RestrictedExpression::new_set(question.roles.iter().map(|role| text(role)));
        let context = [
            ("roles".to_owned(), roles),
            ("org".to_owned(), text(question.org.unwrap_or_default())),
            ("place".to_owned(), text(question.place)),
        ];
        let request = cedar_policy::Request::new(
            uid(&self.user, "1337"),
            uid(&self.action, question.action),
            uid(&self.app, &format!("ttd/{app}")),
            Context::from_pairs(context).expect("a context"),
            None,
        );
        let request = request.expect("a request");
        let response = self.authorizer.is_authorized(&request, &self.policies, &Entities::empty());
        black_box(response.diagnostics().reason().count());
        response.decision() == cedar_policy::Decision::Allow
    }
}

/// casbin.
pub struct Casbin(Enforcer);

const CASBIN_MODEL: &str = "
[request_definition]
r = sub, obj, place, act
[policy_definition]
p = subs, obj, places, acts
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.obj == p.obj && has_any(p.acts, r.act) && has_any(p.places, r.place) && has_any(p.subs, r.sub)
";

/// Whether a list with commas around holds one of the names of another.
fn has_any(list: casbin::rhai::Dynamic, names: casbin::rhai::Dynamic) -> casbin::rhai::Dynamic {
    let (list, names) = (dynamic_to_str(&list), dynamic_to_str(&names));
    let held = |name: &str| {
        list.match_indices(name)
            .any(|(start, _)| list[..start].ends_with(',') && list[start + name.len()..].starts_with(','))
    };
    names.split(',').any(held).into()
}

impl Casbin {
    pub fn load(apps: usize) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            let model = DefaultModel::from_str(CASBIN_MODEL).await.expect("the model is right");
            let mut enforcer = Enforcer::new(model, MemoryAdapter::default()).await.expect("an enforcer");
            enforcer.add_function("has_any", OperatorFunction::Arg2(has_any));
            let rows = (0..apps).flat_map(|number| policy::casbin(&policy::app(number))).collect();
            enforcer.add_policies(rows).await.expect("the rows are right");
            Self(enforcer)
        })
    }
}

impl Engine for Casbin {
    fn name(&self) -> &'static str {
        "casbin"
    }

    fn decide(&mut self, app: &str, question: &Question) -> bool {
        let subjects = question.org.map_or_else(|| question.roles.join(","), |org| format!("org:{org}"));
        let request = [subjects, format!("ttd/{app}"), question.place.to_owned(), question.action.to_owned()];
        self.0.enforce(request.to_vec()).expect("an answer")
    }
}

/// regorus: its compiled machine, with the apps' rules as data.
pub struct Regorus(RegoVM);

impl Regorus {
    pub fn load(apps: usize) -> Self {
        let all: serde_json::Map<_, _> =
            (0..apps).map(policy::app).map(|app| (app.clone(), policy::rego_data(&app))).collect();
        let data = regorus::Value::from(serde_json::json!({ "apps": all }));
        let mut engine = regorus::Engine::new();
        engine.add_policy("altinn.rego".to_owned(), policy::REGO.to_owned()).expect("the policy is right");
        engine.add_data(data.clone()).expect("the data are right");
        let entry: Arc<str> = "data.altinn.decision".into();
        let compiled = engine.compile_with_entrypoint(&entry).expect("the policy compiles");
        let program = Compiler::compile_from_policy(&compiled, &[&*entry]).expect("the program compiles");
        let mut machine = RegoVM::new();
        machine.load_program(program);
        machine.set_data(data).expect("the data are right");
        Self(machine)
    }
}

impl Engine for Regorus {
    fn name(&self) -> &'static str {
        "regorus"
    }

    fn decide(&mut self, app: &str, question: &Question) -> bool {
        let subjects = match question.org {
            Some(org) => vec![regorus::Value::from(format!("org:{org}"))],
            None => question.roles.iter().map(|role| regorus::Value::from(*role)).collect(),
        };
        let mut input = regorus::Value::new_object();
        let object = input.as_object_mut().expect("an object");
        let fields = [("app", app), ("action", question.action), ("place", question.place)];
        for (name, value) in fields {
            object.insert(name.into(), value.into());
        }
        object.insert("subjects".into(), subjects.into());
        self.0.set_input(input);
        let decision = self.0.execute().expect("an answer");
        black_box(&decision["rule"]);
        decision["permitted"] == regorus::Value::from(true)
    }
}
