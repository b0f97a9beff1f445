//! What came back from the world. Always data, never an instruction.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::{Advice, Label, Page, Source};

/// What a tool saw, with where it came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// The text for a planner to read.
    pub content: String,
    label: Label,
    /// The same in a form for programs; null if there is none.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub data: Value,
    /// The page as it stands, if a page was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<Page>,
    /// Pictures that were taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pictures: Vec<Picture>,
    /// What the action sent that may have changed something, as it was seen on the way to the server.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<Exchange>,
    /// Whether what later calls refer to may be gone: the page moved or changed its document.
    #[serde(default)]
    pub moved: bool,
}

impl Observation {
    fn from(source: Source, content: impl Into<String>) -> Self {
        Self {
            content: content.into(),
            label: Label::of(source),
            data: Value::Null,
            page: None,
            pictures: Vec::new(),
            requests: Vec::new(),
            moved: false,
        }
    }

    /// What a page of `origin` (such as `https://shop.test`) showed.
    #[must_use]
    pub fn from_page(origin: &str, content: impl Into<String>) -> Self {
        Self::from(Source::Page(origin.to_owned()), content)
    }

    /// What `url` answered.
    #[must_use]
    pub fn from_url(url: &Url, content: impl Into<String>) -> Self {
        Self::from(Source::Url(url.to_string()), content)
    }

    /// What stands in the workspace file `path`.
    #[must_use]
    pub fn from_file(path: &str, content: impl Into<String>) -> Self {
        Self::from(Source::File(path.to_owned()), content)
    }

    /// What the tool `name` said.
    #[must_use]
    pub fn from_tool(name: &str, content: impl Into<String>) -> Self {
        Self::from(Source::Tool(name.to_owned()), content)
    }

    /// The same observation with a form for programs.
    #[must_use]
    pub fn with_data(mut self, data: impl Into<Value>) -> Self {
        self.data = data.into();
        self
    }

    /// The same observation, of text that came from the places of `label` before.
    #[must_use]
    pub fn from_before(mut self, label: &Label) -> Self {
        self.label = label.outside().map_or(self.label.clone(), |before| self.label.join(&before));
        self
    }

    /// The same observation with a look at the page.
    #[must_use]
    pub fn with_page(mut self, page: Page) -> Self {
        self.page = Some(page);
        self
    }

    /// The same observation with what the policy would say to acting on each row of the page, by
    /// reference; rows that are not named are as they were offered.
    #[must_use]
    pub fn advised(mut self, advice: &HashMap<u32, Advice>) -> Self {
        if let Some(page) = &mut self.page {
            let before = page.to_string();
            page.advise(advice);
            self.content = self.content.replacen(before.trim_end(), page.to_string().trim_end(), 1);
        }
        self
    }

    /// The same observation with a picture.
    #[must_use]
    pub fn with_picture(mut self, picture: Picture) -> Self {
        self.pictures.push(picture);
        self
    }

    /// The same observation with what was sent meanwhile.
    #[must_use]
    pub fn with_requests(mut self, requests: impl IntoIterator<Item = Exchange>) -> Self {
        self.requests.extend(requests);
        self
    }

    /// The same observation, saying that the page moved.
    #[must_use]
    pub fn after_move(mut self) -> Self {
        self.moved = true;
        self
    }

    /// Where it came from.
    #[must_use]
    pub fn label(&self) -> &Label {
        &self.label
    }

    /// The same observation with every text of it changed by `change`; redaction uses it.
    #[must_use]
    pub fn map_text(mut self, change: &dyn Fn(&str) -> String) -> Self {
        self.content = change(&self.content);
        self.label = self.label.map_text(change);
        map_value(&mut self.data, change);
        map_numbers(&mut self.data, change);
        self.pictures.iter_mut().for_each(|picture| picture.about = change(&picture.about));
        self.requests.iter_mut().for_each(|request| request.url = change(&request.url));
        if let Some(page) = self.page.take() {
            self.page = Some(page.map_text(change));
        }
        self
    }

    /// All the text in it, for tracing.
    #[must_use]
    pub fn everything(&self) -> String {
        let mut text = self.content.clone();
        if let Some(page) = &self.page {
            for part in [page.url.as_str(), &page.title, &page.text] {
                text.push('\n');
                text.push_str(part);
            }
            for row in page.table.rows.iter().chain(&page.more) {
                text.push('\n');
                text.push_str(&row.to_string());
                if let Some(detail) = &row.detail {
                    for part in [&detail.label, &detail.around, &detail.marks] {
                        text.push('\n');
                        text.push_str(part);
                    }
                }
                row.options.iter().for_each(|option| {
                    text.push('\n');
                    text.push_str(option);
                });
            }
        }
        if !self.data.is_null() {
            collect_text(&self.data, &mut text);
        }
        text
    }
}

fn collect_text(value: &Value, out: &mut String) {
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Number(number) => {
            out.push('\n');
            out.push_str(&number.to_string());
        }
        Value::String(text) => {
            out.push('\n');
            out.push_str(text);
        }
        Value::Array(values) => values.iter().for_each(|value| collect_text(value, out)),
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            out.push('\n');
            out.push_str(key);
            collect_text(value, out);
        }),
    }
}

/// Changes every text of `value`, keys included.
pub(crate) fn map_value(value: &mut Value, change: &dyn Fn(&str) -> String) {
    match value {
        Value::String(text) => *text = change(text),
        Value::Array(values) => values.iter_mut().for_each(|value| map_value(value, change)),
        Value::Object(map) => {
            let entries = std::mem::take(map).into_iter();
            *map = entries
                .map(|(key, mut value)| {
                    map_value(&mut value, change);
                    (change(&key), value)
                })
                .collect();
        }
        _ => {}
    }
}

/// Turns every number of `value` that `change` would change into the changed text.
fn map_numbers(value: &mut Value, change: &dyn Fn(&str) -> String) {
    match value {
        Value::Number(number) => {
            let text = number.to_string();
            let changed = change(&text);
            if changed != text {
                *value = Value::String(changed);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| map_numbers(value, change)),
        Value::Object(map) => map.values_mut().for_each(|value| map_numbers(value, change)),
        _ => {}
    }
}

/// A request, and what the server made of it. No page can claim it or keep it from being seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// The HTTP method.
    pub method: String,
    /// The whole address.
    pub url: String,
    /// The HTTP status of the answer; absent if none was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
}

/// A picture, as bytes of a PNG file. The record keeps it beside itself, by hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// What it shows, in a few words.
    pub about: String,
    /// The PNG file, in base64.
    pub png: String,
}
