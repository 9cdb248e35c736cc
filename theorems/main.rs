//! The `theoremcheck` binary over this catalogue.

fn main() -> std::process::ExitCode {
    theoremcheck::cli::main(theorems::catalogue())
}
