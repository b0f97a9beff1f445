//! Values that stand beside the name of a field of the page: `patient number 36003`, `555-6948 as the phone`.

use super::{
    instruction::{Instruction, Kind, Span},
    scene::{Element, Scene},
    words,
};

/// What may stand between the name of a field and its value.
const BETWEEN: &str = "is to as number nr no auf zu ist lautet : =";
/// What may stand between a value and the name of its field.
const BEHIND: &str = "as into in for als the my a der die das den meine mein";

/// The values beside names of fields that `scene` shows.
#[must_use]
pub(super) fn values(told: &Instruction, scene: &Scene) -> Vec<Span> {
    let fields = scene.elements.iter().filter(|element| element.is_field() && !element.seeks);
    let mut found: Vec<Span> = Vec::new();
    for span in fields.filter(|element| !element.stems.is_empty()).flat_map(|field| beside(told, field)) {
        if !found.iter().any(|known| known.from < span.to && span.from < known.to) {
            found.push(span);
        }
    }
    found
}

fn beside(told: &Instruction, field: &Element) -> Option<Span> {
    let name = &field.stems;
    let own = |from: usize| {
        told.words.get(from..from + name.len()).is_some_and(|words| {
            words.iter().zip(name).all(|(word, own)| word.quote == 0 && !word.barred && word.is(own))
        })
    };
    (0..told.words.len()).filter(|from| own(*from)).find_map(|from| {
        let (start, end) = after(told, from + name.len()).or_else(|| before(told, from))?;
        let text = token(told, start).trim_end_matches(['.', ',', ';', '!', '?']).to_owned();
        let valued = text.chars().any(|letter| letter.is_ascii_digit()) || secret(field) || signs_in(told, start);
        // A day or a time is read as one, and what is quoted is a value already.
        let read = told.spans.iter().any(|span| {
            matches!(span.kind, Kind::Day(_) | Kind::Time | Kind::Quoted | Kind::Keyed)
                && span.from < end
                && start < span.to
        });
        (valued && !read && !text.is_empty()).then(|| Span {
            kind: Kind::Keyed,
            text,
            from: start,
            to: end,
            hints: name.clone(),
        })
    })
}

/// The words of the value behind the name that ends before `at`.
fn after(told: &Instruction, at: usize) -> Option<(usize, usize)> {
    let said = |at: &usize| {
        told.words.get(*at).is_some_and(|word| word.quote == 0 && BETWEEN.split(' ').any(|known| word.stem == known))
    };
    let start = (at..at + 3).find(|at| !said(at))?;
    let word = told.words.get(start).filter(|word| word.quote == 0 && !word.stop && word.verb.is_none())?;
    let gap = told.text.get(told.words.get(at.checked_sub(1)?)?.end..word.start)?;
    (!gap.contains(['.', ';', ',', '"'])).then(|| (start, extent(told, start)))
}

/// The words of the value before the name that begins at `at`.
fn before(told: &Instruction, at: usize) -> Option<(usize, usize)> {
    let said = |at: &usize| {
        told.words.get(*at).is_some_and(|word| word.quote == 0 && BEHIND.split(' ').any(|known| word.stem == known))
    };
    let last = (at.saturating_sub(3)..at).rev().find(|at| !said(at)).filter(|last| last + 1 < at)?;
    let start = (last.saturating_sub(3)..=last).find(|start| extent(told, *start) == last + 1)?;
    told.words.get(start).filter(|word| word.quote == 0 && word.verb.is_none()).map(|_| (start, last + 1))
}

/// The text of the token that begins with a word, up to the next gap.
fn token(told: &Instruction, start: usize) -> &str {
    let rest = told.words.get(start).and_then(|word| told.text.get(word.start..)).unwrap_or_default();
    rest.split_whitespace().next().unwrap_or_default()
}

/// The word after the last one of the token that begins with a word.
fn extent(told: &Instruction, start: usize) -> usize {
    let end = told.words.get(start).map_or(0, |word| word.start) + token(told, start).len();
    let inside = told.words.iter().skip(start).take_while(|word| word.start < end).count();
    start + inside
}

fn secret(field: &Element) -> bool {
    field.tag == "input/password"
}

/// Whether the clause of a word asks to sign in.
fn signs_in(told: &Instruction, at: usize) -> bool {
    let login = words::concept("login");
    let clause = told.words.get(at).map(|word| word.clause);
    told.words.iter().any(|word| Some(word.clause) == clause && word.quote == 0 && word.concepts.contains(&login))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_beside_the_name_of_a_field_is_its_value() {
        let fields = ["Patient number", "Password", "Phone", "City"].map(|name| Element::called("textbox", name));
        let mut scene = Scene::default();
        scene.elements = fields.into();
        let goals = [
            "Sign in with patient number 36003 and password tulip-73.",
            "Change my phone number to 555-6948 and save.",
            "Enter 555-6948 as the phone",
            "Open the city guide",
        ];
        let found = goals.map(|goal| {
            values(&Instruction::read(goal), &scene).into_iter().map(|span| span.text).collect::<Vec<_>>().join(" ")
        });
        assert_eq!(found, ["36003 tulip-73", "555-6948", "555-6948", ""]);
    }
}
