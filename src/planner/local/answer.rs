//! Reading: what a goal asks to be told, found on the page. Only what stands there is told, with the line it
//! stands in; where two things could be meant, nothing is.

use serde_json::{Map, Value};

use super::{
    instruction::{Instruction, Kind, Word},
    mention,
    scene::{Element, Scene},
    values::{self, Most, Unit},
    words::{self, Verb},
};

/// What was read off a page.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    /// The text that answers.
    pub(super) text: String,
    /// Where it stands on the page.
    pub(super) line: String,
}

impl Answer {
    fn new(text: &str, line: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self { text: text.to_owned(), line: line.trim().to_owned() })
    }

    /// The answer as `schema` wants it: a text, a number, or an object with one of these in it. Nothing if the
    /// schema wants something else.
    pub(super) fn shaped(&self, schema: Option<&Value>) -> Option<Value> {
        let Some(schema) = schema else { return Some(Value::String(self.text.clone())) };
        match schema.get("type").and_then(Value::as_str) {
            Some("string") => Some(Value::String(self.text.clone())),
            Some(kind @ ("number" | "integer")) => {
                let numbers = values::numbers(&self.text);
                let [number] = numbers.as_slice() else { return None };
                let whole = kind == "integer" || number.fract() == 0.0;
                #[expect(clippy::cast_possible_truncation, reason = "it is whole, and pages count no further")]
                let value = if whole { Value::from(*number as i64) } else { Value::from(*number) };
                (kind == "number" || number.fract() == 0.0).then_some(value)
            }
            Some("object") => {
                let mut properties = schema.get("properties")?.as_object()?.iter();
                let (name, inner) = properties.next()?;
                let value = self.shaped(Some(inner))?;
                properties.next().is_none().then(|| Value::Object(Map::from_iter([(name.clone(), value)])))
            }
            _ => None,
        }
    }
}

/// What is asked, taken apart.
#[derive(Debug)]
struct Question<'a> {
    told: &'a Instruction,
    scene: &'a Scene,
    /// The words that say what it is about.
    about: Vec<&'a Word>,
    /// The words that say what is wanted of that, such as those of an output's name.
    wanted: Vec<String>,
}

/// A row, card or item of the page.
#[derive(Debug)]
struct Record<'a> {
    text: &'a str,
    stems: Vec<String>,
    name: &'a str,
    inside: Vec<&'a Element>,
}

/// What `told` asks to be told, if `scene` shows it beyond doubt; `output` is the schema of the answer.
#[must_use]
pub(super) fn find(told: &Instruction, scene: &Scene, output: Option<&Value>) -> Option<Answer> {
    let question = Question::new(told, scene, output);
    let counts = question.says(&["many", "viele", "number", "anzahl", "몇"]);
    if question.about.is_empty() && question.wanted.is_empty() && !counts {
        return None;
    }
    if counts {
        return question.count().or_else(|| question.labelled());
    }
    if question.says(&["sum", "altogether", "insgesamt", "summe", "합계"]) {
        return question.sum();
    }
    if let Some(most) = question.most() {
        return question.winner(most);
    }
    question.labelled().or_else(|| question.priced()).or_else(|| question.dated())
}

/// Words that ask and do not say what about.
const ASKING: &str = "what which who whose how when where much many tell me is are was were does do did has have there show \
    give find out know let please cost price number count value say said read answer report page wie viel viele was welche \
    welcher welches wer wann kostet kosten preis ist sind gibt es hat mir sag nenne anzahl 얼마 몇 무엇 누구 언제 어떤 알려 개 \
    sum altogether insgesamt summe 합계 product item entry produkt shown listed currently now right";

impl<'a> Question<'a> {
    fn new(told: &'a Instruction, scene: &'a Scene, output: Option<&Value>) -> Self {
        let asks = |word: &&Word| word.quote == 0 && word.verb == Some(Verb::Tell);
        let clause = told.words.iter().find(asks).map(|word| word.clause);
        let own = told.words.iter().filter(|word| clause.is_none_or(|clause| word.clause >= clause));
        let about = own.filter(|word| {
            word.quote > 0 || !word.stop && !word.barred && !ASKING.split_whitespace().any(|known| word.is(known))
        });
        let about = about.filter(|word| word.quote > 0 || !matches!(word.verb, Some(Verb::Tell | Verb::Seek)));
        let property = output.and_then(|schema| schema.get("properties")?.as_object()?.keys().next().cloned());
        Self {
            told,
            scene,
            about: about.collect(),
            wanted: property.map(|name| words::stems(&name.replace('_', " "))).unwrap_or_default(),
        }
    }

