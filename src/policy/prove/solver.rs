//! Asking the solver, one kind of request after another, by as many solvers as there are cores.

use std::{
    collections::{BTreeSet, HashSet},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use cedar_policy::{EntityUid, Policy, PolicySet, RequestEnv};
use cedar_policy_symcc::{
    Asserts, CedarSymCompiler, CompiledPolicy, CompiledPolicySet, CompiledSchema, Env, SymEnv, WellFormedAsserts,
    err::Error, implies_asserts, never_errors_asserts, solver::LocalSolver,
};

use super::{ProveError, Schema, shelf::Shelf};
use crate::policy::index;

/// The longest that the solver may think about one question, in milliseconds.
const PATIENCE: u32 = 20_000;

/// The verbs that people know best.
const TELLING: [&str; 6] =
    ["http.request", "browser.subresource", "browser.fill", "browser.click", "files.delete", "files.write"];

/// A question that is put for every kind of request.
#[derive(Debug, Clone, Copy)]
pub(super) enum Query {
    /// No rule of the set fails.
    NeverFails(usize),
    /// The first set allows nothing that the second denies.
    Implies(usize, usize),
}

/// What came of a query.
#[derive(Debug)]
pub(super) enum Answer {
    /// It is so, for every request that fits the schema.
    Proved,
    /// It is not so, and this shows it.
    Refuted(Box<Env>),
    /// The solver could not tell, or something went wrong: in words.
    Unknown(String),
}

/// Rules to be asked about, and the words that they are written in.
pub(super) struct Questions<'a> {
    pub(super) schema: &'a Schema,
    pub(super) sets: &'a [PolicySet],
    pub(super) queries: &'a [Query],
    pub(super) known: &'a Known,
}

/// Formulas that are known to have no solution. Most packs share most of theirs, and so do most kinds of
/// request of one pack.
//
// INVARIANT: a formula says all that it is about but for what the types of entities are, and those are the
// same in every schema here: verbs that are added to it add actions alone.
#[derive(Debug, Default)]
pub(super) struct Known(Mutex<BTreeSet<Asserts>>);

impl Known {
    fn set(&self) -> MutexGuard<'_, BTreeSet<Asserts>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The answers of one thread: query, kind of request, answer.
type Found = Vec<(usize, usize, Answer)>;

impl Questions<'_> {
    /// One answer for each query: of all kinds of request, the first that refutes it.
    pub(super) fn answer(&self) -> Result<Vec<Answer>, ProveError> {
        let kinds = self.distinct();
        let shelves = self.sets.iter().map(Shelf::new).collect::<Result<Vec<_>, _>>()?;
        let schema = CompiledSchema::new(&self.schema.cedar).map_err(|error| ProveError::solver(&error))?;
        let desks = Desks { questions: self, kinds: &kinds, shelves: &shelves, schema };
        let next = AtomicUsize::new(0);
        let first: Vec<_> = self.queries.iter().map(|_| AtomicUsize::new(usize::MAX)).collect();
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(kinds.len().max(1));
        let found = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(|| desks.work(&next, &first))).collect();
            let mut found = Vec::new();
            for worker in workers {
                found.extend(worker.join().map_err(|_| ProveError::solver("a thread of the proof has died"))??);
            }
            Ok::<_, ProveError>(found)
        })?;
        Ok(self.sorted(found))
    }

    /// Every kind of request, in a fixed order; those first whose examples tell most.
    pub(super) fn kinds(&self) -> Vec<RequestEnv> {
        let mut kinds: Vec<_> = self.schema.cedar.request_envs().collect();
        kinds.sort_by_cached_key(|kind| {
            let verb = kind.action().id().unescaped();
            let telling = TELLING.iter().position(|known| verb == *known).unwrap_or(TELLING.len());
            (verb == "egress.connect", telling, kind.action().to_string(), kind.resource().to_string())
        });
        kinds
    }

    /// One of each kind that the rules can tell apart. Two actions that are in the same groups, have the
    /// same context and are named by no rule give the same formula but for their own names.
    fn distinct(&self) -> Vec<RequestEnv> {
        let named: HashSet<EntityUid> =
            self.sets.iter().flat_map(PolicySet::policies).flat_map(|rule| rule.entity_literals()).collect();
        let mut seen = HashSet::new();
        let mut kinds = self.kinds();
        kinds.retain(|kind| {
            let action = kind.action();
            let shape = self.schema.verb(action.id().unescaped()).ok().map(|declared| declared.shape.as_str());
            let (Some(shape), false) = (shape, named.contains(action)) else { return true };
            let groups: BTreeSet<_> = self.schema.actions.ancestors(action).into_iter().flatten().collect();
            seen.insert((shape, groups, kind.principal().clone(), kind.resource().clone()))
        });
        kinds
    }

    fn sorted(&self, mut found: Found) -> Vec<Answer> {
        found.sort_by_key(|(query, kind, _)| (*query, *kind));
        let mut answers: Vec<_> = self.queries.iter().map(|_| Answer::Proved).collect();
        for (query, _, answer) in found {
            if let Some(place @ Answer::Proved) = answers.get_mut(query) {
                *place = answer;
            }
        }
        answers
    }
}

/// Where the questions are put, one kind of request after another.
struct Desks<'a> {
    questions: &'a Questions<'a>,
    kinds: &'a [RequestEnv],
    shelves: &'a [Shelf],
    schema: CompiledSchema,
}

