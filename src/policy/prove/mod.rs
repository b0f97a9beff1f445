//! Proofs about a pack: what holds for every request that fits the schema, whatever the user fills in.
//!
//! Rules are turned into a formula (by `cedar-policy-symcc`) and a solver, cvc5, looks for a request
//! that breaks the claim. It finds one, which is then shown as an action, or there is none. Cases try
//! a few requests; a proof covers them all. What the runtime itself sees to is taken for granted:
//! `policies/claims/given.cedar`.

mod consent;
mod example;
mod filled;
mod live;
mod report;
mod shelf;
mod solver;
#[cfg(test)]
mod tests;
mod words;

use cedar_policy::{Effect, PolicyId, PolicySet};
use cedar_policy_symcc::solver::SolverError;
use lamassu_contract::Verb;

pub use report::{Finding, Outcome, Proof};

use super::{
    cedar::{self, Book},
    fault::{Fault, PackError},
    host, manifest,
    pack::Pack,
    schema::Schema,
    text::{self, Text},
};
use consent::Consent;
use example::{Example, Ruling};
use solver::{Answer, Known, Query, Questions};

pub(super) use live::idle;

/// Why nothing could be proved or refuted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProveError {
    /// The pack does not load.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// The solver is not installed.
    #[error(
        "a proof needs the solver cvc5, which {0}; install it (`make setup`, `apt-get install cvc5` or \
         `brew install cvc5/cvc5/cvc5`), or say with the variable `CVC5` where it is"
    )]
    NoSolver(String),
    /// The solver, or what goes to it, is not as it should be.
    #[error("the solver failed: {0}")]
    Solver(String),
}

impl ProveError {
    fn missing(error: SolverError) -> Self {
        match error {
            SolverError::Io(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Self::NoSolver("is not installed".to_owned())
            }
            SolverError::Io(error) => Self::NoSolver(format!("cannot be started: {error}")),
            error => Self::solver(&error),
        }
    }

    fn solver(error: &(impl ToString + ?Sized)) -> Self {
        Self::Solver(error.to_string())
    }
}

/// Proves things about packs. What it has proved it remembers, so that one for several packs takes less time
/// than one for each.
#[derive(Debug)]
pub struct Prover {
    verbs: Vec<(String, Vec<Verb>)>,
    known: Known,
}

impl Prover {
    /// A prover about packs that judge tools with these `verbs` besides the built-in ones.
    #[must_use]
    pub fn new(verbs: &[(String, Vec<Verb>)]) -> Self {
        Self { verbs: verbs.to_vec(), known: Known::default() }
    }

    /// Proves, or refutes by an example, what must hold for every pack, what `pack` says of itself
    /// (`proves` and `narrows` in `pack.toml`), and, if `against` is given, that it permits nothing that the
    /// other denies. Lists of the user's that have the same name in both count as the same.
    ///
    /// # Errors
    ///
    /// [`ProveError`] if a pack does not load or there is no solver. A claim that is refuted is no error.
    pub fn prove(&self, pack: &Pack, against: Option<&Pack>) -> Result<Proof, ProveError> {
        let (book, report) = cedar::read(pack, &self.verbs)?;
        let mut claims = Claims::new(&book)?;
        for name in &book.manifest().proves {
            claims.declared(name)?;
        }
        let narrows = report.narrows.map(Pack::ready);
        for other in narrows.iter().chain(against) {
            let (other, other_report) = cedar::read(other, &self.verbs)?;
            claims.against(&other_report.name, &other.rules().cedar);
        }
        let (findings, kinds) = claims.settle(&book, &self.known)?;
        Ok(Proof { pack: report.name, kinds, rules: report.rules.len(), findings })
    }

