//! Finding a secret that comes back, however it is written.

use std::ops::Range;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use zeroize::Zeroizing;

/// Texts with fewer characters are not looked for in base64 or hexadecimal digits.
const SHORTEST_CODED: usize = 4;
/// Texts with fewer characters are not looked for across white space: `pin` stands in `up in`.
const SHORTEST_SPLIT: usize = 6;
/// So many times over may a text be encoded.
const DEEPEST: usize = 3;
/// The entities of HTML that stand for one character of ASCII, by name.
const NAMED: [(&str, char); 7] =
    [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\''), ("nbsp", ' '), ("sol", '/')];

/// Everything that one secret may come back as.
pub(super) struct Echoes {
    needles: Vec<Needle>,
    // INVARIANT: true for each byte that a needle may begin with, however it is written.
    begins: [bool; 256],
}

impl Echoes {
    /// The echoes of `value`: as it is, in lower and upper case, in base64 (standard and for
    /// addresses, at each of the three alignments) and in hexadecimal digits.
    pub(super) fn of(value: &str) -> Self {
        let mut needles = Vec::new();
        for text in [value.to_owned(), value.to_lowercase(), value.to_uppercase()] {
            needles.push(Needle { text: Zeroizing::new(text), before: 0, after: 0 });
        }
        if value.chars().count() >= SHORTEST_CODED {
            let mut hex = Zeroizing::new(String::with_capacity(value.len() * 2));
            value.bytes().for_each(|byte| hex.push_str(&format!("{byte:02x}")));
            needles.push(Needle { text: Zeroizing::new(hex.to_uppercase()), before: 0, after: 0 });
            needles.push(Needle { text: hex, before: 0, after: 0 });
            needles.extend((0..3).flat_map(|lead| base64(value.as_bytes(), lead)));
        }
        needles.retain(|needle| !needle.text.is_empty());
        needles.sort_unstable_by(|one, other| one.text.cmp(&other.text));
        needles.dedup_by(|one, other| one.text == other.text);
        let mut begins = [false; 256];
        for byte in needles.iter().map(Needle::first).chain(*b"%&\\+") {
            if let Some(begins) = begins.get_mut(usize::from(byte)) {
                *begins = true;
            }
        }
        Self { needles, begins }
    }

    /// Adds to `found` where `text` holds one of them, each character of it as it is, percent-encoded
    /// (a `+` for a space too), escaped as in JSON or JavaScript, or as an entity of HTML; up to three
    /// times over. Soft hyphens and marks without width may stand between the characters, and white
    /// space in all but the shortest.
    pub(super) fn find(&self, text: &str, found: &mut Vec<Range<usize>>) {
        for (start, byte) in text.bytes().enumerate() {
            if !self.begins.get(usize::from(byte)).is_some_and(|begins| *begins) {
                continue;
            }
            let Some(rest) = text.get(start..) else { continue };
            for needle in self.needles.iter().filter(|needle| needle.may_begin(byte)) {
                if let Some(length) = needle.begins(rest) {
                    found.push(needle.widened(text, start..start + length));
                }
            }
        }
    }
}

/// How a text may be written.
#[derive(Clone, Copy)]
struct Way {
    /// So many times more than once is encoded what is encoded.
    depth: usize,
    /// So many backslashes stand for one: in JSON two do.
    backslashes: usize,
}

/// One text to look for.
struct Needle {
    text: Zeroizing<String>,
    /// So many characters of base64 before it hold bits of the secret.
    before: usize,
    /// So many after it do.
    after: usize,
}

impl Needle {
    fn first(&self) -> u8 {
        self.text.as_bytes().first().copied().unwrap_or_default()
    }

    fn may_begin(&self, byte: u8) -> bool {
        byte == self.first() || matches!(byte, b'%' | b'&' | b'\\') || (byte == b'+' && self.first() == b' ')
    }

    /// How many bytes at the beginning of `text` are this needle.
    fn begins(&self, text: &str) -> Option<usize> {
        if text.starts_with(self.text.as_str()) {
            return Some(self.text.len());
        }
        let ways = (0..DEEPEST).flat_map(|depth| [1, 2].map(|backslashes| Way { depth, backslashes }));
        ways.into_iter().find_map(|way| self.begins_coded(text, way))
    }

    fn begins_coded(&self, text: &str, way: Way) -> Option<usize> {
        let splits = self.text.chars().count() >= SHORTEST_SPLIT;
        let mut rest = text;
        for (index, wanted) in self.text.chars().enumerate() {
            rest = loop {
                if let Some(length) = character(rest, wanted, way) {
                    break rest.get(length..)?;
                }
                let is_gap = |found: &char| is_unseen(*found) || (splits && found.is_whitespace());
                let gap = rest.chars().next().filter(|found| index > 0 && is_gap(found))?;
                rest = rest.get(gap.len_utf8()..)?;
            };
        }
        Some(text.len() - rest.len())
    }

