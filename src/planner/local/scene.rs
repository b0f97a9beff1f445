//! What a look shows, as the planner compares it: controls with their words, records, and the
//! patterns that people know at a glance, such as a calendar or the numbers of further pages.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use lamassu_contract::{Advice, Change, Detail, Page, Row};

use super::{
    dates,
    hash::{self, Fnv},
    layer::{self, Layer},
    words::{self, stems},
};

/// How many words of a control's attributes and pictures count.
const MARKS: usize = 24;

/// A page as it is seen now.
#[derive(Debug, Clone, Default)]
pub struct Scene {
    /// The controls, in the order of the page.
    pub elements: Vec<Element>,
    /// The lines of the visible text.
    pub lines: Vec<String>,
    /// The controls of each row, card or item.
    pub records: BTreeMap<u32, Vec<usize>>,
    /// The calendar that is open, if one is.
    pub calendar: Option<Calendar>,
    /// The numbers of further pages.
    pub pager: Option<Pager>,
    /// A question or a notice that lies over the page.
    pub layer: Option<Layer>,
    /// Changes when anything that can be seen changes.
    pub print: u64,
    /// On how many controls each word stands.
    counts: HashMap<String, u32>,
    /// How many kinds of controls have each meaning.
    kinds: HashMap<u8, usize>,
}

/// A control.
#[derive(Debug, Clone, Default)]
pub struct Element {
    /// The number by which a call names it.
    pub reference: u32,
    /// Its ARIA role.
    pub role: String,
    /// Its accessible name.
    pub name: String,
    /// The words of its name.
    pub stems: Vec<String>,
    /// The words of the text before it.
    pub label: Arc<[String]>,
    /// The words of its attributes and pictures.
    pub marks: Arc<[String]>,
    /// The groups of meaning of its name, or of its marks where it has no telling name.
    pub concepts: Vec<u8>,
    /// What is in it, if it is a field.
    pub value: Option<String>,
    /// What can be chosen in it.
    pub options: Vec<String>,
    /// Its states, as the look tells them.
    pub states: Vec<String>,
    /// The row, card or item it stands in; 0 if none.
    pub record: u32,
    /// The words of that.
    pub around: Arc<[String]>,
    /// The text of that.
    pub around_text: String,
    /// What the heading or row around it is called.
    pub context: Arc<[String]>,
    /// Its tag and type.
    pub tag: String,
    /// Its background as `#rrggbb`.
    pub colour: String,
    /// Left, top, width and height.
    pub place: [i32; 4],
    /// How far it can be scrolled inside.
    pub below: u32,
    /// Whether the policy would refuse whatever is done with it.
    pub refused: bool,
    /// Whether it has come since the last look.
    pub fresh: bool,
    /// What it is while the document lives.
    pub identity: u64,
    /// Whether another control in it is called the same, or several in it make up its name.
    pub wraps: bool,
    /// Its place among the controls that are made like it, from 1, and how many those are.
    pub place_among: (usize, usize),
    /// Whether it is a field to search by, or sends one off.
    pub seeks: bool,
    /// Whether it shows another part of the page in place of the one that is shown, as a tab or a day does.
    pub switches: bool,
}

/// A month with its days.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    /// The days, as `(day of the month, control)`.
    pub days: Vec<(u32, usize)>,
    /// The month that is shown, in months from the beginning of time.
    pub month: Option<i64>,
}

/// Numbers that lead to further pages.
#[derive(Debug, Clone, Default)]
pub struct Pager {
    /// The numbers, as `(number of the page, control)`.
    pub pages: Vec<(usize, usize)>,
    /// The number of the page that is shown.
    pub current: usize,
}

/// The stems of texts, of which a page has many more than once.
#[derive(Default)]
struct Stems(HashMap<String, Arc<[String]>>);

impl Stems {
    fn of(&mut self, text: &str) -> Arc<[String]> {
        if let Some(known) = self.0.get(text) {
            return Arc::clone(known);
        }
        let found: Arc<[String]> = stems(text).into();
        self.0.insert(text.to_owned(), Arc::clone(&found));
        found
    }
}

