//! Skills: learned from demonstrations, kept as files, played on pages that have changed.

mod file;
mod learning;
mod playing;
mod scene;
