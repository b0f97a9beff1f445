use lamassu_contract::{Permit, Tool};

async fn twice(permit: Permit, tool: &dyn Tool) {
    let _ = permit.spend(tool).await;
    let _ = permit.spend(tool).await;
}

fn main() {}
