//! One attempt at a goal: look, propose, act, until it ends.

use std::{sync::Arc, time::Duration};

use lamassu_contract::{Call, Observation, Picture, Refusal, money};
use serde_json::{Value, json};
use url::Url;

use super::{
    Event, Report, RunError, Status,
    agent::Parts,
    evidence::Findings,
    hands,
    reins::Stopped,
    repeat::{Circle, Hope, Repeats},
    state::State,
};
use crate::{
    goal::Goal,
    journal::{Blobs, Journal, Kind},
    planner::{Effort, Planned, PlannerError, Proposal, Reply, View},
};

/// How often an answer of the wrong shape is sent back before the run is given up.
const WRONG_ANSWERS: u32 = 3;

/// An attempt under way.
pub(super) struct Run {
    pub(super) parts: Arc<Parts>,
    pub(super) goal: Goal,
    pub(super) journal: Journal,
    pub(super) state: State,
    pub(super) id: String,
}

/// What ends a run in mid-step.
pub(super) enum Halt {
    /// It came to an end, which is recorded.
    End(Status, String),
    /// It is put aside as it is and can be resumed.
    Aside(Status, String),
    /// It cannot go on.
    Error(RunError),
}

impl<E: Into<RunError>> From<E> for Halt {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

impl Run {
    pub(super) fn new(parts: Arc<Parts>, goal: Goal, journal: Journal) -> Self {
        let mut state = State::new(&goal, parts.autonomy);
        state.changes = parts.law.count();
        let id = journal.run().to_owned();
        Self { parts, goal, journal, state, id }
    }

    pub(super) async fn drive(&mut self) -> Result<Report, RunError> {
        let (status, reason, answer) = match self.go().await {
            Ok(end) => end,
            Err(Halt::End(status, reason)) => (status, reason, Value::Null),
            Err(Halt::Aside(status, reason)) => return Ok(self.report(status, reason, Value::Null)),
            Err(Halt::Error(error)) => return Err(error),
        };
        let mut end = json!({ "status": status, "reason": reason, "answer": answer });
        if let (Value::Object(end), false) = (&mut end, self.state.reckoned.is_empty()) {
            end.insert("reckoned".to_owned(), json!(self.state.reckoned));
        }
        let entry = self.journal.step(Kind::End, "end", async move { end }).await?;
        self.state.clock.tick(&entry);
        Ok(self.report(status, reason, answer))
    }

    fn report(&self, status: Status, reason: String, answer: Value) -> Report {
        Report {
            run: self.id.clone(),
            status,
            reason,
            answer,
            steps: self.state.steps,
            refusals: self.state.refusals.clone(),
            usage: self.state.usage,
            reckoned: self.state.reckoned.clone(),
            millis: self.state.clock.spent,
            head: self.journal.head(),
        }
    }

    async fn go(&mut self) -> Result<(Status, String, Value), Halt> {
        self.begin().await?;
        loop {
            self.affordable()?;
            self.held().await?;
            self.look().await?;
            self.within_budget()?;
            let planned = self.propose().await?;
            match planned.proposal {
                Proposal::Act(ref calls) if calls.is_empty() => self.idle(hands::handed_back(&planned)),
                Proposal::Act(calls) => self.act(calls, &planned.why).await?,
                Proposal::Ask(question) => self.ask(question).await?,
                Proposal::Done { answer, evidence } => {
                    if let Some(end) = self.accept(answer, evidence)? {
                        return Ok(end);
                    }
                }
                Proposal::Pass(why) => match self.state.doubted.take() {
                    Some((answer, problem)) => return Ok((Status::Unverified, problem, answer)),
                    None => return Err(Halt::End(self.why_passed(), why)),
                },
            }
        }
    }

    async fn begin(&mut self) -> Result<(), Halt> {
        let begin = json!({
            "goal": self.goal.text, "told": self.goal.told, "inputs": self.goal.inputs,
            "planner": self.parts.planner.name(), "agent": self.parts.name, "user": self.parts.user,
            "autonomy": self.parts.autonomy, "pack": self.parts.law.pack(),
        });
        let expected = begin.clone();
        let entry = self.journal.step(Kind::Begin, "begin", async move { begin }).await?;
        self.state.clock.tick(&entry);
        if goal_of(&entry.value) != goal_of(&expected) {
            return Err(Halt::Error(RunError::OtherGoal { run: self.id.clone() }));
        }
        let planner = self.parts.planner.name().to_owned();
        self.tell(&Event::Began { run: self.id.clone(), goal: self.goal.text.clone(), planner });
        self.tell(&Event::Level { autonomy: self.state.autonomy });
        Ok(())
    }

