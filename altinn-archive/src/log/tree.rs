//! The hashes of a Merkle tree (RFC 6962, section 2.1).

use altinn_core::{Digest, Sha256};

/// The hash of a leaf: `SHA-256(0x00 || data)`.
pub fn leaf_hash(data: &[u8]) -> Digest {
    let mut sha256 = Sha256::new();
    sha256.update(&[0x00]);
    sha256.update(data);
    sha256.finish()
}

/// The hash of a node above two others: `SHA-256(0x01 || left || right)`.
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    let mut bytes = [0x01; 65];
    if let Some((_, below)) = bytes.split_first_mut() {
        let (first, second) = below.split_at_mut(32);
        first.copy_from_slice(left.as_bytes());
        second.copy_from_slice(right.as_bytes());
    }
    Digest::of(&bytes)
}

/// The root of the tree without leaves: `SHA-256()`.
pub fn empty_root() -> Digest {
    Digest::of(b"")
}

/// The root of the tree over these leaf hashes.
///
/// ```
/// use altinn_archive::log::{leaf_hash, node_hash, root};
///
/// let [a, b, c] = [leaf_hash(b"a"), leaf_hash(b"b"), leaf_hash(b"c")];
/// assert_eq!(root(&[a, b, c]), node_hash(&node_hash(&a, &b), &c));
/// ```
pub fn root(leaves: &[Digest]) -> Digest {
    fold(leaves.iter().copied()).unwrap_or_else(empty_root)
}

/// The root over these hashes; none when there are none.
///
/// A stack holds the roots of perfect subtrees, the largest first, as the binary digits of the number of hashes so far.
pub(super) fn fold(hashes: impl IntoIterator<Item = Digest>) -> Option<Digest> {
    let mut stack: Vec<Digest> = Vec::new();
    for (count, hash) in (0_u64..).zip(hashes) {
        let mut hash = hash;
        for _ in 0..count.trailing_ones() {
            if let Some(left) = stack.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        stack.push(hash);
    }
    fold_right(stack)
}

/// The root over the roots of perfect subtrees of falling size.
pub(super) fn fold_right(
    perfect: impl IntoIterator<Item = Digest, IntoIter: DoubleEndedIterator>,
) -> Option<Digest> {
    perfect.into_iter().rev().reduce(|right, left| node_hash(&left, &right))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(digest: &Digest) -> String {
        digest.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn the_known_roots_of_certificate_transparency_come_out() {
        let leaves: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let leaves = leaves.map(leaf_hash);
        assert_eq!(hex(&root(&[])), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(
            hex(&root(&leaves[..1])),
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
        );
        assert_eq!(hex(&root(&leaves)), "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
    }
}
