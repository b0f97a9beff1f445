//! One thing after another breaks, at every place where something can. Then nothing is done.

use std::sync::{Arc, Mutex, OnceLock};

use lamassu::{
    Agent, Approver, BoxFuture, Decision, Event, Goal, Pack, Policy, PolicyError, Question, Report, Request, Rule,
    Ruling, RunError, Store,
    runtime::{AgentBuilder, Settled},
};

use crate::support::{Bell, Listed, Rules, Scripted, act, approve, command::Desk, ring};

type Place = Arc<OnceLock<Agent>>;

/// What a fault has to work with.
struct Scene {
    desk: Desk,
    /// The agent, once it is built.
    agent: Place,
    /// The run, once it has begun.
    run: Arc<Mutex<String>>,
}

/// What breaks, how, and a word of how the run ends.
type Fault = (&'static str, fn(&Scene, AgentBuilder) -> AgentBuilder, &'static str);

#[derive(Debug)]
struct Broken(fn() -> Result<Decision, PolicyError>);

impl Policy for Broken {
    fn decide(&self, _: &Question<'_>) -> Result<Decision, PolicyError> {
        (self.0)()
    }
}

/// A person who does something before they agree.
struct Busy(Box<dyn Fn() + Send + Sync>);

impl Approver for Busy {
    fn rule<'a>(&'a self, _: &'a Request) -> BoxFuture<'a, Ruling> {
        (self.0)();
        Box::pin(async { Ruling::Approve { by: "ada".to_owned() } })
    }

    fn settle<'a>(&'a self, _: &'a serde_json::Value) -> BoxFuture<'a, Option<Settled>> {
        Box::pin(async { None })
    }
}

impl Scene {
    fn new() -> Self {
        Self { desk: Desk::new(), agent: Place::default(), run: Arc::default() }
    }

    fn pack(&self, rules: &str) -> Pack {
        self.desk.write("packs/open/rules.cedar", rules);
        Pack::folder(self.desk.path("packs/open"))
    }

    /// Tells the observers of the run, and has `fault` happen at the event of this kind.
    fn at(
        &self,
        builder: AgentBuilder,
        kind: &'static str,
        fault: impl Fn(&Place, &str) + Send + Sync + 'static,
    ) -> AgentBuilder {
        let (agent, run) = (Arc::clone(&self.agent), Arc::clone(&self.run));
        builder.events(move |event| {
            if let Event::Began { run: id, .. } = event {
                run.lock().unwrap().clone_from(id);
            }
            if serde_json::to_value(event).unwrap()["event"] == kind {
                fault(&agent, &run.lock().unwrap());
            }
        })
    }

    /// Has `statement` change the file of the record at the event of this kind.
    fn record(&self, builder: AgentBuilder, kind: &'static str, statement: &'static str) -> AgentBuilder {
        let builder = builder.journal(Store::open(&self.desk.path("record")).unwrap());
        let file = self.desk.path("record/record.db");
        self.at(builder, kind, move |_, _| {
            rusqlite::Connection::open(&file).unwrap().execute_batch(statement).unwrap();
        })
    }

    fn reloads(&self, rules: &str) -> impl Fn(&Place, &str) + Send + Sync + 'static {
        let pack = self.pack(rules);
        move |agent: &Place, _: &str| drop(agent.get().unwrap().reload(pack.clone()))
    }
}

fn asks(builder: AgentBuilder) -> AgentBuilder {
    builder.policy(Rules(|_| Some(false)))
}

const OPEN: &str = "@id(\"open\")\npermit (principal, action, resource);\n";
const OVERFLOWS: &str = "@id(\"open\")\npermit (principal, action, resource);\n@id(\"many\")\nforbid (principal, action == \
                         Lamassu::Action::\"bell.ring\", resource) when { context.args has times && context.args.times has \
                         number && context.args.times.number * 3 < 0 };\n";

