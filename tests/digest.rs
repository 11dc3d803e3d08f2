//! The digest example: as a workflow, and as the program that users start.

#![cfg(all(unix, feature = "svg"))]

#[expect(dead_code, reason = "`main` and what only it calls")]
#[path = "../examples/digest/main.rs"]
mod digest;
#[path = "support/program.rs"]
mod program;

use std::{
    ffi::OsStr,
    fs,
    io::{BufRead, BufReader, Read},
    os::unix::{ffi::OsStrExt, fs::symlink},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use tempfile::TempDir;
use workflows::prelude::*;

use digest::{
    compare::{Signature, groups},
    flow::Digest,
    report::Summary,
};

const WRITABLE: &str = "the temporary folder can be written";
/// More than what is read whole.
const LARGE: usize = 5 << 20;

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = TempDir::new().expect(WRITABLE);
    for (name, content) in files {
        write(folder.path(), name, content);
    }
    folder
}

fn write(folder: &Path, name: impl AsRef<Path>, content: &[u8]) {
    let path = folder.join(name);
    let parent = path.parent().expect("a file has a folder");
    fs::create_dir_all(parent).expect(WRITABLE);
    fs::write(path, content).expect(WRITABLE);
}

/// Runs the workflow on a folder; gives its figures and its page.
async fn digest_of(folder: &Path) -> (Summary, String) {
    let out = TempDir::new().expect(WRITABLE);
    let digest = Digest {
        folder: folder.to_owned(),
        out: out.path().to_owned(),
    };
    let summary = digest.run(()).await.expect("no step fails");
    let written = |name| fs::read_to_string(out.path().join(name)).expect("it was written");
    let (page, picture) = (written("digest.md"), written("digest.svg"));
    assert!(picture.starts_with("<svg") && picture.contains("gather"));
    (summary, page)
}

#[track_caller]
fn has(page: &str, line: &str) {
    assert!(
        page.lines().any(|found| found == line),
        "no line `{line}` in:\n{page}"
    );
}

/// A text of so many different words.
fn text(words: usize) -> String {
    (0..words).map(|word| format!("word{word} ")).collect()
}

#[tokio::test]
async fn a_markdown_file_shows_its_headings_and_links_but_not_its_code() {
    let page = "# The Plan\n\nSee <https://example.org/a> and https://example.org/b.\n\n```sh\n# no heading\n```\n\n\
                Second `half`\n----\n\nCrabs, crabs, crabs and a lobster.\n";
    let folder = folder(&[("notes/plan.md", page.as_bytes())]);
    let (summary, page) = digest_of(folder.path()).await;
    assert_eq!((summary.texts, summary.lines), (1, 12));
    has(&page, "- `notes/plan.md`: Markdown, 21 words, 2 links");
    has(&page, "  - outline (2): The Plan; Second half");
    has(&page, "| example.org | 1 |");
    assert!(page.contains("about: crabs"), "{page}");
}

#[tokio::test]
async fn a_source_file_shows_its_items() {
    let rust =
        "pub(crate) async fn boil() {}\nstruct Pot;\n    fn stir<T>(self) {}\n// fn not_this\n";
    let python = "class Pot:\n    def boil(self):\n        pass\n";
    let folder = folder(&[
        ("src/lib.rs", rust.as_bytes()),
        ("pot.py", python.as_bytes()),
    ]);
    let (_, page) = digest_of(folder.path()).await;
    has(&page, "  - outline (3): fn boil; struct Pot; fn stir");
    has(&page, "  - outline (2): class Pot; def boil");
    has(&page, "| Rust | 1 | 4 | 13 |");
}

#[tokio::test]
async fn texts_that_differ_in_a_few_words_are_near_duplicates() {
    let first = text(400);
    let second = first.replace("word200 ", "changed ");
    let other = first.replace("word", "term");
    let folder = folder(&[
        ("a.txt", first.as_bytes()),
        ("b.txt", second.as_bytes()),
        ("c.txt", other.as_bytes()),
    ]);
    let (summary, page) = digest_of(folder.path()).await;
    assert_eq!(summary.near_groups, 1);
    assert!(page.contains(" % alike: `a.txt`, `b.txt`\n"), "{page}");
}

