//! What was put in last, and not much more.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use altinn_core::Digest;

/// How many values are kept at the least, once there were so many.
const KEPT: usize = 4_096;

/// Values by digests, of which those that were put in last are kept, between 4,096 and 8,192.
pub(super) struct Newest<T>(Mutex<Halves<T>>);

struct Halves<T> {
    newest: HashMap<Digest, Arc<T>>,
    /// Those before them, which are forgotten when the newest are as many as are kept.
    before: HashMap<Digest, Arc<T>>,
}

impl<T> Newest<T> {
    pub(super) fn get(&self, digest: &Digest) -> Option<Arc<T>> {
        self.with(|halves| halves.newest.get(digest).or_else(|| halves.before.get(digest)).cloned())
    }

    pub(super) fn put(&self, digest: Digest, value: T) {
        let value = Arc::new(value);
        let forgotten = self.with(|halves| {
            let is_full = halves.newest.len() == KEPT;
            let forgotten =
                is_full.then(|| std::mem::replace(&mut halves.before, std::mem::take(&mut halves.newest)));
            halves.newest.insert(digest, value);
            forgotten
        });
        // Nobody waits while they are freed.
        drop(forgotten);
    }

    fn with<R>(&self, does: impl FnOnce(&mut Halves<T>) -> R) -> R {
        does(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<T> Default for Newest<T> {
    fn default() -> Self {
        Self(Mutex::new(Halves { newest: HashMap::new(), before: HashMap::new() }))
    }
}

impl<T> fmt::Debug for Newest<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Newest").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_put_in_last_are_kept_and_no_more_than_twice_as_many() {
        let newest = Newest::default();
        let digest = |n: usize| Digest::of(&n.to_be_bytes());
        for n in 0..=3 * KEPT {
            newest.put(digest(n), n);
            assert_eq!(newest.get(&digest(n)).as_deref(), Some(&n));
        }
        for n in 2 * KEPT + 1..=3 * KEPT {
            assert_eq!(newest.get(&digest(n)).as_deref(), Some(&n), "{n} is forgotten");
        }
        assert_eq!(newest.get(&digest(0)), None);
        assert!(newest.with(|halves| halves.newest.len() + halves.before.len()) <= 2 * KEPT);
    }
}
