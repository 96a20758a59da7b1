//! ASN.1 as tags, lengths and values (ITU-T X.690): what CMS is made of.

/// How deep values may be nested.
const MAX_DEPTH: usize = 32;

/// The bit of a tag that says that the value is made of others.
const CONSTRUCTED: u8 = 0x20;

/// The bits of a tag that say that its number follows, which CMS does not use.
const LONG_TAG: u8 = 0x1f;

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const NULL: u8 = 0x05;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// The tag `[number]` of a constructed value.
pub(crate) const fn context(number: u8) -> u8 {
    0xa0 | number
}

/// A value with its tag, in DER.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tlv<'a> {
    pub(crate) tag: u8,
    pub(crate) value: &'a [u8],
    /// Tag, length and value.
    pub(crate) whole: &'a [u8],
}

impl<'a> Tlv<'a> {
    /// The value at the beginning of the bytes, and what follows it.
    fn read(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (tag, length, header) = header(bytes)?;
        let end = header.checked_add(length?)?;
        let (whole, rest) = bytes.split_at_checked(end)?;
        Some((Self { tag, value: whole.get(header..)?, whole }, rest))
    }

    /// The value that the bytes are, without anything behind it.
    pub(crate) fn parse(bytes: &'a [u8]) -> Option<Self> {
        Self::read(bytes).filter(|(_, rest)| rest.is_empty()).map(|(value, _)| value)
    }

    /// The value, when it has this tag.
    pub(crate) fn tagged(self, tag: u8) -> Option<Self> {
        (self.tag == tag).then_some(self)
    }

    /// The values that this one is made of.
    pub(crate) fn children(self) -> Option<Vec<Self>> {
        let mut children = Vec::new();
        let mut rest = self.value;
        while !rest.is_empty() {
            let (child, after) = Self::read(rest)?;
            children.push(child);
            rest = after;
        }
        Some(children)
    }
}

/// Tag, length (none: until the end mark) and the number of bytes of both.
fn header(bytes: &[u8]) -> Option<(u8, Option<usize>, usize)> {
    let (tag, first) = (*bytes.first()?, *bytes.get(1)?);
    if tag & LONG_TAG == LONG_TAG {
        return None;
    }
    match first {
        0..0x80 => Some((tag, Some(usize::from(first)), 2)),
        0x80 => Some((tag, None, 2)),
        _ => {
            let digits = bytes.get(2..2 + usize::from(first & 0x7f))?;
            let fits = digits.len() <= size_of::<u32>();
            let length = digits.iter().fold(0_usize, |length, byte| (length << 8) | usize::from(*byte));
            fits.then_some((tag, Some(length), 2 + digits.len()))
        }
    }
}

/// A value of these parts, in DER.
pub(crate) fn encode(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let digits = length.to_be_bytes();
    let leading = digits.iter().take_while(|byte| **byte == 0).count();
    let digits = digits.get(leading..).unwrap_or_default();
    let mut bytes = vec![tag];
    match u8::try_from(length) {
        Ok(short @ 0..0x80) => bytes.push(short),
        _ => {
            bytes.push(0x80 | u8::try_from(digits.len()).unwrap_or(0x7f));
            bytes.extend_from_slice(digits);
        }
    }
    parts.iter().for_each(|part| bytes.extend_from_slice(part));
    bytes
}

/// The elements as a `SET OF`, which DER orders by their bytes.
pub(crate) fn encode_set(tag: u8, mut elements: Vec<Vec<u8>>) -> Vec<u8> {
    elements.sort();
    encode(tag, &elements.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// The same value with definite lengths and whole strings, as signatures are calculated over it (RFC 5652, section 5.4):
/// many programs write CMS in BER. None when it is no value, or is nested too deep.
pub(crate) fn to_der(ber: &[u8]) -> Option<Vec<u8>> {
    let (der, rest) = transcode(ber, MAX_DEPTH)?;
    // Some programs put line feeds or zeros behind a signature.
    rest.iter().all(|byte| matches!(byte, 0 | b'\n' | b'\r')).then_some(der)
}

fn transcode(bytes: &[u8], depth: usize) -> Option<(Vec<u8>, &[u8])> {
    let (tag, length, start) = header(bytes)?;
    let after_header = bytes.get(start..)?;
    if tag & CONSTRUCTED == 0 {
        let (value, rest) = after_header.split_at_checked(length?)?;
        return Some((encode(tag, &[value]), rest));
    }
    let depth = depth.checked_sub(1)?;
    let (mut within, behind) = match length {
        Some(length) => after_header.split_at_checked(length)?,
        None => (after_header, [].as_slice()),
    };
    let mut parts = Vec::new();
    let rest = loop {
        match (length, within) {
            (Some(_), []) => break behind,
            (None, [0, 0, rest @ ..]) => break rest,
            _ => {
                let (part, rest) = transcode(within, depth)?;
                parts.push(part);
                within = rest;
            }
        }
    };
    let is_string_in_pieces = tag == OCTET_STRING | CONSTRUCTED;
    if !is_string_in_pieces {
        return Some((encode(tag, &parts.iter().map(Vec::as_slice).collect::<Vec<_>>()), rest));
    }
    let piece = |part| Tlv::parse(part)?.tagged(OCTET_STRING).map(|piece| piece.value);
    let pieces = parts.iter().map(|part| piece(part)).collect::<Option<Vec<_>>>()?;
    Some((encode(OCTET_STRING, &pieces), rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn indefinite_lengths_and_strings_in_pieces_become_der() {
        let ber = [0x30, 0x80, 0x24, 0x80, 4, 1, 7, 4, 2, 8, 9, 0, 0, 5, 0, 0, 0, b'\n'];
        assert_eq!(to_der(&ber), Some(vec![0x30, 7, 4, 3, 7, 8, 9, 5, 0]));
        assert_eq!(to_der(&[0x30, 0x81, 2, 5, 0]), Some(vec![0x30, 2, 5, 0]));
    }

    #[test]
    fn what_ends_early_or_is_nested_too_deep_is_no_value() {
        for bytes in
            [&[][..], &[0x30], &[0x30, 2, 5], &[0x30, 0x80, 5, 0], &[0x04, 0x80, 0, 0], &[5, 0, 5, 0]]
        {
            assert_eq!(to_der(bytes), None, "{bytes:?}");
        }
        assert_eq!(to_der(&[0x30, 0x80].repeat(10_000)), None);
        assert_eq!(to_der(&[0x30, 0x85, 1, 1, 1, 1, 1]), None);
    }

    proptest! {
        #[test]
        fn what_was_encoded_is_read_back(value in prop::collection::vec(any::<u8>(), 0..70_000)) {
            let bytes = encode(OCTET_STRING, &[&value]);
            let read = Tlv::parse(&bytes).ok_or_else(|| TestCaseError::fail("not read"))?;
            prop_assert_eq!(read.value, value.as_slice());
            prop_assert_eq!(to_der(&bytes), Some(bytes.clone()));
        }

        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Some(der) = to_der(&bytes) {
                prop_assert_eq!(to_der(&der), Some(der.clone()));
            }
            let _ = Tlv::parse(&bytes).and_then(Tlv::children);
        }
    }
}
