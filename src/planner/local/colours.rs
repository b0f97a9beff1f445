//! The names of colours.

use super::instruction::{Instruction, Kind, Span};

/// The usual names, with red, green and blue. Source: CSS Color Module Level 4, the most common ones.
const COLOURS: &[(&str, &str, [i32; 3])] = &[
    ("black", "black schwarz 검은 검정", [0, 0, 0]),
    ("white", "white weiß weiss 흰 하얀", [255, 255, 255]),
    ("grey", "grey gray grau 회색", [128, 128, 128]),
    ("red", "red rot rote roten 빨간 빨강", [255, 0, 0]),
    ("green", "green grün grüne grünen 초록", [0, 128, 0]),
    ("lime", "lime limette 라임", [0, 255, 0]),
    ("blue", "blue blau blaue blauen 파란 파랑", [0, 0, 255]),
    ("navy", "navy dunkelblau 남색", [0, 0, 128]),
    ("yellow", "yellow gelb gelbe gelben 노란 노랑", [255, 255, 0]),
    ("orange", "orange 주황", [255, 165, 0]),
    ("purple", "purple violet lila 보라", [128, 0, 128]),
    ("pink", "pink rosa 분홍", [255, 192, 203]),
    ("magenta", "magenta fuchsia 자홍", [255, 0, 255]),
    ("cyan", "cyan aqua türkis 청록", [0, 255, 255]),
    ("teal", "teal petrol 틸", [0, 128, 128]),
    ("olive", "olive oliv 올리브", [128, 128, 0]),
    ("brown", "brown braun braune 갈색", [165, 42, 42]),
    ("maroon", "maroon 밤색", [128, 0, 0]),
    ("gold", "gold golden 금색", [255, 215, 0]),
    ("silver", "silver silbern 은색", [192, 192, 192]),
    ("beige", "beige 베이지", [245, 245, 220]),
    ("indigo", "indigo 남보라", [75, 0, 130]),
];

/// The colour that an instruction names in the user's own words or as a quoted word, with its word.
#[must_use]
pub(super) fn named(told: &Instruction) -> Option<(&'static str, usize)> {
    told.words.iter().enumerate().find_map(|(index, word)| {
        // In `Lapis Blue Vase` it is a part of a name.
        let named =
            |span: &Span| span.kind == Kind::Proper && span.to - span.from > 1 && (span.from..span.to).contains(&index);
        if told.spans.iter().any(named) {
            return None;
        }
        let colour = COLOURS.iter().find(|(_, names, _)| names.split(' ').any(|name| word.is(name)))?;
        Some((colour.0, index))
    })
}

/// The name that comes nearest to `#rrggbb`; nothing if it is none.
#[must_use]
pub(super) fn nearest(code: &str) -> Option<&'static str> {
    let code = code.strip_prefix('#')?;
    let part = |at: usize| code.get(at..at + 2).and_then(|digits| i32::from_str_radix(digits, 16).ok());
    let own = [part(0)?, part(2)?, part(4)?];
    let distance = |other: &[i32; 3]| own.iter().zip(other).map(|(one, other)| (one - other).pow(2)).sum::<i32>();
    COLOURS.iter().min_by_key(|(.., parts)| distance(parts)).map(|(name, ..)| *name)
}
