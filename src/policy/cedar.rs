//! Cedar behind the contract's `Policy`.

use std::{collections::BTreeSet, fmt, sync::Arc};

use cedar_policy::{Authorizer, Request, Response};
use lamassu_contract::{Decision, Digest, Policy, PolicyError, Question, Rule, Verb};

use super::{
    backdrop::Backdrops,
    cases,
    check::Report,
    context,
    entities::{Scene, failed},
    fault::PackError,
    index::Index,
    manifest::{Groups, Manifest},
    pack::Pack,
    reads::Reads,
    rules::Rules,
    schema::Schema,
    text::{self, Files},
};

/// A pack that has been loaded. Deciding reads nothing but the question.
#[derive(Clone)]
pub struct CedarPolicy {
    book: Arc<Book>,
    backdrops: Arc<Backdrops>,
    mark: Option<Digest>,
}

/// What does not depend on what the user filled in.
pub(super) struct Book {
    manifest: Manifest,
    schema: Schema,
    rules: Rules,
    index: Index,
    authorizer: Authorizer,
}

impl CedarPolicy {
    /// Loads `pack`: parses it, validates it against the schema, and runs its cases. `verbs` are
    /// those of every tool that it shall judge, by the name of the tool; verbs that the schema
    /// does not declare are added to it.
    ///
    /// # Errors
    ///
    /// [`PackError`] if any of it is wrong; nothing is loaded by halves.
    pub fn load(pack: &Pack, verbs: &[(String, Vec<Verb>)]) -> Result<Self, PackError> {
        let files = pack.files()?;
        let (book, _) = book(&files, verbs)?;
        let groups = book.manifest.groups(pack.parameters())?;
        let mark = files.mark(pack.parameters());
        Ok(Self { book, backdrops: Arc::new(Backdrops::new(groups)), mark: Some(mark) })
    }

    /// What the pack says of itself, in a sentence.
    #[must_use]
    pub fn about(&self) -> &str {
        &self.book.manifest.about
    }

    /// What tells this policy from others in a record: a digest of its rules, the guards, the schema and
    /// what was filled in.
    #[must_use]
    pub fn mark(&self) -> String {
        self.mark.as_ref().map(ToString::to_string).unwrap_or_default()
    }

    /// Whether its pack judges every tool by what its definition says, built-in ones included.
    pub(super) fn judges_foreign_tools(&self) -> bool {
        self.book.manifest.foreign
    }

    pub(super) fn new(book: Arc<Book>, groups: Groups) -> Self {
        Self { book, backdrops: Arc::new(Backdrops::new(groups)), mark: None }
    }
}

impl Book {
    pub(super) fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    pub(super) fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The rules of the pack and the guards beside them.
    #[cfg(feature = "prove")]
    pub(super) fn rules(&self) -> &Rules {
        &self.rules
    }
}

/// Reads `pack`, and says what is in it.
pub(super) fn read(pack: &Pack, verbs: &[(String, Vec<Verb>)]) -> Result<(Arc<Book>, Report), PackError> {
    book(&pack.files()?, verbs)
}

/// Reads the files `own` of a pack, and runs its cases.
pub(super) fn book(own: &Files, verbs: &[(String, Vec<Verb>)]) -> Result<(Arc<Book>, Report), PackError> {
    let (book, mut report) = draft(own, verbs)?;
    report.cases = cases::run(&own.cases, &book)?;
    Ok((book, report))
}

