//! The words of the script language, and which call each of them stands for.

use Kind::{Address, Count, Flag, Json, Secret, Text};

/// One word: a key of a step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word {
    pub(super) name: &'static str,
    pub(super) tool: &'static str,
    pub(super) verb: &'static str,
    pub(super) fields: &'static [Field],
    /// Exactly one of these fields is needed, if there are any.
    pub(super) one_of: &'static [&'static str],
    /// An argument that the word itself stands for.
    pub(super) fixed: Option<(&'static str, Fixed)>,
}

/// One field of a word's table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) arg: &'static str,
    pub(super) kind: Kind,
    pub(super) needed: bool,
}

/// What a field may hold.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Text,
    Address,
    Count,
    Flag,
    Json,
    /// The name of a declared secret.
    Secret,
}

/// The value of an argument that a word stands for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fixed {
    Text(&'static str),
    Flag(bool),
}

impl Word {
    /// The field that a bare value stands for: the first one, if nothing else is needed.
    pub(super) fn bare(&self) -> Option<&'static Field> {
        let (first, others) = self.fields.split_first()?;
        let alone = self.one_of.is_empty() || self.one_of.contains(&first.name);
        (alone && !others.iter().any(|field| field.needed)).then_some(first)
    }

    /// Whether `true` says all there is to say.
    pub(super) fn stands_alone(&self) -> bool {
        self.one_of.is_empty() && !self.fields.iter().any(|field| field.needed)
    }

    const fn new(name: &'static str, tool: &'static str, verb: &'static str, fields: &'static [Field]) -> Self {
        Self { name, tool, verb, fields, one_of: &[], fixed: None }
    }

    const fn page(name: &'static str, fields: &'static [Field]) -> Self {
        Self::new(name, "browser", name, fields)
    }

    const fn one_of(self, one_of: &'static [&'static str]) -> Self {
        Self { one_of, ..self }
    }

    const fn fixed(self, arg: &'static str, value: Fixed) -> Self {
        Self { fixed: Some((arg, value)), ..self }
    }
}

const fn needs(name: &'static str, arg: &'static str, kind: Kind) -> Field {
    Field { name, arg, kind, needed: true }
}

const fn takes(name: &'static str, arg: &'static str, kind: Kind) -> Field {
    Field { name, arg, kind, needed: false }
}

const TARGET: Field = needs("target", "target", Text);
const MAYBE_TARGET: Field = takes("target", "target", Text);
const NAME: Field = needs("name", "name", Text);
const FILE: Field = needs("file", "path", Text);
const URL: Field = needs("url", "url", Address);
const SECONDS: Field = takes("seconds", "seconds", Count);

/// Every word but `take` and `call`, which are read in their own way.
pub(super) const WORDS: &[Word] = &[
    Word::page("look", &[]),
    Word::page("open", &[URL]),
    Word::page("click", &[TARGET]),
    Word::page("double_click", &[TARGET]),
    Word::page("hover", &[TARGET]),
    Word::page("drag", &[TARGET, needs("to", "to", Text)]),
    Word::page(
        "fill",
        &[needs("field", "target", Text), takes("with", "text", Text), takes("secret", "secret", Secret)],
    )
    .one_of(&["with", "secret"]),
    Word::page("select", &[needs("field", "target", Text), needs("option", "option", Text)]),
    Word::page("check", &[TARGET]).fixed("on", Fixed::Flag(true)),
    Word::new("uncheck", "browser", "check", &[TARGET]).fixed("on", Fixed::Flag(false)),
    Word::page("press", &[needs("key", "key", Text), takes("on", "target", Text)]),
    Word::page("scroll", &[takes("to", "to", Text), takes("by", "by", Count), MAYBE_TARGET]),
    Word::page("back", &[]),
    Word::page("forward", &[]),
    Word::page("reload", &[]),
    Word::page(
        "wait",
        &[
            takes("text", "text", Text),
            MAYBE_TARGET,
            takes("address", "address", Text),
            takes("gone", "gone", Flag),
            SECONDS,
        ],
    )
    .one_of(&["text", "target", "address"]),
    Word::page("find", &[takes("text", "text", Text), takes("pattern", "pattern", Text), takes("role", "role", Text)])
        .one_of(&["text", "pattern", "role"]),
    Word::page("read", &[MAYBE_TARGET]),
    Word::page("extract", &[takes("fields", "fields", Json), takes("schema", "schema", Json)])
        .one_of(&["fields", "schema"]),
    Word::page(
        "screenshot",
        &[takes("full", "full", Flag), MAYBE_TARGET, takes("marks", "marks", Flag), takes("width", "width", Count)],
    ),
    Word::page("tabs", &[takes("tab", "tab", Count), takes("close", "close", Flag)]),
    Word::page("frame", &[MAYBE_TARGET]),
    Word::page("dialog", &[needs("accept", "accept", Flag)]),
    Word::page("upload", &[needs("field", "target", Text), FILE]),
    Word::page("download", &[MAYBE_TARGET, takes("url", "url", Address), takes("file", "path", Text)])
        .one_of(&["target", "url"]),
    Word::page("print", &[takes("file", "path", Text)]),
    Word::page("save_session", &[NAME]),
    Word::page("restore_session", &[NAME]),
    Word::new("list", "files", "list", &[takes("file", "path", Text)]),
    Word::new("read_file", "files", "read", &[FILE]),
    Word::new("write", "files", "write", &[FILE, needs("text", "text", Text)]),
    Word::new("append", "files", "append", &[FILE, needs("text", "text", Text)]),
    Word::new("make_folder", "files", "make_folder", &[FILE]),
    Word::new("move", "files", "move", &[needs("from", "from", Text), needs("to", "to", Text)]),
    Word::new("delete", "files", "delete", &[FILE]),
    Word::new("get", "http", "request", &[URL, takes("headers", "headers", Json)]).fixed("method", Fixed::Text("GET")),
    Word::new(
        "post",
        "http",
        "request",
        &[URL, takes("json", "json", Json), takes("body", "body", Text), takes("headers", "headers", Json)],
    )
    .fixed("method", Fixed::Text("POST")),
];
