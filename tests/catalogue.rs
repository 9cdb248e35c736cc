//! One test for each claim, mutant and known value of the catalogue.

fn main() -> std::process::ExitCode {
    theoremcheck::testing::main(theorems::catalogue())
}