#[test]
fn thousands_of_equal_texts_are_one_group() {
    let signature = Signature::of(&text(50)).unwrap();
    let signatures: Vec<_> = (0..5_000).map(|file| (file, signature.clone())).collect();
    let groups = groups(&signatures);
    assert_eq!(groups.len(), 1);
    assert_eq!(groups[0].files, (0..5_000).collect::<Vec<_>>());
}

#[test]
fn a_group_does_not_drift_away_from_its_first_text() {
    let words = |from: usize| (from..from + 400).map(|word| format!("word{word} "));
    let drifting = (0..30).map(|step| words(step * 10).collect::<String>());
    let signatures: Vec<_> = drifting
        .map(|text| Signature::of(&text).unwrap())
        .enumerate()
        .collect();
    let groups = groups(&signatures);
    assert!(groups.len() > 2, "{groups:?}");
    assert!(
        groups.iter().all(|group| group.likeness >= 0.8),
        "{groups:?}"
    );
}

#[test]
fn a_few_words_are_not_compared() {
    assert!(Signature::of("mod tests").is_none());
}

#[tokio::test]
async fn files_that_are_no_utf8_or_very_large_are_looked_at_again() {
    let mut utf16 = vec![0xff, 0xfe];
    utf16.extend("a lobster\n".encode_utf16().flat_map(u16::to_le_bytes));
    let lines = "a line of a very long log\n".repeat(LARGE / 26 + 1);
    let latin1 = [lines.as_bytes(), b"gr\xf6\xdfer \n"].concat();
    let folder = folder(&[
        ("latin1.txt", b"Gr\xf6\xdfe und Ma\xdf, \xfcber Stra\xdfen"),
        ("utf16.txt", &utf16),
        ("large.log", lines.as_bytes()),
        ("large-latin1.log", &latin1),
    ]);
    let (summary, page) = digest_of(folder.path()).await;
    assert_eq!(
        (summary.texts, summary.second_looks, summary.unreadable),
        (4, 4, 0)
    );
    has(&page, "- `latin1.txt`: decoded as windows-1252");
    has(&page, "- `utf16.txt`: decoded as UTF-16LE");
    has(&page, "- `large.log`: read in samples");
    assert!(page.contains("- `large.log`: Text, about 1,4"), "{page}");
    // The broken word stands at the end, which no sample of whole words leaves out.
    has(
        &page,
        "- `large-latin1.log`: read in samples, decoded as windows-1252",
    );
}

#[tokio::test]
async fn what_cannot_be_read_is_named_and_stops_nothing() {
    let folder = folder(&[
        ("good.txt", b"a lobster"),
        ("image.bin", b"\0\x01\0"),
        ("key.der", b"\x06\x08*\x86H\xce=\x03\x01\x07\x03B\x01"),
    ]);
    let root = folder.path();
    symlink("nowhere", root.join("dangling.txt")).unwrap();
    symlink(".", root.join("circle")).unwrap();
    symlink("good.txt", root.join("other-name.txt")).unwrap();
    let made = Command::new("mkfifo").arg(root.join("pipe")).status();
    assert!(made.unwrap().success(), "coreutils' `mkfifo` is needed");
    let (summary, page) = digest_of(root).await;
    assert_eq!(
        (summary.texts, summary.binaries, summary.unreadable),
        (1, 2, 1)
    );
    has(
        &page,
        "- `dangling.txt`: No such file or directory (os error 2)",
    );
}

#[tokio::test]
async fn an_empty_folder_and_an_empty_file_have_a_digest() {
    let folder = folder(&[]);
    let (summary, page) = digest_of(folder.path()).await;
    assert_eq!(summary.texts, 0);
    has(&page, "None.");
    write(folder.path(), "empty.txt", b"");
    let (summary, page) = digest_of(folder.path()).await;
    assert_eq!((summary.texts, summary.empty, summary.words), (1, 1, 0));
    has(&page, "- `empty.txt`: Text, 0 words, 0 links");
}

