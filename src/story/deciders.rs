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
}

#[expect(clippy::cast_precision_loss, reason = "a run does not last 285 years")]
fn millionths(count: u64) -> f64 {
    count as f64 / 1_000_000.0
}

/// Who decided and how long that took, a line for each, and what it cost; nothing if nobody has decided.
pub(crate) fn told(records: &[Record]) -> (Vec<String>, Option<String>) {
    let begin = records.iter().find(|record| record.kind == Kind::Begin);
    let planner = begin.and_then(|begin| begin.value.get("planner")?.as_str()).unwrap_or_default();
    let mut costs: BTreeMap<String, Cost> = BTreeMap::new();
    let mut all = Cost::default();
    for planned in records.iter().filter(|record| record.kind == Kind::Proposal) {
        let Ok(planned) = Planned::deserialize(&planned.value) else { continue };
        costs.entry(decider(&planned.why, planner)).or_default().add(&planned);
        all.add(&planned);
    }
    let line = |(decider, cost): (&String, &Cost)| {
        let Cost { proposals, micros, usage, .. } = cost;
        let time = millionths(*micros);
        format!("{}: {proposals} proposals in {time:.3} s, {}", visible(decider), tokens(*usage))
    };
    let mut lines: Vec<_> = costs.iter().map(line).collect();
    let free: u32 = costs.values().filter(|cost| cost.usage == Usage::default()).map(|cost| cost.proposals).sum();
    if free > 0 && free < all.proposals {
        lines.push(format!("without a model: {free} of {} proposals", all.proposals));
    }
    (lines, (all.proposals > 0).then(|| all.energy()))
}

/// Tokens in words, such as `3120 tokens (2800 in, of which 2560 cached; 320 out)`.
fn tokens(usage: Usage) -> String {
    let Usage { input, cached, output, reasoning } = usage;
    if input + output == 0 {
        return "0 tokens".to_owned();
    }
    let cached = if cached == 0 { String::new() } else { format!(", of which {cached} cached") };
    let thought = if reasoning == 0 { String::new() } else { format!(", of which {reasoning} reasoning") };
    format!("{} tokens ({input} in{cached}; {output} out{thought})", input + output)
}

/// Who made a proposal: what its reason begins with, in a cascade.
pub(crate) fn decider(why: &str, planner: &str) -> String {
    if planner != "cascade" {
        return planner.to_owned();
    }
    let name = why.split([':', '(']).next().unwrap_or_default().trim();
    if name.is_empty() || name.len() > 80 { planner.to_owned() } else { name.to_owned() }
}