    async fn propose(&mut self) -> Result<Planned, Halt> {
        let name = format!("proposal-{}", self.state.turns.len() + 1);
        let job = Asking {
            parts: Arc::clone(&self.parts),
            goal: self.goal.clone(),
            turns: Arc::clone(&self.state.turns),
            now: Arc::clone(&self.state.now),
            blobs: self.journal.blobs(),
        };
        let left = Duration::from_secs(self.goal.budget.seconds.saturating_sub(self.state.clock.spent / 1000).max(1));
        let answer = self.journal.try_step(Kind::Proposal, &name, async move { job.propose(left).await });
        let entry = answer.await?.map_err(|error| Halt::Error(RunError::Planner { run: self.id.clone(), error }))?;
        match entry.value.as_ref().and_then(hands::by_hand) {
            Some(_) => self.state.clock.wait(&entry),
            None => self.state.clock.tick(&entry),
        }
        let Some(planned) = entry.value else {
            let spent = self.spent("seconds", self.goal.budget.seconds);
            return Err(Halt::End(Status::BudgetSpent, format!("{spent}, while waiting for the planner")));
        };
        self.state.planned(planned.clone());
        if entry.fresh {
            let Planned { proposal, why, .. } = &planned;
            self.tell(&Event::Proposed { proposal: proposal.to_string(), why: why.clone() });
            self.tell_spent();
        }
        Ok(planned)
    }

    /// A proposal without a call, of a planner or of somebody who hands back with a `note`.
    fn idle(&mut self, note: Option<String>) {
        self.state.steps += 1;
        let own = || "the proposal names no call; propose one, or say that you are done".to_owned();
        self.state.replied(Reply::Said(note.unwrap_or_else(own)));
    }

    /// Calls in order, until one does not land or moves the page.
    async fn act(&mut self, calls: Vec<Call>, why: &str) -> Result<(), Halt> {
        for (index, call) in calls.iter().enumerate() {
            if index > 0 {
                self.held().await?;
            }
            self.within_budget()?;
            // A person knows when they go round in circles.
            let counts = self.state.by_hand.is_none();
            let hope = if self.parts.planner.is_listed() { Hope::None } else { Hope::of(call, index) };
            let circle = if counts { self.state.repeats.count(call, &self.state.now, hope) } else { Circle::No };
            if let Circle::End(reason) = circle {
                return Err(Halt::End(Status::Failed, reason));
            }
            let rest = calls.get(index + 1..).unwrap_or_default();
            let reply = self.step(call, rest, why).await?;
            let goes_on = matches!(&reply, Reply::Landed(observation) if !observation.moved);
            self.state.replied(reply);
            if let Circle::Nudge(words) = circle {
                self.state.replied(Reply::Stuck(words));
            }
            if !goes_on {
                return Ok(());
            }
        }
        self.warn();
        Ok(())
    }

    /// Tells the planner once that little is left of a budget, so that it can come to an end of its own.
    fn warn(&mut self) {
        let scarce = self.used().into_iter().find(|(_, used, limit)| used * 5 >= limit * 4 && used < limit);
        let Some((what, used, limit)) = scarce.filter(|_| !self.state.warned && !self.parts.planner.is_listed()) else {
            return;
        };
        self.state.warned = true;
        let words =
            format!("{} of {limit} {what} are left; do what matters most, then say what is reached", limit - used);
        self.state.replied(Reply::Said(words));
    }

    async fn ask(&mut self, question: String) -> Result<(), Halt> {
        self.state.steps += 1;
        let name = format!("answer-{}", self.state.steps);
        let parts = Arc::clone(&self.parts);
        let asked = question.clone();
        let answer = self.journal.try_step(Kind::Answer, &name, async move {
            let said = parts.approver.answer(&asked).await;
            said.map(|said| parts.vault().redact(&said)).ok_or(())
        });
        let Ok(entry) = answer.await? else {
            return Err(Halt::Aside(Status::Waiting, format!("the planner asks: {question}")));
        };
        self.state.clock.wait(&entry);
        // What a person says is news: what was tried before may lead on now.
        self.state.repeats = Repeats::default();
        self.state.replied(Reply::Said(entry.value));
        Ok(())
    }

