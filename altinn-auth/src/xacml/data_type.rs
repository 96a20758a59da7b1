//! The data types of attribute values.

use std::fmt;

/// A data type of the standard's core (XACML 3.0, B.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DataType {
    /// `xs:string`.
    String,
    /// `xs:boolean`.
    Boolean,
    /// `xs:integer`, here of 64 bits.
    Integer,
    /// `xs:double`.
    Double,
    /// `xs:time`.
    Time,
    /// `xs:date`.
    Date,
    /// `xs:dateTime`.
    DateTime,
    /// `xs:anyURI`.
    AnyUri,
    /// `xs:hexBinary`.
    HexBinary,
    /// `xs:base64Binary`.
    Base64Binary,
    /// `xs:dayTimeDuration`.
    DayTimeDuration,
    /// `xs:yearMonthDuration`.
    YearMonthDuration,
    /// `x500Name`: a distinguished name.
    X500Name,
    /// `rfc822Name`: a mail address.
    Rfc822Name,
    /// `ipAddress`: an address with an optional mask and port range.
    IpAddress,
    /// `dnsName`: a host name with an optional port range.
    DnsName,
    /// `xpathExpression`: a path into the content of a category.
    XPathExpression,
}

const XML_SCHEMA: &str = "http://www.w3.org/2001/XMLSchema#";
const XACML_1: &str = "urn:oasis:names:tc:xacml:1.0:data-type:";
const XACML_2: &str = "urn:oasis:names:tc:xacml:2.0:data-type:";
const XACML_3: &str = "urn:oasis:names:tc:xacml:3.0:data-type:";
/// How XACML 1.0 and 2.0 named the two durations; deprecated, and still to be understood.
const XQUERY_DRAFT: &str = "http://www.w3.org/TR/2002/WD-xquery-operators-20020816#";

impl DataType {
    /// Every data type.
    pub const ALL: [Self; 17] = [
        Self::String,
        Self::Boolean,
        Self::Integer,
        Self::Double,
        Self::Time,
        Self::Date,
        Self::DateTime,
        Self::AnyUri,
        Self::HexBinary,
        Self::Base64Binary,
        Self::DayTimeDuration,
        Self::YearMonthDuration,
        Self::X500Name,
        Self::Rfc822Name,
        Self::IpAddress,
        Self::DnsName,
        Self::XPathExpression,
    ];

    /// The type that a URI names, if the standard has it.
    ///
    /// ```
    /// use altinn_auth::xacml::DataType;
    ///
    /// assert_eq!(DataType::from_uri("http://www.w3.org/2001/XMLSchema#integer"), Some(DataType::Integer));
    /// assert_eq!(DataType::from_uri("integer"), None);
    /// ```
    pub fn from_uri(uri: &str) -> Option<Self> {
        let find = |name: &str, prefix: &str| {
            Self::ALL.into_iter().find(|data_type| data_type.parts() == (prefix, name))
        };
        if let Some(name) = uri.strip_prefix(XQUERY_DRAFT) {
            return find(name, XML_SCHEMA).filter(|found| found.is_duration());
        }
        [XML_SCHEMA, XACML_1, XACML_2, XACML_3]
            .into_iter()
            .find_map(|prefix| uri.strip_prefix(prefix).and_then(|name| find(name, prefix)))
    }

    /// The URI that names the type.
    pub fn uri(self) -> String {
        let (prefix, name) = self.parts();
        format!("{prefix}{name}")
    }

    /// The type's name, as it stands in the names of its functions: `string`, `anyURI`, ...
    pub fn name(self) -> &'static str {
        self.parts().1
    }

    fn is_duration(self) -> bool {
        matches!(self, Self::DayTimeDuration | Self::YearMonthDuration)
    }

    fn parts(self) -> (&'static str, &'static str) {
        match self {
            Self::String => (XML_SCHEMA, "string"),
            Self::Boolean => (XML_SCHEMA, "boolean"),
            Self::Integer => (XML_SCHEMA, "integer"),
            Self::Double => (XML_SCHEMA, "double"),
            Self::Time => (XML_SCHEMA, "time"),
            Self::Date => (XML_SCHEMA, "date"),
            Self::DateTime => (XML_SCHEMA, "dateTime"),
            Self::AnyUri => (XML_SCHEMA, "anyURI"),
            Self::HexBinary => (XML_SCHEMA, "hexBinary"),
            Self::Base64Binary => (XML_SCHEMA, "base64Binary"),
            Self::DayTimeDuration => (XML_SCHEMA, "dayTimeDuration"),
            Self::YearMonthDuration => (XML_SCHEMA, "yearMonthDuration"),
            Self::X500Name => (XACML_1, "x500Name"),
            Self::Rfc822Name => (XACML_1, "rfc822Name"),
            Self::IpAddress => (XACML_2, "ipAddress"),
            Self::DnsName => (XACML_2, "dnsName"),
            Self::XPathExpression => (XACML_3, "xpathExpression"),
        }
    }
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
