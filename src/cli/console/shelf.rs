//! A folder of task files from which runs are begun on the page.

use std::{collections::BTreeMap, path::PathBuf};

use super::super::{assemble, complaint::Complaint, home};
use crate::{
    Call,
    console::{Plan, TaskFile},
    goal::{PlannerKind, Task},
    visible,
};

/// The folder. What lies deeper in it, or elsewhere, cannot be named.
pub(super) struct Shelf(PathBuf);

impl Shelf {
    /// The task files in `folder`, which must be there.
    pub(super) fn open(folder: PathBuf) -> Result<Self, Complaint> {
        home::names(&folder, "toml")?;
        Ok(Self(folder))
    }

    /// All of them as they are now, by name.
    pub(super) fn list(&self) -> Vec<TaskFile> {
        let one = |name: String| {
            let path = self.0.join(&name);
            let read = home::read(&path).map_err(|complaint| complaint.to_string());
            let inputs = read.and_then(|text| Task::inputs(&text, &path).map_err(|error| error.to_string()));
            match inputs {
                Ok(inputs) => TaskFile { name, inputs, problem: None },
                Err(problem) => TaskFile { name, inputs: Vec::new(), problem: Some(problem) },
            }
        };
        home::names(&self.0, "toml").unwrap_or_default().into_iter().map(one).collect()
    }

    /// The task file `name`, filled in.
    pub(super) fn task(&self, name: &str, inputs: &BTreeMap<String, String>) -> Result<Task, Complaint> {
        if !home::names(&self.0, "toml")?.iter().any(|known| known == name) {
            return Err(Complaint::usage(format!(
                "there is no task file `{}` in `{}`",
                visible(name),
                self.0.display()
            )));
        }
        let path = self.0.join(name);
        Task::parse(&home::read(&path)?, &path, inputs).map_err(Complaint::usage)
    }
}

/// What a run of `task` would do.
pub(super) fn plan(task: &Task) -> Plan {
    let planner = match &task.planner {
        PlannerKind::Script => "its steps".to_owned(),
        PlannerKind::Local => "the embedded model".to_owned(),
        PlannerKind::Model => "a model".to_owned(),
        PlannerKind::Cascade => "skills, the embedded model, then a model if one is named, then you".to_owned(),
        PlannerKind::Replay(file) => format!("a replay of `{}`", file.display()),
    };
    let pack = assemble::pack(task);
    let filled = pack.parameters().iter().map(|(name, entries)| format!("; {name}: {}", entries.join(", ")));
    let secrets = task.secrets.iter().map(|(name, source)| format!("{name}, for {}", source.at.join(", ")));
    let budget = &task.goal.budget;
    let about = [
        ("begins at", task.goal.at.as_ref().map(ToString::to_string).unwrap_or_default()),
        ("planned by", planner),
        ("judged by", std::iter::once(pack.name()).chain(filled).collect()),
        ("autonomy", task.autonomy.as_str().to_owned()),
        ("secrets", secrets.collect::<Vec<_>>().join("; ")),
        ("files", task.workspace.as_ref().map(|folder| folder.display().to_string()).unwrap_or_default()),
        ("at most", format!("{} steps, {} seconds, {} tokens", budget.steps, budget.seconds, budget.tokens)),
    ];
    let said = about.into_iter().filter(|(_, value)| !value.is_empty());
    Plan {
        goal: visible(&task.goal.text),
        about: said.map(|(name, value)| (name.to_owned(), visible(&value))).collect(),
        steps: task.steps.iter().map(|step| visible(&told(&step.call))).collect(),
    }
}

/// A call in a line, with what was filled in.
fn told(call: &Call) -> String {
    let args = call.args.iter().map(|(name, value)| format!(" {name}={value}"));
    std::iter::once(call.name()).chain(args).collect()
}
