//! Goals over HTTP: `cargo run --example embed_in_axum`, then
//!
//! ```text
//! curl -s localhost:4490/goals -H 'content-type: application/json' \
//!   -d '{"site": "http://127.0.0.1:4480", "find": "price"}'
//! ```
//!
//! Each request is a run of its own: it may read pages of the site it names and nothing else, and
//! what is refused is in the answer.
use axum::{Json, Router, http::StatusCode, routing::post};
use lamassu::{
    Agent, Call, Goal, Pack, Report, Script,
    browser::{BrowserTool, Options},
};
use serde::Deserialize;
use url::Url;

#[derive(Deserialize)]
struct Wish {
    site: Url,
    find: String,
}

async fn reach(Json(wish): Json<Wish>) -> Result<Json<Report>, (StatusCode, String)> {
    let origin = wish.site.origin().ascii_serialization();
    let host = wish.site.host_str().unwrap_or_default().to_owned();
    let pack = Pack::ready("read-only").with("sites", [origin]).with("private", [host]);
    let planner = Script::calls(vec![
        Call::new("browser", "open").with("url", wish.site.as_str()),
        Call::new("browser", "find").with("text", wish.find.as_str()),
    ]);
    let agent = Agent::builder().planner(planner).tool(BrowserTool::new(Options::default())).pack(pack);
    let agent = agent.build().map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    let goal = Goal::new(format!("find `{}` on {}", wish.find, wish.site)).at(wish.site);
    let report = agent.run(goal).await.map_err(|error| (StatusCode::BAD_GATEWAY, error.to_string()))?;
    Ok(Json(report))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener =
        tokio::net::TcpListener::bind("127.0.0.1:4490").await.map_err(|error| format!("127.0.0.1:4490: {error}"))?;
    axum::serve(listener, Router::new().route("/goals", post(reach))).await?;
    Ok(())
}
