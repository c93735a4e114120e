//! The program `atelier`: the command line and the local web server.

fn main() -> std::process::ExitCode {
    atelier::cli::main()
}
