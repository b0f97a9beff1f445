//! Recorded judgements under other rules: which would fall otherwise.

use std::{collections::BTreeMap, fmt, sync::Arc};

use lamassu_contract::{Rule, Verb};
use serde::Serialize;
use serde_json::Value;

use super::{
    CedarPolicy, Pack, PackError, Parameters, cases,
    cedar::{self, Book},
    manifest::Kind,
    recorded::{Bindings, Recorded, Unjudged, Word},
};

/// A pack that recorded judgements are held against, and what came of it so far.
pub struct Backtest {
    book: Arc<Book>,
    given: Parameters,
    found: Found,
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Found {
    /// How many judgements were judged again.
    pub judged: usize,
    /// How many records no rule was asked about: calls that made no sense, consents.
    pub skipped: usize,
    /// Those that cannot be judged again, by the reason, with how many they are.
    pub unknown: BTreeMap<String, usize>,
    /// Those that fall otherwise.
    pub flips: Vec<Flip>,
    /// What is wrong with the pack's own cases under these rules, in words: a pack whose cases fail is judged by nowhere
    /// else.
    pub cases: Vec<String>,
}

/// A decision that falls otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Flip {
    /// The run.
    pub run: String,
    /// Where in the run, such as `step 3` or `look 2`.
    pub place: String,
    /// What was asked for, in one line.
    pub action: String,
    /// What was decided.
    pub was: Word,
    /// By which rules.
    pub was_by: Vec<Rule>,
    /// What would be decided now.
    pub now: Word,
    /// By which rules; empty if no rule allows it.
    pub by: Vec<Rule>,
}

/// The rules of one run: the pack, filled in as for that run.
pub struct Bench<'a> {
    backtest: &'a mut Backtest,
    policy: CedarPolicy,
    run: String,
    bindings: Bindings,
}

impl Backtest {
    /// Loads `pack`; a case of its own that fails is told among what was found. Its parameters are those that count for every run; what it lacks is taken
    /// from each run.
    ///
    /// # Errors
    ///
    /// [`PackError`] if it cannot be read.
    pub fn load(pack: &Pack, verbs: &[(String, Vec<Verb>)]) -> Result<Self, PackError> {
        let files = pack.files()?;
        let (book, _) = cedar::draft(&files, verbs)?;
        let cases = match cases::run(&files.cases, &book) {
            Ok(_) => Vec::new(),
            Err(PackError::Faulty(faults)) => faults.iter().map(ToString::to_string).collect(),
            Err(error) => return Err(error),
        };
        let given = pack.parameters().clone();
        if let Some(wrong) = given.keys().find(|name| !book.manifest().parameters.contains_key(*name)) {
            // Says which parameters there are.
            book.manifest().groups(&BTreeMap::from([(wrong.clone(), Vec::new())]))?;
        }
        Ok(Self { book, given, found: Found { cases, ..Found::default() } })
    }

    /// Begins with the judgements of `run`, which was recorded with `parameters` filled in and its
    /// secrets bound as in `bindings`.
    ///
    /// # Errors
    ///
    /// [`PackError`] if a parameter is missing.
    pub fn run(&mut self, run: &str, parameters: &Parameters, bindings: Bindings) -> Result<Bench<'_>, PackError> {
        let policy = self.policy(&self.filled(parameters))?;
        Ok(Bench { backtest: self, policy, run: run.to_owned(), bindings })
    }

    /// What is filled in for a run that was recorded with `parameters`.
    pub(super) fn filled(&self, parameters: &Parameters) -> Parameters {
        let known = parameters.iter().filter(|(name, _)| self.book.manifest().parameters.contains_key(*name));
        let mut filled: Parameters = known.map(|(name, entries)| (name.clone(), entries.clone())).collect();
        filled.extend(self.given.clone());
        // A run that named no sites has none under a pack that wants them named.
        for name in
            self.book.manifest().parameters.iter().filter_map(|(name, one)| one.default.is_none().then_some(name))
        {
            filled.entry(name.clone()).or_default();
        }
        filled
    }

    /// The pack with `filled` in it.
    pub(super) fn policy(&self, filled: &Parameters) -> Result<CedarPolicy, PackError> {
        Ok(CedarPolicy::new(Arc::clone(&self.book), self.book.manifest().groups(filled)?))
    }

    /// What is there to be filled in.
    pub(super) fn parameters(&self) -> impl Iterator<Item = (&String, Kind)> {
        self.book.manifest().parameters.iter().map(|(name, parameter)| (name, parameter.kind))
    }

    /// What came of it.
    #[must_use]
    pub fn found(self) -> Found {
        self.found
    }
}

impl Bench<'_> {
    /// Judges the recorded judgement `value` again, which stands at `place` of the run.
    pub fn judge(&mut self, place: &str, value: &Value) {
        let found = &mut self.backtest.found;
        let recorded = match Recorded::read(value, &self.bindings) {
            Ok(recorded) => recorded,
            Err(Unjudged::NotAsked | Unjudged::Consent) => return found.skipped += 1,
            Err(problem) => return *found.unknown.entry(problem.to_string()).or_default() += 1,
        };
        found.judged += 1;
        let (now, by) = recorded.judge(&self.policy);
        if now == recorded.word {
            return;
        }
        found.flips.push(Flip {
            run: self.run.clone(),
            place: place.to_owned(),
            action: recorded.line().to_owned(),
            was: recorded.word,
            was_by: recorded.rules,
            now,
            by,
        });
    }
}

impl fmt::Display for Flip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { run, place, action, was, now, .. } = self;
        write!(f, "{run} {place}: was {was}, now {now} {}: {action}", by(&self.by))
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for flip in &self.flips {
            writeln!(f, "{flip}")?;
        }
        let mut ways: BTreeMap<(Word, Word), usize> = BTreeMap::new();
        for flip in &self.flips {
            *ways.entry((flip.was, flip.now)).or_default() += 1;
        }
        write!(f, "{} judgements, {} fall otherwise", self.judged, self.flips.len())?;
        for ((was, now), count) in ways {
            write!(f, ", {count} from {was} to {now}")?;
        }
        if self.skipped > 0 {
            write!(f, "; {} more asked the rules nothing", self.skipped)?;
        }
        for case in &self.cases {
            write!(f, "\na case of the pack fails: {case}")?;
        }
        for (problem, count) in &self.unknown {
            write!(f, "\nunknown: {count} because {problem}")?;
        }
        Ok(())
    }
}

/// The rules that decided, in words.
pub(super) fn by(rules: &[Rule]) -> String {
    if rules.is_empty() {
        return "since no rule allows it".to_owned();
    }
    let told = rules.iter().map(|rule| {
        if rule.because.is_empty() { format!("`{}`", rule.id) } else { format!("`{}` ({})", rule.id, rule.because) }
    });
    format!("by {}", told.collect::<Vec<_>>().join(", "))
}

impl fmt::Debug for Backtest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backtest").field("found", &self.found).finish_non_exhaustive()
    }
}

impl fmt::Debug for Bench<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bench").field("run", &self.run).finish_non_exhaustive()
    }
}
