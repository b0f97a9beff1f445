//! What a planner calls an element: a reference of the table, or a name as people see it.

use lamassu_contract::{Failure, FailureKind};
use serde_json::{Value, json};

use crate::{
    escape,
    page::{Described, Place, Resolved},
    session::Session,
};

/// How an element is named in a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// `7` or `[7]`: a reference of the last look.
    Reference(u32),
    /// `button "Add to cart" (Blue mug)`: role and surroundings may be left out.
    Named {
        /// The role; any if absent.
        role: Option<String>,
        /// The accessible name.
        name: String,
        /// Text that stands around it.
        context: Option<String>,
    },
}

/// What may be meant by a bare name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Among {
    /// Anything that can be acted on.
    Everything,
    /// Fields alone.
    Fields,
    /// Anything, also what merely shows a text.
    Anything,
}

impl Target {
    /// Reads a target. Text without quotes is a name as a whole.
    ///
    /// # Errors
    ///
    /// [`FailureKind::Invalid`] if it names nothing.
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        let text = text.trim();
        if let Some(reference) = reference(text) {
            return Ok(Self::Reference(reference));
        }
        let Some((before, rest)) = text.split_once('"') else {
            return Self::named("", text, "");
        };
        let Some(end) = closing_quote(rest) else {
            return Err(Failure::invalid(format!("the target `{text}` lacks its closing quote")));
        };
        let (name, after) = rest.split_at(end);
        let after = after.trim_start_matches('"').trim();
        let context = after.strip_prefix('(').and_then(|inner| inner.split_once(')')).map_or("", |(inner, _)| inner);
        Self::named(before, &escape::unquoted(name), context)
    }

    fn named(role: &str, name: &str, context: &str) -> Result<Self, Failure> {
        let given = |text: &str| Some(text.trim().to_lowercase()).filter(|text| !text.is_empty());
        if name.trim().is_empty() {
            return Err(Failure::invalid(
                "the target is empty; name an element, such as `button \"Send\"`, or a reference such as `[7]`",
            ));
        }
        let context = given(context).map(|text| escape::unquoted(&text));
        Ok(Self::Named { role: given(role), name: name.trim().to_owned(), context })
    }

    fn question(&self, among: Among, session: &Session) -> Result<Value, Failure> {
        match self {
            Self::Reference(reference) => {
                let print = &session.prints.get(*reference).ok_or_else(|| unknown(*reference))?.print;
                Ok(json!({ "reference": reference, "print": print, "epoch": session.prints.epoch }))
            }
            Self::Named { role, name, context } => {
                let fields = among == Among::Fields && role.is_none();
                Ok(
                    json!({ "role": role, "name": name, "context": context, "fields": fields, "anything": among == Among::Anything }),
                )
            }
        }
    }

    /// What to ask the page when waiting for this target to be there.
    pub(crate) fn awaited(&self, session: &Session) -> Result<Value, Failure> {
        self.question(Among::Everything, session)
    }

    /// Finds the one element that is meant. It only looks.
    ///
    /// # Errors
    ///
    /// [`FailureKind::NotFound`] with the nearest names, [`FailureKind::Invalid`] with the
    /// candidates if there are several, [`FailureKind::Stale`] if a reference is not what it was.
    pub(crate) async fn resolve(&self, session: &mut Session, among: Among) -> Result<(Place, Described), Failure> {
        let resolved: Resolved = session.ask("resolve", self.question(among, session)?).await?;
        session.place = resolved.place.clone();
        if let Some(why) = &resolved.stale {
            return Err(stale(&self.to_string(), why));
        }
        if !resolved.many.is_empty() {
            for described in &resolved.many {
                session.prints.add(&resolved.place.epoch, described);
            }
            return Err(Failure::invalid(self.ambiguous(&resolved)));
        }
        match resolved.one {
            Some(described) => Ok((resolved.place, described)),
            None => Err(Failure::new(FailureKind::NotFound, self.missing(&resolved))),
        }
    }

    fn ambiguous(&self, resolved: &Resolved) -> String {
        let all: Vec<_> = resolved.many.iter().map(|one| format!("[{}] {}", one.reference, one.shown())).collect();
        format!("`{self}` fits {} elements; say which one: {}", resolved.count, all.join(", "))
    }

    fn missing(&self, resolved: &Resolved) -> String {
        let near: Vec<_> =
            resolved.near.iter().map(|near| format!("{} \"{}\"", near.role, escape::quoted(&near.name))).collect();
        let near = if near.is_empty() {
            "nothing of the kind is there".to_owned()
        } else {
            format!("nearest: {}", near.join(", "))
        };
        format!("there is no `{self}` on this page; {near}; look again")
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Reference(reference) => write!(f, "[{reference}]"),
            Self::Named { role, name, context } => {
                role.iter().try_for_each(|role| write!(f, "{role} "))?;
                write!(f, "\"{}\"", escape::quoted(name))?;
                context.iter().try_for_each(|context| write!(f, " ({context})"))
            }
        }
    }
}

/// What to say of an element that is not what it was.
pub(crate) fn stale(label: &str, why: &str) -> Failure {
    Failure::new(FailureKind::Stale, format!("`{label}`: {why}; look again"))
}

fn unknown(reference: u32) -> Failure {
    let message = format!("there is no reference `[{reference}]` in the last look; look again");
    Failure::new(FailureKind::NotFound, message)
}

/// `7`, `[7]`, or a whole line of the table.
fn reference(text: &str) -> Option<u32> {
    let inner = text.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(text, |(inner, _)| inner);
    inner.trim().parse().ok()
}

fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(index, character)| {
        let closes = character == '"' && !escaped;
        escaped = character == '\\' && !escaped;
        closes.then_some(index)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(role: Option<&str>, name: &str, context: Option<&str>) -> Target {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Target::Named { role: owned(role), name: name.to_owned(), context: owned(context) }
    }

    #[test]
    fn a_target_is_a_reference_or_a_name_as_people_see_it() {
        let targets = [
            ("7", Target::Reference(7)),
            ("[7]", Target::Reference(7)),
            ("[7] button \"Add\" (Blue mug)", Target::Reference(7)),
            ("Quantity", named(None, "Quantity", None)),
            ("\"7\"", named(None, "7", None)),
            ("button \"Add to cart\"", named(Some("button"), "Add to cart", None)),
            ("Link \"Say \\\"hi\\\"\" (Row 3)", named(Some("link"), "Say \"hi\"", Some("row 3"))),
        ];
        for (text, target) in targets {
            assert_eq!(Target::parse(text).unwrap(), target, "{text}");
        }
    }

    #[test]
    fn an_empty_target_or_an_open_quote_is_refused() {
        let kinds = ["", "  ", "button \"\"", "button \"Add"].map(|text| Target::parse(text).unwrap_err().kind);
        assert_eq!(kinds, [FailureKind::Invalid; 4]);
    }
}
