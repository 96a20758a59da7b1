//! Which functions there are, by URN (XACML 3.0, A.3 and A.4).

use super::super::DataType;
use super::{
    BagOperation, Function, HigherOrder, Logical, Operation, Parameters, Type, arithmetic, comparison,
    temporal, text,
};

use DataType::{
    AnyUri, Boolean, Date, DateTime, DayTimeDuration, DnsName, Double, Integer, IpAddress, Rfc822Name,
    String, Time, X500Name, YearMonthDuration,
};

type Definition = (Parameters, Type, Operation);

pub(super) fn find(urn: &str) -> Option<Function> {
    let (version, name) = urn.strip_prefix("urn:oasis:names:tc:xacml:")?.split_once(":function:")?;
    let (parameters, returns, operation) = single(version, name).or_else(|| {
        DataType::ALL.into_iter().find_map(|data_type| {
            let family = name.strip_prefix(data_type.name())?.strip_prefix('-')?;
            of_type(version, data_type, family)
        })
    })?;
    Some(Function {
        id: urn.to_owned(),
        parameters,
        returns,
        operation,
        #[cfg(feature = "xpath")]
        namespaces: None,
    })
}

/// The families that exist for many data types.
fn of_type(version: &str, data_type: DataType, family: &str) -> Option<Definition> {
    let is_of = |versions: &[&str]| versions.contains(&version);
    let versions: &[&str] = match data_type {
        DayTimeDuration | YearMonthDuration => &["1.0", "3.0"],
        IpAddress | DnsName => &["2.0"],
        DataType::XPathExpression => &[],
        _ => &["1.0"],
    };
    let bag = bag_function(data_type, family).filter(|_| is_of(versions));
    let equality = || {
        let has_equality = family == "equal" && !matches!(data_type, IpAddress | DnsName);
        (has_equality && is_of(versions)).then(|| two(data_type, comparison::equal))
    };
    let order = || {
        let has_order = matches!(data_type, String | Integer | Double | Time | Date | DateTime);
        let compare: fn(&_, &_) -> _ = match family {
            "greater-than" => comparison::greater_than,
            "greater-than-or-equal" => comparison::greater_than_or_equal,
            "less-than" => comparison::less_than,
            "less-than-or-equal" => comparison::less_than_or_equal,
            _ => return None,
        };
        (has_order && is_of(&["1.0"])).then(|| two(data_type, compare))
    };
    let from_string = || {
        let converts = family == "from-string" && is_of(&["3.0"]) && is_convertible(data_type);
        converts.then(|| (exactly([String]), Type::Value(data_type), Operation::Parse(data_type)))
    };
    let regexp_match = || {
        let since = match data_type {
            String => "1.0",
            AnyUri | IpAddress | DnsName | Rfc822Name | X500Name => "2.0",
            _ => return None,
        };
        let matches = family == "regexp-match" && version == since;
        matches.then(|| (exactly([String, data_type]), Type::Value(Boolean), Operation::Matches))
    };
    bag.or_else(equality).or_else(order).or_else(from_string).or_else(regexp_match)
}

fn bag_function(data_type: DataType, family: &str) -> Option<Definition> {
    let (value, bag, boolean) = (Type::Value(data_type), Type::Bag(data_type), Type::Value(Boolean));
    let two_bags = Parameters::Exactly(vec![bag, bag]);
    let sets = !matches!(data_type, IpAddress | DnsName);
    let (parameters, returns, operation) = match family {
        "one-and-only" => (Parameters::Exactly(vec![bag]), value, BagOperation::OneAndOnly),
        "bag-size" => (Parameters::Exactly(vec![bag]), Type::Value(Integer), BagOperation::BagSize),
        "is-in" if sets => (Parameters::Exactly(vec![value, bag]), boolean, BagOperation::IsIn),
        "bag" => (Parameters::AtLeast(0, value), bag, BagOperation::Bag),
        "intersection" if sets => (two_bags, bag, BagOperation::Intersection),
        "at-least-one-member-of" if sets => (two_bags, boolean, BagOperation::AtLeastOneMemberOf),
        "union" if sets => (two_bags, bag, BagOperation::Union),
        "subset" if sets => (two_bags, boolean, BagOperation::Subset),
        "set-equals" if sets => (two_bags, boolean, BagOperation::SetEquals),
        _ => return None,
    };
    Some((parameters, returns, Operation::Bag(operation)))
}

