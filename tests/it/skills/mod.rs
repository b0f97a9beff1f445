//! Skills: learned from demonstrations, kept as files, played on pages that have changed.

#[cfg(feature = "browser")]
mod command;
mod file;
mod learning;
mod playing;
mod scene;
