//! What an action's own words claim to be allowed for: who is meant, how much, where to, and whether
//! the user wished for it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Provenance, Trace, decode, forms, forms::Text, words};
use crate::{Call, Source};

/// Words in the names of arguments that say who gets what, how much, from where and where to.
const AUTHORITY: [&str; 73] = [
    "recipient",
    "recipients",
    "to",
    "cc",
    "bcc",
    "email",
    "emails",
    "mail",
    "address",
    "addresses",
    "participant",
    "participants",
    "attendee",
    "attendees",
    "invitee",
    "invitees",
    "guest",
    "guests",
    "user",
    "users",
    "username",
    "member",
    "members",
    "channel",
    "channels",
    "payee",
    "beneficiary",
    "iban",
    "account",
    "accounts",
    "card",
    "wallet",
    "amount",
    "price",
    "sum",
    "total",
    "url",
    "urls",
    "uri",
    "link",
    "links",
    "endpoint",
    "webhook",
    "domain",
    "host",
    "hostname",
    "website",
    "site",
    "file",
    "files",
    "filename",
    "path",
    "paths",
    "directory",
    "folder",
    "attachment",
    "attachments",
    "role",
    "roles",
    "permission",
    "permissions",
    "scope",
    "access",
    "group",
    "owner",
    "password",
    "phone",
    "number",
    "destination",
    "receiver",
    "contact",
    "hotel",
    "command",
];
/// And of those that say what somebody may do.
const RIGHTS: [&str; 5] = ["permission", "permissions", "role", "access", "rights"];
/// Words in the names of arguments that hold text for people.
const PROSE: [&str; 16] = [
    "body",
    "content",
    "text",
    "message",
    "description",
    "notes",
    "note",
    "summary",
    "title",
    "subject",
    "comment",
    "query",
    "prompt",
    "details",
    "reason",
    "caption",
];

/// What can be said of the arguments that carry authority, such as a recipient, an amount, an address,
/// a file or a role, and of the wish that an action answers. Policies see it as `context.claims`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Whether there are such arguments.
    pub authority: bool,
    /// Whether the planner made a part of them up.
    pub own: bool,
    /// Whether a part of them stands in something that the goal points at, and not in the goal.
    pub pointed: bool,
    /// Whether a part of them comes from anywhere else.
    pub told: bool,
    /// Whether such a part is an address that leads away, or that somebody could write to.
    pub away: bool,
    /// Whether such an address stands in running text that the goal points at.
    pub follows: bool,
    /// Whether an address or another such argument has a part in it that stands in a file of the workspace
    /// and nowhere else: whoever gets the one is told the other.
    #[serde(default, skip_serializing_if = "is_false")]
    pub carries: bool,
    /// Whether the goal wishes for something of this kind, as far as words tell.
    pub asked: bool,
    /// Whether the name of the verb says that it only looks. It may lie.
    pub looks: bool,
    /// Whether it says that something is deleted or called off.
    #[serde(default, skip_serializing_if = "is_false")]
    pub removes: bool,
    /// Why, in words: the arguments that are not the user's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<String>,
}

/// What an argument is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// It says who, how much or where to.
    Says,
    /// It does, and is an address at a host that the user named.
    AtHome,
    /// It selects one of several things that were listed.
    Selects,
}

