//! Functions over bags and sets (XACML 3.0, A.3.10 and A.3.11); bags of every type share them.

use std::borrow::Cow;

use super::super::Value;
use super::super::status::Fault;
use super::Operand;

/// A function over bags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BagOperation {
    OneAndOnly,
    BagSize,
    IsIn,
    Bag,
    Intersection,
    AtLeastOneMemberOf,
    Union,
    Subset,
    SetEquals,
}

impl BagOperation {
    pub(crate) fn compute(self, arguments: &[Operand<'_>]) -> Result<Operand<'static>, Fault> {
        match (self, arguments) {
            (Self::OneAndOnly, [bag]) => match bag.bag()? {
                [value] => Ok(value.clone().into()),
                values => {
                    Err(Fault::processing(format!("a bag holds {} values instead of one", values.len())))
                }
            },
            (Self::BagSize, [bag]) => {
                let size = i64::try_from(bag.bag()?.len()).unwrap_or(i64::MAX);
                Ok(Value::Integer(size).into())
            }
            (Self::IsIn, [value, bag]) => Ok(Value::Boolean(bag.bag()?.contains(value.value()?)).into()),
            (Self::Bag, values) => {
                let values = values.iter().map(|value| value.value().cloned()).collect::<Result<_, _>>()?;
                Ok(Operand::Bag(Cow::Owned(values)))
            }
            (operation, [a, b]) => operation.of_two_sets(a.bag()?, b.bag()?),
            _ => Err(Fault::processing("a function over bags got a wrong number of arguments")),
        }
    }

    fn of_two_sets(self, a: &[Value], b: &[Value]) -> Result<Operand<'static>, Fault> {
        let is_subset = |a: &[Value], b: &[Value]| a.iter().all(|value| b.contains(value));
        Ok(match self {
            Self::Intersection => set(a.iter().filter(|value| b.contains(value))),
            Self::Union => set(a.iter().chain(b)),
            Self::AtLeastOneMemberOf => Value::Boolean(a.iter().any(|value| b.contains(value))).into(),
            Self::Subset => Value::Boolean(is_subset(a, b)).into(),
            Self::SetEquals => Value::Boolean(is_subset(a, b) && is_subset(b, a)).into(),
            _ => return Err(Fault::processing("a function over bags got a wrong number of arguments")),
        })
    }
}

/// The values without duplicates.
fn set<'a>(values: impl Iterator<Item = &'a Value>) -> Operand<'static> {
    let mut unique: Vec<Value> = Vec::new();
    for value in values {
        if !unique.contains(value) {
            unique.push(value.clone());
        }
    }
    Operand::Bag(Cow::Owned(unique))
}
