//! Who decided what in a run, and what deciding cost.

use std::collections::BTreeMap;

use serde::Deserialize as _;

use crate::{
    journal::{Kind, Record},
    planner::Planned,
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
    tokens: u64,
}

impl Cost {
    fn add(&mut self, planned: &Planned) {
        let first = self.proposals == 0;
        let sum = |own: Option<u64>, more: Option<u64>| if first { more } else { Some(own? + more?) };
        self.processor = sum(self.processor, planned.effort.processor);
        self.energy = sum(self.energy, planned.effort.energy);
        self.proposals += 1;
        self.micros += planned.effort.micros;
        self.tokens += planned.usage.input + planned.usage.output;
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
        let Cost { proposals, micros, tokens, .. } = cost;
        let time = millionths(*micros);
        format!("{}: {proposals} proposals in {time:.3} s, {tokens} tokens", visible(decider))
    };
    (costs.iter().map(line).collect(), (all.proposals > 0).then(|| all.energy()))
}

/// Who made a proposal: what its reason begins with, in a cascade.
pub(crate) fn decider(why: &str, planner: &str) -> String {
    if planner != "cascade" {
        return planner.to_owned();
    }
    let name = why.split([':', '(']).next().unwrap_or_default().trim();
    if name.is_empty() || name.len() > 80 { planner.to_owned() } else { name.to_owned() }
}
