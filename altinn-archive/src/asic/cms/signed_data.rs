//! `SignedData` of CMS (RFC 5652, section 5), taken apart.

use der::Decode as _;
use der::asn1::ObjectIdentifier;

use super::oid;
use super::tlv::{OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, SET, Tlv, context};

/// A signed message, in DER.
#[derive(Debug)]
pub(crate) struct SignedData<'a> {
    pub(crate) content_type: ObjectIdentifier,
    /// What is signed, when it is within.
    pub(crate) content: Option<&'a [u8]>,
    /// The certificates, each in DER.
    pub(crate) certificates: Vec<&'a [u8]>,
    pub(crate) signers: Vec<SignerInfo<'a>>,
}

/// A signature of a signed message.
#[derive(Debug)]
pub(crate) struct SignerInfo<'a> {
    pub(crate) certificate: CertificateId<'a>,
    pub(crate) digest: ObjectIdentifier,
    /// The attributes that are signed, as they were sent; empty when there are none.
    signed_attributes: Option<Tlv<'a>>,
    pub(crate) signature_algorithm: Algorithm<'a>,
    pub(crate) signature: &'a [u8],
    unsigned_attributes: Option<Tlv<'a>>,
}

/// Which certificate a signature says that it was made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CertificateId<'a> {
    /// Issuer and serial number, each in DER.
    IssuerAndSerialNumber(&'a [u8], &'a [u8]),
    SubjectKeyIdentifier(&'a [u8]),
}

/// An algorithm with its parameters.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Algorithm<'a> {
    pub(crate) oid: ObjectIdentifier,
    pub(crate) parameters: Option<Tlv<'a>>,
}

impl<'a> Algorithm<'a> {
    pub(crate) fn parse(value: Tlv<'a>) -> Option<Self> {
        let children = value.tagged(SEQUENCE)?.children()?;
        let mut children = children.into_iter();
        Some(Self { oid: oid_of(children.next()?)?, parameters: children.next() })
    }
}

/// The object identifier that a value is.
pub(crate) fn oid_of(value: Tlv<'_>) -> Option<ObjectIdentifier> {
    ObjectIdentifier::from_der(value.tagged(OBJECT_IDENTIFIER)?.whole).ok()
}

impl<'a> SignedData<'a> {
    /// Takes a `ContentInfo` apart; none when it is not one with `SignedData`.
    pub(crate) fn parse(der: &'a [u8]) -> Option<Self> {
        let content_info = Tlv::parse(der)?.tagged(SEQUENCE)?.children()?;
        let [content_type, content] = content_info.as_slice() else { return None };
        if oid_of(*content_type)? != oid::SIGNED_DATA {
            return None;
        }
        let signed_data = Tlv::parse(content.tagged(context(0))?.value)?.tagged(SEQUENCE)?.children()?;
        let [_version, _digests, content, rest @ .., signers] = signed_data.as_slice() else { return None };
        let (content_type, content) = encapsulated(*content)?;
        let certificates = match rest.iter().find(|field| field.tag == context(0)) {
            Some(set) => set.children()?,
            None => Vec::new(),
        };
        let signers = signers.tagged(SET)?.children()?.into_iter().map(SignerInfo::parse);
        Some(Self {
            content_type,
            content,
            // Others are of kinds that have fallen out of use.
            certificates: certificates
                .into_iter()
                .filter_map(|c| c.tagged(SEQUENCE))
                .map(|c| c.whole)
                .collect(),
            signers: signers.collect::<Option<_>>()?,
        })
    }
}

/// The type of what is signed, and that itself when it is within.
fn encapsulated(value: Tlv<'_>) -> Option<(ObjectIdentifier, Option<&[u8]>)> {
    let children = value.tagged(SEQUENCE)?.children()?;
    match children.as_slice() {
        [content_type] => Some((oid_of(*content_type)?, None)),
        [content_type, content] => {
            let content = Tlv::parse(content.tagged(context(0))?.value)?.tagged(OCTET_STRING)?;
            Some((oid_of(*content_type)?, Some(content.value)))
        }
        _ => None,
    }
}

impl<'a> SignerInfo<'a> {
    fn parse(value: Tlv<'a>) -> Option<Self> {
        let children = value.tagged(SEQUENCE)?.children()?;
        let mut fields = children.into_iter().skip(1).peekable();
        let certificate = CertificateId::parse(fields.next()?)?;
        let digest = Algorithm::parse(fields.next()?)?.oid;
        let signed_attributes = fields.next_if(|field| field.tag == context(0));
        let signature_algorithm = Algorithm::parse(fields.next()?)?;
        let signature = fields.next()?.tagged(OCTET_STRING)?.value;
        let unsigned_attributes = fields.next_if(|field| field.tag == context(1));
        Some(Self {
            certificate,
            digest,
            signed_attributes,
            signature_algorithm,
            signature,
            unsigned_attributes,
        })
    }

    /// The signed attributes as the signature is over them: as they were sent, but with the tag of a `SET`.
    pub(crate) fn signed_bytes(&self) -> Option<Vec<u8>> {
        let (_, rest) = self.signed_attributes?.whole.split_first()?;
        Some([&[SET], rest].concat())
    }

    /// The one value of a signed attribute; none when it is there twice, or has several values.
    pub(crate) fn signed_attribute(&self, oid: ObjectIdentifier) -> Option<Tlv<'a>> {
        let values = values(self.signed_attributes?, oid)?;
        let [value] = values.as_slice() else { return None };
        Some(*value)
    }

    /// The values of an attribute that is not signed.
    pub(crate) fn unsigned_attributes(&self, oid: ObjectIdentifier) -> Vec<Tlv<'a>> {
        self.unsigned_attributes.and_then(|attributes| values(attributes, oid)).unwrap_or_default()
    }
}

/// All values of the attributes of one kind; none when an attribute is not of the right form.
fn values(attributes: Tlv<'_>, wanted: ObjectIdentifier) -> Option<Vec<Tlv<'_>>> {
    let mut found = Vec::new();
    for attribute in attributes.children()? {
        let fields = attribute.tagged(SEQUENCE)?.children()?;
        let [kind, values] = fields.as_slice() else { return None };
        if oid_of(*kind)? == wanted {
            found.extend(values.tagged(SET)?.children()?);
        }
    }
    Some(found)
}

impl<'a> CertificateId<'a> {
    fn parse(value: Tlv<'a>) -> Option<Self> {
        if value.tag == 0x80 {
            return Some(Self::SubjectKeyIdentifier(value.value));
        }
        let children = value.tagged(SEQUENCE)?.children()?;
        let [issuer, serial_number] = children.as_slice() else { return None };
        Some(Self::IssuerAndSerialNumber(issuer.whole, serial_number.whole))
    }
}
