//! A run under way: what it tells, what it asks, and how it is held.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use lamassu_browser::{Frame, Lens};
use lamassu_contract::{BoxFuture, Call, Verb};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::{oneshot, watch};

use super::{
    album::Album,
    hub::Hub,
    live::Live,
    question::{Matter, Occasion, Question, Said},
    webhook::Webhook,
};
use crate::runtime::{Approver, Event, Gait, Hands, NotYours, Reins, Request, Ruling, Settled};

/// How long a person may take; then the run is put aside and can be taken up. It is less than the runtime
/// itself waits, after which the answer would be no.
const PATIENCE: Duration = Duration::from_secs(9 * 60 + 30);

/// What all seats of a console share.
#[derive(Clone)]
pub(super) struct Room {
    pub(super) hub: Arc<Hub>,
    pub(super) tools: Arc<Vec<(String, Vec<Verb>)>>,
    pub(super) album: Album,
    pub(super) webhook: Option<Webhook>,
    /// The port that the page is served on.
    pub(super) port: u16,
}

/// A place at the console for the agent of one run. It is the agent's [`Approver`]; give it its events, too.
#[derive(Clone)]
pub struct Seat(Arc<Shared>);

struct Shared {
    room: Room,
    reins: Reins,
    hands: Hands,
    lens: Lens,
    run: watch::Sender<Option<String>>,
    live: Mutex<Live>,
    open: Mutex<Open>,
}

/// What is asked now, and what was said last.
#[derive(Default)]
struct Open {
    waiting: Option<Waiting>,
    /// Id of the question, who answered, and what.
    answered: Option<(String, String, &'static str)>,
    /// An answer that was given before the run was taken up: id, who, what.
    beforehand: Option<(String, String, Said)>,
}

struct Waiting {
    question: Question,
    answer: oneshot::Sender<(Said, String)>,
}

/// What somebody does in the planner's place.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do", deny_unknown_fields)]
pub(super) enum Deed {
    Take,
    Act { call: Call },
    Back { note: String },
}

/// Why an answer did not count.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Void {
    /// Somebody was quicker: who, and what they said.
    Answered(String, &'static str),
    /// Nobody asks that any more.
    Gone,
}

impl Seat {
    /// A seat that nobody has taken.
    pub(super) fn new(room: Room) -> Self {
        Self(Arc::new(Shared {
            room,
            reins: Reins::default(),
            hands: Hands::default(),
            lens: Lens::new(),
            run: watch::Sender::new(None),
            live: Mutex::new(Live::new()),
            open: Mutex::default(),
        }))
    }

    /// A seat for a recorded run, whose last step was `step`.
    pub(super) fn again(self, run: &str, step: u64) -> Self {
        self.0.run.send_replace(Some(run.to_owned()));
        self.live().step = step;
        self
    }

    /// What the agent is to be paused and stopped by.
    #[must_use]
    pub fn reins(&self) -> Reins {
        self.0.reins.clone()
    }

    /// By what people act in its planner's place.
    #[must_use]
    pub fn hands(&self) -> Hands {
        self.0.hands.clone()
    }

    /// What its browser is to be watched through.
    #[must_use]
    pub fn lens(&self) -> Lens {
        self.0.lens.clone()
    }

    /// The port of this machine on which the console is served. The agent's own tools must be kept from it.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.0.room.port
    }

    /// Takes note of what happens in the run.
    pub fn tell(&self, event: &Event) {
        if let Event::Began { run, .. } = event {
            self.0.run.send_replace(Some(run.clone()));
            self.0.room.hub.add(self.clone());
        }
        let more = self.live().take(event);
        if let Event::Judged { step, .. } = event {
            self.keep_picture(*step);
        }
        self.say("event", json!({ "event": event, "more": more }));
    }

    /// The run has ended without having told so.
    pub(super) fn fail(&self, reason: &str) {
        self.live().fail(reason);
        self.say("event", json!({ "event": { "event": "ended", "status": "failed", "reason": reason }, "more": {} }));
    }

    /// The run's id, once it has begun.
    pub(super) fn run(&self) -> Option<String> {
        self.0.run.borrow().clone()
    }

