//! What the demonstrations of a skill teach the embedded model: it decides where several elements are
//! equally like the one that is described.

use lamassu_contract::{Observation, Page};

use super::Demonstration;
use crate::planner::{
    View,
    local::{
        Local,
        adapter::{self, Adapter, Shown},
        candidates,
        instruction::Instruction,
        progress::Progress,
        scene::Scene,
        situation::Situation,
    },
};

/// What `demonstrations` teach.
pub(super) fn fit(demonstrations: &[Demonstration]) -> Adapter {
    let local = Local::new();
    let decisions: Vec<Shown> = demonstrations.iter().flat_map(|shown| decisions(&local, shown)).collect();
    Adapter::fit(&decisions)
}

fn decisions(local: &Local, demonstration: &Demonstration) -> Vec<Shown> {
    let shown = demonstration.moments.iter().filter_map(|moment| {
        let now = [seen(&moment.page)];
        local.shown(&view(demonstration, &now), &moment.call)
    });
    shown.collect()
}

/// A look that shows `page`.
pub(super) fn seen(page: &Page) -> Observation {
    Observation::from_page(&page.url.origin().ascii_serialization(), "").with_page(page.clone())
}

/// What a planner sees at the beginning of a demonstration.
pub(super) fn view<'a>(demonstration: &'a Demonstration, now: &'a [Observation]) -> View<'a> {
    View {
        goal: &demonstration.goal,
        at: None,
        inputs: &demonstration.inputs,
        output: None,
        tools: &[],
        rules: "",
        secrets: &[],
        turns: &[],
        now,
        pictures: &[],
    }
}

/// How much `adapter` speaks for doing `verb` to the element `index` of `scene`.
pub(super) fn speaks_for(
    adapter: &Adapter,
    (goal, secrets): (&str, &[String]),
    scene: &Scene,
    (index, verb): (usize, &str),
) -> f32 {
    let told = Instruction::read(goal);
    let now = Situation::new(&told, scene, Progress::default(), secrets);
    let all = candidates::all(&now);
    let own = all.iter().find(|candidate| candidate.element == Some(index) && candidate.note.verb == verb);
    own.map_or(0.0, |candidate| adapter.bonus(&adapter::marks(&now, candidate)))
}