impl Element {
    fn new(row: &Row, url: &str, stems: &mut Stems) -> Self {
        let none = Detail::default();
        let detail = row.detail.as_deref().unwrap_or(&none);
        let mut own = stems.of(&row.name).to_vec();
        let all = stems.of(&detail.marks);
        let marks = all.get(..MARKS).map_or(Arc::clone(&all), Arc::from);
        let sign = words::sign(&row.name).map(str::to_owned);
        if own.is_empty() {
            own.extend(sign.clone());
        }
        // `Orders` are things; only `Order` is an act.
        let things = row
            .name
            .to_lowercase()
            .split_whitespace()
            .next()
            .is_some_and(|first| own.first().is_some_and(|stem| stem != first));
        let telling = own.iter().any(|word| word.chars().count() > 1 || !word.is_ascii());
        let meant: Vec<_> = own.iter().chain(&sign).chain(marks.iter().filter(|_| !telling)).take(6).collect();
        let meant: Vec<_> = meant.into_iter().filter(|word| !things || words::verb(word).is_none()).collect();
        let mut concepts: Vec<_> = meant.into_iter().flat_map(|word| words::concepts(word)).copied().collect();
        if let [first, "in" | "on", ..] = own.iter().map(String::as_str).collect::<Vec<_>>()[..]
            && matches!(first, "sign" | "log")
        {
            concepts.push(words::concept("login"));
        }
        concepts.sort_unstable();
        concepts.dedup();
        Self {
            reference: row.reference,
            role: row.role.clone(),
            name: row.name.clone(),
            label: stems.of(&detail.label),
            concepts,
            stems: own,
            marks,
            value: row.value.clone(),
            options: row.options.clone(),
            states: row.states.clone(),
            record: detail.record,
            around: stems.of(&detail.around),
            around_text: detail.around.clone(),
            context: stems.of(&row.context),
            tag: detail.tag.clone(),
            colour: detail.colour.clone(),
            place: detail.place,
            below: detail.below,
            refused: row.advice == Some(Advice::Refused),
            fresh: row.change == Some(Change::New),
            identity: hash::of([url, &row.reference.to_string()]),
            wraps: false,
            place_among: (1, 1),
            seeks: false,
            switches: false,
        }
    }

    /// A control of which nothing is known but its role and its name.
    #[must_use]
    pub fn called(role: &str, name: &str) -> Self {
        let row = Row { role: role.to_owned(), name: name.to_owned(), ..Row::default() };
        Self::new(&row, "", &mut Stems::default())
    }

    /// Whether it is in this state.
    #[must_use]
    pub fn is(&self, state: &str) -> bool {
        self.states.iter().any(|known| known == state)
    }

    /// Whether text can be typed into it.
    #[must_use]
    pub fn is_field(&self) -> bool {
        matches!(self.role.as_str(), "textbox" | "searchbox" | "spinbutton")
            || self.role == "combobox" && self.tag != "select"
    }

    /// Whether it can be ticked.
    #[must_use]
    pub fn is_box(&self) -> bool {
        matches!(self.role.as_str(), "checkbox" | "switch" | "radio" | "menuitemcheckbox" | "menuitemradio")
    }

    /// Whether something can be chosen in it.
    #[must_use]
    pub fn is_list(&self) -> bool {
        self.tag.starts_with("select")
    }

    /// Whether it has the meaning of `word`.
    #[must_use]
    pub fn means(&self, word: &str) -> bool {
        self.concepts.contains(&words::concept(word))
    }

    /// Whether it sends off what has been filled in.
    #[must_use]
    pub fn submits(&self) -> bool {
        let pressed = matches!(self.role.as_str(), "button" | "link" | "clickable");
        let begins = self.stems.iter().any(|word| matches!(word.as_str(), "new" | "neu" | "neue" | "neues" | "새"));
        pressed
            && !begins
            && (self.tag.ends_with("/submit") && !self.tag.starts_with("button")
                || ["submit", "send", "save", "search", "login", "add", "buy", "book", "pay", "continue"]
                    .iter()
                    .any(|word| self.means(word))
                    && self.stems.len() <= 3)
    }

    /// Whether it is the one of several that is shown or pressed now.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        matches!(self.role.as_str(), "button" | "tab" | "link" | "clickable")
            && ["pressed", "selected", "current"].iter().any(|state| self.is(state))
            && self.place_among.1 > 1
    }

    /// Whether it leads away from what is under way.
    #[must_use]
    pub fn leaves(&self) -> bool {
        ["cancel", "close", "back", "logout", "decline"].iter().any(|word| self.means(word)) && self.stems.len() <= 3
    }

    /// Whether pressing it may commit the user to something that cannot be taken back.
    #[must_use]
    pub fn commits(&self) -> bool {
        let ends = self.means("cancel") && self.stems.len() > 1;
        let acts = ["delete", "pay", "buy", "send", "transfer", "book"].iter().any(|word| self.means(word));
        self.stems.len() <= 5 && (acts || ends) && !self.is_field()
    }

    /// Whether something is folded up in it.
    #[must_use]
    pub fn unfolds(&self) -> bool {
        self.is("collapsed")
            || matches!(self.role.as_str(), "tab" | "treeitem") && !self.is("selected") && !self.is("expanded")
            || self.marks.iter().any(|mark| {
                matches!(
                    mark.as_str(),
                    "expand" | "expandable" | "collapsed" | "folder" | "hitarea" | "toggle" | "accordion" | "closed"
                )
            })
    }
}

