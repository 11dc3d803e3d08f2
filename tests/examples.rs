//! The small examples, run as their readers run them.

#[path = "support/program.rs"]
mod program;

use std::process::Command;

/// Runs an example and gives what it printed.
fn printed_by(example: &str) -> String {
    let output = Command::new(program::example(example)).output();
    let output = output.expect("the example was built");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).expect("the example prints text")
}

#[test]
fn the_joke_is_shown_before_its_critique() {
    assert_eq!(
        printed_by("joke"),
        "joke: Why do pirates write Rust? They are careful who owns the chest.\n\
         critique: The pun needs a borrow checker to be funny. 6 of 10.\n"
    );
}

#[test]
fn the_loop_takes_both_branches_and_ends_at_1() {
    let printed = printed_by("branches_and_loops");
    let (path, error) = printed.split_once('\n').unwrap();
    assert_eq!(path, "[6, 3, 10, 5, 16, 8, 4, 2, 1]");
    assert!(error.starts_with("step `triple` failed"), "{error}");
    assert!(
        error.ends_with(": the number became too large\n"),
        "{error}"
    );
}

#[test]
fn the_answers_of_a_fan_out_are_collected_in_the_order_of_the_questions() {
    assert_eq!(
        printed_by("fan_out_fan_in"),
        "answered: Is it fast?\n\
         answered: Is it medium?\n\
         answered: Is it slow?\n\
         in order: Is it slow? Yes. Is it medium? Yes. Is it fast? Yes.\n"
    );
}

#[test]
fn three_answers_are_joined_into_one_plan() {
    assert_eq!(
        printed_by("three_way"),
        "the 8:12 to Lisbon, a room over the harbour of Lisbon, sun in Lisbon\n"
    );
}

#[test]
fn the_counter_loses_no_count_and_goes_on_from_a_given_state() {
    assert_eq!(
        printed_by("counter"),
        "1000 visits\n1500 visits since yesterday\n"
    );
}

#[test]
fn the_accumulator_shows_results_as_they_come_and_sorts_them_at_the_end() {
    assert_eq!(
        printed_by("accumulator"),
        "1 finished: eel\n\
         2 finished: crabs\n\
         3 finished: lobsters\n\
         LOBSTERS, CRABS, EEL\n"
    );
}

#[test]
fn the_conversation_remembers_what_was_said() {
    assert_eq!(
        printed_by("conversation"),
        "1. I am Ada.\n   Pleased to hear that, Ada.\n\
         2. Can crabs swim?\n   A good question, Ada.\n\
         3. And what is my name?\n   You are called Ada.\n\
         6 lines in all\n"
    );
}

#[test]
fn the_quiz_goes_on_from_process_to_process() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("quiz.json");
    let quiz = |answer: &[&str]| {
        let mut command = Command::new(program::example("quiz"));
        let output = command.arg(&file).args(answer).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(quiz(&[]), "What is the capital of Portugal?\n");
    assert_eq!(
        quiz(&["lisbon"]),
        "Right! Lisbon.\nWhat is the capital of Kenya?\n"
    );
    assert_eq!(
        quiz(&["Mombasa"]),
        "Wrong: Nairobi.\nWhat is the capital of Peru?\n"
    );
    assert_eq!(quiz(&["Lima"]), "Right! Lima.\n2 of 3 right\n");
    assert!(!file.exists());
}

#[test]
fn the_metadata_of_a_run_are_in_its_untyped_state() {
    assert_eq!(
        printed_by("metadata"),
        "WHAT DO CRABS EAT\n{\"steps\":[\"begin\",\"process\",\"finish\"],\"words\":4}\n"
    );
}

#[test]
fn the_shop_books_once_tries_again_and_refunds() {
    let printed = printed_by("resilient");
    let lines: Vec<_> = printed.lines().collect();
    let booked = lines
        .iter()
        .filter(|line| line.starts_with("booked for "))
        .count();
    assert_eq!(booked, 3);
    assert!(lines[3].starts_with("Oslo #4 (attempt "), "{printed}");
    assert!(!lines[3].ends_with("(attempt 1)"), "{printed}");
    assert_eq!(lines[4], "Atlantis refunded: the carrier says 404");
    assert_eq!(lines[5], "Lima #4 (attempt 1)");
}

#[test]
fn the_database_is_connected_once_and_closed_at_the_end() {
    assert_eq!(
        printed_by("resources"),
        "connect to memory://sea\n\
         found: crab in memory://sea\n\
         found: eel in memory://sea\n\
         disconnect from memory://sea\n\
         found: squid in a test\n"
    );
}

#[test]
fn a_watched_run_shows_what_happens_and_the_course_of_it() {
    let output = Command::new(program::example("watch")).output();
    let output = output.expect("the example was built");
    let printed = String::from_utf8(output.stdout).expect("the example prints text");
    assert!(
        printed.starts_with("410 words\n\nCount: stopped, "),
        "{printed}"
    );
    assert_eq!(printed.lines().filter(|line| line.contains("#")).count(), 7);
    let lines = String::from_utf8(output.stderr).expect("a line is text");
    for what in [
        "▶ open #1 ← Start\n",
        "✔ open #1 → 4 Page (",
        "✘ read #3 attempt 1 failed (",
        "): the page sticks to the next one; again in 30.0ms\n",
        "↻ read #3 attempt 2 ← Page of #1\n",
        "⏸ approve #7 waits for Approval\n",
        "· idle, in the middle of approve\n",
        "⏵ approve #7 ← Approval\n",
        "■ stopped\n",
    ] {
        assert!(lines.contains(what), "{what} in\n{lines}");
    }
}
