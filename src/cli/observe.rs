//! `lamassu observe`: what a planner would see of a page.

use super::{args::Observe, complaint::Complaint};

#[cfg(not(feature = "browser"))]
pub(super) async fn observe(_: Observe) -> Result<u8, Complaint> {
    Err(Complaint::usage("this build has no browser; build it with the feature `browser`"))
}

#[cfg(feature = "browser")]
pub(super) async fn observe(args: Observe) -> Result<u8, Complaint> {
    use crate::{Agent, Goal, Mode, Pack};

    let url = super::run::address(&args.url)?;
    let agent = Agent::builder()
        .mode(Mode::Script)
        .planner(onlooker::Onlooker { url: url.clone() })
        .tool(crate::browser::BrowserTool::new(super::assemble::browser(
            args.window,
            &crate::goal::BrowserChoice::default(),
        )))
        .pack(
            super::run::named_by_user(&url)
                .into_iter()
                .fold(Pack::ready("read-only"), |pack, (name, entries)| pack.with(name, entries)),
        )
        .build()
        .map_err(Complaint::failed)?;
    let report = agent.run(Goal::new(format!("look at {url}"))).await.map_err(Complaint::failed)?;
    if report.answer.is_null() {
        return Err(Complaint::failed(report.reason));
    }
    if args.json {
        super::say(&report.answer);
    } else {
        super::say(&report.reason);
    }
    Ok(report.status.exit_code())
}

#[cfg(feature = "browser")]
mod onlooker {
    //! A planner that opens one page and answers with what it sees.

    use serde_json::json;
    use url::Url;

    use crate::{
        BoxFuture, Call,
        planner::{Planned, Planner, PlannerError, Proposal, Reply, View},
    };

    pub(super) struct Onlooker {
        pub(super) url: Url,
    }

    impl Planner for Onlooker {
        fn name(&self) -> &'static str {
            "onlooker"
        }

        fn propose<'a>(&'a self, view: &'a View<'a>) -> BoxFuture<'a, Result<Planned, PlannerError>> {
            let proposal = match view.turns.last().and_then(|turn| turn.results.last()) {
                None => Proposal::Act(vec![Call::new("browser", "open").with("url", self.url.as_str())]),
                Some(Reply::Failed(failure) | Reply::InDoubt(failure)) => Proposal::Pass(failure.message.clone()),
                Some(Reply::Refused(refusal)) => Proposal::Pass(refusal.to_string()),
                Some(Reply::Landed(_) | Reply::Said(_) | Reply::Stuck(_)) => {
                    let content: Vec<_> = view.now.iter().map(|look| look.content.as_str()).collect();
                    Proposal::Done { answer: json!(view.now), evidence: content.join("\n") }
                }
            };
            Box::pin(async { Ok(proposal.into()) })
        }
    }
}