    /// Waits until the run has begun.
    pub(super) async fn begun(&self) -> Option<String> {
        let mut run = self.0.run.subscribe();
        run.wait_for(Option::is_some).await.ok()?.clone()
    }

    pub(super) fn live(&self) -> MutexGuard<'_, Live> {
        self.0.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything that a page has to know of the run.
    pub(super) fn state(&self) -> Value {
        let question = self.open().waiting.as_ref().map(|waiting| waiting.question.clone());
        json!({ "run": self.run(), "gait": self.0.reins.gait(), "hand": self.0.hands.by(), "question": question, "live": *self.live() })
    }

    /// What is asked now.
    pub(super) fn question(&self) -> Option<Question> {
        self.open().waiting.as_ref().map(|waiting| waiting.question.clone())
    }

    /// Lets it go on as `gait` says, because `by` wishes it. A question that is open when the run is stopped is
    /// answered by that.
    pub(super) fn pull(&self, gait: Gait, by: &str) {
        self.0.reins.pull(gait, by);
        self.say("pull", json!({ "gait": gait, "by": by }));
        let asked = self.question().filter(|question| gait == Gait::Stop && question.matter != Matter::Settle);
        if let Some(question) = asked {
            // Somebody may have answered in this very moment; then the run stops after that step.
            let _ = self.answer((&question.id, question.since), Said::Stop, by);
        }
    }

    /// Lets `by` take over, act, or hand back.
    pub(super) fn by_hand(&self, deed: Deed, by: &str) -> Result<(), NotYours> {
        match deed {
            Deed::Take => {
                self.0.hands.take_over(by)?;
                // Whoever acts has to see the page as it is, which a paused run does not look at.
                if self.0.reins.gait() != Gait::Stop {
                    self.pull(Gait::Go, by);
                }
                let asked = self.question().filter(|question| question.matter == Matter::Ask);
                if let Some(question) = asked {
                    let text = "I act by hand now".to_owned();
                    // Somebody may have answered in this very moment, which does as well.
                    let _ = self.answer((&question.id, question.since), Said::Answer { text }, by);
                }
            }
            Deed::Act { call } => self.0.hands.act(by, call)?,
            Deed::Back { note } => self.0.hands.hand_back(by, &note)?,
        }
        self.say("hand", json!({ "hand": self.0.hands.by() }));
        Ok(())
    }

    /// The pictures of its page from now on; while the receiver lives, somebody watches.
    pub(super) fn frames(&self) -> watch::Receiver<Option<Arc<Frame>>> {
        self.0.lens.frames()
    }

    /// Answers the question `id`, which was asked at `since`. One answer counts.
    pub(super) fn answer(&self, (id, since): (&str, u64), said: Said, by: &str) -> Result<(), Void> {
        let mut open = self.open();
        let asked = open.waiting.take_if(|waiting| waiting.question.id == id && waiting.question.since == since);
        let Some(Waiting { answer, .. }) = asked else {
            return Err(match &open.answered {
                Some((known, by, word)) if known == id => Void::Answered(by.clone(), word),
                _ => Void::Gone,
            });
        };
        let word = said.word();
        if answer.send((said, by.to_owned())).is_err() {
            return Err(Void::Gone);
        }
        open.answered = Some((id.to_owned(), by.to_owned(), word));
        drop(open);
        self.say("answered", json!({ "id": id, "by": by, "word": word }));
        Ok(())
    }

    /// Answers a question that the run will ask when it is taken up, if it is the same then.
    pub(super) fn beforehand(&self, id: &str, said: Said, by: &str) {
        self.open().beforehand = Some((id.to_owned(), by.to_owned(), said));
    }

