//! The functions of the language: their names, and how many arguments they take.

use std::fmt;

/// How many arguments a function takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arity {
    /// The fewest.
    pub at_least: usize,
    /// The most; none when there may be any number.
    pub at_most: Option<usize>,
}

impl Arity {
    const fn exactly(count: usize) -> Self {
        Self { at_least: count, at_most: Some(count) }
    }

    const fn between(at_least: usize, at_most: usize) -> Self {
        Self { at_least, at_most: Some(at_most) }
    }

    const fn at_least(at_least: usize) -> Self {
        Self { at_least, at_most: None }
    }

    /// Whether so many arguments are in order.
    pub fn allows(self, count: usize) -> bool {
        count >= self.at_least && self.at_most.is_none_or(|most| count <= most)
    }
}

impl fmt::Display for Arity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at_most {
            Some(most) if most == self.at_least => write!(f, "{most}"),
            Some(most) => write!(f, "{}-{most}", self.at_least),
            None => write!(f, "{}+", self.at_least),
        }
    }
}

macro_rules! functions {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $arity:expr;)*) => {
        /// A function of the language.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Function {
            $($(#[$doc])* $variant,)*
        }

        impl Function {
            /// Every function of the language.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name, as expressions spell it.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// How many arguments it takes.
            pub fn arity(self) -> Arity {
                match self { $(Self::$variant => $arity,)* }
            }

            /// The function of a name; none when there is no such function.
            pub fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

functions! {
    /// One of two values, by a condition.
    If = "if", Arity::between(2, 4);
    /// Whether all are true.
    And = "and", Arity::at_least(1);
    /// Whether one is true.
    Or = "or", Arity::at_least(1);
    /// The opposite.
    Not = "not", Arity::exactly(1);
    /// Whether two values are the same text.
    Equals = "equals", Arity::exactly(2);
    /// Whether two values are not the same text.
    NotEquals = "notEquals", Arity::exactly(2);
    /// Whether the first number is larger.
    GreaterThan = "greaterThan", Arity::exactly(2);
    /// Whether the first number is as large or larger.
    GreaterThanEq = "greaterThanEq", Arity::exactly(2);
    /// Whether the first number is smaller.
    LessThan = "lessThan", Arity::exactly(2);
    /// Whether the first number is as small or smaller.
    LessThanEq = "lessThanEq", Arity::exactly(2);
    /// Compares by an operator that is given by name.
    Compare = "compare", Arity::between(3, 4);
    /// Texts, one after the other.
    Concat = "concat", Arity::at_least(0);
    /// Whether a text holds another.
    Contains = "contains", Arity::exactly(2);
    /// Whether a text does not hold another.
    NotContains = "notContains", Arity::exactly(2);
    /// Whether a comma-separated list holds a text.
    CommaContains = "commaContains", Arity::exactly(2);
    /// Whether a text begins with another.
    StartsWith = "startsWith", Arity::exactly(2);
    /// Whether a text ends with another.
    EndsWith = "endsWith", Arity::exactly(2);
    /// A text in capital letters.
    UpperCase = "upperCase", Arity::exactly(1);
    /// A text in small letters.
    LowerCase = "lowerCase", Arity::exactly(1);
    /// A text with a capital first letter.
    UpperCaseFirst = "upperCaseFirst", Arity::exactly(1);
    /// A text with a small first letter.
    LowerCaseFirst = "lowerCaseFirst", Arity::exactly(1);
    /// The length of a text, in UTF-16 units as in the front end.
    StringLength = "stringLength", Arity::exactly(1);
    /// Where a text is first found in another.
    StringIndexOf = "stringIndexOf", Arity::exactly(2);
    /// A part of a text.
    StringSlice = "stringSlice", Arity::between(2, 3);
    /// A text with every occurrence of another replaced.
    StringReplace = "stringReplace", Arity::exactly(3);
    /// A number as text with so many decimals.
    Round = "round", Arity::between(1, 2);
    /// The sum.
    Plus = "plus", Arity::at_least(1);
    /// The difference.
    Minus = "minus", Arity::exactly(2);
    /// The product.
    Multiply = "multiply", Arity::at_least(1);
    /// The quotient.
    Divide = "divide", Arity::exactly(2);
    /// The average of a list, or another value when it is empty.
    Average = "average", Arity::exactly(2);
    /// A date or time as text.
    FormatDate = "formatDate", Arity::between(1, 2);
    /// A list of the arguments.
    List = "list", Arity::at_least(0);
    /// An object of keys and values by turns.
    Object = "object", Arity::at_least(0);
    /// What a JMESPath query finds.
    Jmespath = "jmespath", Arity::exactly(2);
    /// A value of the data model.
    DataModel = "dataModel", Arity::between(1, 2);
    /// What one field holds in every row of a list, as one text.
    SelectAndMap = "_experimentalSelectAndMap", Arity::between(2, 5);
    /// What is filled in at a component that is shown.
    Component = "component", Arity::exactly(1);
    /// What is filled in at a component, as it is shown.
    DisplayValue = "displayValue", Arity::exactly(1);
    /// How many data elements of a type the instance has.
    CountDataElements = "countDataElements", Arity::exactly(1);
    /// A fact about the instance.
    InstanceContext = "instanceContext", Arity::exactly(1);
    /// A setting of the app.
    FrontendSettings = "frontendSettings", Arity::exactly(1);
    /// Whether the user may do an action.
    AuthContext = "authContext", Arity::exactly(1);
    /// A text resource.
    Text = "text", Arity::exactly(1);
    /// The user's language.
    Language = "language", Arity::exactly(0);
    /// The label of an option.
    OptionLabel = "optionLabel", Arity::exactly(2);
    /// A value that an external service gave.
    ExternalApi = "externalApi", Arity::exactly(2);
    /// A link to a page of the form.
    LinkToPage = "linkToPage", Arity::exactly(2);
    /// A link to a component of the form.
    LinkToComponent = "linkToComponent", Arity::exactly(2);
    /// The action that was chosen in the task before a gateway.
    GatewayAction = "gatewayAction", Arity::exactly(0);
    /// An argument that was passed to the expression.
    Argv = "argv", Arity::exactly(1);
    /// The option at hand, where options are filtered.
    Value = "value", Arity::between(0, 1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_is_found_by_its_name() {
        for function in Function::ALL {
            assert_eq!(Function::named(function.name()), Some(*function));
        }
        assert_eq!(Function::named("concatenate"), None);
    }
}
