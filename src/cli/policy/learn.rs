//! `lamassu policy learn`: a pack that permits what recorded runs did.

use super::{
    super::{args, complaint::Complaint, home, say, tools},
    recorded::meant,
};
use crate::{
    Pack,
    policy::{General, Learner},
    runtime::Past,
    visible,
};

pub(super) fn learn(args: &args::Learn) -> Result<u8, Complaint> {
    let store = home::store(args.home.record.as_deref())?;
    let folder = args.out.file_name().unwrap_or_default().to_string_lossy();
    let name = args.name.as_deref().unwrap_or(&folder);
    let general = match args.general {
        args::General::Exact => General::Exact,
        args::General::Form => General::Form,
        args::General::Site => General::Site,
    };
    let mut learner = Learner::new(name, general, &tools::all()?).map_err(Complaint::usage)?;
    let mut packs: Vec<Pack> = Vec::new();
    for run in meant(&store, &args.runs)? {
        let past = Past::read(&store, &run).map_err(Complaint::failed)?;
        if let Some(pack) = &past.pack {
            learner.filled(pack.parameters());
            packs.extend((!packs.contains(pack)).then(|| pack.clone()));
        }
        for (place, judgement) in past.judgements() {
            learner.judged(judgement, past.agreed(&place), &past.bindings);
        }
    }
    let learned = learner.learn().map_err(Complaint::failed)?;
    let files = [
        ("pack.toml", learned.manifest.as_str()),
        ("rules.cedar", learned.rules.as_str()),
        ("cases.toml", learned.cases.as_str()),
    ];
    home::write_folder(&args.out, &files)?;
    let shown = args.out.display();
    say(format!(
        "{shown}: {} rules permit and {} ask, learned from {} judgements; {} cases pass",
        learned.permits, learned.asks, learned.deeds, learned.passed
    ));
    let own = Pack::folder(&args.out);
    packs.iter().for_each(|pack| say(compared(&own, pack)));
    learned.notes.iter().for_each(|note| say(format!("note: {}", visible(note))));
    say(format!("read `{shown}/rules.cedar`, then hold it against your runs: lamassu policy backtest --pack {shown}/"));
    Ok(0)
}

/// Whether the learned pack is no wider than the one that a run was recorded under, in words.
#[cfg(feature = "prove")]
fn compared(learned: &Pack, recorded: &Pack) -> String {
    let verbs = match tools::all() {
        Ok(verbs) => verbs,
        Err(problem) => return format!("not proved: {problem}"),
    };
    match crate::policy::Prover::new(&verbs).within(learned, recorded) {
        Ok(finding) => visible_lines(&finding.to_string()),
        Err(problem) => {
            visible_lines(&format!("not proved that it permits nothing that `{}` denies: {problem}", recorded.name()))
        }
    }
}

#[cfg(not(feature = "prove"))]
fn compared(_: &Pack, recorded: &Pack) -> String {
    format!("not proved that it permits nothing that `{}` denies: this build cannot prove anything", recorded.name())
}

fn visible_lines(text: &str) -> String {
    text.lines().map(visible).collect::<Vec<_>>().join("\n")
}