const FAULTS: &[Fault] = &[
    ("there is no policy", |_, builder| builder, "deny-all.everything"),
    ("the policy fails", |_, builder| builder.policy(Broken(|| Err(PolicyError("no memory".into())))), "gate.error"),
    ("the policy panics", |_, builder| builder.policy(Broken(|| panic!("no memory"))), "gate.error"),
    (
        "the policy denies what its rules allow",
        |_, builder| builder.policy(Broken(|| Ok(Decision { allowed: false, rules: vec![Rule::new("open", "")] }))),
        "`open`",
    ),
    ("a rule fails, and another would allow it", |scene, builder| builder.pack(scene.pack(OVERFLOWS)), "gate.error"),
    ("nobody is there to ask", |_, builder| asks(builder), "person.reject"),
    (
        "the person panics",
        |_, builder| asks(builder).approver(Scripted { says: |_| panic!("no idea"), settles: None }),
        "the approver panicked",
    ),
    (
        "the person wants to answer later",
        |_, builder| asks(builder).approver(Scripted { says: |_| Ruling::Later, settles: None }),
        "waits for a person",
    ),
    (
        "the person has no name",
        |_, builder| {
            let says = |_: &Request| Ruling::Approve { by: " ".to_owned() };
            asks(builder).approver(Scripted { says, settles: None })
        },
        "gate.approval",
    ),
    (
        "the policy is replaced while the person thinks",
        |scene, builder| {
            let (reload, agent) = (scene.reloads(OPEN), Arc::clone(&scene.agent));
            asks(builder).approver(Busy(Box::new(move || reload(&agent, ""))))
        },
        "gate.generation",
    ),
    (
        "the policy is replaced between the verdict and the act",
        |scene, builder| scene.at(builder.policy(Rules(|_| Some(true))), "judged", scene.reloads(OPEN)),
        "gate.generation",
    ),
    (
        "a pack that is broken takes the place of one that denies",
        |scene, builder| scene.at(builder, "proposed", scene.reloads("permit (principal, action, resource)")),
        "deny-all.everything",
    ),
    (
        "a pack that is gone does",
        |scene, builder| {
            let reload = scene.reloads(OPEN);
            std::fs::remove_dir_all(scene.desk.path("packs/open")).unwrap();
            scene.at(builder, "proposed", reload)
        },
        "deny-all.everything",
    ),
    (
        "the record cannot be written",
        |scene, builder| {
            scene.record(
                builder.policy(Rules(|_| Some(true))),
                "proposed",
                "PRAGMA foreign_keys = OFF; DROP TABLE records",
            )
        },
        "record",
    ),
    (
        "another process has taken the run",
        |scene, builder| {
            scene.record(builder.policy(Rules(|_| Some(true))), "proposed", "UPDATE owners SET epoch = epoch + 1")
        },
        "another",
    ),
    (
        "the record fails after a person has agreed",
        |scene, builder| {
            let builder = asks(builder).approver(Scripted { says: approve, settles: None });
            scene.record(builder, "ruled", "PRAGMA foreign_keys = OFF; DROP TABLE records")
        },
        "record",
    ),
];

async fn broken(scene: &Scene, fault: &Fault) -> (u32, String) {
    let bell = Bell::default();
    let planner = Listed::new([act([ring().with("times", i64::MAX)])]);
    let builder = Agent::builder().planner(planner).tool(bell.clone());
    scene.agent.set(fault.1(scene, builder).build().unwrap()).unwrap();
    let ended: Result<Report, RunError> = scene.agent.get().unwrap().run(Goal::new("ring")).await;
    let words = match ended {
        Ok(report) => {
            let refusals: Vec<_> = report.refusals.iter().map(ToString::to_string).collect();
            format!("{}; {}", report.reason, refusals.join("; "))
        }
        Err(error) => error.to_string(),
    };
    (bell.count(), words)
}

#[tokio::test]
async fn whatever_breaks_nothing_is_done() {
    for fault in FAULTS {
        let (rung, words) = broken(&Scene::new(), fault).await;
        assert_eq!((rung, words.contains(fault.2)), (0, true), "{}: {words}", fault.0);
    }
}

#[tokio::test]
async fn with_nothing_broken_it_is_done() {
    let sound: [Fault; 2] = [
        ("the policy allows it", |_, builder| builder.policy(Rules(|_| Some(true))), ""),
        ("a person agrees", |_, builder| asks(builder).approver(Scripted { says: approve, settles: None }), ""),
    ];
    for fault in &sound {
        assert_eq!(broken(&Scene::new(), fault).await.0, 1, "{}", fault.0);
    }
}
