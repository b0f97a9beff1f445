//! What the script in a page tells of an act.

use lamassu_contract::{Call, Page};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Act, Done};
use crate::page::Looked;

/// A message of the script.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Message {
    /// Somebody did something, or left the page.
    Deed(Box<Deed>),
    /// The script failed.
    Trouble { trouble: String },
}

#[derive(Debug, Deserialize)]
pub(super) struct Deed {
    /// What was done; empty if the page was left.
    pub(super) verb: String,
    args: Map<String, Value>,
    target: Option<u32>,
    onto: Option<u32>,
    secret: Option<Hidden>,
    look: Looked,
    /// The address of the frame of another origin that it was done in.
    pub(super) frame: Option<String>,
    /// Whether that frame stands in another one of another origin.
    #[serde(default)]
    pub(super) nested: bool,
    #[serde(default)]
    again: bool,
}

/// A field that hides what is typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Hidden {
    /// `password`, `one-time-code` or `text`.
    purpose: String,
    /// What people see as its name.
    pub(super) name: String,
    /// What it is called in the form.
    pub(super) field: String,
}

impl Deed {
    /// The page right before; nothing if there was none.
    pub(super) fn page(&self, tokens: usize) -> Option<Page> {
        self.look.page(tokens)
    }

    /// The act, which was done on `page`.
    pub(super) fn act(self, page: Page) -> (Act, Done) {
        let mut call = Call::new("browser", self.verb);
        call.args = self.args;
        for (name, number) in [("target", self.target), ("to", self.onto)] {
            if let Some(number) = number {
                call = call.with(name, format!("[{number}]"));
            }
        }
        (Act { page, call }, Done { hidden: self.secret, again: self.again })
    }
}

impl Hidden {
    /// Whether `secret` may be the name of what goes into it: they share a word.
    pub(super) fn is_like(&self, secret: &str) -> bool {
        let own = format!("{} {} {}", self.purpose, self.name, self.field);
        words(secret).any(|word| words(&own).any(|own| own == word))
    }

    /// A name for what goes into it.
    pub(super) fn made_name(&self) -> String {
        let name: Vec<_> = words(&self.name).collect();
        if name.is_empty() { self.purpose.clone() } else { name.join("-") }
    }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_knows_the_secret_that_is_named_like_it() {
        let field = Hidden { purpose: "password".into(), name: "Your PIN".into(), field: "pw".into() };
        let fits: Vec<_> = ["shop-password", "pin", "token"].iter().map(|name| field.is_like(name)).collect();
        assert_eq!(fits, [true, true, false]);
        assert_eq!(field.made_name(), "your-pin");
    }
}
