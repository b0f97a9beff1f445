//! A tool of your own: `cargo run --example custom_tool`
use lamassu::{
    Action, Agent, BoxFuture, Call, Effect, Failure, Goal, Kind, Observation, Outcome, Pack, Permit, Resource, Script,
    Tool, Verb,
};

struct Dice;

impl Tool for Dice {
    fn name(&self) -> &str {
        "dice"
    }

    fn verbs(&self) -> Vec<Verb> {
        vec![Verb::new("roll", Effect::Read, "Rolls one die.").needs("sides", Kind::Integer, "how many sides it has")]
    }

    fn describe<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Action, Failure>> {
        let action = Action::new(call, Effect::Read, Resource::thing("Die", "mine"));
        Box::pin(async { Ok(action) })
    }

    fn run(&self, permit: Permit) -> BoxFuture<'_, Outcome> {
        let sides = permit.action().call().optional_integer("sides");
        Box::pin(async move {
            let seen = format!("of {sides:?} sides, this one shows 4");
            Outcome::Landed(Observation::from_tool("dice", seen))
        })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let planner = Script::calls(vec![Call::new("dice", "roll").with("sides", 6)]);
    let agent = Agent::builder().planner(planner).tool(Dice).pack(Pack::ready("read-only")).build()?;
    let report = agent.run(Goal::new("roll a die")).await?;
    assert!(report.refusals.is_empty());
    Ok(())
}