/// Reads the files `own` of a pack, whatever its cases say. It is for trying a pack out, never for judging by it.
pub(super) fn draft(own: &Files, verbs: &[(String, Vec<Verb>)]) -> Result<(Arc<Book>, Report), PackError> {
    let (defaults, guards) = text::base();
    let manifest = Manifest::read(&own.manifest)?.above(&Manifest::read(&defaults)?);
    let verbs: Vec<_> = verbs.iter().cloned().chain([cases::verbs(&own.cases)?]).collect();
    let schema = Schema::new(&verbs)?;
    let groups: BTreeSet<_> = manifest.parameters.keys().map(String::as_str).collect();
    let rules = Rules::read(&guards, &own.rules, &groups, &schema)?;
    let mut report = Report {
        name: manifest.name.clone(),
        about: manifest.about.clone(),
        narrows: manifest.narrows.clone(),
        proves: manifest.proves.clone(),
        parameters: manifest
            .parameters
            .iter()
            .map(|(name, parameter)| (name.clone(), parameter.about.clone()))
            .collect(),
        rules: rules.named.values().cloned().collect(),
        cases: 0,
        warnings: rules.warnings.clone(),
    };
    report.rules.sort_unstable();
    let book = {
        let index = Index::new(&rules.cedar, &schema);
        Arc::new(Book { manifest, schema, rules, index, authorizer: Authorizer::new() })
    };
    Ok((book, report))
}

/// What the rules of `book`, which was read from `pack`, decide on its cases.
pub(super) fn tried(pack: &Pack, book: &Arc<Book>) -> Result<Vec<cases::Tried>, PackError> {
    cases::tried(&pack.files()?.cases, book)
}

/// How much of what there is Cedar is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// Every rule, and all that a rule can read.
    All,
    /// The rules that can apply, and what these read.
    Needed,
}

impl CedarPolicy {
    /// What Cedar says to `question`.
    fn answer(&self, question: &Question<'_>, shown: Shown) -> Result<Response, PolicyError> {
        let Book { schema, rules, index, authorizer, .. } = &*self.book;
        let declared = schema.verb(&question.action.call().name())?;
        let mut scene = Scene::new(schema, &self.backdrops);
        let run = scene.run(question.standing, context::mode(question.standing.mode))?;
        let resource = scene.resource(question.action.resource())?;
        let reads = match shown {
            Shown::All => &Reads::Whole,
            Shown::Needed => index.reads(&declared.uid, &resource),
        };
        let context = context::context(question, declared, &mut scene, reads)?;
        let checks = schema.checks().filter(|_| shown == Shown::All);
        let request = Request::new(run, declared.uid.clone(), resource.clone(), context, checks).map_err(failed)?;
        let entities = scene.finish(&declared.uid)?;
        Ok(match shown {
            Shown::All => authorizer.is_authorized(&request, &rules.cedar, &entities),
            Shown::Needed => {
                let near = index.rules(&declared.uid, &resource, &entities)?;
                authorizer.is_authorized(&request, &near, &entities)
            }
        })
    }
}

impl Policy for CedarPolicy {
    fn decide(&self, question: &Question<'_>) -> Result<Decision, PolicyError> {
        let response = self.answer(question, Shown::Needed)?;
        // Every test is one of what is left out, too.
        debug_assert!(
            {
                let whole = self.answer(question, Shown::All)?;
                let reasons = |response: &Response| response.diagnostics().reason().cloned().collect::<BTreeSet<_>>();
                let errors = |response: &Response| response.diagnostics().errors().count();
                (whole.decision(), reasons(&whole), errors(&whole))
                    == (response.decision(), reasons(&response), errors(&response))
            },
            "a rule that was left out has a say, or one was not told what it reads"
        );
        // Cedar leaves a rule out when it fails, and a forbid that is left out forbids nothing.
        if let Some(error) = response.diagnostics().errors().next() {
            return Err(PolicyError(format!("a rule failed, so nothing is allowed: {error}")));
        }
        let named = |id| self.book.rules.named.get(id).cloned().unwrap_or_else(|| Rule::new(id.to_string(), ""));
        let rule = |id| context::with_counts(named(id), question);
        let mut decided: Vec<_> = response.diagnostics().reason().map(rule).collect();
        decided.sort_unstable();
        Ok(Decision { allowed: response.decision() == cedar_policy::Decision::Allow, rules: decided })
    }
}

impl fmt::Debug for CedarPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CedarPolicy").field("pack", &self.book.manifest.name).finish_non_exhaustive()
    }
}
