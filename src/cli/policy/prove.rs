//! `lamassu policy prove`: what holds for every request.

use crate::cli::complaint::Complaint;

#[cfg(feature = "prove")]
pub(super) fn prove(path: &str, against: Option<&str>) -> Result<u8, Complaint> {
    use std::path::Path;

    use crate::{
        Pack,
        cli::{say, tools},
        policy,
    };

    let pack = Pack::find(path, Path::new(""));
    let against = against.map(|path| Pack::find(path, Path::new("")));
    let proof = policy::Prover::new(&tools::all()?).prove(&pack, against.as_ref()).map_err(Complaint::failed)?;
    say(&proof);
    Ok(u8::from(!proof.holds()))
}

#[cfg(not(feature = "prove"))]
pub(super) fn prove(_: &str, _: Option<&str>) -> Result<u8, Complaint> {
    Err(Complaint::failed("this build cannot prove anything; build it with the feature `prove`"))
}
