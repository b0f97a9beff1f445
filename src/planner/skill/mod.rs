//! Skills: procedures that were learned from demonstrations.

pub mod demonstration;
