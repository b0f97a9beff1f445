//! The `lamassu` command: parse, run, map to an exit code.

fn main() -> std::process::ExitCode {
    lamassu::cli::main()
}
