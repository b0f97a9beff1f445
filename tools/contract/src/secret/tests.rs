//! What is found again, and what is not taken for a secret.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

use super::*;

/// What `encodeURI` encodes.
const ADDRESS: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'%').add(b'`').add(b'\\');
/// Characters that some encoding treats in a way of its own, and letters that are like any other.
const LETTERS: [char; 32] = [
    'a', 'b', 'c', 'X', 'Y', 'Z', '0', '1', '7', '9', ' ', '%', '&', '+', '/', '\\', '"', '\'', '<', '>', '=', '?',
    '#', ';', '-', '_', '.', '{', 'ö', 'ß', '中', '🔑',
];

/// A small generator, so that the same texts come up in every test run.
fn random(state: &mut u64, below: usize) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*state >> 33).unwrap_or(0) % below
}

fn word(state: &mut u64) -> String {
    let length = 6 + random(state, 14);
    // No space at an end: there it would be as good as no part of it.
    let word: String = (0..length).map(|_| LETTERS[random(state, LETTERS.len())]).collect();
    format!("k{word}q")
}

fn entities(value: &str, write: fn(char) -> String) -> String {
    value
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter.to_string() } else { write(letter) })
        .collect()
}

fn named(letter: char) -> String {
    match letter {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        '\'' => "&#39;".to_owned(),
        other => other.to_string(),
    }
}

fn unicode(value: &str) -> String {
    value.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect()
}

/// How `value` may come back.
fn echoes(value: &str) -> Vec<String> {
    let percent = utf8_percent_encode(value, NON_ALPHANUMERIC).to_string();
    let json = serde_json::Value::from(value).to_string();
    let html = entities(value, named);
    let mut echoes = vec![
        value.to_owned(),
        utf8_percent_encode(value, ADDRESS).to_string(),
        utf8_percent_encode(&percent, NON_ALPHANUMERIC).to_string(),
        entities(&percent.to_lowercase(), |letter| letter.to_string()),
        url::form_urlencoded::byte_serialize(value.as_bytes()).collect(),
        json.trim_matches('"').to_owned(),
        json.replace('/', "\\/").replace('&', "\\u0026").replace('<', "\\u003C"),
        unicode(value),
        html.replace('&', "&amp;"),
        html,
        entities(value, |letter| format!("&#x{:X};", u32::from(letter))),
        entities(value, |letter| format!("&#{};", u32::from(letter))),
        value.bytes().map(|byte| format!("{byte:02x}")).collect(),
        value.chars().map(|letter| format!("{letter}\u{ad}")).collect(),
        value.chars().map(|letter| format!("{letter}\n ")).collect(),
    ];
    for lead in ["", "u", "u:", "me:"] {
        for tail in ["", "!", "!!"] {
            let text = format!("{lead}{value}{tail}");
            echoes.extend([STANDARD.encode(&text), STANDARD_NO_PAD.encode(&text)]);
            echoes.extend([URL_SAFE.encode(&text), URL_SAFE_NO_PAD.encode(&text)]);
            echoes.push(utf8_percent_encode(&STANDARD.encode(&text), NON_ALPHANUMERIC).to_string());
        }
    }
    echoes
}

#[test]
fn whatever_a_secret_is_each_of_its_echoes_is_redacted() {
    let mut state = 7;
    for _ in 0..100 {
        let value = word(&mut state);
        let vault = Vault::default().with("pin", Secret::new(value.as_str()));
        for echo in echoes(&value) {
            let shown = vault.redact(&format!("<{echo}>"));
            let left = shown
                .replace("{secret pin}", "")
                .replace("%3D", "")
                .chars()
                .filter(|letter| letter.is_alphanumeric())
                .count();
            // Of base64 some letters may stay that say nothing of the secret.
            assert!(shown.contains("{secret pin}") && left <= 7, "`{value}` as `{echo}` became `{shown}`");
        }
    }
}

#[test]
fn other_text_stays_as_it_is() {
    let vault = Vault::default().with("pin", Secret::new("s3cr&t \"wörd\"")).with("pan", Secret::new("1234"));
    for text in ["%41%&amp;&#;&#x;\\u\\\\u00", "a & b %", "1 2 3 4", "s3cr&t \"word\"", "&amp;amp;amp;", ""] {
        assert_eq!(vault.redact(text), text);
    }
}

#[test]
fn secrets_that_overlap_are_redacted_whole() {
    let vault = Vault::default().with("one", Secret::new("abcdef")).with("two", Secret::new("defghi"));
    assert_eq!(vault.redact("<abcdefghi> abcdefabcdef"), "<{secret one}> {secret one}{secret one}");
}

#[test]
fn no_bits_of_a_secret_stay_beside_its_base64() {
    let vault = Vault::default().with("pin", Secret::new("hunter2!"));
    let shown =
        ["hunter2!", "a:hunter2!", "ab:hunter2!", "abc:hunter2!"].map(|text| vault.redact(&STANDARD.encode(text)));
    assert_eq!(shown, ["{secret pin}", "YT{secret pin}", "YWI6{secret pin}", "YWJjO{secret pin}"].map(str::to_owned));
}

#[test]
fn a_secret_of_three_characters_is_unfit() {
    let vault = Vault::default().with("long", Secret::new("wört")).with("pin", Secret::new("wör"));
    assert_eq!(vault.unfit(), Some(("pin", SecretError::Short)));
}

/// RFC 6238, appendix B: the seed is `12345678901234567890`.
const SEED: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

#[test]
fn codes_are_those_of_the_standard() {
    let codes = |seed: &str, clock| Secret::one_time(seed).unwrap().timed_by(clock).expose().to_string();
    let address = format!("otpauth://totp/Shop:ann?secret={SEED}&issuer=Shop&digits=8&period=30");
    let grouped = "gezd gnbv gy3t qojq gezd gnbv gy3t qojq";
    assert_eq!(
        [codes(SEED, || 59), codes(grouped, || 1_111_111_109), codes(&address, || 59)],
        ["287082", "081804", "94287082"]
    );
}

#[test]
fn a_seed_that_is_none_is_refused() {
    let long = format!("otpauth://totp/x?secret={SEED}&digits=12");
    let never = format!("otpauth://totp/x?secret={SEED}&period=0");
    for seed in ["not base 32!", "GEZDGNBV", "otpauth://hotp/x?secret=GEZDGNBVGY3TQOJQ", &long, &never] {
        assert!(matches!(Secret::one_time(seed), Err(SecretError::Seed(_))), "{seed}");
    }
}

#[test]
fn the_code_that_was_lent_is_redacted_and_so_is_the_seed() {
    let secret = Secret::one_time(format!("otpauth://totp/Shop?secret={SEED}")).unwrap().timed_by(|| 59);
    let vault = Vault::default().with("code", secret);
    let before = vault.redact("287082");
    let _ = vault.get("code").unwrap().expose();
    let after = vault.redact(&format!("287082, 287 082, {} {SEED}", STANDARD.encode("287082")));
    let hidden = "{secret code}";
    assert_eq!((before.as_str(), after), ("287082", format!("{hidden}, {hidden}, {hidden} {hidden}")));
}

#[test]
fn debug_output_is_blind() {
    let vault = Vault::default().with("pin", Secret::new("s3cr&t")).with("code", Secret::one_time(SEED).unwrap());
    let shown = format!("{vault:?}");
    assert!(!shown.contains("s3cr") && !shown.contains("GEZD"), "{shown}");
}
