//! What a text may be in another coat, and the parts that one is put together from.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use percent_encoding::percent_decode_str;
use url::Url;

/// Shorter texts are words that only look as if they were encoded.
const SHORTEST: usize = 8;
/// Parts of an address that say nothing of where it is from.
const COMMON: [&str; 12] =
    ["api", "index.html", "index.php", "v1", "v2", "v3", "search", "q", "id", "page", "en", "www"];

/// What `text` says if it is encoded: by percent signs, in base64, or in hexadecimal digits.
pub(super) fn forms(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let decoded = percent_decode_str(text).decode_utf8_lossy().into_owned();
    if decoded != text {
        found.push(decoded);
    }
    let bare: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    if bare.len() >= SHORTEST {
        let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
        for alphabet in [&alphabet::STANDARD, &alphabet::URL_SAFE] {
            let engine = GeneralPurpose::new(alphabet, lenient.with_decode_allow_trailing_bits(true));
            found.extend(engine.decode(&bare).ok().and_then(readable));
        }
        found.extend(hexadecimal(&bare).and_then(readable));
    }
    found
}

/// Bytes as text, if they are one that can be read.
fn readable(bytes: Vec<u8>) -> Option<String> {
    String::from_utf8(bytes)
        .ok()
        .filter(|text| text.len() > 3 && !text.chars().any(|letter| letter.is_control() && letter != '\n'))
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect())
}

/// The host of an address, with or without its scheme.
pub(super) fn host(text: &str) -> Option<String> {
    let url = Url::parse(text).ok().filter(Url::has_host).or_else(|| Url::parse(&format!("https://{text}")).ok())?;
    url.host_str().filter(|host| host.contains('.')).map(str::to_owned)
}

/// What `text` is put together from: the parts of an address, or the items of a list. One alone if it
/// is neither.
pub(super) fn parts(text: &str) -> Vec<String> {
    if let Ok(url) = Url::parse(text)
        && let Some(host) = url.host_str()
    {
        let path = url.path_segments().into_iter().flatten().map(str::to_owned);
        let query = url.query_pairs().map(|(_, value)| value.into_owned());
        let user = [url.username(), url.password().unwrap_or_default()].map(str::to_owned);
        let told = path.chain(query).chain(url.fragment().map(str::to_owned)).chain(user);
        let told = told.filter(|part| !part.is_empty() && !COMMON.contains(&part.as_str()));
        let told = told.map(|part| percent_decode_str(&part).decode_utf8_lossy().into_owned());
        // Two at least, so that a host alone is not taken apart for ever.
        return std::iter::once(host.to_owned()).chain(told).collect();
    }
    // A folder may have a space in its name, but no sentence is a path.
    let path = |text: &str| text.split_whitespace().count() <= 4 && super::forms::is_name(&text.replace(' ', "_"));
    if text.contains('/') && path(&text.to_lowercase()) {
        return text.split('/').filter(|part| !["", "~", "."].contains(part)).map(str::to_owned).collect();
    }
    let items: Vec<_> = items(text).into_iter().map(str::trim).filter(|item| !item.is_empty()).collect();
    let short = items.iter().all(|item| item.split_whitespace().count() <= 4);
    if short { items.into_iter().map(str::to_owned).collect() } else { Vec::new() }
}

/// The items of a list. A comma within a number, as in `68,200`, parts nothing.
fn items(text: &str) -> Vec<&str> {
    let (mut items, mut begin) = (Vec::new(), 0);
    let digit = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_digit());
    for (at, sign) in text.match_indices([',', ';', '\n']) {
        let (before, after) = (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default());
        if sign == "," && digit(before.chars().next_back()) && digit(after.chars().next()) {
            continue;
        }
        items.extend(text.get(begin..at));
        begin = at + 1;
    }
    items.extend(text.get(begin..));
    items
}