    /// Proves, or refutes by an example, that `pack` permits nothing that `other` denies, both as they are
    /// filled in: a site that `pack` names itself counts as one of the list that it is on in `other`.
    ///
    /// # Errors
    ///
    /// [`ProveError`] if a pack does not load or there is no solver. A claim that is refuted is no error.
    pub fn within(&self, pack: &Pack, other: &Pack) -> Result<Finding, ProveError> {
        let (book, _) = cedar::read(pack, &self.verbs)?;
        let (wider, report) = cedar::read(other, &self.verbs)?;
        let (own, lists) = (book.manifest().groups(pack.parameters())?, wider.manifest().groups(other.parameters())?);
        let filled = filled::facts(&book, &lists)?;
        let rules = with(&book.rules().cedar, filled.policies())?;
        let mut claims = Claims { sets: vec![with_given(&rules)?, PolicySet::new()], claims: Vec::new() };
        claims.against(&report.name, &wider.rules().cedar);
        if let (Some(list), Some(claim)) = (own.beyond(&lists), claims.claims.last_mut()) {
            claim.query = Err(format!("its list `{list}` holds more than that of `{}`", report.name));
        }
        let (mut findings, _) = claims.settle(&book, &self.known)?;
        findings.pop().ok_or_else(|| ProveError::solver("nothing was asked"))
    }
}

/// What is claimed, and the sets of rules that the claims are about.
struct Claims {
    sets: Vec<PolicySet>,
    claims: Vec<Claim>,
}

/// One claim: what it says, and what is asked.
struct Claim {
    name: String,
    says: String,
    query: Result<Query, String>,
}

/// The place of the pack's rules, with what is given, among the sets.
const RULES: usize = 0;
/// The place of rules that allow nothing.
const NOTHING: usize = 1;

impl Claims {
    /// What must hold for every pack.
    fn new(book: &Book) -> Result<Self, ProveError> {
        Self::about(&book.rules().cedar, &guards(&book.rules().cedar)?)
    }

    /// What must hold for every set of `rules` in which `guards` stand.
    fn about(rules: &PolicySet, guards: &PolicySet) -> Result<Self, ProveError> {
        let mut this = Self { sets: vec![with_given(rules)?, PolicySet::new()], claims: Vec::new() };
        let bare = this.set(rules.clone());
        this.claim("never-fails", "no rule fails on any request", Ok(Query::NeverFails(bare)));
        let walls = this.set(guards.clone());
        this.claim("guards-stand", "what a guard forbids is forbidden", Ok(Query::Implies(RULES, walls)));
        let open = this.set(with_given(guards)?);
        let lifted = Consent::None.fix(guards).map(|fixed| Query::Implies(open, this.set(fixed)));
        this.claim("guards-heed-no-consent", "no consent lifts a guard", lifted);
        // What is given is given for the request as it is, whatever the rules take the consent to be.
        let both = Consent::None.fix(rules).and_then(|none| Ok((none, Consent::Given.fix(rules)?)));
        let both = both.map(|(none, given)| with_given(&none).map(|none| (none, given)));
        let both = both.map_or_else(|problem| Ok(Err(problem)), |both| both.map(Ok))?;
        let query = both.map(|(none, given)| Query::Implies(this.set(none), this.set(given)));
        this.claim("consent-only-adds", "what is allowed without a consent is allowed with it", query);
        Ok(this)
    }

    fn set(&mut self, rules: PolicySet) -> usize {
        self.sets.push(rules);
        self.sets.len() - 1
    }

    fn claim(&mut self, name: &str, says: &str, query: Result<Query, String>) {
        self.claims.push(Claim { name: name.to_owned(), says: says.to_owned(), query });
    }

    /// What `policies/claims` has under `name`: the pack allows nothing that these rules deny.
    fn declared(&mut self, name: &str) -> Result<(), ProveError> {
        let Some((says, text)) = text::claim(name) else { return Ok(()) };
        let rules = self.set(parse(&text)?);
        self.claim(name, says, Ok(Query::Implies(RULES, rules)));
        Ok(())
    }

    /// The pack allows nothing that `rules`, those of the pack `name`, deny.
    fn against(&mut self, name: &str, rules: &PolicySet) {
        let rules = self.set(rules.clone());
        let says = format!("it permits nothing that `{name}` denies");
        self.claim(&format!("no-wider-than {name}"), &says, Ok(Query::Implies(RULES, rules)));
    }

