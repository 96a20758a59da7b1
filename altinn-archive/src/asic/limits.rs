//! What of a container is read at most.

/// What of a container is read at most, so that a hostile one costs no more than an honest one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The most files in the container.
    pub files: usize,
    /// The most bytes that all files have once they are unpacked.
    pub unpacked_bytes: u64,
    /// The most bytes of a manifest or signature once it is unpacked.
    pub control_file_bytes: u64,
    /// How many times larger than the container all files may be once they are unpacked, beyond the first 16 MiB.
    pub expansion: u64,
}

impl Limits {
    /// The expansion is not looked at before so many bytes.
    const FREE_BYTES: u64 = 16 * 1024 * 1024;

    /// How many bytes may come out of a container of this size.
    pub(super) fn unpacked_bytes_of(&self, container: u64) -> u64 {
        let expanded = container.saturating_mul(self.expansion).saturating_add(Self::FREE_BYTES);
        self.unpacked_bytes.min(expanded)
    }
}

impl Default for Limits {
    /// 4,096 files with together 4 GiB, control files of 4 MiB, an expansion of 100.
    fn default() -> Self {
        Self { files: 4_096, unpacked_bytes: 4 << 30, control_file_bytes: 4 << 20, expansion: 100 }
    }
}
