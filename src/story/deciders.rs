//! Who decided what in a run, and what deciding cost.

use std::collections::BTreeMap;

use serde::Deserialize as _;

use crate::{
    journal::{Kind, Record},
    planner::{Planned, Usage},
    visible,
};

/// What one processor core takes while it decides, in watts, where nothing measures it. It is assumed: cores of
/// laptops and servers take between 5 and 20.
const WATTS: f64 = 15.0;

/// What a large model in a data centre takes for a token that it writes, and for one that it reads and had not cached,
/// in joules. Source: Epoch AI, "How much energy does ChatGPT use?", February 2025, which estimates 0.3 Wh for an answer of
/// 500 tokens and 2.5 Wh for 10,000 tokens read. Small models take less.
const WRITTEN: f64 = 2.2;
const READ: f64 = 0.9;

/// What deciding cost.
#[derive(Debug, Clone, Copy, Default)]
struct Cost {
    proposals: u32,
    micros: u64,
    processor: Option<u64>,
    energy: Option<u64>,
    usage: Usage,
}

impl Cost {
    fn add(&mut self, planned: &Planned) {
        let first = self.proposals == 0;
        let sum = |own: Option<u64>, more: Option<u64>| if first { more } else { Some(own? + more?) };
        self.processor = sum(self.processor, planned.effort.processor);
        self.energy = sum(self.energy, planned.effort.energy);
        self.proposals += 1;
        self.micros += planned.effort.micros;
        self.usage += planned.usage;
    }

    /// What it took, and how that is known.
    fn energy(self) -> String {
        match (self.energy, self.processor) {
            (Some(energy), _) => format!("{:.2} J, measured by RAPL for the whole processor", millionths(energy)),
            (None, Some(micros)) => {
                format!("about {:.2} J, estimated: processor time at an assumed {WATTS} W", millionths(micros) * WATTS)
            }
            (None, None) => {
                format!("at most {:.2} J, estimated: time at an assumed {WATTS} W", millionths(self.micros) * WATTS)
            }
        }
    }

    /// What its models took where they run; nothing if none was asked.
    fn elsewhere(self) -> Option<String> {
        let Usage { input, cached, output, .. } = self.usage;
        let joules = count(input.saturating_sub(cached)) * READ + count(output) * WRITTEN;
        (self.usage.tokens() > 0).then(|| {
            format!(
                "about {joules:.0} J by models, estimated: {READ} J a token read, {WRITTEN} J one written, as a large model \
                 takes (Epoch AI, 2025)"
            )
        })
    }

    /// What the other proposals of a run saved in which models made these, if they would have cost as much each.
    fn saved(self, others: u32) -> String {
        let each = |all: u64| all.saturating_mul(u64::from(others)) / u64::from(self.proposals.max(1));
        let usage = Usage { input: each(self.usage.input), output: each(self.usage.output), ..Usage::default() };
        let money =
            self.usage.money.map(|money| format!(", {}", lamassu_contract::money(each(money)))).unwrap_or_default();
        format!(
            "saved about {} tokens{money} and {:.1} s, estimated: what a model's proposal took here on average",
            usage.tokens(),
            millionths(each(self.micros))
        )
    }
}

fn millionths(number: u64) -> f64 {
    count(number) / 1_000_000.0
}

#[expect(clippy::cast_precision_loss, reason = "a run does not last 285 years")]
fn count(number: u64) -> f64 {
    number as f64
}

/// Who decided and what that cost, a line for each, and what it took in energy; nothing if nobody has decided.
pub(crate) fn told(records: &[Record]) -> (Vec<String>, Vec<String>) {
    let begin = records.iter().find(|record| record.kind == Kind::Begin);
    let planner = begin.and_then(|begin| begin.value.get("planner")?.as_str()).unwrap_or_default();
    let mut costs: BTreeMap<String, Cost> = BTreeMap::new();
    // All proposals, and those for which a model was asked.
    let (mut all, mut asked) = (Cost::default(), Cost::default());
    for planned in records.iter().filter(|record| record.kind == Kind::Proposal) {
        let Ok(planned) = Planned::deserialize(&planned.value) else { continue };
        costs.entry(decider(&planned.why, planner)).or_default().add(&planned);
        all.add(&planned);
        if planned.usage.tokens() > 0 {
            asked.add(&planned);
        }
    }
    let line = |(decider, cost): (&String, &Cost)| {
        let Cost { proposals, micros, usage, .. } = cost;
        let time = millionths(*micros);
        format!("{}: {proposals} proposals in {time:.3} s, {}", visible(decider), tokens(*usage))
    };
    let mut lines: Vec<_> = costs.iter().map(line).collect();
    let free: u32 = costs.values().filter(|cost| cost.usage.tokens() == 0).map(|cost| cost.proposals).sum();
    if free > 0 && free < all.proposals {
        lines.push(format!("without a model: {free} of {} proposals; {}", all.proposals, asked.saved(free)));
    }
    let here = (all.proposals > 0).then(|| all.energy());
    (lines, here.into_iter().chain(asked.elsewhere()).collect())
}

/// Tokens in words, such as `3120 tokens (2800 in, of which 2560 cached; 320 out), cost 0.0012`.
fn tokens(usage: Usage) -> String {
    let Usage { input, cached, output, reasoning, money } = usage;
    if usage.tokens() == 0 {
        return "0 tokens".to_owned();
    }
    let money =
        money.map_or_else(|| "price unknown".to_owned(), |money| format!("cost {}", lamassu_contract::money(money)));
    let cached = if cached == 0 { String::new() } else { format!(", of which {cached} cached") };
    let thought = if reasoning == 0 { String::new() } else { format!(", of which {reasoning} reasoning") };
    format!("{} tokens ({input} in{cached}; {output} out{thought}), {money}", usage.tokens())
}

/// Who made a proposal: what its reason begins with, in a cascade.
pub(crate) fn decider(why: &str, planner: &str) -> String {
    if planner != "cascade" {
        return planner.to_owned();
    }
    let name = why.split([':', '(']).next().unwrap_or_default().trim();
    if name.is_empty() || name.len() > 80 { planner.to_owned() } else { name.to_owned() }
}
