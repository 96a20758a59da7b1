//! Functions that apply another function over bags (XACML 3.0, A.3.12).

use std::borrow::Cow;

use super::super::status::Fault;
use super::super::{DataType, Value};
use super::{Function, Operand, Type};

/// A function that takes a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HigherOrder {
    /// True when it holds for one value of the one bag.
    AnyOf,
    /// True when it holds for every value of the one bag.
    AllOf,
    /// True when it holds for one combination of values of the bags.
    AnyOfAny,
    /// True when every value of the first bag has one in the second for which it holds.
    AllOfAny,
    /// True when one value of the first bag suits every value of the second.
    AnyOfAll,
    /// True when it holds for every combination.
    AllOfAll,
    /// The bag of what it gives for every value of the one bag.
    Map,
}

/// Computes a function over evaluated arguments.
type Apply<'f> = &'f dyn Fn(&[Operand<'_>]) -> Result<Operand<'static>, Fault>;

/// The most combinations that one call may go through.
const MAX_COMBINATIONS: usize = 1_000_000;

impl HigherOrder {
    /// What it gives for `function` over arguments of these types; nothing when they do not fit.
    pub(crate) fn returns(self, function: &Function, arguments: &[Type]) -> Option<Type> {
        let elements: Vec<Type> =
            arguments.iter().map(|argument| Type::Value(data_type(*argument))).collect();
        let bags = arguments.iter().filter(|argument| matches!(argument, Type::Bag(_))).count();
        let shape_fits = match self {
            Self::AnyOf | Self::AllOf | Self::Map => bags == 1,
            Self::AnyOfAny => !arguments.is_empty(),
            Self::AllOfAny | Self::AnyOfAll | Self::AllOfAll => arguments.len() == 2 && bags == 2,
        };
        if !shape_fits || !function.accepts(&elements) {
            return None;
        }
        match (self, function.returns()) {
            (Self::Map, Type::Value(data_type)) => Some(Type::Bag(data_type)),
            (Self::Map, Type::Bag(_)) => None,
            (_, returns) => (returns == Type::Value(DataType::Boolean)).then_some(returns),
        }
    }

    /// What it gives for arguments, when `apply` computes the function that it applies.
    pub(crate) fn compute(
        self,
        arguments: &[Operand<'_>],
        apply: Apply<'_>,
    ) -> Result<Operand<'static>, Fault> {
        let sets: Vec<&[Value]> = arguments.iter().map(values).collect();
        let combinations = sets.iter().try_fold(1_usize, |product, set| product.checked_mul(set.len()));
        if combinations.is_none_or(|count| count > MAX_COMBINATIONS) {
            return Err(Fault::processing("a higher-order function has too many combinations"));
        }
        let holds = |a: &Value, b: &Value| call(apply, &[a, b])?.boolean();
        let boolean = |value: bool| Ok(Value::Boolean(value).into());
        match (self, sets.as_slice()) {
            (Self::AnyOf | Self::AnyOfAny, sets) => boolean(any_combination(apply, sets, true)?),
            (Self::AllOf, sets) => boolean(!any_combination(apply, sets, false)?),
            (Self::AllOfAll, sets) => boolean(!any_combination(apply, sets, false)?),
            (Self::AllOfAny, [first, second]) => boolean(every(first, |a| some(second, |b| holds(a, b)))?),
            (Self::AnyOfAll, [first, second]) => boolean(some(first, |a| every(second, |b| holds(a, b)))?),
            (Self::Map, sets) => map(apply, sets),
            _ => Err(Fault::processing("a higher-order function got a wrong number of arguments")),
        }
    }
}

fn data_type(argument: Type) -> DataType {
    match argument {
        Type::Value(data_type) | Type::Bag(data_type) => data_type,
    }
}

fn values<'a>(operand: &'a Operand<'_>) -> &'a [Value] {
    match operand {
        Operand::Value(value) => std::slice::from_ref(value),
        Operand::Bag(values) => values,
    }
}

fn call(apply: Apply<'_>, values: &[&Value]) -> Result<Operand<'static>, Fault> {
    let operands: Vec<Operand<'_>> =
        values.iter().map(|value| Operand::Value(Cow::Borrowed(*value))).collect();
    apply(&operands)
}

/// Whether some combination of one value from each set gives `wanted`. As in `or` and `and`, by which the standard
/// puts the results together, one that does wins over a fault.
fn any_combination(apply: Apply<'_>, sets: &[&[Value]], wanted: bool) -> Result<bool, Fault> {
    let (mut found, mut fault) = (false, None);
    each_combination(sets, &mut |values| {
        match call(apply, values).and_then(|result| result.boolean()) {
            Ok(value) => found = value == wanted,
            Err(why) => fault = fault.take().or(Some(why)),
        }
        Ok(!found)
    })?;
    fault.filter(|_| !found).map_or(Ok(found), Err)
}

fn map(apply: Apply<'_>, sets: &[&[Value]]) -> Result<Operand<'static>, Fault> {
    let mut results = Vec::new();
    each_combination(sets, &mut |values| {
        results.push(call(apply, values)?.value()?.clone());
        Ok(true)
    })?;
    Ok(Operand::Bag(Cow::Owned(results)))
}

/// Goes through every combination of one value from each set, as long as `visit` says to go on.
fn each_combination<'a>(
    sets: &[&'a [Value]],
    visit: &mut dyn FnMut(&[&'a Value]) -> Result<bool, Fault>,
) -> Result<(), Fault> {
    let mut positions = vec![0_usize; sets.len()];
    loop {
        let chosen: Option<Vec<&Value>> =
            sets.iter().zip(&positions).map(|(set, position)| set.get(*position)).collect();
        let Some(chosen) = chosen else { return Ok(()) };
        if !visit(&chosen)? {
            return Ok(());
        }
        let mut carried = true;
        for (position, set) in positions.iter_mut().zip(sets).rev() {
            *position += 1;
            if *position < set.len() {
                carried = false;
                break;
            }
            *position = 0;
        }
        if carried {
            return Ok(());
        }
    }
}

fn every(values: &[Value], mut test: impl FnMut(&Value) -> Result<bool, Fault>) -> Result<bool, Fault> {
    some(values, |value| test(value).map(|holds| !holds)).map(|fails| !fails)
}

/// Whether a test holds for one of the values; that it does wins over a fault.
fn some(values: &[Value], mut test: impl FnMut(&Value) -> Result<bool, Fault>) -> Result<bool, Fault> {
    let mut fault = None;
    for value in values {
        match test(value) {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(why) => fault = fault.or(Some(why)),
        }
    }
    fault.map_or(Ok(false), Err)
}