    /// Asks, and waits for one answer. `None` if nobody gives one in time.
    async fn ask(&self, mut question: Question) -> Option<(Said, String)> {
        let id = question.id.clone();
        if let Some((_, by, said)) = self.open().beforehand.take().filter(|(known, ..)| *known == id) {
            self.say("answered", json!({ "id": id, "by": by, "word": said.word() }));
            return Some((said, by));
        }
        let (answer, answered) = oneshot::channel();
        question.until = Some(question.since + millis(PATIENCE));
        self.open().waiting = Some(Waiting { question: question.clone(), answer });
        let _void = Asked { seat: self, id };
        if let Some(webhook) = &self.0.room.webhook {
            webhook.tell(&question.run, &question.line);
        }
        self.say("question", json!({ "question": question }));
        tokio::time::timeout(PATIENCE, answered).await.ok()?.ok()
    }

    fn occasion<'a>(&'a self, run: &'a str) -> Occasion<'a> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map(millis).unwrap_or_default();
        Occasion { run, step: self.live().step, since, tools: &self.0.room.tools }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn say(&self, kind: &str, mut value: Value) {
        if let Some(map) = value.as_object_mut() {
            map.insert("run".to_owned(), json!(self.run()));
        }
        self.0.room.hub.say(kind, value);
    }

    /// Keeps what is seen now as the picture of a step, if somebody watches.
    fn keep_picture(&self, step: u64) {
        let (Some(run), Some(frame)) = (self.run(), self.0.lens.seen()) else { return };
        let target = self.live().target();
        self.0.room.album.keep(&run, step, &frame, target);
    }
}

impl Approver for Seat {
    fn rule<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Ruling> {
        Box::pin(async move {
            let run = self.run().unwrap_or_default();
            let mut question = Question::held(request, &self.occasion(&run));
            let resource = request.action.resource();
            question.target = self.0.lens.about(Some(resource)).or_else(|| self.live().row(resource));
            self.live().aim(question.target);
            let Some((said, by)) = self.ask(question).await else { return Ruling::Later };
            match said {
                Said::Plan => match request.plan.clone() {
                    Some(plan) => Ruling::Plan { by, plan },
                    None => nothing_shown(by),
                },
                Said::Always => match request.always.clone() {
                    Some(rule) => Ruling::Always { by, rule },
                    None => nothing_shown(by),
                },
                Said::Approve => Ruling::Approve { by },
                Said::Edit { args } => Ruling::Edit { by, call: Call { args, ..request.action.call().clone() } },
                Said::Reject { why } => Ruling::Reject { by, why },
                Said::Level { autonomy } => Ruling::Level { by, autonomy },
                Said::Stop => Ruling::Stop { by },
                Said::Answer { .. } | Said::Settle { .. } => nothing_shown(by),
            }
        })
    }

    fn answer<'a>(&'a self, question: &'a str) -> BoxFuture<'a, Option<String>> {
        Box::pin(async move {
            let run = self.run().unwrap_or_default();
            let question = Question::asked(question, &self.occasion(&run));
            match self.ask(question).await? {
                (Said::Answer { text }, _) => Some(text),
                (Said::Stop, by) => {
                    self.0.reins.pull(Gait::Stop, &by);
                    Some(String::new())
                }
                _ => None,
            }
        })
    }

    fn settle<'a>(&'a self, action: &'a Value) -> BoxFuture<'a, Option<Settled>> {
        Box::pin(async move {
            let run = self.run().unwrap_or_default();
            let question = Question::doubtful(action, &self.occasion(&run));
            match self.ask(question).await? {
                (Said::Settle { landed: true }, _) => Some(Settled::Landed),
                (Said::Settle { landed: false }, _) => Some(Settled::NotSent),
                _ => None,
            }
        })
    }
}

/// What was agreed to was not offered.
fn nothing_shown(by: String) -> Ruling {
    Ruling::Reject { by, why: "the answer is to something else than was shown".to_owned() }
}

/// A question that is open. It is void when nobody waits for the answer any more.
struct Asked<'a> {
    seat: &'a Seat,
    id: String,
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        self.seat.0.lens.about(None);
        let open = self.seat.open().waiting.take_if(|waiting| waiting.question.id == self.id);
        if open.is_some() {
            self.seat.say("void", json!({ "id": self.id }));
        }
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl std::fmt::Debug for Seat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Seat").field("run", &self.run()).finish_non_exhaustive()
    }
}