    /// `range` with the characters of base64 beside it that hold bits of the secret, and the padding.
    fn widened(&self, text: &str, range: Range<usize>) -> Range<usize> {
        let coded = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte);
        let bytes = text.as_bytes();
        let lead = bytes.get(..range.start).unwrap_or_default();
        let tail = bytes.get(range.end..).unwrap_or_default();
        let before = lead.iter().rev().take(self.before).take_while(|byte| coded(byte)).count();
        let after = tail.iter().take(self.after).take_while(|byte| coded(byte)).count();
        let padding = if self.after + self.before == 0 { 0 } else { 2 };
        let padding = tail.iter().skip(after).take(padding).take_while(|byte| **byte == b'=').count();
        range.start - before..range.end + after + padding
    }
}

/// What base64 of any text with `value` in it must contain if `value` begins `lead` bytes after a
/// multiple of three. Characters that also depend on the bytes around it are left out.
fn base64(value: &[u8], lead: usize) -> Vec<Needle> {
    let mut bytes = Zeroizing::new(vec![0; lead]);
    bytes.reserve_exact(value.len());
    bytes.extend_from_slice(value);
    let from = [0, 2, 3].get(lead).copied().unwrap_or(0);
    let until = bytes.len() * 8 / 6;
    let needle = |coded: String| {
        let coded = Zeroizing::new(coded);
        let text = coded.get(from..until).filter(|text| text.len() >= SHORTEST_CODED)?;
        let after = usize::from(!bytes.len().is_multiple_of(3));
        Some(Needle { text: Zeroizing::new(text.to_owned()), before: usize::from(lead > 0), after })
    };
    [STANDARD_NO_PAD.encode(&*bytes), URL_SAFE_NO_PAD.encode(&*bytes)].into_iter().filter_map(needle).collect()
}

/// Soft hyphens and marks without width.
fn is_unseen(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// How many bytes at the beginning of `text` say `wanted`, in `way` or as it is.
fn character(text: &str, wanted: char, way: Way) -> Option<usize> {
    let found = text.chars().next()?;
    let coded = match found {
        '%' => percent(text, wanted, way.depth),
        '&' => entity(text, wanted, way.depth),
        '\\' => escaped(text, wanted, way.backslashes),
        '+' if wanted == ' ' => Some(1),
        _ => None,
    };
    coded.or_else(|| (found == wanted).then_some(found.len_utf8()))
}

/// `%C3%A9`, and `%25C3%25A9` for what was encoded twice.
fn percent(text: &str, wanted: char, depth: usize) -> Option<usize> {
    let mut buffer = [0; 4];
    let mut rest = text;
    for byte in wanted.encode_utf8(&mut buffer).bytes() {
        rest = rest.strip_prefix('%')?;
        for _ in 0..depth {
            rest = rest.strip_prefix("25")?;
        }
        if hex(rest.get(..2)?)? != u32::from(byte) {
            return None;
        }
        rest = rest.get(2..)?;
    }
    Some(text.len() - rest.len())
}

/// `&amp;`, `&#38;`, `&#x26;`, and `&amp;amp;` for what was escaped twice.
fn entity(text: &str, wanted: char, depth: usize) -> Option<usize> {
    let mut rest = text.strip_prefix('&')?;
    for _ in 0..depth {
        rest = rest.strip_prefix("amp;")?;
    }
    let (name, after) = rest.split_at_checked(rest.bytes().take(12).position(|byte| byte == b';')?)?;
    let code = match name.strip_prefix('#') {
        None => NAMED.iter().find(|(known, _)| *known == name).map(|(_, character)| *character),
        Some(number) => {
            let hexadecimal = number.strip_prefix(['x', 'X']);
            hexadecimal.map_or_else(|| number.parse().ok(), hex).and_then(char::from_u32)
        }
    };
    (code? == wanted).then_some(text.len() - after.len() + 1)
}

/// `\n`, `\"`, `\u00e9`, `\ud83d\ude00`, `\x41`; with more backslashes for what was escaped twice.
fn escaped(text: &str, wanted: char, backslashes: usize) -> Option<usize> {
    let rest = text.strip_prefix('\\')?.trim_start_matches('\\');
    if wanted == '\\' {
        let code = rest.strip_prefix("u005c").or_else(|| rest.strip_prefix("u005C"));
        let all = text.len() - rest.len();
        return code.map(|rest| text.len() - rest.len()).or((all >= backslashes).then_some(backslashes));
    }
    let short = match wanted {
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        '\u{8}' => 'b',
        '\u{c}' => 'f',
        '"' | '\'' | '/' | '`' => wanted,
        _ => '\0',
    };
    if short != '\0' && rest.starts_with(short) {
        return Some(text.len() - rest.len() + 1);
    }
    if let Some(digits) = rest.strip_prefix('x').and_then(|rest| rest.get(..2)) {
        return (hex(digits)? == u32::from(wanted)).then_some(text.len() - rest.len() + 3);
    }
    let mut buffer = [0; 2];
    let mut rest = rest;
    for (index, unit) in wanted.encode_utf16(&mut buffer).iter().enumerate() {
        let digits = if index == 0 { rest } else { rest.strip_prefix('\\')?.trim_start_matches('\\') };
        let digits = digits.strip_prefix('u')?;
        if hex(digits.get(..4)?)? != u32::from(*unit) {
            return None;
        }
        rest = digits.get(4..)?;
    }
    Some(text.len() - rest.len())
}

fn hex(digits: &str) -> Option<u32> {
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if plain { u32::from_str_radix(digits, 16).ok() } else { None }
}
