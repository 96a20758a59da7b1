//! Words in bokmål, nynorsk and English.

/// Gives a type that holds a [`Language`](altinn_core::Language) a method for each text: `name: "nb", "nn", "en";`. What is
/// asked for in Sami is said in bokmål.
macro_rules! words {
    ($words:ident: $($name:ident: $nb:literal, $nn:literal, $en:literal;)*) => {
        impl $words {
            $(pub(crate) fn $name(self) -> &'static str {
                match self.0 {
                    altinn_core::Language::Nn => $nn,
                    altinn_core::Language::En => $en,
                    altinn_core::Language::Nb | altinn_core::Language::Se => $nb,
                }
            })*
        }
    };
}

pub(crate) use words;