    /// What is wrong with `answer`, if anything.
    fn check(&self, answer: &Value) -> Option<String> {
        let schema = self.goal.output.as_ref()?;
        match jsonschema::validator_for(schema) {
            Ok(validator) => {
                let error = validator.iter_errors(answer).next()?;
                Some(format!("the answer does not fit the output schema at `{}`: {error}", error.instance_path()))
            }
            Err(error) => Some(format!("the output schema makes no sense: {error}")),
        }
    }

    /// How the run ends by a claim that the goal is reached; `None` if that was sent back. What has the wrong shape may be
    /// mended, what nothing bears out is doubted once.
    fn accept(&mut self, answer: Value, evidence: String) -> Result<Option<(Status, String, Value)>, Halt> {
        if let Some(problem) = self.check(&answer) {
            self.send_back(problem)?;
            return Ok(None);
        }
        let Findings { against, reckoned } = self.examine(&answer, &evidence);
        self.state.reckoned = reckoned;
        if against.is_empty() {
            return Ok(Some((Status::Done, evidence, answer)));
        }
        let problem = against.join("; ");
        if self.state.doubted.is_some() {
            return Ok(Some((Status::Unverified, problem, answer)));
        }
        self.tell(&Event::Noted { text: format!("not verified: {problem}") });
        let words = format!("this is not verified: {problem}. Look again; say so only with what shows it, or give up");
        self.state.doubted = Some((answer, problem));
        self.state.replied(Reply::Said(words));
        Ok(None)
    }

    fn send_back(&mut self, problem: String) -> Result<(), Halt> {
        self.state.wrong_answers += 1;
        if self.state.wrong_answers >= WRONG_ANSWERS {
            return Err(Halt::End(Status::Failed, problem));
        }
        self.tell(&Event::Noted { text: problem.clone() });
        self.state.replied(Reply::Said(problem));
        Ok(())
    }

    /// A planner that gives up right after a refusal, or when nothing but refusals and failures
    /// came of all it tried, was refused; otherwise it failed. If that refusal was a budget's, the
    /// budget is spent.
    fn why_passed(&self) -> Status {
        let replies: Vec<_> = self.state.turns.iter().flat_map(|turn| &turn.results).collect();
        let refused = |reply: &&Reply| match reply {
            Reply::Refused(_) => true,
            Reply::Failed(failure) => failure.refusal.is_some(),
            _ => false,
        };
        let landed = replies.iter().any(|reply| matches!(reply, Reply::Landed(_)));
        let last = replies.last().is_some_and(refused);
        let of_budget = |refusal: &Refusal| refusal.rules.iter().any(|rule| rule.id.starts_with("guard.budget-"));
        if matches!(replies.last(), Some(Reply::Refused(refusal)) if of_budget(refusal)) {
            return Status::BudgetSpent;
        }
        if last || (!landed && replies.iter().any(refused)) { Status::Refused } else { Status::Failed }
    }

    fn within_budget(&self) -> Result<(), Halt> {
        match self.used().into_iter().find(|(_, used, limit)| used >= limit) {
            Some((what, _, limit)) => Err(Halt::End(Status::BudgetSpent, self.spent(what, limit))),
            None => Ok(()),
        }
    }

