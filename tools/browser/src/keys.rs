//! Keys and chords by the names of the UI Events specification.

use fantoccini::key::Key;
use lamassu_contract::Failure;

use crate::deed::Chord;

/// Name, code, text, Windows virtual key code, and what WebDriver calls it.
const KEYS: &[(&str, &str, &str, u32, Key)] = &[
    ("Enter", "Enter", "\r", 13, Key::Enter),
    ("Tab", "Tab", "", 9, Key::Tab),
    ("Escape", "Escape", "", 27, Key::Escape),
    ("Backspace", "Backspace", "", 8, Key::Backspace),
    ("Delete", "Delete", "", 46, Key::Delete),
    ("Space", "Space", " ", 32, Key::Space),
    ("ArrowLeft", "ArrowLeft", "", 37, Key::Left),
    ("ArrowUp", "ArrowUp", "", 38, Key::Up),
    ("ArrowRight", "ArrowRight", "", 39, Key::Right),
    ("ArrowDown", "ArrowDown", "", 40, Key::Down),
    ("PageUp", "PageUp", "", 33, Key::PageUp),
    ("PageDown", "PageDown", "", 34, Key::PageDown),
    ("End", "End", "", 35, Key::End),
    ("Home", "Home", "", 36, Key::Home),
    ("F1", "F1", "", 112, Key::F1),
    ("F2", "F2", "", 113, Key::F2),
    ("F3", "F3", "", 114, Key::F3),
    ("F4", "F4", "", 115, Key::F4),
    ("F5", "F5", "", 116, Key::F5),
];
const MODIFIERS: &[(&str, u32)] = &[("alt", 1), ("control", 2), ("ctrl", 2), ("meta", 4), ("command", 4), ("shift", 8)];

impl Chord {
    /// Reads `Enter`, `a` or `Control+a`.
    ///
    /// # Errors
    ///
    /// [`FailureKind::Invalid`](lamassu_contract::FailureKind::Invalid) for what is no key.
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        let wrong = || Failure::invalid(format!("`{text}` is not a key; say `Enter`, `ArrowDown`, `a` or `Control+a`"));
        let (held, key) = match text.rsplit_once('+') {
            Some((held, key)) if !key.is_empty() => (held, key),
            _ => ("", text),
        };
        let mut modifiers = 0;
        for name in held.split('+').filter(|name| !name.is_empty()) {
            let found = MODIFIERS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name.trim()));
            modifiers |= found.ok_or_else(wrong)?.1;
        }
        let mut chord = Self::key(key.trim()).ok_or_else(wrong)?;
        chord.modifiers = modifiers;
        text.clone_into(&mut chord.shown);
        // With these held a key is an order, not a letter.
        if modifiers & 7 != 0 {
            chord.text.clear();
        }
        Ok(chord)
    }

    /// The keys that are held down, as WebDriver's actions call them.
    pub(crate) fn held(&self) -> Vec<char> {
        let held = [(1, Key::Alt), (2, Key::Control), (4, Key::Meta), (8, Key::Shift)];
        held.into_iter().filter(|(bit, _)| self.modifiers & bit != 0).map(|(_, key)| char::from(key)).collect()
    }

    /// The key itself, as WebDriver's actions call it.
    pub(crate) fn value(&self) -> char {
        let named = KEYS.iter().find(|key| key.1 == self.code).map(|key| char::from(key.4));
        named.unwrap_or_else(|| self.key.chars().next().unwrap_or(' '))
    }

    fn key(name: &str) -> Option<Self> {
        if let Some((key, code, text, virtual_code, _)) = KEYS.iter().find(|key| key.0.eq_ignore_ascii_case(name)) {
            let key = if *key == "Space" { " " } else { key };
            return Some(Self::of(key, code, text, *virtual_code));
        }
        let mut letters = name.chars();
        let letter = letters.next().filter(|letter| letters.next().is_none() && !letter.is_control())?;
        let upper = letter.to_ascii_uppercase();
        let (code, number) = match upper {
            'A'..='Z' => (format!("Key{upper}"), u32::from(upper)),
            '0'..='9' => (format!("Digit{upper}"), u32::from(upper)),
            _ => (String::new(), 0),
        };
        Some(Self::of(name, &code, name, number))
    }

    fn of(key: &str, code: &str, text: &str, virtual_code: u32) -> Self {
        Self {
            key: key.to_owned(),
            code: code.to_owned(),
            text: text.to_owned(),
            virtual_code,
            modifiers: 0,
            shown: String::new(),
        }
    }

    /// Whether it sends the form that a field belongs to.
    pub(crate) fn enters(&self) -> bool {
        self.key == "Enter"
    }

    /// Whether it presses the button that has the focus.
    pub(crate) fn presses(&self) -> bool {
        self.key == "Enter" || self.key == " "
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chord_is_a_key_with_those_held_down() {
        let chord = Chord::parse("ctrl+Shift+a").unwrap();
        assert_eq!(chord, Chord { modifiers: 10, shown: "ctrl+Shift+a".to_owned(), ..Chord::of("a", "KeyA", "", 65) });
    }

    #[test]
    fn what_is_no_key_is_invalid() {
        let wrong = ["", "Hyper+a", "Entr", "\u{1b}"].map(|text| Chord::parse(text).is_err());
        assert_eq!(wrong, [true; 4]);
    }
}
