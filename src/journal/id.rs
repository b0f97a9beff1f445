//! Run ids: short, in the order of time, and easy to type.

use std::time::{SystemTime, UNIX_EPOCH};

use ring::rand::{SecureRandom as _, SystemRandom};

/// The digits of Crockford's base 32, which has no letters that look like digits.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// How many digits tell the time; enough for a thousand years of milliseconds.
const TIME: u32 = 9;
/// How many digits are random.
const CHANCE: u32 = 4;
/// The length of an id.
pub(super) const LENGTH: usize = (TIME + CHANCE) as usize;

/// A new id: nine digits of time and four by chance.
///
/// Two ids of the same millisecond may be equal; the caller tries again.
pub(super) fn mint() -> String {
    let mut chance = [0; 4];
    // Without randomness the time alone still tells runs apart, and the store sees to the rest.
    let _ = SystemRandom::new().fill(&mut chance);
    let number = (now() << (5 * CHANCE)) | u64::from(u32::from_be_bytes(chance) & ((1 << (5 * CHANCE)) - 1));
    let digit = |place: u32| DIGITS.get((number >> (5 * place) & 31) as usize).map_or('0', |digit| char::from(*digit));
    (0..TIME + CHANCE).rev().map(digit).collect()
}

/// What a person typed, as ids are written; `None` if it cannot be part of one.
pub(super) fn typed(text: &str) -> Option<String> {
    let plain = |character: char| match character.to_ascii_lowercase() {
        'o' => '0',
        'i' | 'l' => '1',
        other => other,
    };
    let text: String = text.chars().map(plain).collect();
    let fits = !text.is_empty() && text.len() <= LENGTH && text.bytes().all(|byte| DIGITS.contains(&byte));
    fits.then_some(text)
}

/// Milliseconds since 1970.
pub(super) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
