//! `lamassu policy learn`: a pack that permits what recorded runs did.

use super::{
    super::{args, complaint::Complaint, home, say, tools},
    recorded::{Past, meant},
};
use crate::{
    policy::{General, Learner},
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
    for run in meant(&store, &args.runs)? {
        let past = Past::read(&store, &run)?;
        if let Some(pack) = &past.pack {
            learner.filled(pack.parameters());
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
    learned.notes.iter().for_each(|note| say(format!("note: {}", visible(note))));
    say(format!("read `{shown}/rules.cedar`, then hold it against your runs: lamassu policy backtest --pack {shown}/"));
    Ok(0)
}
