//! Attribute values.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};

use smol_str::SmolStr;

use super::temporal::{self, Moment, Precision};
use super::{DataType, XPathExpression, names};

/// A value of one of the standard's data types. Cheap to clone; a text of up to 23 bytes takes no memory of its own.
///
/// Two values are equal as the `…-equal` function of their type says; values of different types never are.
///
/// ```
/// use altinn_auth::xacml::{DataType, Value};
///
/// let noon = Value::parse(DataType::Time, "12:00:00Z").unwrap();
/// assert_eq!(noon, Value::parse(DataType::Time, "14:00:00+02:00").unwrap());
/// assert_ne!(Value::from(4), Value::from("4"));
/// assert_eq!(Value::parse(DataType::Integer, "four"), None);
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Value {
    /// `xs:string`.
    String(SmolStr),
    /// `xs:boolean`.
    Boolean(bool),
    /// `xs:integer`.
    Integer(i64),
    /// `xs:double`.
    Double(f64),
    /// `xs:time`.
    Time(Moment),
    /// `xs:date`.
    Date(Moment),
    /// `xs:dateTime`.
    DateTime(Moment),
    /// `xs:anyURI`.
    AnyUri(SmolStr),
    /// `xs:hexBinary`.
    HexBinary(Arc<[u8]>),
    /// `xs:base64Binary`.
    Base64Binary(Arc<[u8]>),
    /// `xs:dayTimeDuration`.
    DayTimeDuration(TimeDelta),
    /// `xs:yearMonthDuration`, in months.
    YearMonthDuration(i64),
    /// `x500Name`.
    X500Name(Arc<names::X500Name>),
    /// `rfc822Name`.
    Rfc822Name(Arc<names::Rfc822Name>),
    /// `ipAddress`.
    IpAddress(Arc<names::IpAddress>),
    /// `dnsName`.
    DnsName(Arc<names::DnsName>),
    /// `xpathExpression`.
    XPathExpression(Arc<XPathExpression>),
}

impl Value {
    /// The value that a text stands for in a data type; nothing when it is not in the type's lexical space.
    ///
    /// White space around it does not count, except in a string. A path needs more than a text: see
    /// [`XPathExpression`].
    pub fn parse(data_type: DataType, text: &str) -> Option<Self> {
        if data_type == DataType::String {
            return Some(Self::String(text.into()));
        }
        let text = text.trim_matches([' ', '\t', '\r', '\n']);
        match data_type {
            DataType::String | DataType::XPathExpression => None,
            DataType::Boolean => parse_boolean(text).map(Self::Boolean),
            DataType::Integer => parse_integer(text).map(Self::Integer),
            DataType::Double => parse_double(text).map(Self::Double),
            DataType::Time => Moment::parse(text, Precision::Time).map(Self::Time),
            DataType::Date => Moment::parse(text, Precision::Date).map(Self::Date),
            DataType::DateTime => Moment::parse(text, Precision::DateTime).map(Self::DateTime),
            DataType::AnyUri => Some(Self::AnyUri(text.into())),
            DataType::HexBinary => parse_hex(text).map(Self::HexBinary),
            DataType::Base64Binary => parse_base64(text).map(Self::Base64Binary),
            DataType::DayTimeDuration => temporal::parse_day_time_duration(text).map(Self::DayTimeDuration),
            DataType::YearMonthDuration => {
                temporal::parse_year_month_duration(text).map(Self::YearMonthDuration)
            }
            DataType::X500Name => names::X500Name::parse(text).map(|name| Self::X500Name(Arc::new(name))),
            DataType::Rfc822Name => {
                names::Rfc822Name::parse(text).map(|name| Self::Rfc822Name(Arc::new(name)))
            }
            DataType::IpAddress => names::IpAddress::parse(text).map(|name| Self::IpAddress(Arc::new(name))),
            DataType::DnsName => names::DnsName::parse(text).map(|name| Self::DnsName(Arc::new(name))),
        }
    }

    /// The value's data type.
    #[inline]
    pub fn data_type(&self) -> DataType {
        match self {
            Self::String(_) => DataType::String,
            Self::Boolean(_) => DataType::Boolean,
            Self::Integer(_) => DataType::Integer,
            Self::Double(_) => DataType::Double,
            Self::Time(_) => DataType::Time,
            Self::Date(_) => DataType::Date,
            Self::DateTime(_) => DataType::DateTime,
            Self::AnyUri(_) => DataType::AnyUri,
            Self::HexBinary(_) => DataType::HexBinary,
            Self::Base64Binary(_) => DataType::Base64Binary,
            Self::DayTimeDuration(_) => DataType::DayTimeDuration,
            Self::YearMonthDuration(_) => DataType::YearMonthDuration,
            Self::X500Name(_) => DataType::X500Name,
            Self::Rfc822Name(_) => DataType::Rfc822Name,
            Self::IpAddress(_) => DataType::IpAddress,
            Self::DnsName(_) => DataType::DnsName,
            Self::XPathExpression(_) => DataType::XPathExpression,
        }
    }

