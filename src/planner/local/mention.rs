//! Where an instruction speaks of something that the page shows.

use super::{
    instruction::{Instruction, Kind, Word},
    progress::Progress,
    words::{self, Verb},
};

/// A run of words of the instruction that are words of a name.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Mention {
    /// The first word of the run in the instruction.
    pub from: usize,
    /// The word after the last.
    pub to: usize,
    /// Whether it is the whole name.
    pub whole: bool,
    /// How much of the name it is, from 0 to 1.
    pub share: f32,
    /// Whether it is all that stands between two quotes.
    pub quoted: bool,
    /// Whether it is a span that may be a value.
    pub span: bool,
    /// Whether it was taken care of.
    pub taken: bool,
    /// Whether it says little: words such as `to` without quotes.
    pub weak: bool,
    /// Whether the name's words stand apart in one clause, as those of `Add to cart` in `add it to my cart`.
    pub apart: bool,
}

/// The best mention of a name; runs that were not taken care of come first, then the longest.
#[must_use]
pub(super) fn find(told: &Instruction, name: &[String], progress: &Progress) -> Option<Mention> {
    let mut best: Option<(u32, Mention)> = None;
    for (own, first) in name.iter().enumerate() {
        for (from, word) in told.words.iter().enumerate() {
            if !fits(word, first) {
                continue;
            }
            let length = run(told, name, own, from);
            let mention = judge(told, progress, (from, from + length), (own, name.len()));
            let worth = worth(told, &mention);
            if best.as_ref().is_none_or(|(known, _)| worth > *known) {
                best = Some((worth, mention));
            }
        }
    }
    let best = best.map(|(_, mention)| mention);
    if best.is_some_and(|mention| mention.whole && !mention.taken) {
        return best;
    }
    apart(told, name, progress).filter(|found| !found.taken || best.is_none()).or(best)
}

/// A mention whose words stand apart in one clause; one of them is what the clause asks for.
fn apart(told: &Instruction, name: &[String], progress: &Progress) -> Option<Mention> {
    let telling: Vec<&String> = name.iter().filter(|word| !words::is_stop(word)).collect();
    if !(2..=4).contains(&telling.len()) {
        return None;
    }
    let verbs = told.words.iter().enumerate().filter(|(_, word)| {
        word.quote == 0 && !word.barred && word.verb == Some(Verb::Other) && telling.iter().any(|own| means(word, own))
    });
    verbs.into_iter().find_map(|(from, verb)| {
        let inside = |own: &&String| told.words.iter().any(|word| word.clause == verb.clause && means(word, own));
        telling.iter().all(inside).then(|| Mention {
            from,
            to: from + 1,
            whole: true,
            share: 1.0,
            taken: progress.taken.contains(&from),
            apart: true,
            ..Mention::default()
        })
    })
}

/// Whether a word of an instruction is a word of a page, or means the same.
pub(super) fn means(word: &Word, own: &str) -> bool {
    word.quote == 0 && (word.is(own) || words::concepts(own).iter().any(|group| word.concepts.contains(group)))
}

fn fits(word: &Word, own: &str) -> bool {
    // Names that differ by a letter are different names.
    word.is(own) || !word.proper && word.quote == 0 && words::alike(&word.stem, own)
}

fn run(told: &Instruction, name: &[String], own: usize, from: usize) -> usize {
    let pairs = name.iter().skip(own).zip(told.words.iter().skip(from));
    let first = told.words.get(from).map_or(0, |word| word.quote);
    pairs.take_while(|(own, word)| fits(word, own) && word.quote == first).count().max(1)
}

fn judge(
    told: &Instruction,
    progress: &Progress,
    (from, to): (usize, usize),
    (own, length): (usize, usize),
) -> Mention {
    let run = to - from;
    let words = told.words.get(from..to).unwrap_or_default();
    let dated = told.spans.iter().any(|span| {
        matches!(span.kind, Kind::Day(_) | Kind::Time)
            && span.from <= from
            && to <= span.to
            && !(span.from == from && span.to == to)
    });
    let quoted = told.spans.iter().any(|span| span.kind == Kind::Quoted && span.from == from && span.to == to);
    // In `select red, is and go` each word between commas is a name.
    let listed = own == 0 && run == length && is_listed(told, from, to);
    #[expect(clippy::cast_precision_loss, reason = "names are short")]
    let share = run as f32 / length.max(1) as f32;
    Mention {
        from,
        to,
        whole: own == 0 && run == length && !dated,
        share: if dated { 0.0 } else { share },
        quoted: quoted && !dated,
        span: told.spans.iter().any(|span| span.from == from && span.to == to && span.kind != Kind::Phrase) && !dated,
        taken: progress.has(from, to),
        apart: false,
        weak: dated
            || stands_before(told, from, to)
            || run < length && words.iter().all(|word| word.stop)
            || !listed && words.iter().all(|word| word.quote == 0 && (word.stop || word.verb == Some(Verb::Tell))),
    }
}

/// Whether it is one of several things with commas between them.
fn is_listed(told: &Instruction, from: usize, to: usize) -> bool {
    let comma = |at: Option<usize>| at.is_some_and(|at| told.gap(at, at + 1).trim() == ",");
    (comma(from.checked_sub(1)) || comma(to.checked_sub(1)))
        && told.spans.iter().any(|span| span.kind == Kind::Item && (span.from, span.to) == (from, to))
}

/// Whether a word only says of what kind the quoted thing behind it is: `the book "Winter"`.
fn stands_before(told: &Instruction, from: usize, to: usize) -> bool {
    let own = told.words.get(from).filter(|word| word.quote == 0 && word.verb.is_none());
    let article = from.checked_sub(1).and_then(|at| told.words.get(at)).is_some_and(|word| {
        word.quote == 0
            && matches!(word.stem.as_str(), "the" | "das" | "den" | "die" | "der" | "dem" | "des" | "my" | "a")
    });
    let quoted = told.words.get(to).is_some_and(|next| next.quote > 0);
    own.is_some() && article && to - from == 1 && quoted && !told.gap(from, to).contains([',', ':'])
}

fn worth(told: &Instruction, mention: &Mention) -> u32 {
    let telling = told.words.get(mention.from..mention.to).unwrap_or_default();
    let telling = telling.iter().filter(|word| !word.stop || word.quote > 0).count();
    let score = |yes: bool, points: u32| if yes { points } else { 0 };
    score(!mention.weak, 64)
        + score(mention.whole, 32)
        + score(!mention.taken, 24)
        + score(mention.quoted, 16)
        + u32::try_from(telling.min(8)).unwrap_or(0) * 3
}