impl Scene {
    /// What `page` shows.
    #[must_use]
    pub fn of(page: &Page) -> Self {
        let mut rows: Vec<&Row> = page.table.rows.iter().chain(&page.more).collect();
        rows.sort_by_key(|row| row.detail.as_ref().map_or(u32::MAX, |detail| detail.order));
        let url = page.url.as_str();
        let mut stems = Stems::default();
        let elements: Vec<_> = rows.into_iter().map(|row| Element::new(row, url, &mut stems)).collect();
        let print = print(url, &page.text, &elements);
        let mut scene =
            Self { lines: page.text.lines().map(str::to_owned).collect(), print, elements, ..Self::default() };
        scene.count();
        scene.group();
        scene.nest();
        scene.find_search();
        scene.layer = layer::find(&scene);
        scene.calendar = scene.find_calendar();
        scene.pager = scene.find_pager();
        scene
    }

    /// The same page without what programs call its controls by.
    #[must_use]
    pub fn without_marks(&self) -> Self {
        let mut bare = self.clone();
        for element in &mut bare.elements {
            let telling = element.stems.iter().any(|word| word.chars().count() > 1 || !word.is_ascii());
            element.marks = Arc::default();
            if !telling {
                element.concepts.clear();
            }
        }
        bare
    }

    fn count(&mut self) {
        for element in &self.elements {
            let mut own: Vec<_> = element.stems.iter().collect();
            own.sort();
            own.dedup();
            for word in own {
                *self.counts.entry(word.clone()).or_default() += 1;
            }
        }
        for (index, element) in self.elements.iter().enumerate() {
            if element.record != 0 {
                self.records.entry(element.record).or_default().push(index);
            }
        }
    }

    /// Numbers the controls that are made alike.
    fn group(&mut self) {
        let shown = |element: &Element| ["pressed", "selected", "current"].iter().any(|state| element.is(state));
        let numbered = |mark: &str| mark.chars().any(|letter| letter.is_ascii_digit());
        let mut known: HashMap<(&str, &str, Vec<&String>), usize> = HashMap::new();
        // How many there are of each kind, and how many of these are shown.
        let mut kinds: Vec<(usize, usize)> = Vec::new();
        let mut places: Vec<(usize, usize)> = Vec::with_capacity(self.elements.len());
        for element in &self.elements {
            let marks = element.marks.iter().filter(|mark| !numbered(mark) && !element.stems.contains(mark));
            let kind = *known.entry((&element.role, &element.tag, marks.collect())).or_insert(kinds.len());
            if kind == kinds.len() {
                kinds.push((0, 0));
            }
            if let Some((count, chosen)) = kinds.get_mut(kind) {
                *count += 1;
                *chosen += usize::from(shown(element));
                places.push((kind, *count));
            }
        }
        for (element, (kind, place)) in self.elements.iter_mut().zip(places) {
            let (count, chosen) = kinds.get(kind).copied().unwrap_or_default();
            element.place_among = (place, count);
            let pressed = matches!(element.role.as_str(), "button" | "tab" | "link" | "clickable");
            element.switches = pressed && chosen == 1 && !shown(element);
        }
        let firsts = self.elements.iter().filter(|element| element.place_among.0 == 1);
        firsts.flat_map(|element| &element.concepts).for_each(|concept| *self.kinds.entry(*concept).or_default() += 1);
    }

    /// Finds what merely wraps other controls.
    fn nest(&mut self) {
        let wrapping: Vec<bool> = self
            .elements
            .iter()
            .enumerate()
            .map(|(index, outer)| {
                if outer.stems.is_empty() || outer.is_field() || outer.is_list() {
                    return false;
                }
                let near = self.elements.iter().skip(index + 1).take(6);
                let inside = near.filter(|inner| !inner.stems.is_empty() && holds(outer.place, inner.place));
                let words: Vec<&String> = inside.flat_map(|inner| &inner.stems).collect();
                outer.stems.iter().all(|word| words.contains(&word))
            })
            .collect();
        for (element, wraps) in self.elements.iter_mut().zip(wrapping) {
            element.wraps = wraps;
        }
    }