    /// What became of each claim, and of how many kinds of request.
    fn settle(self, book: &Book, known: &Known) -> Result<(Vec<Finding>, usize), ProveError> {
        let schema = book.schema();
        let queries: Vec<_> = self.claims.iter().filter_map(|claim| claim.query.as_ref().ok().copied()).collect();
        let questions = Questions { schema, sets: &self.sets, queries: &queries, known };
        let mut answers = questions.answer()?.into_iter();
        let kinds = questions.kinds().len();
        let settle = |claim: &Claim| {
            let outcome = match &claim.query {
                Err(problem) => Outcome::Unknown(problem.clone()),
                Ok(query) => match answers.next() {
                    Some(Answer::Proved) => Outcome::Proved,
                    Some(Answer::Refuted(env)) => refuted(book, &self.sets, query, &env),
                    Some(Answer::Unknown(problem)) => Outcome::Unknown(problem),
                    None => Outcome::Unknown("it was not asked".to_owned()),
                },
            };
            Finding { claim: claim.name.clone(), says: claim.says.clone(), outcome }
        };
        Ok((self.claims.iter().map(settle).collect(), kinds))
    }
}

/// The solver's example, made plain, tried on the rules themselves, and put into words.
fn refuted(book: &Book, sets: &[PolicySet], query: &Query, env: &cedar_policy_symcc::Env) -> Outcome {
    let schema = &book.schema().cedar;
    let nothing = PolicySet::new();
    let get = |set: usize| sets.get(set).unwrap_or(&nothing);
    let (one, other) = match *query {
        Query::NeverFails(set) => (get(set), &nothing),
        Query::Implies(one, other) => (get(one), get(other)),
    };
    let Some(example) = Example::new(env) else {
        return Outcome::Unknown("there is an example against it that cannot be written down".to_owned());
    };
    let failing = |asked: &_| [one, other].map(|rules| Ruling::of(rules, asked).failed);
    let fails = example.question(schema).map(|asked| failing(&asked)).unwrap_or_default();
    // An example must not become plainer by making further rules fail.
    let refutes = |asked: &(_, _)| {
        failing(asked) == fails
            && match query {
                Query::NeverFails(_) => !fails.iter().all(Vec::is_empty),
                Query::Implies(..) => Ruling::of(one, asked).allowed && !Ruling::of(other, asked).allowed,
            }
    };
    let effect = book.schema().effect(example.action.id().unescaped()).unwrap_or(lamassu_contract::Effect::Read);
    let example = example.plain(schema, effect.as_str(), refutes);
    let asked = example.question(schema).filter(refutes);
    let Some(asked) = asked else {
        return Outcome::Unknown("the solver's example against it does not bear on the rules themselves".to_owned());
    };
    let (first, second) = (Ruling::of(one, &asked), Ruling::of(other, &asked));
    Outcome::Refuted {
        action: words::words(&example, effect.as_str()),
        failed: first.failed,
        allowed_by: if first.allowed { first.by } else { Vec::new() },
        denied_by: second.by,
    }
}

/// A guard forbids for everyone; beside it, everything is allowed.
fn guards(rules: &PolicySet) -> Result<PolicySet, ProveError> {
    let all = parse(&Text { name: "guards".to_owned(), body: "permit (principal, action, resource);".to_owned() })?;
    with(&all, rules.policies().filter(|rule| rule.id().to_string().starts_with("guard.")))
}

/// `rules` beside what the runtime sees to: a request that cannot be is not allowed.
fn with_given(rules: &PolicySet) -> Result<PolicySet, ProveError> {
    with(rules, parse(&text::given())?.policies())
}

fn with<'a>(rules: &PolicySet, more: impl Iterator<Item = &'a cedar_policy::Policy>) -> Result<PolicySet, ProveError> {
    let mut all = rules.clone();
    for rule in more {
        all.add(rule.clone()).map_err(|error| ProveError::solver(&error))?;
    }
    Ok(all)
}

/// The rules of `text`, each called by its own id.
fn parse(text: &Text) -> Result<PolicySet, ProveError> {
    let parsed: PolicySet = text.body.parse().map_err(|errors: cedar_policy::ParseErrors| {
        PackError::Faulty(errors.iter().map(|error| Fault::cedar(text, error)).collect())
    })?;
    let mut named = PolicySet::new();
    for rule in parsed.policies() {
        let id = rule.annotation("id").map_or_else(|| rule.id().clone(), PolicyId::new);
        named.add(rule.new_id(id)).map_err(|error| ProveError::solver(&error))?;
    }
    Ok(named)
}

fn of_effect(rules: &PolicySet, effect: Effect) -> impl Iterator<Item = &cedar_policy::Policy> {
    rules.policies().filter(move |rule| rule.effect() == effect)
}
