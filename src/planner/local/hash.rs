//! A number that stands for a text: the same in every build and on every machine, since it is kept in
//! records, skills and weights. Source: FNV-1a.

use std::hash::Hasher;

/// The number so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    /// Adds bytes as they are.
    pub(super) fn bytes(&mut self, bytes: impl IntoIterator<Item = u8>) {
        self.0 = bytes.into_iter().fold(self.0, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    }

    /// Adds a text and its end, so that `ab` and `c` are not `a` and `bc`.
    pub(super) fn text(&mut self, text: &str) {
        self.bytes(text.bytes().chain([0]));
    }

    /// The number.
    pub(super) const fn finish(self) -> u64 {
        self.0
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        self.bytes(bytes.iter().copied());
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// The number of several texts.
pub(super) fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> u64 {
    let mut hash = Fnv::default();
    texts.into_iter().for_each(|text| hash.text(text));
    hash.finish()
}
