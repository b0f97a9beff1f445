//! What an action's own words claim to be allowed for: who is meant, how much, where to, and whether
//! the user wished for it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Provenance, Trace, decode, forms, forms::Text, passage::Place, words};
use crate::{Call, Source};

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
    /// Whether such a part stands in text that tells somebody what to do.
    #[serde(default, skip_serializing_if = "is_false")]
    pub instructed: bool,
    /// Whether such a part is an address that leads away, or that somebody could write to.
    pub away: bool,
    /// Whether such an address stands in running text that the goal points at.
    pub follows: bool,
    /// Whether an address or another such argument has a part in it that stands in a file of the workspace
    /// and nowhere else, or any has a number that only a tool told whose words are the user's own affair:
    /// whoever gets the one is told the other.
    #[serde(default, skip_serializing_if = "is_false")]
    pub carries: bool,
    /// Whether the goal wishes for something of this kind, as far as words tell.
    pub asked: bool,
    /// Whether the name of the verb says that it only looks. It may lie.
    pub looks: bool,
    /// Whether it says that something is deleted or called off.
    #[serde(default, skip_serializing_if = "is_false")]
    pub removes: bool,
    /// Whether text that tells somebody what to do speaks of this: of what it is done to or with, which the
    /// goal does not.
    #[serde(default, skip_serializing_if = "is_false")]
    pub urged: bool,
    /// Whether something private, such as a password, is named that the goal does not name.
    #[serde(default, skip_serializing_if = "is_false")]
    pub private: bool,
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
    /// The same, among what is the user's anyway.
    Mine,
    /// It selects who gets something; the goal has to name them.
    Payee,
    /// It is text for people or a question; nobody goes to an address in it.
    Prose,
    /// It is an address, or stands in one, and leads to a host that the user did not name.
    Leads,
}

