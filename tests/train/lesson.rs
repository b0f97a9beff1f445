//! From an episode to decisions: what could have been done at each moment, and what was right.

use lamassu::{
    Call, Observation,
    planner::{
        Planned, Proposal, Reply, Turn,
        local::{
            candidates, features::Features, instruction::Instruction, progress::Progress, scene::Scene,
            situation::Situation,
        },
    },
};

use crate::{chance::Chance, families::Family, sketch::Sketch};

/// How many wrong candidates are kept of each decision.
const WRONG: usize = 40;

/// One decision: candidates, and which of them were right.
#[derive(Debug, Clone)]
pub(crate) struct Decision {
    pub(crate) candidates: Vec<(Features, bool)>,
}

/// An instruction with the pages that follow from doing it.
#[derive(Debug, Clone)]
pub(crate) struct Episode {
    pub(crate) told: String,
    pub(crate) stages: Vec<Stage>,
}

/// A page with what is to be done on it: groups one after the other, the deeds of a group in any order.
#[derive(Debug, Clone)]
pub(crate) struct Stage {
    pub(crate) page: Sketch,
    pub(crate) deeds: Vec<Vec<Deed>>,
}

/// Something to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Deed {
    Press(u32),
    Tick(u32),
    Clear(u32),
    Fill(u32, String),
    Select(u32, String),
    Scroll(u32),
    Wait,
}

impl Deed {
    fn is(&self, call: &Call) -> bool {
        if *self == Self::Wait {
            return call.verb == "wait";
        }
        let target = call.args.get("target").and_then(|target| target.as_str()).unwrap_or_default();
        let text = |name: &str| call.args.get(name).and_then(|text| text.as_str()).unwrap_or_default();
        let on = call.args.get("on").and_then(serde_json::Value::as_bool).unwrap_or(true);
        let (verb, reference) = (
            call.verb.as_str(),
            match self {
                Self::Press(reference)
                | Self::Tick(reference)
                | Self::Clear(reference)
                | Self::Fill(reference, _)
                | Self::Select(reference, _)
                | Self::Scroll(reference) => reference,
                Self::Wait => return false,
            },
        );
        target == format!("[{reference}]")
            && match self {
                Self::Press(_) => verb == "click",
                Self::Tick(_) => verb == "check" && on || verb == "click",
                Self::Clear(_) => verb == "check" && !on || verb == "click",
                Self::Fill(_, value) => verb == "fill" && text("text") == value,
                Self::Select(_, option) => verb == "select" && text("option") == option,
                Self::Scroll(_) => verb == "scroll",
                Self::Wait => false,
            }
    }

    fn done(&self, page: &mut Sketch) {
        match self {
            Self::Press(_) | Self::Wait => {}
            Self::Tick(reference) => page.row(*reference).states.push("checked".to_owned()),
            Self::Clear(reference) => page.row(*reference).states.retain(|state| state != "checked"),
            Self::Fill(reference, value) | Self::Select(reference, value) => {
                page.row(*reference).value = Some(value.clone())
            }
            Self::Scroll(reference) => page.detail(*reference).below = 0,
        }
    }
}

/// The decisions of `count` episodes of a family.
pub(crate) fn lessons(family: &Family, count: usize, chance: &mut Chance) -> Vec<Decision> {
    let mut found = Vec::new();
    let (mut lost, mut shown) = (0, String::new());
    for _ in 0..count {
        let episode = (family.make)(chance);
        if let Err(problem) = play(&episode, chance, &mut found) {
            lost += 1;
            shown = format!("{}: {problem}", episode.told);
        }
    }
    if lost * 5 > count {
        println!("{}: {lost} of {count} episodes have a step that is no candidate; such as {shown}", family.name);
    }
    found
}

fn play(episode: &Episode, chance: &mut Chance, found: &mut Vec<Decision>) -> Result<(), String> {
    let told = Instruction::read(&episode.told);
    let mut turns = Vec::new();
    for (number, stage) in episode.stages.iter().enumerate() {
        let mut page = stage.page.clone();
        for group in &stage.deeds {
            let mut left = group.clone();
            while !left.is_empty() {
                let scene = Scene::of(&page.page());
                let now = Situation::new(&told, &scene, Progress::of(&turns, scene.print), &[]);
                let all = candidates::all(&now);
                let right: Vec<usize> = (0..all.len())
                    .filter(|index| all[*index].call.as_ref().is_some_and(|call| left.iter().any(|deed| deed.is(call))))
                    .collect();
                if right.is_empty() {
                    return Err(format!(
                        "{:?} on {:?}",
                        left[0],
                        page.rows.iter().map(|row| row.to_string()).collect::<Vec<_>>()
                    ));
                }
                found.push(decision(&all, &right, chance));
                let chosen = &all[right[chance.below(right.len())]];
                let call = chosen.call.clone().unwrap();
                let at = left.iter().position(|deed| deed.is(&call)).unwrap();
                left.remove(at).done(&mut page);
                page.rows.iter_mut().for_each(|row| row.change = None);
                turns.push(turn(chosen, call));
            }
        }
        let last = number + 1 == episode.stages.len();
        if last {
            let scene = Scene::of(&page.page());
            let now = Situation::new(&told, &scene, Progress::of(&turns, scene.print), &[]);
            let all = candidates::all(&now);
            let right: Vec<usize> = (0..all.len()).filter(|index| all[*index].call.is_none()).collect();
            found.push(decision(&all, &right, chance));
        }
    }
    Ok(())
}

fn decision(all: &[candidates::Candidate], right: &[usize], chance: &mut Chance) -> Decision {
    let mut wrong: Vec<usize> = (0..all.len()).filter(|index| !right.contains(index)).collect();
    if wrong.len() > WRONG {
        chance.shuffle(&mut wrong);
        wrong.truncate(WRONG);
    }
    let kept = right
        .iter()
        .map(|index| (all[*index].features, true))
        .chain(wrong.iter().map(|index| (all[*index].features, false)));
    Decision { candidates: kept.collect() }
}

fn turn(chosen: &candidates::Candidate, call: Call) -> Turn {
    let memo = serde_json::to_value(&chosen.note).unwrap();
    let planned = Planned { memo, ..Proposal::Act(vec![call]).into() };
    Turn { planned, results: vec![Reply::Landed(Observation::from_tool("browser", "done"))] }
}
