//! `lamassu teach`: a person shows how something is done, goes through what was recorded, and only
//! then it is kept.

mod lines;
mod pupil;
mod review;

use std::io::Write as _;

use serde_json::json;
use url::Url;

#[cfg(feature = "console")]
pub(super) use self::review::may_be_secret;
use self::{
    lines::Lines,
    pupil::Pupil,
    review::{Review, Said},
};
use super::{
    args::{self, Window},
    assemble,
    complaint::Complaint,
    home,
    progress::{CYAN, DIM, RED, YELLOW, paint},
    run::{address, confirm, named_by_user},
    say,
};
use crate::{
    Agent, Budget, Goal, Mode, Pack, Report, Status,
    browser::{Act, BrowserTool, Options, Recording, Told},
    goal::BrowserChoice,
    planner::skill::{Demonstration, Moment, Skills},
    policy::site,
    visible,
};

/// A person may take their time: a working day, and as many acts as anybody does in one.
const BUDGET: (u64, u64) = (20_000, 12 * 60 * 60);

pub(super) async fn teach(args: args::Teach) -> Result<u8, Complaint> {
    let at = address(&args.at)?;
    let skills = Skills::open(home::skills(args.skills.as_deref(), args.home.record.as_deref())?);
    let skills = skills.map_err(Complaint::usage)?;
    known(&skills, &args.name)?;
    if args.goal.trim().is_empty() {
        return Err(Complaint::usage("say what is to be reached, such as \"Order two of the cheapest mugs\""));
    }
    let window = window(&args)?;
    confirm(&window).await?;
    let recording = Recording::new(args.goal.as_str(), args.secrets.clone(), show);
    let agent = agent(&args, (&at, window), &recording)?;
    let mut lines = Lines::open();
    if lines.is_some() {
        tell(&paint(DIM, "show how it is done; Enter, Ctrl-C or closing the window ends it"));
    }
    let report = watched(&agent, &args, (&at, &recording), lines.as_mut()).await?;
    let (acts, end) = recording.so_far();
    if acts.is_empty() {
        return nothing(&args, &report);
    }
    let mut review = Review::new(acts, end, args.inputs.iter().cloned().collect());
    let keep = |review: &Review| save(&skills, &args, &at, review);
    let saved = match lines.as_mut() {
        Some(lines) => asked(&mut review, (&args.goal, &keep), lines).await,
        None => args.save.then(|| keep(&review)).transpose()?,
    };
    ended(&args, &report, (&review, saved.as_deref()))
}

/// That a skill can have this name, and that the one of this name, if there is one, can be read.
fn known(skills: &Skills, name: &str) -> Result<(), Complaint> {
    match skills.read(name) {
        Ok(_) | Err(crate::planner::skill::SkillError::Unknown { .. }) => Ok(()),
        Err(error) => Err(Complaint::usage(error)),
    }
}

/// Where it is shown.
fn window(args: &args::Teach) -> Result<Window, Complaint> {
    let seen = args.headless || args.attach.is_some() || cfg!(not(target_os = "linux"));
    if !seen && home::variable("DISPLAY").or_else(|| home::variable("WAYLAND_DISPLAY")).is_none() {
        return Err(Complaint::usage(
            "there is no screen to show the browser on; set `DISPLAY`, start it under a virtual one (`xvfb-run`), or \
             `--attach` to a Chromium that somebody has open",
        ));
    }
    Ok(Window {
        headed: !args.headless,
        inspect: args.inspect,
        attach: args.attach,
        yes: args.yes,
        unsafe_no_sandbox: args.unsafe_no_sandbox,
        ..Window::default()
    })
}

/// The agent whose planner does nothing but watch. What the person's pages send is judged by the pack.
fn agent(args: &args::Teach, (at, window): (&Url, Window), recording: &Recording) -> Result<Agent, Complaint> {
    let options = Options {
        recording: Some(recording.clone()),
        detail: true,
        ..assemble::browser(window, &BrowserChoice::default())
    };
    let mut pack = Pack::find(args.pack.as_deref().unwrap_or("web-forms"), std::path::Path::new("."));
    let mut parameters = named_by_user(at);
    let sites = args.sites.iter().map(|site| address(site)).collect::<Result<Vec<_>, _>>()?;
    for url in sites.iter().chain([at]) {
        // A person goes from `www.` to `account.` without a thought.
        let whole = url.host_str().and_then(site).map(|site| ("sites".to_owned(), vec![site.to_owned()]));
        for (name, entries) in named_by_user(url).into_iter().chain(whole) {
            parameters.entry(name).or_default().extend(entries);
        }
    }
    for (name, entry) in &args.with {
        parameters.entry(name.clone()).or_default().push(entry.clone());
    }
    for (name, entries) in parameters {
        pack = pack.with(name, entries);
    }
    let builder = Agent::builder()
        .user(home::user())
        .mode(Mode::Supervised)
        .planner(Pupil)
        .tool(BrowserTool::new(options))
        .pack(pack)
        .journal(home::store(args.home.record.as_deref())?);
    builder.build().map_err(Complaint::usage)
}

