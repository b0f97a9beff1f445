//! What the record has for the policy: judgements, the pack they were made by, bindings of secrets.

use serde_json::Value;

use crate::{
    goal::Task,
    journal::{JournalError, Kind, Record, Store},
    policy::{Backtest, Bindings, Pack, PackError},
};

/// One run, as far as the policy is concerned.
pub(crate) struct Past {
    /// What it was judged by, if the record says so.
    pub(crate) pack: Option<Pack>,
    /// Where its secrets are bound to, if it was begun from the command line.
    pub(crate) bindings: Bindings,
    pub(crate) records: Vec<Record>,
}

impl Past {
    /// Reads the run `id`.
    pub(crate) fn read(store: &Store, id: &str) -> Result<Self, JournalError> {
        let records = store.records(id)?;
        // Whoever began it from the command line kept the task with it. An app need not.
        let task = store.origin(id)?;
        let task: Option<Task> = task.get("task").and_then(|task| serde_json::from_value(task.clone()).ok());
        let begin = records.iter().find(|record| record.kind == Kind::Begin);
        let pack = begin.and_then(|begin| serde_json::from_value(begin.value.get("pack")?.clone()).ok());
        let pack = pack.or_else(|| task.as_ref().map(asked_for));
        let secrets = task.into_iter().flat_map(|task| task.secrets);
        let bindings = secrets.map(|(name, source)| (name, source.at)).collect();
        Ok(Self { pack, bindings, records })
    }

    /// Holds each judgement of the run, whose id is `run`, against the pack of `backtest`.
    pub(crate) fn rejudge(&self, run: &str, backtest: &mut Backtest) -> Result<(), PackError> {
        let parameters = self.pack.as_ref().map(|pack| pack.parameters().clone()).unwrap_or_default();
        let mut bench = backtest.run(run, &parameters, self.bindings.clone())?;
        self.judgements().into_iter().for_each(|(place, judgement)| bench.judge(&place, judgement));
        Ok(())
    }

    /// Who agreed to what waited at `place`, if anybody did.
    pub(crate) fn agreed(&self, place: &str) -> Option<&str> {
        let consent = place.replace("step ", "consent-");
        let record = self.records.iter().find(|record| record.kind == Kind::Judgement && record.name == consent)?;
        let text = |name: &str| record.value.get(name).and_then(Value::as_str);
        text("approved_by").filter(|_| text("verdict") == Some("go"))
    }

    /// Every judgement with where it stands, such as `step 3` or `look 2`.
    pub(crate) fn judgements(&self) -> Vec<(String, &Value)> {
        let mut found = Vec::new();
        for record in &self.records {
            let number = record.name.rsplit('-').next().unwrap_or_default();
            let place = match record.kind {
                Kind::Judgement => format!("step {number}"),
                Kind::Look => format!("look {number}"),
                _ => continue,
            };
            found.extend(list(&record.value, "restored").map(|value| (place.clone(), value)));
            let looks = list(&record.value, "glances").filter_map(|look| look.get("judged"));
            found.extend(looks.map(|value| (place.clone(), value)));
            if record.kind == Kind::Judgement {
                found.push((place, &record.value));
            }
        }
        found
    }
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// The pack of a task, as a run of it takes it.
fn asked_for(task: &Task) -> Pack {
    let name = task.policy.pack.as_deref().unwrap_or("deny-all");
    let parameters = task.policy.parameters.iter();
    parameters.fold(Pack::find(name, &task.folder), |pack, (name, entries)| pack.with(name, entries.clone()))
}