    /// The text of a string or a URI.
    #[inline]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::String(text) | Self::AnyUri(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value of a boolean.
    pub fn as_boolean(&self) -> Option<bool> {
        match self {
            Self::Boolean(value) => Some(*value),
            _ => None,
        }
    }

    /// The number of an integer.
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// The time of day, the date and both, of a moment.
    pub(crate) fn moments_of(now: DateTime<Utc>) -> Option<[Self; 3]> {
        let now = Moment::utc(now.naive_utc());
        Some([Self::Time(now.time()?), Self::Date(now.date()), Self::DateTime(now)])
    }
}

impl PartialEq for Value {
    /// Not a number equals itself, so that a policy can ask for it.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::String(a), Self::String(b)) | (Self::AnyUri(a), Self::AnyUri(b)) => a == b,
            (Self::Boolean(a), Self::Boolean(b)) => a == b,
            (Self::Integer(a), Self::Integer(b)) => a == b,
            (Self::Double(a), Self::Double(b)) => a == b || a.is_nan() && b.is_nan(),
            (Self::Time(a), Self::Time(b))
            | (Self::Date(a), Self::Date(b))
            | (Self::DateTime(a), Self::DateTime(b)) => a == b,
            (Self::HexBinary(a), Self::HexBinary(b)) | (Self::Base64Binary(a), Self::Base64Binary(b)) => {
                a == b
            }
            (Self::DayTimeDuration(a), Self::DayTimeDuration(b)) => a == b,
            (Self::YearMonthDuration(a), Self::YearMonthDuration(b)) => a == b,
            (Self::X500Name(a), Self::X500Name(b)) => a == b,
            (Self::Rfc822Name(a), Self::Rfc822Name(b)) => a == b,
            (Self::IpAddress(a), Self::IpAddress(b)) => a == b,
            (Self::DnsName(a), Self::DnsName(b)) => a == b,
            (Self::XPathExpression(a), Self::XPathExpression(b)) => a == b,
            _ => false,
        }
    }
}

impl fmt::Display for Value {
    /// The value as its data type writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String(text) | Self::AnyUri(text) => f.write_str(text),
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Double(number) => write_double(*number, f),
            Self::Time(moment) => f.write_str(&moment.write(Precision::Time)),
            Self::Date(moment) => f.write_str(&moment.write(Precision::Date)),
            Self::DateTime(moment) => f.write_str(&moment.write(Precision::DateTime)),
            Self::HexBinary(bytes) => bytes.iter().try_for_each(|byte| write!(f, "{byte:02X}")),
            Self::Base64Binary(bytes) => f.write_str(&STANDARD.encode(bytes)),
            Self::DayTimeDuration(duration) => temporal::write_day_time_duration(*duration, f),
            Self::YearMonthDuration(months) => temporal::write_year_month_duration(*months, f),
            Self::X500Name(name) => write!(f, "{name}"),
            Self::Rfc822Name(name) => write!(f, "{name}"),
            Self::IpAddress(address) => write!(f, "{address}"),
            Self::DnsName(name) => write!(f, "{name}"),
            Self::XPathExpression(path) => f.write_str(path.path()),
        }
    }
}

impl From<&str> for Value {
    #[inline]
    fn from(text: &str) -> Self {
        Self::String(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text.into())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

fn parse_boolean(text: &str) -> Option<bool> {
    match text {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

fn parse_integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok())?
}

fn parse_double(text: &str) -> Option<f64> {
    match text {
        "INF" | "+INF" => Some(f64::INFINITY),
        "-INF" => Some(f64::NEG_INFINITY),
        "NaN" => Some(f64::NAN),
        number => {
            let is_decimal =
                number.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
            is_decimal.then(|| number.parse().ok())?
        }
    }
}

fn write_double(number: f64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if number.is_infinite() {
        f.write_str(if number < 0.0 { "-INF" } else { "INF" })
    } else {
        write!(f, "{number:?}")
    }
}

fn parse_hex(text: &str) -> Option<Arc<[u8]>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let (pairs, odd) = digits.as_deref()?.as_chunks::<2>();
    odd.is_empty().then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

fn parse_base64(text: &str) -> Option<Arc<[u8]>> {
    let compact: String = text.split_ascii_whitespace().collect();
    STANDARD.decode(compact).ok().map(Into::into)
}
