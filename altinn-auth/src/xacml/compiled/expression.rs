//! Compiles matches and expressions, and checks their types.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::error::{Located, XacmlFault};
use super::super::function::{Operand, Operation, Type};
use super::super::model::{self, Designator, Expression, ExpressionKind, VariableDefinition};
use super::super::pattern::Pattern;
use super::super::reader::shortened;
use super::super::{DataType, Function, Value};
use super::compile::Compiler;
use super::{AttributeUse, Expr, Match, Test};

type Checked<T> = Result<T, Located>;

/// The type of an expression; a function as an argument has none.
pub(super) type ExprType = Option<Type>;

/// The compiled variables of a policy: their number and type.
#[derive(Default)]
pub(super) struct Variables(BTreeMap<Arc<str>, (u32, ExprType)>);

impl Variables {
    pub(super) fn compile(compiler: &mut Compiler<'_>, definitions: &[VariableDefinition]) -> Checked<Self> {
        let mut by_id = BTreeMap::new();
        for definition in definitions {
            if by_id.insert(Arc::clone(&definition.id), definition).is_some() {
                let fault = XacmlFault::Duplicate { what: "variable", id: definition.id.to_string() };
                return Err(Located::new(definition.offset, fault));
            }
        }
        let mut done = Self::default();
        for definition in definitions {
            done.define(compiler, definition, &by_id, &mut Vec::new())?;
        }
        Ok(done)
    }

    /// Compiles a variable after those that it refers to.
    fn define<'d>(
        &mut self,
        compiler: &mut Compiler<'_>,
        definition: &'d VariableDefinition,
        by_id: &BTreeMap<Arc<str>, &'d VariableDefinition>,
        within: &mut Vec<&'d str>,
    ) -> Checked<()> {
        if self.0.contains_key(&definition.id) {
            return Ok(());
        }
        if within.contains(&&*definition.id) || within.len() > super::super::reader::MAX_DEPTH {
            let fault = XacmlFault::VariableCycle(definition.id.to_string());
            return Err(Located::new(definition.offset, fault));
        }
        within.push(&definition.id);
        let mut referred = Vec::new();
        collect_references(&definition.expression, &mut referred);
        for id in referred {
            if let Some(definition) = by_id.get(id) {
                self.define(compiler, definition, by_id, within)?;
            }
        }
        within.pop();
        let (compiled, of_type) = compiler.expression(&definition.expression, self)?;
        let number = u32::try_from(compiler.variables.len()).unwrap_or(u32::MAX);
        compiler.variables.push(compiled);
        self.0.insert(Arc::clone(&definition.id), (number, of_type));
        Ok(())
    }
}

fn collect_references<'e>(expression: &'e Expression, found: &mut Vec<&'e Arc<str>>) {
    match &expression.kind {
        ExpressionKind::Variable(id) => found.push(id),
        ExpressionKind::Apply { arguments, .. } => {
            for argument in arguments {
                collect_references(argument, found);
            }
        }
        ExpressionKind::Value(_) | ExpressionKind::Attribute(_) | ExpressionKind::Function(_) => {}
    }
}

impl Compiler<'_> {
    pub(super) fn a_match(&mut self, a_match: &model::Match) -> Checked<Match> {
        let types = [Type::Value(a_match.value.data_type()), Type::Value(a_match.attribute.data_type)];
        let function = &a_match.function;
        check_arguments(function, &types, a_match.offset)?;
        check_type(Some(function.returns()), Type::Value(DataType::Boolean), "boolean", a_match.offset)?;
        let is_text = a_match.value.data_type() == DataType::String;
        let test = match function.urn().rsplit(':').next() {
            Some("string-equal-ignore-case") => Test::EqualIgnoreCase,
            Some(name) if name.strip_suffix("-equal") == Some(a_match.value.data_type().name()) => {
                Test::Equal
            }
            Some("string-equal") if is_text => Test::Equal,
            _ if matches!(function.operation(), Operation::Matches) => {
                Test::Matches(Box::new(pattern(&a_match.value, a_match.offset)?))
            }
            _ => Test::Function(Box::new(function.clone())),
        };
        let fact = self.facts.add(&a_match.attribute, &a_match.value, &test);
        self.needs_values |= fact.is_none() || a_match.attribute.must_be_present;
        let attribute = self.attribute(&a_match.attribute);
        Ok(Match { attribute, value: a_match.value.clone(), test, fact })
    }

    pub(super) fn condition(
        &mut self,
        condition: Option<&Expression>,
        variables: &Variables,
    ) -> Checked<Option<Expr>> {
        let Some(expression) = condition else { return Ok(None) };
        let (compiled, found) = self.expression(expression, variables)?;
        check_type(found, Type::Value(DataType::Boolean), "boolean", expression.offset)?;
        Ok(Some(compiled))
    }

    pub(super) fn expression(
        &mut self,
        expression: &Expression,
        variables: &Variables,
    ) -> Checked<(Expr, ExprType)> {
        Ok(match &expression.kind {
            ExpressionKind::Value(value) => {
                (Expr::Value(value.clone()), Some(Type::Value(value.data_type())))
            }
            ExpressionKind::Attribute(designator) => {
                self.needs_values = true;
                (Expr::Attribute(self.attribute(designator)), Some(Type::Bag(designator.data_type)))
            }
            ExpressionKind::Function(function) => (Expr::Function(Box::new(function.clone())), None),
            ExpressionKind::Variable(id) => {
                let fault = || XacmlFault::UndefinedVariable(id.to_string());
                let found = variables.0.get(id).ok_or_else(|| Located::new(expression.offset, fault()))?;
                (Expr::Variable(found.0), found.1)
            }
            ExpressionKind::Apply { function, arguments } => {
                let compiled = arguments.iter().map(|argument| self.expression(argument, variables));
                let (arguments, types): (Vec<Expr>, Vec<ExprType>) =
                    compiled.collect::<Checked<Vec<_>>>()?.into_iter().unzip();
                let returns = returned(function, &arguments, &types, expression.offset)?;
                (applied(function, arguments, expression.offset)?, Some(returns))
            }
        })
    }

    fn attribute(&mut self, designator: &Designator) -> AttributeUse {
        AttributeUse { slot: self.attributes.number(designator), must_be_present: designator.must_be_present }
    }
}

