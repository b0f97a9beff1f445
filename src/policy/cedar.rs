//! Cedar behind the contract's `Policy`.

use std::{collections::BTreeSet, fmt, sync::Arc};

use cedar_policy::{Authorizer, Request};
use lamassu_contract::{Decision, Policy, PolicyError, Question, Rule, Verb};

use super::{
    cases,
    check::Report,
    context,
    entities::{Scene, failed},
    fault::PackError,
    manifest::{Groups, Manifest},
    pack::Pack,
    rules::Rules,
    schema::Schema,
    text,
};

/// A pack that has been loaded. Deciding reads nothing but the question.
#[derive(Clone)]
pub struct CedarPolicy {
    book: Arc<Book>,
    groups: Arc<Groups>,
}

/// What does not depend on what the user filled in.
pub(super) struct Book {
    manifest: Manifest,
    schema: Schema,
    rules: Rules,
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
        let (book, _) = read(pack, verbs)?;
        let groups = book.manifest.groups(pack.parameters())?;
        Ok(Self { book, groups: Arc::new(groups) })
    }

    pub(super) fn new(book: Arc<Book>, groups: Groups) -> Self {
        Self { book, groups: Arc::new(groups) }
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
    pub(super) fn rules(&self) -> &Rules {
        &self.rules
    }
}

/// Reads `pack`, and says what is in it.
pub(super) fn read(pack: &Pack, verbs: &[(String, Vec<Verb>)]) -> Result<(Arc<Book>, Report), PackError> {
    let ((defaults, guards), own) = (text::base(), pack.files()?);
    let manifest = Manifest::read(&own.manifest)?.above(&Manifest::read(&defaults)?);
    let schema = Schema::new(verbs)?;
    let groups: BTreeSet<_> = manifest.parameters.keys().map(String::as_str).collect();
    let rules = Rules::read(&guards, &own.rules, &groups, &schema)?;
    let mut report = Report {
        name: manifest.name.clone(),
        about: manifest.about.clone(),
        widens: manifest.widens.clone(),
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
    let book = Arc::new(Book { manifest, schema, rules, authorizer: Authorizer::new() });
    report.cases = cases::run(&own.cases, &book)?;
    Ok((book, report))
}

/// What the rules of `book`, which was read from `pack`, decide on its cases.
pub(super) fn tried(pack: &Pack, book: &Arc<Book>) -> Result<Vec<cases::Tried>, PackError> {
    cases::tried(&pack.files()?.cases, book)
}

impl Policy for CedarPolicy {
    fn decide(&self, question: &Question<'_>) -> Result<Decision, PolicyError> {
        let Book { schema, rules, authorizer, .. } = &*self.book;
        let declared = schema.verb(&question.action.call().name())?;
        let mut scene = Scene::new(schema, &self.groups);
        let run = scene.run(question.standing, context::mode(question.standing.mode))?;
        let resource = scene.resource(question.action.resource())?;
        let context = context::context(question, declared, &mut scene)?;
        let request =
            Request::new(run, declared.uid.clone(), resource, context, Some(&schema.cedar)).map_err(failed)?;
        let response = authorizer.is_authorized(&request, &rules.cedar, &scene.finish(&declared.uid)?);
        // Cedar leaves a rule out when it fails, and a forbid that is left out forbids nothing.
        if let Some(error) = response.diagnostics().errors().next() {
            return Err(PolicyError(format!("a rule failed, so nothing is allowed: {error}")));
        }
        let rule = |id| rules.named.get(id).cloned().unwrap_or_else(|| Rule::new(id.to_string(), ""));
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
