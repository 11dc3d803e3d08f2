//! Finds the built examples.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Mutex,
    time::SystemTime,
};

/// The program of an example; it is built where it is missing or older than its source.
pub(crate) fn example(name: &str) -> PathBuf {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock();
    let test = std::env::current_exe().expect("the test knows where it is");
    let profile = test
        .ancestors()
        .nth(2)
        .expect("the test is in `target/<profile>/deps`");
    let program = profile.join("examples").join(name);
    let program = program.with_extension(std::env::consts::EXE_EXTENSION);
    if modified(&program) < newest_source(name) {
        build(profile, name);
    }
    program
}

/// When the youngest file of the example was changed.
fn newest_source(name: &str) -> Option<SystemTime> {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let folder = fs::read_dir(examples.join(name)).into_iter().flatten();
    let files = folder.flatten().map(|file| file.path());
    let file = examples.join(format!("{name}.rs"));
    files.chain([file]).filter_map(|file| modified(&file)).max()
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|file| file.modified()).ok()
}

fn build(profile: &Path, name: &str) {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    cargo.args(["build", "--quiet", "--example", name]);
    cargo.args(profile.ends_with("release").then_some("--release"));
    let built = cargo.status().expect("cargo runs this test");
    assert!(built.success(), "the example `{name}` does not build");
}
