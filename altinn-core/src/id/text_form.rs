//! What all identifiers have in common: `Debug` shows the type, and serde writes what `Display` shows.

/// Gives an identifier with `Display` its `Debug` and `Serialize`.
macro_rules! serialize_as_text {
    ($($id:ty),+ $(,)?) => {$(
        impl std::fmt::Debug for $id {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({self})", stringify!($id))
            }
        }

        impl serde::Serialize for $id {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    )+};
}
pub(crate) use serialize_as_text;

/// Gives an identifier with `Display` and `FromStr` its `Debug`, `Serialize` and `Deserialize`.
macro_rules! text_form {
    ($($id:ty),+ $(,)?) => {$(
        $crate::id::serialize_as_text!($id);

        impl<'de> serde::Deserialize<'de> for $id {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}
pub(crate) use text_form;
