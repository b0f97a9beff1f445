//! What would have to be different for a recorded verdict to be another.

use std::fmt;

use lamassu_contract::{Rule, visible};

use super::{
    Backtest, CedarPolicy, Parameters,
    backtest::by,
    changes::{self, Case, Change},
    recorded::{Recorded, Word},
};

/// How many pairs of changes are told, if no single one is enough.
const PAIRS: usize = 6;

/// A verdict, and what would have made it another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// What was asked for, in one line.
    pub action: String,
    /// How it is decided.
    pub word: Word,
    /// By which rules.
    pub rules: Vec<Rule>,
    /// How it was decided then, if the pack decides otherwise now.
    pub was: Option<Word>,
    /// The changes that would turn it, each with what it would become.
    pub turns: Vec<Turn>,
}

/// A change of the question that turns the verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The condition, such as `` `text` came from the user ``.
    pub when: String,
    /// What the verdict would be.
    pub word: Word,
    /// By which rules.
    pub rules: Vec<Rule>,
}

/// Tries single changes of the recorded question, and pairs of them if no single one turns a
/// denial. `parameters` is what was filled in when it was recorded; what `backtest` was given comes
/// first.
///
/// # Errors
///
/// [`PackError`](super::PackError) if a parameter is missing.
pub fn why(backtest: &Backtest, recorded: &Recorded, parameters: &Parameters) -> Result<Why, super::PackError> {
    let filled = backtest.filled(parameters);
    let policy = backtest.policy(&filled)?;
    let (word, rules) = recorded.judge(&policy);
    let base = Case { recorded: recorded.clone(), parameters: filled };
    let changes = changes::of(backtest, &base, word);
    let mut turns: Vec<Turn> = Vec::new();
    if word == Word::Ask {
        let when = "a person agrees to it".to_owned();
        turns.push(Turn { when, word: Word::Allow, rules: Vec::new() });
    }
    turns.extend(changes.iter().filter_map(|change| turn(backtest, &base, word, &[change])));
    if turns.is_empty() && word == Word::Deny {
        turns = pairs(backtest, &base, word, &changes);
    }
    let mut told = std::collections::BTreeSet::new();
    turns.retain(|turn| told.insert(turn.when.clone()));
    turns.sort_by_key(|turn| turn.word);
    let was = (recorded.word != word).then_some(recorded.word);
    Ok(Why { action: recorded.line().to_owned(), word, rules, was, turns })
}

/// The turn that `changes` together make, if they make one.
fn turn(backtest: &Backtest, base: &Case, word: Word, changes: &[&Change]) -> Option<Turn> {
    let changed = changes.iter().try_fold(base.clone(), |case, change| change.made(&case))?;
    let (now, rules) = judge(backtest, &changed)?;
    // An error is an answer to a question that makes no sense, not to a change.
    let sane = !rules.iter().any(|rule| rule.id == "gate.error");
    let when = || changes.iter().map(|change| change.when(backtest, base, word)).collect::<Vec<_>>().join(", and ");
    (now != word && sane).then(|| Turn { when: when(), word: now, rules })
}

pub(super) fn judge(backtest: &Backtest, case: &Case) -> Option<(Word, Vec<Rule>)> {
    let policy: CedarPolicy = backtest.policy(&case.parameters).ok()?;
    Some(case.recorded.judge(&policy))
}

fn pairs(backtest: &Backtest, base: &Case, word: Word, changes: &[Change]) -> Vec<Turn> {
    let both = changes
        .iter()
        .enumerate()
        .flat_map(|(index, one)| changes.iter().skip(index + 1).map(move |other| [one, other]));
    both.filter_map(|pair| turn(backtest, base, word, &pair)).take(PAIRS).collect()
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.word {
            Word::Allow => "is allowed",
            Word::Ask => "waits for a person",
            Word::Deny => "is denied",
        };
        writeln!(f, "`{}` {verdict} {}.", visible(&self.action), by(&self.rules))?;
        if let Some(was) = self.was {
            writeln!(f, "When it was recorded the verdict was {was}: the rules have changed since.")?;
        }
        for (word, head) in [
            (Word::Allow, "It would be allowed if"),
            (Word::Ask, "It would wait for a person if"),
            (Word::Deny, "It would be denied if"),
        ] {
            let mut turns = self.turns.iter().filter(|turn| turn.word == word).peekable();
            if turns.peek().is_some() {
                writeln!(f, "{head}")?;
            }
            for turn in turns {
                write!(f, "  - {}", visible(&turn.when))?;
                match word {
                    Word::Allow => writeln!(f)?,
                    _ => writeln!(f, " ({})", ids(&turn.rules))?,
                }
            }
        }
        if self.turns.is_empty() {
            let tried = if self.word == Word::Deny { "change, nor two together," } else { "change" };
            writeln!(f, "No single {tried} of what was tried turns it; the rules would have to be others.")?;
        }
        Ok(())
    }
}

fn ids(rules: &[Rule]) -> String {
    if rules.is_empty() {
        return "no rule would allow it".to_owned();
    }
    rules.iter().map(|rule| format!("`{}`", rule.id)).collect::<Vec<_>>().join(", ")
}
