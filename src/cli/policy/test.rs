//! `lamassu policy test`: a pack's cases, and whether its rules matter.

use std::path::Path;

use crate::{
    Pack,
    cli::{complaint::Complaint, say, tools},
    policy,
};

pub(super) fn test(path: &str) -> Result<u8, Complaint> {
    let trial = policy::test(&Pack::find(path, Path::new("")), &tools::all()?).map_err(Complaint::failed)?;
    say(&trial);
    Ok(u8::from(!trial.passes()))
}