    fn says(&self, stems: &[&str]) -> bool {
        self.told.words.iter().any(|word| word.quote == 0 && stems.iter().any(|stem| word.is(stem)))
    }

    fn asks_price(&self) -> bool {
        let price = ["price", "cost", "much", "kostet", "preis", "kosten", "teuer", "얼마", "가격"];
        self.says(&price) || self.wanted.iter().any(|word| price.contains(&word.as_str()))
    }

    /// The rows of the page that tell more than a control's name.
    fn records(&self) -> Vec<Record<'a>> {
        let records = self.scene.records.values().filter_map(|inside| {
            let inside: Vec<&Element> = inside.iter().filter_map(|index| self.scene.elements.get(*index)).collect();
            let first = inside.first()?;
            let named = |element: &&&Element| {
                matches!(element.role.as_str(), "link" | "clickable" | "heading")
                    && element.stems.iter().any(|word| word.len() > 1)
            };
            let name = inside.iter().find(named).map(|element| element.name.as_str());
            let name =
                name.unwrap_or_else(|| first.around_text.split(['|', ',', '€', '$', '£']).next().unwrap_or_default());
            let text = first.around_text.as_str();
            (words::stems(text).len() > 1).then(|| Record { text, stems: first.around.to_vec(), name, inside })
        });
        records.collect()
    }

    /// Whether a word of the question is among `own`.
    fn holds(own: &[String], word: &Word) -> bool {
        own.iter().any(|own| word.is(own))
    }

    /// The one row that has every word that the question has in common with rows; a row that is called just so
    /// comes first. With it come the words that it does not have.
    fn subject(&self) -> Option<(Record<'a>, Vec<&'a Word>)> {
        let records = self.records();
        let shared = |record: &Record<'_>| self.about.iter().filter(|word| Self::holds(&record.stems, word)).count();
        let best = records.iter().map(shared).max().filter(|best| *best > 0)?;
        let mut fitting: Vec<Record<'a>> = records.into_iter().filter(|record| shared(record) == best).collect();
        if fitting.len() > 1 {
            fitting.retain(|record| {
                let name = words::stems(record.name);
                !name.is_empty() && name.iter().all(|own| self.about.iter().any(|word| word.is(own)))
            });
        }
        let [record] = <[Record<'a>; 1]>::try_from(fitting).ok()?;
        let rest = self.about.iter().copied().filter(|word| !Self::holds(&record.stems, word)).collect();
        Some((record, rest))
    }

    /// What stands behind a label, in a row's cell, or in a field that the question names.
    fn labelled(&self) -> Option<Answer> {
        let subject = self.subject();
        if let Some((record, rest)) = &subject
            && let Some(found) = self.cell(record, rest)
        {
            return Some(found);
        }
        let mut found: Vec<(Answer, Vec<String>)> = Vec::new();
        for line in &self.scene.lines {
            let Some((label, value)) = line.trim_start_matches("- ").split_once(':') else { continue };
            let label = words::stems(label);
            if (1..=4).contains(&label.len()) && !value.trim().is_empty() && self.names(&label) {
                found.extend(Answer::new(value, line).map(|answer| (answer, label)));
            }
        }
        let fields = self.scene.elements.iter().filter(|element| element.record == 0 || self.scene.records.len() < 3);
        for field in fields.filter(|element| !element.stems.is_empty() && self.names(&element.stems)) {
            let value = field.value.as_deref().unwrap_or_default();
            let line = format!("{}: {value}", field.name);
            found.extend(Answer::new(value, &line).map(|answer| (answer, field.stems.clone())));
        }
        found.dedup_by(|one, other| one.0.text == other.0.text);
        let [(answer, label)] = <[(Answer, Vec<String>); 1]>::try_from(found).ok()?;
        self.on_page(&label).then_some(answer)
    }

    /// Whether the words of a label are what is wanted.
    fn names(&self, label: &[String]) -> bool {
        let asked = |own: &String| {
            self.about.iter().any(|word| word.quote == 0 && mention::means(word, own)) || self.wanted.contains(own)
        };
        let telling: Vec<&String> = label.iter().filter(|own| !words::is_stop(own)).collect();
        !telling.is_empty() && telling.iter().all(|own| asked(own))
    }

    /// Whether the page is about the rest of what the question names: its headings or its row say so.
    fn on_page(&self, label: &[String]) -> bool {
        let headings: Vec<String> =
            self.scene.lines.iter().filter(|line| line.starts_with('#')).flat_map(|line| words::stems(line)).collect();
        let rest = self.about.iter().filter(|word| !label.iter().any(|own| mention::means(word, own)));
        let mut rest = rest.filter(|word| !self.wanted.iter().any(|own| word.is(own)));
        rest.all(|word| Self::holds(&headings, word))
    }

    /// The cell of a row under the heading that the question names, or the value of a field in it.
    fn cell(&self, record: &Record<'_>, rest: &[&Word]) -> Option<Answer> {
        let wants = |own: &String| rest.iter().any(|word| mention::means(word, own)) || self.wanted.contains(own);
        let wanted = |text: &str| {
            let stems = words::stems(text);
            !stems.is_empty() && stems.iter().all(wants)
        };
        let field = record.inside.iter().find(|element| wanted(&element.name) && element.value.is_some());
        if let Some(value) = field.and_then(|element| element.value.as_deref()) {
            return Answer::new(value, record.text);
        }
        let cells = |line: &'a str| line.split('|').map(str::trim).collect::<Vec<_>>();
        let head = self
            .scene
            .lines
            .iter()
            .map(|line| cells(line))
            .find(|cells| cells.len() > 1 && cells.iter().any(|cell| wanted(cell)))?;
        let column = head.iter().position(|cell| wanted(cell))?;
        let about = self.about.iter().filter(|word| !rest.iter().any(|other| std::ptr::eq(**word, *other)));
        let about: Vec<_> = about.collect();
        let mut rows = self.scene.lines.iter().filter(|line| {
            let stems = words::stems(line);
            cells(line).len() == head.len() && about.iter().all(|word| Self::holds(&stems, word))
        });
        let (line, None) = (rows.next()?, rows.next()) else { return None };
        cells(line).get(column).and_then(|cell| Answer::new(cell, line))
    }

    /// The price of the row that is meant, if it has one and the question asks for it.
    fn priced(&self) -> Option<Answer> {
        if !self.asks_price() {
            return None;
        }
        let (record, rest) = self.subject()?;
        let rest = rest.into_iter().filter(|word| !self.wanted.iter().any(|own| word.is(own))).count();
        let price = price_in(record.text)?;
        (rest == 0).then(|| Answer::new(&price, record.text)).flatten()
    }

    /// The day or time of the row that is meant, if the question asks when.
    fn dated(&self) -> Option<Answer> {
        if !self.says(&["when", "wann", "언제", "date", "datum"]) {
            return None;
        }
        let (record, rest) = self.subject()?;
        let read = Instruction::read(record.text);
        let mut days = read.spans.iter().filter(|span| matches!(span.kind, Kind::Day(_) | Kind::Time));
        let (day, None) = (days.next()?, days.next()) else { return None };
        rest.is_empty().then(|| Answer::new(&day.text, record.text)).flatten()
    }

    /// How many there are: as the page itself says, or as many rows as are called so.
    fn count(&self) -> Option<Answer> {
        let Some(noun) = self.about.first() else { return self.told_total() };
        let said = self.scene.lines.iter().find_map(|line| {
            let cut = words::stems(line);
            let at = cut.iter().position(|own| noun.is(own))?;
            let number =
                at.checked_sub(1).and_then(|before| cut.get(before)).filter(|text| text.parse::<u32>().is_ok())?;
            (cut.len() <= 8 && self.about.len() == 1).then(|| Answer::new(number, line)).flatten()
        });
        if said.is_some() {
            return said;
        }
        if self.on_page(&[]) {
            return self.told_total();
        }
        if self.scene.pager.is_some() {
            return None;
        }
        let records = self.records();
        let fits = |record: &&Record<'_>| {
            let values: Vec<String> =
                record.inside.iter().filter_map(|element| element.value.as_deref()).flat_map(words::stems).collect();
            self.about.iter().all(|word| Self::holds(&record.stems, word) || Self::holds(&values, word))
        };
        let fitting: Vec<&Record<'_>> = records.iter().filter(fits).collect();
        let first = fitting.first().filter(|_| fitting.len() > 1)?;
        Answer::new(&fitting.len().to_string(), &format!("{} … ({} such rows)", first.text, fitting.len()))
    }

    /// How many things the page says that it has found.
    fn told_total(&self) -> Option<Answer> {
        const THINGS: [&str; 12] = [
            "found", "result", "product", "item", "entry", "hit", "total", "treffer", "ergebnis", "artikel", "개", "건",
        ];
        let mut lines = self.scene.lines.iter().filter(|line| {
            let stems = words::stems(line);
            stems.len() <= 8
                && stems.iter().any(|own| THINGS.contains(&own.as_str()))
                && stems.first().is_some_and(|first| first.parse::<u32>().is_ok())
        });
        let (line, None) = (lines.next()?, lines.next()) else { return None };
        Answer::new(words::stems(line).first()?, line)
    }

    /// What is to be compared.
    fn most(&self) -> Option<Most> {
        let comparative = |word: &&Word| {
            matches!(word.stem.as_str(), "cheaper" | "günstiger" | "billiger" | "dearer" | "teurer" | "pricier")
        };
        let compared = || {
            let at = self.told.words.iter().position(|word| word.quote == 0 && comparative(&word))?;
            let least = self
                .told
                .words
                .get(at)
                .is_some_and(|word| matches!(word.stem.as_str(), "cheaper" | "günstiger" | "billiger"));
            Some(Most { unit: Unit::Money, least, word: at })
        };
        values::most(self.told).or_else(compared)
    }

    /// The row whose amount is the most or the least: its name, or the amount if that is asked for.
    fn winner(&self, most: Most) -> Option<Answer> {
        if self.scene.pager.is_some() {
            return None;
        }
        let unit = if most.unit == Unit::Number && self.asks_price() { Unit::Money } else { most.unit };
        let records = self.kept(most.word);
        let amounts: Vec<(f64, &Record<'_>)> =
            records.iter().filter_map(|record| Some((values::amount(record.text, unit)?, record))).collect();
        let sign = if most.least { 1.0 } else { -1.0 };
        let best = amounts.iter().map(|(amount, _)| amount * sign).min_by(f64::total_cmp)?;
        let mut winners = amounts.iter().filter(|(amount, _)| (amount * sign - best).abs() < 1e-9);
        let ((_, winner), None) = (winners.next()?, winners.next()) else { return None };
        let wants_amount = self.says(&["price", "much", "preis", "가격"])
            && !self.says(&["which", "welche", "welcher", "welches", "who", "name"]);
        let text = if wants_amount { price_in(winner.text)? } else { winner.name.to_owned() };
        (amounts.len() > 1).then(|| Answer::new(&text, winner.text)).flatten()
    }

    /// The rows that the question's other words keep: all, if they are about no row in particular.
    fn kept(&self, but: usize) -> Vec<Record<'a>> {
        let records = self.records();
        let own = self.told.words.get(but);
        let about: Vec<&&Word> =
            self.about.iter().filter(|word| own.is_none_or(|own| !std::ptr::eq(**word, own))).collect();
        let called = |record: &Record<'_>| {
            let name = words::stems(record.name);
            !name.is_empty() && name.iter().all(|own| about.iter().any(|word| word.is(own)))
        };
        if records.iter().filter(|record| called(record)).count() > 1 {
            return records.into_iter().filter(called).collect();
        }
        let known: Vec<_> =
            about.into_iter().filter(|word| records.iter().any(|record| Self::holds(&record.stems, word))).collect();
        records.into_iter().filter(|record| known.iter().all(|word| Self::holds(&record.stems, word))).collect()
    }

    /// The sum of the rows' amounts.
    fn sum(&self) -> Option<Answer> {
        if let Some(found) = self.labelled() {
            return Some(found);
        }
        let records = self.kept(usize::MAX);
        let amounts: Vec<f64> = records.iter().filter_map(|record| values::amount(record.text, Unit::Money)).collect();
        if amounts.len() < 2 || self.scene.pager.is_some() {
            return None;
        }
        let sum: f64 = amounts.iter().sum();
        let parts: Vec<String> = records.iter().filter_map(|record| price_in(record.text)).collect();
        Answer::new(&format!("{sum:.2}"), &parts.join(" + "))
    }
}

/// The price in a text as it is written, if there is one and no other.
fn price_in(text: &str) -> Option<String> {
    let amount = values::amount(text, Unit::Money)?;
    let signed: Vec<&str> =
        text.split_whitespace().filter(|piece| piece.contains(['€', '$', '£', '¥', '₩', '원'])).collect();
    match signed.as_slice() {
        [piece] if piece.chars().any(|letter| letter.is_ascii_digit()) => {
            Some(piece.trim_end_matches([',', ';']).to_owned())
        }
        [_] | [] => Some(format!("{amount:.2}")),
        _ => None,
    }
}