    /// What is counted, how much of it was used, and how much may be.
    fn used(&self) -> [(&'static str, u64, u64); 3] {
        let budget = &self.goal.budget;
        [
            ("steps", self.state.steps, budget.steps),
            ("seconds", self.state.clock.spent / 1000, budget.seconds),
            ("tokens", self.state.usage.tokens(), budget.tokens),
        ]
    }

    /// Money ends a run before the next question to the planner; until then the guards refuse.
    fn affordable(&self) -> Result<(), Halt> {
        let Some(limit) = self.goal.budget.limits.money else { return Ok(()) };
        if self.state.usage.money.is_none() && self.state.usage.tokens() > 0 {
            let reason = "the budget limits `money`, and nobody said what tokens cost; give `price_in` and `price_out` \
                under `[model]`, a table in `prices.toml`, or `prices(..)` to the model or the agent";
            return Err(Halt::End(Status::Failed, reason.to_owned()));
        }
        let spent = self.state.money();
        if spent >= limit && spent > 0 {
            let reason = format!("the planner has cost {} of {}", money(spent), money(limit));
            return Err(Halt::End(Status::BudgetSpent, reason));
        }
        Ok(())
    }

    fn spent(&self, what: &str, limit: u64) -> String {
        format!("the budget of {limit} {what} is spent after {} steps", self.state.steps)
    }

    /// Waits as long as somebody holds the run.
    async fn held(&mut self) -> Result<(), Halt> {
        let parts = Arc::clone(&self.parts);
        match parts.reins.next(|by| self.tell(&Event::Paused { by: by.to_owned() })).await {
            Ok(None) => {}
            Ok(Some(rest)) => {
                self.state.rests.push(rest);
                self.tell(&Event::WentOn);
            }
            Err(Stopped(by)) => return Err(Halt::End(Status::Refused, format!("{by} stopped the run"))),
        }
        Ok(())
    }

    pub(super) fn tell_spent(&self) {
        self.tell(&Event::Spent { used: self.state.used(&self.goal) });
    }

    pub(super) fn tell(&self, event: &Event) {
        (self.parts.events)(event);
    }
}

/// What a first record says without the pack, which older records do not name, and which may be
/// another when a run is taken up again.
fn goal_of(begin: &Value) -> Value {
    let mut goal = begin.clone();
    goal.as_object_mut().and_then(|goal| goal.remove("pack"));
    goal
}

/// A question to the planner that outlives the borrow of the run.
struct Asking {
    parts: Arc<Parts>,
    goal: Goal,
    turns: Arc<Vec<crate::planner::Turn>>,
    now: Arc<Vec<Observation>>,
    blobs: Blobs,
}

impl Asking {
    /// What the planner proposes within `left`, or a person in its place. No answer in time is an answer: it ends
    /// the run the same way when it is read again.
    async fn propose(&self, left: Duration) -> Result<Option<Planned>, PlannerError> {
        let (hands, reins) = (&self.parts.hands, &self.parts.reins);
        tokio::select! {
            biased;
            () = reins.stopped() => return Ok(Some(hands::nothing())),
            () = hands.taken() => {}
            planned = self.planned(left) => return planned,
        }
        tokio::select! {
            () = reins.stopped() => Ok(Some(hands::nothing())),
            planned = hands.next() => Ok(Some(planned)),
        }
    }

    async fn planned(&self, left: Duration) -> Result<Option<Planned>, PlannerError> {
        match tokio::time::timeout(left, self.ask()).await {
            Ok(planned) => planned.map(hands::own).map(Some),
            Err(_) => Ok(None),
        }
    }

    /// The pictures of the newest turn. One that cannot be read any more is left out, as if it had not been taken.
    fn pictures(&self) -> Vec<Picture> {
        let results = self.turns.last().map_or(&[][..], |turn| &turn.results);
        let taken = results.iter().filter_map(|reply| match reply {
            Reply::Landed(seen) => Some(&seen.pictures),
            _ => None,
        });
        let whole = |picture: &Picture| {
            Some(Picture { png: self.blobs.read_base64(&picture.png).ok()?, about: picture.about.clone() })
        };
        taken.flatten().filter_map(whole).collect()
    }

    async fn ask(&self) -> Result<Planned, PlannerError> {
        let secrets: Vec<_> = self.parts.vault().names().map(str::to_owned).collect();
        let rules = self.parts.law.about();
        let view = View {
            rules: &rules,
            goal: &self.goal.text,
            at: self.goal.at.as_ref().map(Url::as_str),
            inputs: &self.goal.inputs,
            output: self.goal.output.as_ref(),
            tools: self.parts.toolbox.offers(),
            secrets: &secrets,
            turns: &self.turns,
            now: &self.now,
            pictures: &self.pictures(),
        };
        let (began, before) = (std::time::Instant::now(), (self.parts.meter)());
        let mut planned = self.parts.planner.propose(&view).await?;
        let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        planned.usage.money = planned.usage.money.or_else(|| self.parts.prices.map(|prices| prices.of(planned.usage)));
        planned.effort = Effort { micros, ..(self.parts.meter)().since(before) };
        if let Proposal::Done { answer, evidence } = &mut planned.proposal {
            let redact = |text: &str| self.parts.vault().redact(text);
            let shown = Observation::from_tool("answer", evidence.as_str()).with_data(answer.take()).map_text(&redact);
            *answer = shown.data;
            *evidence = shown.content;
        }
        Ok(planned)
    }
}