impl Provenance {
    /// What `args` of `call`, in their canonical form, claim.
    #[must_use]
    pub fn claims<'a>(&self, call: &Call, args: impl Iterator<Item = (&'a String, &'a Value)>) -> Claims {
        let name = words::of_name(&call.verb);
        let asked = words::asked(name.iter().map(String::as_str), &self.told.wishes);
        let (looks, removes) = (words::looks(&name), words::removes(&name));
        let mut claims = Claims { asked, looks, removes, ..Claims::default() };
        claims.private = self.unnamed(&name.join(" "));
        claims.urged = name.iter().any(|word| words::is_thing(word) && !self.wished(word) && self.urges(word));
        let counted = name.iter().any(|word| words::is("counted", word.trim_end_matches('s')));
        for (name, value) in args {
            // The number of an issue is one of many by the name of the verb, too.
            let name = if counted && name == "number" { "issue_number" } else { name };
            self.claim(name, value, &mut claims);
        }
        claims
    }

    /// Whether `text` names something private that the goal does not name.
    fn unnamed(&self, text: &str) -> bool {
        words::private(text).any(|word| !self.told.goal.as_str().contains(word))
    }

    /// Whether the goal has `word`, or one that begins like it.
    fn wished(&self, word: &str) -> bool {
        let begin: String = word.chars().take(4).collect();
        self.told.wishes.iter().any(|wish| wish.starts_with(&begin))
    }

    /// Whether `text`, which the user did not say, stands in text of others that tells somebody what to do.
    fn urges(&self, text: &str) -> bool {
        let text = Text::new(text);
        let urges = |place: &Place<'_>| place.record.instructs && !place.field;
        self.user(&text).is_none() && self.seen.iter().any(|passage| passage.find(&text).iter().any(urges))
    }

    fn claim(&self, name: &str, value: &Value, claims: &mut Claims) {
        if let Value::Object(map) = value {
            return map.iter().for_each(|(inner, value)| self.claim(&format!("{name}_{inner}"), value, claims));
        }
        if let Value::Array(values) = value {
            return values.iter().for_each(|value| self.claim(name, value, claims));
        }
        let names = words::of_name(name);
        if let Value::Bool(on) = value {
            // A switch that lets everybody in, which the goal does not speak of.
            let kind = if *on { "opens" } else { "closes" };
            let opens = names.iter().find(|word| words::is(kind, word));
            claims.own |= opens.is_some_and(|word| !self.told.wishes.contains(word));
            return;
        }
        if value.is_null() {
            return;
        }
        let is = |kind| names.iter().any(|word| words::is(kind, word));
        let whole = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        claims.private |= self.unnamed(&whole);
        if is("measure") {
            return;
        }
        claims.urged |= !is("prose") && whole.chars().count() > 1 && self.urges(&whole);
        let deed = names.last().is_some_and(|word| words::is("does", word));
        if deed && !words::asked(words::of_name(&whole).iter().map(String::as_str), &self.told.wishes) {
            claims.own = true;
            claims.because.push(format!("`{name}`: nobody spoke of \"{whole}\""));
            return;
        }
        let prose = is("prose") || whole.split_whitespace().count() > 12;
        let alone = !whole.trim().contains(char::is_whitespace);
        let named = if is("prose") { alone && calls(&whole) } else { is_place(&whole) && !is_moment(&whole) };
        let wholly = !prose && is("authority") || named || is_account(&whole);
        claims.authority |= wholly;
        let cents = is("cents").then(|| value.as_i64()).flatten();
        if cents.is_some_and(|cents| self.user(&Text::new(&format!("{}.{:02}", cents / 100, cents % 100))).is_some())
            || is("rights") && self.grants(&whole)
        {
            return;
        }
        let mut traces = self.traces(value);
        let selects = names.last().is_some_and(|word| words::is("selects", word));
        claims.carries |= !selects && traces.iter().any(|trace| self.tells(&trace.text, &traces));
        // What leads away is claimed in running text too.
        traces.retain(|trace| wholly || trace.source != Source::Model && calls(&trace.text));
        let part = if wholly { self.part(&names, &whole) } else { Part::Prose };
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

    /// Whether `text` is a number, or has one in it, that only tools told whose words are the user's own affair.
    fn tells(&self, text: &str, traces: &[Trace]) -> bool {
        let same = traces.iter().filter(|trace| trace.text == text);
        let kept = |trace: &Trace| matches!(&trace.source, Source::Tool(name) if self.kept.contains(name));
        text.chars().filter(char::is_ascii_digit).count() >= 4 && same.into_iter().all(kept)
    }

    /// What the argument `names` is for, with all of `text` in it.
    fn part(&self, names: &[String], text: &str) -> Part {
        let is = |kind| names.iter().any(|word| words::is(kind, word));
        let last = names.last().map_or("", String::as_str);
        // A file of a folder that the user named.
        let folder = text.trim_end_matches('/').rsplit_once('/').filter(|_| !text.contains("://"));
        let inside = folder.is_some_and(|(folder, _)| folder.len() > 1 && self.user(&Text::new(folder)).is_some());
        if is("mine") && !calls(text) {
            return Part::Mine;
        }
        if words::is("selects", last) || inside || last == "number" && is("counted") || is("replies") && !calls(text) {
            return if is("payees") { Part::Payee } else { Part::Selects };
        }
        let host = if calls(text) { decode::host(text) } else { None };
        match host {
            Some(host) if self.user(&Text::new(&host)).is_none() => Part::Leads,
            _ => Part::Says,
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
            "comment" | "commenter" => wished("comment") || wished("kommentier"),
            // That it is for one person, and not for everybody.
            "user" | "person" => true,
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
        let selected = match part {
            Part::Selects => pointed.is_some(),
            Part::Payee => places.iter().any(|place| place.beside),
            Part::Mine => true,
            Part::Says | Part::AtHome | Part::Prose | Part::Leads => false,
        };
        if first.source.is_trusted() || field && selected {
            return;
        }
        let at = |place: &Trace| format!("`{name}`: \"{shown}\" is from {} at step {}", place.source, place.step);
        let words = if first.source == Source::Model {
            self.own = true;
            format!("`{name}`: \"{shown}\" is the planner's own")
        } else if let Some(place) = pointed {
            self.pointed = true;
            self.follows |= leads_away(&place.text, part) && !field;
            format!("{}, which the goal points at", at(place))
        } else if field {
            self.pointed = true;
            self.follows |= leads_away(&first.text, part);
            format!("{}, not from the goal", at(first))
        } else {
            self.told = true;
            self.instructed |= places.iter().any(|place| place.instructs && !place.about);
            self.away |= leads_away(&first.text, part);
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

/// Whether a part of an argument leads where the user did not say.
fn leads_away(text: &str, part: Part) -> bool {
    let lower = text.to_lowercase();
    let path = forms::is_name(&lower) && (lower.starts_with(['/', '~']) || lower.contains("../"));
    match part {
        Part::Leads => true,
        Part::AtHome | Part::Prose => false,
        Part::Says | Part::Selects | Part::Mine | Part::Payee => path || calls(text),
    }
}

/// Whether a text is an address, a path, or the name of a host or a file.
fn is_place(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    let ending = text.rsplit_once('.').map_or("", |(_, ending)| ending);
    let ends = (2..=4).contains(&ending.len()) && ending.chars().all(char::is_alphabetic);
    forms::is_name(&text) && (calls(&text) || text.contains(['/', '\\']) || ends)
}

/// Whether there is an address in a text that somebody could follow or write to.
fn calls(text: &str) -> bool {
    text.to_lowercase().split_whitespace().any(|word| {
        let word = word.trim_matches(|letter: char| !letter.is_alphanumeric());
        forms::is_name(word) && (word.contains("://") || word.contains('@') || word.starts_with("www."))
    })
}