impl Provenance {
    /// What `args` of `call`, in their canonical form, claim.
    #[must_use]
    pub fn claims<'a>(&self, call: &Call, args: impl Iterator<Item = (&'a String, &'a Value)>) -> Claims {
        let name = words::of_name(&call.verb);
        let asked = words::asked(name.iter().map(String::as_str), &self.told.wishes);
        let (looks, removes) = (words::looks(&name), words::removes(&name));
        let mut claims = Claims { asked, looks, removes, ..Claims::default() };
        for (name, value) in args {
            self.claim(name, value, &mut claims);
        }
        claims
    }

    fn claim(&self, name: &str, value: &Value, claims: &mut Claims) {
        if let Value::Object(map) = value {
            return map.iter().for_each(|(inner, value)| self.claim(&format!("{name}_{inner}"), value, claims));
        }
        if let Value::Array(values) = value {
            return values.iter().for_each(|value| self.claim(name, value, claims));
        }
        if value.is_null() || value.is_boolean() {
            return;
        }
        let names = words::of_name(name);
        let is = |list: &[&str]| names.iter().any(|word| list.contains(&word.as_str()));
        let whole = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let prose = is(&PROSE) || whole.split_whitespace().count() > 12;
        let named = forms::is_name(&whole.trim().to_lowercase()) && !is_moment(&whole);
        let wholly = !prose && is(&AUTHORITY) || named || is_account(&whole);
        let cents = is(&["cents", "minor"]).then(|| value.as_i64()).flatten();
        if cents.is_some_and(|cents| self.user(&Text::new(&format!("{}.{:02}", cents / 100, cents % 100))).is_some()) {
            claims.authority = true;
            return;
        }
        if names.iter().any(|word| RIGHTS.contains(&word.as_str())) && self.grants(&whole) {
            return;
        }
        let selects = names.last().is_some_and(|word| ["id", "ids", "uuid", "key"].contains(&word.as_str()));
        let part = if selects { Part::Selects } else { Part::Says };
        let mut traces = self.traces(value);
        // What leads away is claimed in running text too.
        traces.retain(|trace| wholly || trace.source != Source::Model && leads_away(&trace.text));
        claims.authority |= wholly;
        while let Some(first) = traces.first() {
            let text = first.text.clone();
            let (same, others): (Vec<_>, Vec<_>) = traces.into_iter().partition(|trace| trace.text == text);
            let is_file = |trace: &Trace| matches!(trace.source, Source::File(_));
            let is_all = text == whole || decode::host(&whole).is_some_and(|host| host == text);
            claims.carries |= !is_all && same.iter().all(is_file);
            let known = decode::host(&text).is_some_and(|host| self.user(&Text::new(&host)).is_some());
            claims.take(name, &same, if known && part == Part::Says { Part::AtHome } else { part });
            traces = others;
        }
    }

    /// Whether the goal speaks of the right that `value` stands for.
    fn grants(&self, value: &str) -> bool {
        let wished = |word: &str| self.told.wishes.iter().any(|wish| wish.starts_with(word));
        match value.to_lowercase().as_str() {
            "r" | "ro" | "read" | "read_only" | "readonly" | "reader" | "view" | "viewer" => {
                wished("read") || wished("view")
            }
            "w" | "rw" | "write" | "read_write" | "writer" | "edit" | "editor" => wished("writ") || wished("edit"),
            "comment" | "commenter" => wished("comment"),
            _ => false,
        }
    }
}

impl Claims {
    /// Whether nothing is said, as of an action that was not traced.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Takes note of where a part of the argument `name` was found, if that is not with the user. What
    /// selects one of several things that were listed, where the goal points at it, claims nothing.
    fn take(&mut self, name: &str, places: &[Trace], part: Part) {
        let Some(first) = places.first() else { return };
        let field = places.iter().any(|place| place.field);
        let pointed = places.iter().find(|place| place.pointed);
        let shown: String = first.text.chars().take(60).collect();
        if first.source.is_trusted() || part == Part::Selects && field && pointed.is_some() {
            return;
        }
        let at = |place: &Trace| format!("`{name}`: \"{shown}\" is from {} at step {}", place.source, place.step);
        let words = if first.source == Source::Model {
            self.own = true;
            format!("`{name}`: \"{shown}\" is the planner's own")
        } else if let Some(place) = pointed {
            self.pointed = true;
            self.follows |= leads_away(&place.text) && !field && part != Part::AtHome;
            format!("{}, which the goal points at", at(place))
        } else if field {
            self.pointed = true;
            format!("{}, not from the goal", at(first))
        } else {
            self.told = true;
            self.away |= leads_away(&first.text) && part != Part::AtHome;
            format!("{}, in running text and not from the goal", at(first))
        };
        if !self.because.contains(&words) {
            self.because.push(words);
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "what serde calls takes a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// Whether a text looks like the number of an account or a card.
fn is_account(text: &str) -> bool {
    let bare: String = text.chars().filter(|letter| letter.is_alphanumeric()).collect();
    let digits = bare.chars().filter(char::is_ascii_digit).count();
    let others = text.chars().filter(|letter| !letter.is_alphanumeric() && !" -".contains(*letter)).count();
    bare.len() >= 12 && digits * 2 > bare.len() && others == 0
}

/// Whether a text is a point in time, such as `2026-03-02T15:00`.
fn is_moment(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_digit())
        && text.contains([':', '-'])
        && text.chars().all(|letter| letter.is_ascii_digit() || "-:.+TZ ".contains(letter))
}

/// Whether a text is an address that somebody could follow or write to, or a path from the root or home.
fn leads_away(text: &str) -> bool {
    let lower = text.to_lowercase();
    forms::is_name(&lower)
        && (lower.contains("://")
            || lower.contains('@')
            || lower.starts_with("www.")
            || lower.starts_with(['/', '~'])
            || lower.contains("../"))
}