/// Watches until the person is ready.
async fn watched(
    agent: &Agent,
    args: &args::Teach,
    (at, recording): (&Url, &Recording),
    mut lines: Option<&mut Lines>,
) -> Result<Report, Complaint> {
    let (steps, seconds) = BUDGET;
    let budget = Budget { steps, seconds, ..Budget::default() };
    let goal = Goal::new(format!("teach {}: {}", args.name, args.goal)).at(at.clone()).budget(budget);
    let mut run = std::pin::pin!(agent.run(goal));
    let mut goes_on = true;
    loop {
        tokio::select! {
            report = &mut run => return report.map_err(Complaint::failed),
            () = lines::interrupted() => recording.stop(),
            _ = lines::next(lines.as_deref_mut()), if goes_on => {
                goes_on = false;
                recording.stop();
            }
        }
    }
}

/// Keeps what is left; says what was learned.
type Keep<'a> = &'a dyn Fn(&Review) -> Result<String, Complaint>;

/// Goes through what was recorded with the person, and keeps it by `keep` if they want that; what that said.
async fn asked(review: &mut Review, (goal, keep): (&str, Keep<'_>), lines: &mut Lines) -> Option<String> {
    tell(&review.to_string());
    loop {
        ask("[s]ave, [q]uit, [d]elete N, [u]ndo, [p]arameter N, [n]ame a secret N, or ? ");
        let line = tokio::select! {
            line = lines.next() => line,
            () = lines::interrupted() => None,
        };
        match review.hear(&line?) {
            Said::Quit => return None,
            Said::Save => {
                tell(&format!("     it ended at {}", review.ending()));
                ask(&format!("is this what \"{}\" asks for? [y]es or [n]o: ", visible(goal)));
                if !matches!(lines.next().await?.trim(), "y" | "yes") {
                    tell("     then trim what was not part of it, or quit and show it again");
                    continue;
                }
                match keep(review) {
                    Ok(steps) => return Some(steps),
                    Err(complaint) => tell(&format!("     {}", visible(&complaint.to_string()))),
                }
            }
            Said::Words(words) => tell(&words),
            Said::Changed => tell(&review.to_string()),
        }
    }
}

/// Learns the skill from what is left; says where it is.
fn save(skills: &Skills, args: &args::Teach, at: &Url, review: &Review) -> Result<String, Complaint> {
    let demonstration = review.demonstration(&args.goal, at.as_str());
    let skill = super::skills::learn(skills, &args.name, vec![demonstration])?;
    Ok(skill.told().join("\n"))
}

/// What a person, having gone through `shown`, leaves of it for the skill `name`; nothing if they want none of it.
pub(super) async fn trimmed(shown: Demonstration, name: &str) -> Result<Option<Demonstration>, Complaint> {
    let mut lines =
        Lines::open().ok_or_else(|| Complaint::usage("`--trim` needs a terminal, where somebody can be asked"))?;
    let Demonstration { goal, at, inputs, moments, end } = shown;
    let acts = moments.into_iter().map(|Moment { page, call }| Act { page, call });
    let mut review = Review::new(acts.collect(), end, inputs);
    let keep = |_: &Review| Ok(name.to_owned());
    let wanted = asked(&mut review, (&goal, &keep), &mut lines).await;
    Ok(wanted.map(|_| review.demonstration(&goal, &at)))
}

/// Nothing was shown: because nothing could be, or because nobody did anything.
fn nothing(args: &args::Teach, report: &Report) -> Result<u8, Complaint> {
    let reason = match report.status {
        Status::Done => "nothing was done, so there is nothing to learn; show it again",
        _ => &report.reason,
    };
    if args.json {
        say(json!({ "name": args.name, "acts": [], "saved": false, "run": report.run, "reason": reason }));
    }
    match report.status {
        Status::Done | Status::Failed => Err(Complaint::failed(reason)),
        status => {
            tell(&format!("{} {}", paint(RED, status.as_str()), visible(reason)));
            Ok(status.exit_code())
        }
    }
}

/// Tells the end.
fn ended(args: &args::Teach, report: &Report, (review, saved): (&Review, Option<&str>)) -> Result<u8, Complaint> {
    if args.json {
        let acts: Vec<_> = review.acts().iter().map(Act::words).collect();
        say(json!({
            "name": args.name, "goal": args.goal, "acts": acts, "inputs": review.inputs(), "saved": saved.is_some(),
            "run": report.run, "reason": report.reason,
        }));
    } else if let Some(steps) = saved {
        say(visible_lines(steps));
    }
    let next = match saved {
        Some(_) => format!("kept; try it with {}", paint(CYAN, &format!("lamassu skills run {}", args.name))),
        None if args.save || Lines::there() => "nothing was kept".to_owned(),
        None => "nothing was kept, since nobody was asked; `--save` keeps what was recorded as it is".to_owned(),
    };
    tell(&format!("{}; {}", paint(DIM, &report.reason), next));
    Ok(0)
}

/// Shows one thing as it happens.
fn show(told: &Told<'_>) {
    match told {
        Told::Act(number, act) => tell(&format!("{number:>4} {}", visible(&act.words()))),
        Told::Left(what) => tell(&format!("     {} {}", paint(YELLOW, "not recorded"), visible(what))),
        Told::Unnamed(name) => tell(&format!(
            "     {} what was typed stays in the page; `{}` stands for it, a secret to be declared for runs",
            paint(YELLOW, "secret"),
            visible(name)
        )),
    }
}

fn visible_lines(text: &str) -> String {
    text.lines().map(visible).collect::<Vec<_>>().join("\n")
}

fn tell(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

fn ask(question: &str) {
    let _ = write!(anstream::stderr(), "     {question}");
    let _ = anstream::stderr().flush();
}
