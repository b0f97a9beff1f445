//! A page, drawn control by control, as a look would show it.

use lamassu::{Change, Detail, Page, Row, Table};

use crate::chance::Chance;

/// A page under way.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sketch {
    pub(crate) rows: Vec<Row>,
    pub(crate) lines: Vec<String>,
    record: u32,
    around: String,
}

/// Attribute words as makers of pages choose them, with nothing to do with what is meant.
const NOISE: &[&str] = &[
    "btn", "primary", "col", "row", "item", "ui", "widget", "left", "small", "x1", "css", "inner", "main", "wrap",
    "box", "default",
];
const CLUTTER: &[(&str, &str)] = &[
    ("link", "Home"),
    ("link", "About us"),
    ("link", "Privacy"),
    ("link", "Terms"),
    ("link", "Contact"),
    ("link", "Careers"),
    ("button", "Menu"),
    ("link", "Help"),
    ("button", "Share"),
    ("link", "Blog"),
    ("link", "Pricing"),
    ("button", "Feedback"),
    ("link", "English"),
    ("button", "Notifications"),
    ("link", "Account"),
    ("link", "Log out"),
    ("button", "Refresh"),
];

impl Sketch {
    /// Adds a control; its number comes back.
    pub(crate) fn add(&mut self, role: &str, name: &str, tag: &str) -> u32 {
        let reference = u32::try_from(self.rows.len() + 1).unwrap();
        let down = i32::try_from(self.rows.len()).unwrap() * 30;
        let field = matches!(role, "textbox" | "searchbox" | "spinbutton" | "combobox" | "listbox");
        self.rows.push(Row {
            reference,
            role: role.to_owned(),
            name: name.to_owned(),
            value: field.then(String::new),
            detail: Some(Box::new(Detail {
                order: reference,
                tag: tag.to_owned(),
                record: self.record,
                around: self.around.clone(),
                place: [10, down, 120, 24],
                ..Detail::default()
            })),
            ..Row::default()
        });
        reference
    }

    pub(crate) fn button(&mut self, name: &str) -> u32 {
        self.add("button", name, "button/submit")
    }

    pub(crate) fn field(&mut self, name: &str) -> u32 {
        self.add("textbox", name, "input/text")
    }

    pub(crate) fn tick(&mut self, name: &str) -> u32 {
        self.add("checkbox", name, "input/checkbox")
    }

    pub(crate) fn list(&mut self, name: &str, options: &[&str]) -> u32 {
        let reference = self.add("combobox", name, "select");
        let row = self.row(reference);
        row.options = options.iter().map(|option| (*option).to_owned()).collect();
        row.value = options.first().map(|option| (*option).to_owned());
        reference
    }

    /// A picture that can be pressed: it has no name but its attributes.
    pub(crate) fn icon(&mut self, marks: &str) -> u32 {
        let reference = self.add("clickable", "", "span");
        self.detail(reference).marks = marks.to_owned();
        reference
    }

    pub(crate) fn row(&mut self, reference: u32) -> &mut Row {
        self.rows.iter_mut().find(|row| row.reference == reference).unwrap()
    }

    pub(crate) fn detail(&mut self, reference: u32) -> &mut Detail {
        self.row(reference).detail.as_mut().unwrap()
    }

    /// What is added next stands in a row or card with this text.
    pub(crate) fn open(&mut self, text: &str) -> u32 {
        self.record = 10_000 + u32::try_from(self.rows.len() * 7 + self.lines.len()).unwrap();
        text.clone_into(&mut self.around);
        self.lines.push(text.to_owned());
        self.record
    }

    /// What is added next stands in a plain box with this text, such as a question.
    pub(crate) fn boxed(&mut self, text: &str) {
        self.record = 0;
        text.clone_into(&mut self.around);
        self.lines.push(text.to_owned());
    }

    pub(crate) fn close(&mut self) {
        self.record = 0;
        self.around.clear();
    }

    pub(crate) fn line(&mut self, text: &str) {
        self.lines.push(text.to_owned());
    }

    /// Everything is new on it, as on a part of a page that has just come.
    pub(crate) fn fresh(mut self) -> Self {
        self.rows.iter_mut().for_each(|row| row.change = Some(Change::New));
        self
    }

    /// Adds attributes that say nothing, and controls that have nothing to do with the goal. Controls
    /// keep their numbers; only their order changes.
    pub(crate) fn finish(mut self, chance: &mut Chance) -> Self {
        for row in &mut self.rows {
            let detail = row.detail.as_mut().unwrap();
            for _ in 0..chance.below(3) {
                detail.marks = format!("{} {}", detail.marks, chance.pick(NOISE));
            }
        }
        let most = if chance.happens(30) { 14 } else { 4 };
        let own = self.rows.len();
        for _ in 0..chance.below(most) {
            let (role, name) = CLUTTER[chance.below(CLUTTER.len())];
            if self.rows.iter().all(|row| row.name != name) {
                self.add(role, name, if role == "link" { "a" } else { "button/button" });
            }
        }
        // Most pages have a field to search by, and most wishes are about something else.
        let searched = |row: &Row| {
            row.role == "searchbox" || ["earch", "Suchen", "검색"].iter().any(|word| row.name.contains(word))
        };
        if chance.happens(25) && !self.rows.iter().any(searched) {
            self.add("searchbox", chance.pick(&["Search", "Search this site", "Find"]), "input/search");
        }
        if chance.happens(60) {
            let extra = self.rows.split_off(own);
            self.rows.splice(0..0, extra);
        }
        for (index, row) in self.rows.iter_mut().enumerate() {
            row.detail.as_mut().unwrap().order = u32::try_from(index).unwrap();
        }
        self
    }

    pub(crate) fn page(&self) -> Page {
        Page {
            url: "https://page.test/".parse().unwrap(),
            title: "Page".to_owned(),
            table: Table { rows: self.rows.clone(), notes: Vec::new() },
            text: self.lines.join("\n"),
            more: Vec::new(),
        }
    }
}
