//! How the algorithms of tokens are called in `jsonwebtoken`.

use altinn_core::key::SignatureAlgorithm;
use jsonwebtoken::{Algorithm, AlgorithmFamily};

pub(super) fn family(algorithm: SignatureAlgorithm) -> AlgorithmFamily {
    jsonwebtoken(algorithm).family()
}

pub(super) fn jsonwebtoken(algorithm: SignatureAlgorithm) -> Algorithm {
    match algorithm {
        SignatureAlgorithm::Rs256 => Algorithm::RS256,
        SignatureAlgorithm::Rs384 => Algorithm::RS384,
        SignatureAlgorithm::Rs512 => Algorithm::RS512,
        SignatureAlgorithm::Ps256 => Algorithm::PS256,
        SignatureAlgorithm::Ps384 => Algorithm::PS384,
        SignatureAlgorithm::Ps512 => Algorithm::PS512,
        SignatureAlgorithm::Es256 => Algorithm::ES256,
        SignatureAlgorithm::Es384 => Algorithm::ES384,
        SignatureAlgorithm::EdDsa => Algorithm::EdDSA,
    }
}

pub(super) fn of_jsonwebtoken(name: Algorithm) -> Option<SignatureAlgorithm> {
    SignatureAlgorithm::ALL.into_iter().find(|algorithm| jsonwebtoken(*algorithm) == name)
}