/// What a function gives for these arguments, which are checked.
fn returned(function: &Function, arguments: &[Expr], types: &[ExprType], offset: u32) -> Checked<Type> {
    if let Some(higher_order) = function.higher_order() {
        let values: Option<Vec<Type>> = types.iter().skip(1).copied().collect();
        return match (arguments.first(), values) {
            (Some(Expr::Function(applied)), Some(values)) => higher_order.returns(applied, &values),
            _ => None,
        }
        .ok_or_else(|| wrong_arguments(function, types, offset));
    }
    let values: Option<Vec<Type>> = types.iter().copied().collect();
    let values = values.ok_or_else(|| wrong_arguments(function, types, offset))?;
    check_arguments(function, &values, offset)?;
    Ok(function.returns())
}

/// A function of checked arguments, computed as far as it can be before any request.
fn applied(function: &Function, mut arguments: Vec<Expr>, offset: u32) -> Checked<Expr> {
    if let Some(value) = folded(function, &arguments, offset)? {
        return Ok(Expr::Value(value));
    }
    match (function.operation(), arguments.as_slice()) {
        (Operation::Matches, [Expr::Value(expression), _]) => {
            let pattern = Box::new(pattern(expression, offset)?);
            let text = arguments.pop().map(Box::new);
            text.map(|text| Expr::Matches(pattern, text))
                .ok_or_else(|| wrong_arguments(function, &[], offset))
        }
        _ => Ok(Expr::Apply(Box::new(function.clone()), arguments.into())),
    }
}

fn pattern(expression: &Value, offset: u32) -> Checked<Pattern> {
    let expression = expression.as_text().unwrap_or("");
    Pattern::compile(expression).map_err(|error| {
        let fault =
            XacmlFault::InvalidValue { found: shortened(expression), expected: error.reason().to_owned() };
        Located::new(offset, fault)
    })
}

/// What a function gives for arguments that are all values: it is known before any request, and so are its faults.
fn folded(function: &Function, arguments: &[Expr], offset: u32) -> Checked<Option<Value>> {
    let needs_a_request = match function.operation() {
        Operation::Bag(_)
        | Operation::Logical(_)
        | Operation::HigherOrder(_)
        | Operation::AccessPermitted => true,
        #[cfg(feature = "xpath")]
        Operation::XPath(_) => true,
        _ => false,
    };
    if needs_a_request {
        return Ok(None);
    }
    let operand = |argument: &Expr| match argument {
        Expr::Value(value) => Some(Operand::from(value.clone())),
        _ => None,
    };
    let Some(operands) = arguments.iter().map(operand).collect::<Option<Vec<_>>>() else { return Ok(None) };
    match function.call(&operands).and_then(|result| result.value().cloned()) {
        Ok(value) => Ok(Some(value)),
        Err(fault) => {
            let reason = fault.into_status().message().to_owned();
            Err(Located::new(
                offset,
                XacmlFault::NeverComputable { function: function.urn().to_owned(), reason },
            ))
        }
    }
}

fn check_arguments(function: &Function, types: &[Type], offset: u32) -> Checked<()> {
    if function.accepts(types) {
        return Ok(());
    }
    let types: Vec<ExprType> = types.iter().copied().map(Some).collect();
    Err(wrong_arguments(function, &types, offset))
}

fn wrong_arguments(function: &Function, types: &[ExprType], offset: u32) -> Located {
    let found: Vec<String> = types.iter().copied().map(type_name).collect();
    let fault = XacmlFault::WrongArguments { function: function.urn().to_owned(), found: found.join(", ") };
    Located::new(offset, fault)
}

fn check_type(found: ExprType, wanted: Type, expected: &'static str, offset: u32) -> Checked<()> {
    if found == Some(wanted) {
        return Ok(());
    }
    Err(Located::new(offset, XacmlFault::WrongType { found: type_name(found), expected }))
}

fn type_name(of_type: ExprType) -> String {
    of_type.map_or_else(|| "function".to_owned(), |of_type| of_type.to_string())
}
