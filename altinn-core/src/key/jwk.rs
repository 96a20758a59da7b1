//! Private keys as JWK (RFC 7517).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::rsa::{KeyPairComponents, PublicKeyComponents};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    Ed25519KeyPair, RsaKeyPair,
};
use serde_json::Value;
use zeroize::Zeroizing;

use super::private_key::Pair;

/// The key pair of a JWK; none when a member is missing, or its halves do not belong together.
pub(super) fn pair(jwk: &Value, random: &SystemRandom) -> Option<Pair> {
    match (jwk.get("kty")?.as_str()?, jwk.get("crv").and_then(Value::as_str)) {
        ("RSA", _) => rsa(jwk).map(|pair| Pair::Rsa(Box::new(pair))),
        ("EC", Some("P-256")) => ecdsa(jwk, &ECDSA_P256_SHA256_FIXED_SIGNING, random).map(Pair::P256),
        ("EC", Some("P-384")) => ecdsa(jwk, &ECDSA_P384_SHA384_FIXED_SIGNING, random).map(Pair::P384),
        ("OKP", Some("Ed25519")) => {
            Ed25519KeyPair::from_seed_and_public_key(&member(jwk, "d")?, &member(jwk, "x")?)
                .ok()
                .map(Pair::Ed25519)
        }
        _ => None,
    }
}

fn rsa(jwk: &Value) -> Option<RsaKeyPair> {
    let [n, e, d, p, q, dp, dq, qi] =
        ["n", "e", "d", "p", "q", "dp", "dq", "qi"].map(|name| member(jwk, name));
    let (n, e, d, p, q, dp, dq, qi) = (n?, e?, d?, p?, q?, dp?, dq?, qi?);
    let components: KeyPairComponents<&[u8]> = KeyPairComponents {
        public_key: PublicKeyComponents { n: &n, e: &e },
        d: &d,
        p: &p,
        q: &q,
        dP: &dp,
        dQ: &dq,
        qInv: &qi,
    };
    RsaKeyPair::from_components(&components).ok()
}

fn ecdsa(jwk: &Value, curve: &'static EcdsaSigningAlgorithm, random: &SystemRandom) -> Option<EcdsaKeyPair> {
    let point = [[4].as_slice(), &member(jwk, "x")?, &member(jwk, "y")?].concat();
    EcdsaKeyPair::from_private_key_and_public_key(curve, &member(jwk, "d")?, &point, random).ok()
}

/// The bytes of a member.
fn member(jwk: &Value, name: &str) -> Option<Zeroizing<Vec<u8>>> {
    URL_SAFE_NO_PAD.decode(jwk.get(name)?.as_str()?).ok().map(Zeroizing::new)
}
