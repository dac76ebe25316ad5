//! The migrations are embedded by a macro, which cargo does not see: a new one must rebuild the crate.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=build.rs");
}