impl Desks<'_> {
    fn work(&self, next: &AtomicUsize, first: &[AtomicUsize]) -> Result<Found, ProveError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| ProveError::solver(&error))?;
        runtime.block_on(async {
            let solver = LocalSolver::cvc5_with_args([format!("--tlimit-per={PATIENCE}")]);
            let solver = solver.map_err(ProveError::missing)?;
            let mut compiler = CedarSymCompiler::new(solver).map_err(|error| ProveError::solver(&error))?;
            let mut found = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(kind) = self.kinds.get(at) else { break };
                let scene = self.schema.sym_env(kind).map_err(|error| ProveError::solver(&error))?;
                let mut desk = Desk { desks: self, kind, scene, compiled: self.shelves.iter().map(|_| None).collect() };
                for (number, query) in self.questions.queries.iter().enumerate() {
                    // A kind before this one has refuted it already.
                    let Some(first) = first.get(number).filter(|first| first.load(Ordering::Relaxed) > at) else {
                        continue;
                    };
                    let answer = desk.ask(&mut compiler, query).await;
                    if !matches!(answer, Answer::Proved) {
                        first.fetch_min(at, Ordering::Relaxed);
                        found.push((number, at, answer));
                    }
                }
            }
            // It may be gone already; then there is nothing to clean up.
            let _ = compiler.solver_mut().clean_up().await;
            Ok(found)
        })
    }
}

/// One kind of request, with the rules compiled for it.
struct Desk<'a> {
    desks: &'a Desks<'a>,
    kind: &'a RequestEnv,
    scene: SymEnv,
    compiled: Vec<Option<CompiledPolicySet>>,
}

impl Desk<'_> {
    async fn ask(&mut self, compiler: &mut CedarSymCompiler<LocalSolver>, query: &Query) -> Answer {
        match self.try_ask(compiler, query).await {
            Ok(None) => Answer::Proved,
            Ok(Some(env)) => Answer::Refuted(Box::new(env)),
            Err(error) => Answer::Unknown(format!(
                "{} on {}: {error}",
                self.kind.action().id().unescaped(),
                self.kind.resource().basename()
            )),
        }
    }

    async fn try_ask(
        &mut self,
        compiler: &mut CedarSymCompiler<LocalSolver>,
        query: &Query,
    ) -> Result<Option<Env>, Error> {
        match *query {
            Query::NeverFails(set) => {
                let can_fail: Vec<_> = self.shelf(set).iter().flat_map(|shelf| shelf.fallible()).cloned().collect();
                for rule in can_fail.iter().filter(|rule| self.applies(rule)) {
                    let schema = &self.desks.questions.schema.cedar;
                    let scene = self.scene.clone();
                    let rule = CompiledPolicy::compile_with_custom_symenv(rule, self.kind, schema, scene)?;
                    if let Some(env) = self.solve(compiler, &never_errors_asserts(&rule)).await? {
                        return Ok(Some(env));
                    }
                }
                Ok(None)
            }
            Query::Implies(one, other) => {
                let (Some(mine), Some(theirs)) = (self.shelf(one), self.shelf(other)) else { return Ok(None) };
                let near = |rule: &Policy| self.applies(rule);
                let Some(other) = theirs.beyond(mine, near) else { return Ok(None) };
                let other = self.compile(other)?;
                self.keep(one)?;
                let one = self.compiled.get(one).and_then(Option::as_ref).ok_or(Error::NoPolicies)?;
                self.solve(compiler, &implies_asserts(one, &other)).await
            }
        }
    }

    /// A request for which `asserts` are so; none if there is none.
    async fn solve(
        &self,
        compiler: &mut CedarSymCompiler<LocalSolver>,
        asserts: &WellFormedAsserts<'_>,
    ) -> Result<Option<Env>, Error> {
        let known = self.desks.questions.known;
        if known.set().contains(asserts.asserts()) {
            return Ok(None);
        }
        // An answer without an example is had sooner.
        if compiler.check_unsat(asserts).await? {
            known.set().insert(Asserts::clone(asserts.asserts()));
            return Ok(None);
        }
        compiler.check_sat(asserts).await
    }

    fn shelf(&self, set: usize) -> Option<&Shelf> {
        self.desks.shelves.get(set)
    }

    /// Whether the scope of `rule` lets it apply to this kind of request. If not, it decides nothing and
    /// cannot fail.
    fn applies(&self, rule: &Policy) -> bool {
        index::applies(rule, self.kind.action(), self.kind.resource(), self.desks.questions.schema)
    }

    #[expect(clippy::result_large_err, reason = "the library's own error, which ends the proof")]
    fn keep(&mut self, set: usize) -> Result<(), Error> {
        if self.compiled.get(set).is_some_and(Option::is_none) {
            let rules = self.shelf(set).into_iter().flat_map(Shelf::rules).filter(|rule| self.applies(rule));
            let compiled = self.compile(rules.cloned().collect())?;
            if let Some(place) = self.compiled.get_mut(set) {
                *place = Some(compiled);
            }
        }
        Ok(())
    }

    #[expect(clippy::result_large_err, reason = "the library's own error, which ends the proof")]
    fn compile(&self, rules: Vec<Policy>) -> Result<CompiledPolicySet, Error> {
        let rules = PolicySet::from_policies(rules).map_err(|_| Error::NoPolicies)?;
        let schema = &self.desks.questions.schema.cedar;
        CompiledPolicySet::compile_with_custom_symenv(&rules, self.kind, schema, self.scene.clone())
    }
}