/// The functions that stand alone.
fn single(version: &str, name: &str) -> Option<Definition> {
    match version {
        #[cfg(feature = "xpath")]
        "1.0" if name.starts_with("xpath-node-") => over_nodes(name, String),
        "1.0" => numbers(name)
            .or_else(|| text_of_1_0(name))
            .or_else(|| logical(name))
            .or_else(|| dates(name).or_else(|| higher_order(name))),
        "2.0" => match name {
            "time-in-range" => {
                Some((exactly([Time; 3]), Type::Value(Boolean), Operation::Three(temporal::time_in_range)))
            }
            "string-concatenate" => Some((
                Parameters::AtLeast(2, Type::Value(String)),
                Type::Value(String),
                Operation::Fold(text::concatenate),
            )),
            "uri-string-concatenate" => Some((
                Parameters::OneThenAtLeast(Type::Value(AnyUri), 1, Type::Value(String)),
                Type::Value(AnyUri),
                Operation::Fold(text::concatenate),
            )),
            _ => None,
        },
        #[cfg(feature = "xpath")]
        "3.0" if name.starts_with("xpath-node-") => over_nodes(name, DataType::XPathExpression),
        "3.0" if name == "access-permitted" => {
            Some((exactly([AnyUri, String]), Type::Value(Boolean), Operation::AccessPermitted))
        }
        "3.0" => text_of_3_0(name).or_else(|| dates(name)).or_else(|| match name {
            "any-of" | "all-of" | "any-of-any" | "map" => higher_order(name),
            _ => None,
        }),
        _ => None,
    }
}

#[cfg(feature = "xpath")]
fn over_nodes(name: &str, path: DataType) -> Option<Definition> {
    let (parameters, returns, function) = match name {
        "xpath-node-count" => (exactly([path]), Integer, super::XPathFunction::Count),
        "xpath-node-equal" => (exactly([path; 2]), Boolean, super::XPathFunction::Equal),
        "xpath-node-match" => (exactly([path; 2]), Boolean, super::XPathFunction::Match),
        _ => return None,
    };
    Some((parameters, Type::Value(returns), Operation::XPath(function)))
}

fn numbers(name: &str) -> Option<Definition> {
    let folded = |data_type, compute| {
        let each = Type::Value(data_type);
        Some((Parameters::AtLeast(2, each), each, Operation::Fold(compute)))
    };
    let of_two =
        |data_type, compute| Some((exactly([data_type; 2]), Type::Value(data_type), Operation::Two(compute)));
    let of_one = |from, to, compute| Some((exactly([from]), Type::Value(to), Operation::One(compute)));
    match name {
        "integer-add" => folded(Integer, arithmetic::add),
        "double-add" => folded(Double, arithmetic::add),
        "integer-multiply" => folded(Integer, arithmetic::multiply),
        "double-multiply" => folded(Double, arithmetic::multiply),
        "integer-subtract" => of_two(Integer, arithmetic::subtract),
        "double-subtract" => of_two(Double, arithmetic::subtract),
        "integer-divide" => of_two(Integer, arithmetic::divide),
        "double-divide" => of_two(Double, arithmetic::divide),
        "integer-mod" => of_two(Integer, arithmetic::modulo),
        "integer-abs" => of_one(Integer, Integer, arithmetic::abs),
        "double-abs" => of_one(Double, Double, arithmetic::abs),
        "round" => of_one(Double, Double, arithmetic::round),
        "floor" => of_one(Double, Double, arithmetic::floor),
        "double-to-integer" => of_one(Double, Integer, arithmetic::to_integer),
        "integer-to-double" => of_one(Integer, Double, arithmetic::to_double),
        _ => None,
    }
}