#[tokio::test]
async fn deep_trees_and_odd_names_are_read() {
    let folder = folder(&[]);
    let deep = "d/".repeat(100) + "deep.txt";
    write(folder.path(), &deep, b"one two three");
    write(folder.path(), "a|b`c.txt", b"one two");
    write(
        folder.path(),
        OsStr::from_bytes(b"not-\xff-utf8.txt"),
        b"one",
    );
    let (summary, page) = digest_of(folder.path()).await;
    assert_eq!((summary.texts, summary.unreadable), (3, 0));
    has(&page, &format!("- `{deep}`: Text, 3 words, 0 links"));
    has(&page, "- `a\\|b'c.txt`: Text, 2 words, 0 links");
    has(&page, "- `not-\u{fffd}-utf8.txt`: Text, 1 words, 0 links");
}

fn start(folder: &Path, out: &Path) -> Child {
    let mut program = Command::new(program::example("digest"));
    program.arg(folder).arg("--out").arg(out);
    program.stdout(Stdio::piped()).stderr(Stdio::piped());
    program.spawn().expect("the program was built")
}

fn run(folder: &Path, out: &Path) -> Output {
    let program = start(folder, out);
    program.wait_with_output().expect("the program ends")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_program_writes_the_same_digest_twice_into_the_folder_that_it_reads() {
    let folder = folder(&[("a.txt", b"crabs and a lobster"), ("b.md", b"# Title")]);
    let mut pages = Vec::new();
    for _ in 0..2 {
        let output = run(folder.path(), folder.path());
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let table = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            table.contains("│ text files                ┆  2 │"),
            "{table}"
        );
        pages.push(fs::read_to_string(folder.path().join("digest.md")).unwrap());
    }
    assert_eq!(pages[0], pages[1]);
    assert!(folder.path().join("digest.svg").exists());
}

#[test]
fn the_program_names_a_folder_that_does_not_exist() {
    let out = TempDir::new().unwrap();
    let output = run(Path::new("/no/such/folder"), out.path());
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        stderr(&output),
        "digest: `/no/such/folder`: No such file or directory (os error 2)\n"
    );
}

#[test]
fn the_program_names_an_output_folder_that_cannot_be_made() {
    let folder = folder(&[("file", b"")]);
    let output = run(folder.path(), &folder.path().join("file/out"));
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("file/out`: "),
        "{}",
        stderr(&output)
    );
}

#[test]
fn ctrl_c_stops_the_program_and_it_says_how_far_it_got() {
    let folder = folder(&[("0.txt", text(100_000).as_bytes())]);
    for copy in 1..400 {
        let copy = folder.path().join(format!("{copy}.txt"));
        fs::hard_link(folder.path().join("0.txt"), copy).unwrap();
    }
    let out = TempDir::new().unwrap();
    let mut program = start(folder.path(), out.path());
    let mut stderr = BufReader::new(program.stderr.take().unwrap());
    let mut said = String::new();
    stderr.read_line(&mut said).unwrap();
    assert_eq!(said, "reading 400 files\n");
    let kill = Command::new("kill")
        .args(["-INT", &program.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
    stderr.read_to_string(&mut said).unwrap();
    assert_eq!(program.wait().unwrap().code(), Some(130));
    assert!(said.contains("digest: interrupted after "), "{said}");
    assert!(said.ends_with(" of 400 files\n"), "{said}");
    assert!(!out.path().join("digest.md").exists());
}

/// `cargo run --example digest -- --out docs` draws it anew.
#[test]
fn the_picture_in_the_readme_is_that_of_the_graph() {
    let drawn = include_str!("../docs/digest.svg");
    assert_eq!(drawn, Digest::GRAPH.to_svg());
}
