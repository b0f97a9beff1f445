//! The weights as bytes: eight that say which features they belong to, then one number after the other.

use super::{
    features::NAMES,
    hash::Fnv,
    ranker::{NARROW, Ranker, WIDE},
};

/// What `make train` has written.
const EMBEDDED: &[u8] = include_bytes!("weights.bin");

/// The ranker that is part of this program; the one that has learned nothing if its weights belong to
/// other features.
#[must_use]
pub fn embedded() -> Ranker {
    unpack(EMBEDDED).unwrap_or_default()
}

/// The bytes of a ranker.
#[must_use]
pub fn pack(ranker: &Ranker) -> Vec<u8> {
    let numbers = ranker.weights.iter().flat_map(|weight| weight.to_le_bytes());
    schema().to_le_bytes().into_iter().chain(numbers).collect()
}

/// The ranker of these bytes; nothing if they belong to other features.
#[must_use]
pub fn unpack(bytes: &[u8]) -> Option<Ranker> {
    let (head, rest) = bytes.split_first_chunk::<8>()?;
    if u64::from_le_bytes(*head) != schema() {
        return None;
    }
    let numbers = rest.chunks_exact(4).filter_map(|chunk| Some(f32::from_le_bytes(chunk.try_into().ok()?)));
    Ranker::from_weights(numbers.collect())
}

/// Stands for the names of the features, their order, and the size of the network.
fn schema() -> u64 {
    let mut hash = Fnv::default();
    NAMES.iter().for_each(|name| hash.text(name));
    hash.bytes([WIDE, NARROW].map(|size| u8::try_from(size).unwrap_or(u8::MAX)));
    hash.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_weights_belong_to_these_features() {
        assert!(unpack(EMBEDDED).is_some(), "the features have changed; run `make train`");
    }

    #[test]
    fn weights_of_other_features_are_not_taken() {
        let mut bytes = pack(&Ranker::default());
        assert_eq!(unpack(&bytes), Some(Ranker::default()));
        if let Some(first) = bytes.first_mut() {
            *first ^= 1;
        }
        assert_eq!(unpack(&bytes), None);
    }
}