    /// Finds the fields to search by: those that are called so, and a lone field before a button that searches.
    fn find_search(&mut self) {
        let search = words::concept("search");
        let called = |element: &Element| {
            element.role == "searchbox"
                || element.tag == "input/search"
                || element.stems.iter().chain(element.marks.iter()).any(|word| {
                    matches!(word.as_str(), "search" | "suche" | "검색" | "query" | "q" | "keyword" | "suchbegriff")
                })
        };
        let sends = |element: &Element| element.role == "button" && element.concepts.contains(&search);
        let lone = |index: usize| {
            let field = |at: Option<usize>| at.and_then(|at| self.elements.get(at)).is_some_and(Element::is_field);
            !field(index.checked_sub(1)) && self.elements.get(index + 1).is_some_and(sends)
        };
        let seeks: Vec<bool> = (self.elements.iter().enumerate())
            .map(|(index, element)| called(element) || element.is_field() && lone(index))
            .collect();
        // Without a field of its own, a button that searches belongs to another form.
        let fields = self.elements.iter().zip(&seeks).any(|(element, seeks)| *seeks && element.is_field());
        self.elements.iter_mut().zip(seeks).for_each(|(element, seeks)| element.seeks = seeks && fields);
    }

    /// How many kinds of controls have this meaning.
    #[must_use]
    pub fn kinds(&self, concept: u8) -> usize {
        self.kinds.get(&concept).copied().unwrap_or(1)
    }

    /// How rare a word is among the names of the page: 1 for one that stands once.
    #[must_use]
    pub fn rarity(&self, word: &str) -> f32 {
        let count = self.counts.get(word).copied().unwrap_or(1).max(1);
        #[expect(clippy::cast_precision_loss, reason = "a page has few controls")]
        let count = count as f32;
        1.0 / (1.0 + count.ln())
    }

    fn find_calendar(&self) -> Option<Calendar> {
        let numbered = self.elements.iter().enumerate().filter(|(_, element)| !element.is_field() && !element.is_box());
        let days: Vec<(u32, usize)> = numbered
            .filter_map(|(index, element)| {
                Some((element.name.trim().parse::<u32>().ok().filter(|day| (1..=31).contains(day))?, index))
            })
            .collect();
        if days.len() < 20 {
            return None;
        }
        let shown = self.lines.iter().find_map(|line| dates::month_of(line));
        let month = shown.or_else(|| {
            let lists =
                self.elements.iter().filter_map(|element| element.value.as_deref()).collect::<Vec<_>>().join(" ");
            dates::month_of(&lists)
        });
        Some(Calendar {
            days,
            month: month.or_else(|| self.elements.iter().find_map(|element| dates::month_of(&element.name))),
        })
    }

    fn find_pager(&self) -> Option<Pager> {
        if self.calendar.is_some() {
            return None;
        }
        let linked = self
            .elements
            .iter()
            .enumerate()
            .filter(|(_, element)| matches!(element.role.as_str(), "link" | "button" | "clickable" | "tab"));
        let mut pages: Vec<(usize, usize)> = Vec::new();
        for (index, element) in linked {
            let Ok(number) = element.name.trim().parse::<usize>() else { continue };
            let next = pages.last().map_or(1, |(last, _)| last + 1);
            if number == next {
                pages.push((number, index));
            }
        }
        if pages.len() < 2 {
            return None;
        }
        let shown = |(_, index): &&(usize, usize)| {
            self.elements.get(*index).is_some_and(|element| {
                element.is("current")
                    || element.is("selected")
                    || element.is("pressed")
                    || element.is("disabled")
                    || element.marks.iter().any(|mark| matches!(mark.as_str(), "active" | "current" | "selected"))
            })
        };
        let current = pages.iter().find(shown).map_or(1, |(number, _)| *number);
        Some(Pager { pages, current })
    }
}

/// Changes when anything that can be seen changes; what is merely scrolled stays the same.
fn print(url: &str, text: &str, elements: &[Element]) -> u64 {
    let mut hash = Fnv::default();
    hash.text(url);
    hash.text(text);
    for element in elements {
        hash.text(&element.role);
        hash.text(&element.name);
        hash.text(element.value.as_deref().unwrap_or_default());
        element.marks.iter().for_each(|mark| hash.text(mark));
        hash.text(&element.below.to_string());
        let seen = element.states.iter().filter(|state| !matches!(state.as_str(), "above" | "below"));
        seen.for_each(|state| hash.text(state));
    }
    hash.finish()
}

/// Whether the middle of one box lies in another, larger one.
fn holds(outer: [i32; 4], inner: [i32; 4]) -> bool {
    let ([left, top, width, height], [x, y, wide, high]) = (outer, inner);
    let (across, down) = (x + wide / 2, y + high / 2);
    across >= left && across <= left + width && down >= top && down <= top + height && wide * high <= width * height
}
