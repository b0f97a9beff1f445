//! Asking a person.

use std::fmt;

use lamassu_contract::{Action, Autonomy, BoxFuture, Call, Digest, Rule};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::plan::Plan;

/// A person, or what stands in for one.
///
/// A panic, or ten minutes without an answer, is a rejection.
pub trait Approver: Send + Sync {
    /// Rules on an action that only a person's consent would allow.
    fn rule<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Ruling>;

    /// Answers a planner's question; `None` if nobody can.
    fn answer<'a>(&'a self, question: &'a str) -> BoxFuture<'a, Option<String>> {
        let _ = question;
        Box::pin(async { None })
    }

    /// Says whether an action that was interrupted reached the world; `None` if nobody can tell.
    /// `action` is what the record holds of it.
    fn settle<'a>(&'a self, action: &'a Value) -> BoxFuture<'a, Option<Settled>> {
        let _ = action;
        Box::pin(async { None })
    }
}

/// What a person is shown. What is shown is what runs: the digest binds it.
#[derive(Debug, Clone)]
pub struct Request {
    /// What would be done.
    pub action: Action,
    /// The rules that hold it; empty if no rule allows it without consent.
    pub rules: Vec<Rule>,
    /// What the consent will be bound to.
    pub digest: Digest,
    /// The planner's reason; empty if it gave none.
    pub why: String,
    /// The level under which it is asked about.
    pub autonomy: Autonomy,
    /// This action and those of the same proposal that would be held too, to be agreed to at once;
    /// absent if there are none.
    pub plan: Option<Plan>,
    /// A narrow rule in Cedar by which this would not be asked again; absent for what always is.
    pub always: Option<String>,
}

/// What a person said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    /// Do exactly this.
    Approve {
        /// Who says so.
        by: String,
    },
    /// Do this and the rest of the plan that was shown, without asking again.
    Plan {
        /// Who says so.
        by: String,
        /// What was shown.
        plan: Plan,
    },
    /// Do this, and from now on whatever the rule that was shown covers.
    Always {
        /// Who says so.
        by: String,
        /// What was shown.
        rule: String,
    },
    /// A plan that somebody agreed to before covers it. An approver need not say this; the runtime does.
    Planned {
        /// Who agreed.
        by: String,
        /// When, in milliseconds since 1970.
        at: u64,
    },
    /// Do this instead; it is judged like any other call.
    Edit {
        /// Who says so.
        by: String,
        /// What to do instead.
        call: Call,
    },
    /// Do not do it; the planner is told.
    Reject {
        /// Who says so.
        by: String,
        /// Why.
        why: String,
    },
    /// Go on at this level of autonomy, under which the action is judged anew. A run that began by suggesting
    /// goes on so, and no other run comes to that.
    Level {
        /// Who says so.
        by: String,
        /// How much is done without asking from now on.
        autonomy: Autonomy,
    },
    /// End the run.
    Stop {
        /// Who says so.
        by: String,
    },
    /// Nobody can answer now: the run is put aside and can be resumed.
    Later,
}

/// In words, such as `ann approves`.
impl fmt::Display for Ruling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Approve { by } => write!(f, "{by} approves"),
            Self::Plan { by, plan } => write!(f, "{by} approves {plan}"),
            Self::Always { by, .. } => write!(f, "{by} approves, and will not be asked again"),
            Self::Planned { by, .. } => write!(f, "{by} has approved it with a plan"),
            Self::Edit { by, call } => write!(f, "{by} asks for `{}` instead", call.name()),
            Self::Reject { by, why } => write!(f, "{by} rejects: {why}"),
            Self::Level { by, autonomy } => write!(f, "{by} sets the level to `{}`", autonomy.as_str()),
            Self::Stop { by } => write!(f, "{by} stops the run"),
            Self::Later => f.write_str("nobody answers now"),
        }
    }
}

/// Whether an interrupted action reached the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settled {
    /// It did.
    Landed,
    /// It did not.
    NotSent,
}

/// Nobody: every held action is denied.
#[derive(Debug, Clone, Copy, Default)]
pub struct Deny;

impl Approver for Deny {
    fn rule<'a>(&'a self, _: &'a Request) -> BoxFuture<'a, Ruling> {
        let ruling = Ruling::Reject { by: "nobody".to_owned(), why: "there is no one to ask".to_owned() };
        Box::pin(async { ruling })
    }
}