fn text_of_1_0(name: &str) -> Option<Definition> {
    let of_text = |compute| Some((exactly([String]), Type::Value(String), Operation::One(compute)));
    match name {
        "string-normalize-space" => of_text(text::normalize_space),
        "string-normalize-to-lower-case" => of_text(text::normalize_to_lower_case),
        "x500Name-match" => {
            Some((exactly([X500Name; 2]), Type::Value(Boolean), Operation::Two(text::x500_name_match)))
        }
        "rfc822Name-match" => Some((
            exactly([String, Rfc822Name]),
            Type::Value(Boolean),
            Operation::Two(text::rfc822_name_match),
        )),
        _ => None,
    }
}

fn text_of_3_0(name: &str) -> Option<Definition> {
    if name == "string-equal-ignore-case" {
        return Some(two(String, comparison::equal_ignore_case));
    }
    if let Some(from) = name.strip_prefix("string-from-") {
        let from = DataType::ALL.into_iter().find(|data_type| data_type.name() == from)?;
        return is_convertible(from)
            .then(|| (exactly([from]), Type::Value(String), Operation::One(text::to_string)));
    }
    let (data_type, name) = [String, AnyUri]
        .into_iter()
        .find_map(|data_type| Some((data_type, name.strip_prefix(data_type.name())?)))?;
    let search =
        |compute| Some((exactly([String, data_type]), Type::Value(Boolean), Operation::Two(compute)));
    match name {
        "-starts-with" => search(text::starts_with),
        "-ends-with" => search(text::ends_with),
        "-contains" => search(text::contains),
        "-substring" => Some((
            exactly([data_type, Integer, Integer]),
            Type::Value(String),
            Operation::Three(text::substring),
        )),
        _ => None,
    }
}

fn logical(name: &str) -> Option<Definition> {
    let boolean = Type::Value(Boolean);
    let any_number = Parameters::AtLeast(0, boolean);
    match name {
        "or" => Some((any_number, boolean, Operation::Logical(Logical::Or))),
        "and" => Some((any_number, boolean, Operation::Logical(Logical::And))),
        "n-of" => Some((
            Parameters::OneThenAtLeast(Type::Value(Integer), 0, boolean),
            boolean,
            Operation::Logical(Logical::NOf),
        )),
        "not" => Some((exactly([Boolean]), boolean, Operation::One(not))),
        _ => None,
    }
}

fn not(value: &super::super::Value) -> super::Computed {
    let value = value.as_boolean().ok_or_else(|| super::wrong_type("a boolean"))?;
    Ok((!value).into())
}

fn dates(name: &str) -> Option<Definition> {
    let (moment, duration) = match name.split_once("-add-").or_else(|| name.split_once("-subtract-"))? {
        ("dateTime", "dayTimeDuration") => (DateTime, DayTimeDuration),
        ("dateTime", "yearMonthDuration") => (DateTime, YearMonthDuration),
        ("date", "yearMonthDuration") => (Date, YearMonthDuration),
        _ => return None,
    };
    let compute = if name.contains("-add-") { temporal::add } else { temporal::subtract };
    Some((exactly([moment, duration]), Type::Value(moment), Operation::Two(compute)))
}

fn higher_order(name: &str) -> Option<Definition> {
    let kind = match name {
        "any-of" => HigherOrder::AnyOf,
        "all-of" => HigherOrder::AllOf,
        "any-of-any" => HigherOrder::AnyOfAny,
        "all-of-any" => HigherOrder::AllOfAny,
        "any-of-all" => HigherOrder::AnyOfAll,
        "all-of-all" => HigherOrder::AllOfAll,
        "map" => HigherOrder::Map,
        _ => return None,
    };
    // What it truly gives follows from its first argument.
    Some((Parameters::FunctionAndMore, Type::Value(Boolean), Operation::HigherOrder(kind)))
}

fn is_convertible(data_type: DataType) -> bool {
    !matches!(data_type, String | DataType::HexBinary | DataType::Base64Binary | DataType::XPathExpression)
}

fn exactly<const N: usize>(types: [DataType; N]) -> Parameters {
    Parameters::Exactly(types.map(Type::Value).to_vec())
}

/// A test of two values of one type.
fn two(data_type: DataType, compute: fn(&super::Value, &super::Value) -> super::Computed) -> Definition {
    (exactly([data_type; 2]), Type::Value(Boolean), Operation::Two(compute))
}
