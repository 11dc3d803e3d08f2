//! Waits: answers before, while and after, offers, timeouts, delays.

use std::time::Duration;

use super::harness::{A, Answer, B, Question, Run, Start, Stop, each, emit, event, wait};
use crate::{
    graph::Emits,
    output::Item,
    tick::{Input, Wait},
};

/// `ask` waits for answers; `work` has work meanwhile.
fn asking() -> Run {
    Run::of([
        each::<Start>("open").emits(Emits::One(&[A::INFO])),
        each::<A>("ask")
            .workers(1)
            .retried()
            .awaits(&[&[Answer::INFO]])
            .emits(Emits::One(&[Stop::INFO])),
    ])
}

/// Two invocations of `ask`, of which the first runs and the second is queued.
fn asked() -> Run {
    let mut run = asking();
    run.start(0);
    assert_eq!(
        run.commit(1, [event::<A>(1), event::<A>(2)]),
        ["#2 ask <- 1"]
    );
    run
}

#[test]
fn a_wait_gives_its_place_to_the_next_and_takes_it_back_for_the_answer() {
    let mut run = asked();
    assert_eq!(run.wait(2, wait::<Answer>("a")), ["#3 ask <- 2"]);
    assert!(run.send::<Answer>(9).is_empty(), "the place is taken");
    assert_eq!(run.commit(3, []), ["answer 9 to #2 a"]);
    assert_eq!(run.commit(2, [event::<Stop>(1)]), ["stopped with 1"]);
}

#[test]
fn an_answer_that_comes_first_is_kept_for_the_wait() {
    let mut run = asked();
    assert_eq!(run.send::<Answer>(8), ["keep 8"]);
    assert_eq!(run.send::<Answer>(9), ["keep 9"]);
    assert_eq!(run.wait(2, wait::<Answer>("a")), ["answer 8 to #2 a"]);
    assert_eq!(run.wait(2, wait::<Answer>("b")), ["answer 9 to #2 b"]);
}

#[test]
fn one_answer_ends_one_wait_the_oldest() {
    let mut run = asked();
    run.wait(2, wait::<Answer>("a"));
    run.wait(3, wait::<Answer>("b"));
    assert_eq!(run.send::<Answer>(9), ["answer 9 to #2 a"]);
    assert!(run.send::<Answer>(10).is_empty(), "#2 has the place");
    assert_eq!(run.commit(2, []), ["answer 10 to #3 b"]);
}

#[test]
fn an_invocation_that_waits_twice_goes_on_without_a_place_until_both_are_answered() {
    let mut run = asked();
    assert_eq!(run.wait(2, wait::<Answer>("a")), ["#3 ask <- 2"]);
    assert!(run.wait(2, wait::<Answer>("b")).is_empty());
    assert_eq!(run.send::<Answer>(8), ["answer 8 to #2 a"]);
    assert!(run.send::<Answer>(9).is_empty(), "now it needs its place");
    assert_eq!(run.commit(3, []), ["answer 9 to #2 b"]);
}

#[test]
fn a_choosy_wait_looks_before_it_takes() {
    let mut run = asked();
    run.wait(2, wait::<Answer>("a").choosy());
    assert_eq!(run.send::<Answer>(8), ["offer 8 to #2 a"]);
    assert!(run.judge(false).is_empty());
    assert_eq!(run.send::<Answer>(9), ["offer 9 to #2 a"]);
    assert!(run.judge(true).is_empty(), "the place is taken");
    assert_eq!(run.commit(3, []), ["answer 9 to #2 a"]);
    // What it declined is kept for another.
    assert_eq!(run.wait(2, wait::<Answer>("b")), ["answer 8 to #2 b"]);
}

#[test]
fn a_choosy_wait_looks_at_what_came_before_one_by_one() {
    let mut run = asked();
    run.send::<Answer>(7);
    run.send::<Answer>(8);
    run.send::<Answer>(9);
    assert_eq!(
        run.wait(2, wait::<Answer>("a").choosy()),
        ["offer 7 to #2 a", "#3 ask <- 2"]
    );
    assert_eq!(run.judge(false), ["offer 8 to #2 a"]);
    run.commit(3, []);
    assert_eq!(run.judge(true), ["answer 8 to #2 a"]);
    assert_eq!(run.wait(2, wait::<Answer>("b")), ["answer 7 to #2 b"]);
    assert_eq!(run.wait(2, wait::<Answer>("c")), ["answer 9 to #2 c"]);
}

#[test]
fn an_event_that_no_wait_takes_goes_to_the_steps_that_run_on_it() {
    let mut run = Run::of([
        each::<Start>("ask")
            .awaits(&[&[Answer::INFO]])
            .emits(Emits::One(&[Stop::INFO])),
        each::<Answer>("take"),
    ]);
    run.start(0);
    assert_eq!(run.send::<Answer>(7), ["#2 take <- 7"]);
    run.wait(1, wait::<Answer>("a").choosy());
    assert_eq!(run.send::<Answer>(8), ["offer 8 to #1 a"]);
    assert_eq!(run.judge(false), ["#3 take <- 8"]);
    run.send::<Answer>(9);
    assert_eq!(run.judge(true), ["answer 9 to #1 a"]);
    assert_eq!(run.send::<Answer>(10), ["#4 take <- 10"]);
}

#[test]
fn a_wait_gives_up_after_its_timeout() {
    let mut run = asked();
    run.wait(2, wait::<Answer>("a").timeout(5));
    run.commit(3, []);
    assert!(run.pass(4).is_empty());
    assert_eq!(run.pass(1), ["#2 a timed out"]);
    assert_eq!(run.send::<Answer>(9), ["keep 9"], "it waits no longer");
}

#[test]
fn an_answered_wait_does_not_time_out() {
    let mut run = asked();
    run.wait(2, wait::<Answer>("a").timeout(5));
    run.commit(3, []);
    assert_eq!(run.send::<Answer>(9), ["answer 9 to #2 a"]);
    assert_eq!(run.broker.next_due(), None);
    assert!(run.pass(5).is_empty());
}

#[test]
fn a_question_is_published_once_and_an_answer_serves_every_attempt() {
    let mut run = asked();
    let question = || wait::<Answer>("a").announcing(50);
    assert_eq!(run.wait(2, question()), ["publish 50", "#3 ask <- 2"]);
    run.commit(3, []);
    assert_eq!(run.fail_for_now(2, 0), ["#2 ask <- 1 after 1 failures"]);
    assert!(run.wait(2, question()).is_empty());
    assert_eq!(run.send::<Answer>(9), ["answer 9 to #2 a"]);
    run.fail_for_now(2, 0);
    assert_eq!(run.wait(2, question()), ["answer 9 to #2 a"]);
}

#[test]
fn a_step_that_gives_up_a_wait_goes_on_at_once() {
    let mut run = asked();
    assert_eq!(run.wait(2, wait::<Answer>("a")), ["#3 ask <- 2"]);
    assert!(run.give_up_wait(2, "a").is_empty());
    assert_eq!(run.send::<Answer>(9), ["keep 9"]);
    // Both run; the next one begins when there is a place again.
    run.commit(2, [event::<A>(3)]);
    assert_eq!(run.commit(3, []), ["#4 ask <- 3"]);
}

#[test]
fn what_was_sent_before_a_wait_is_committed_with_it() {
    let mut run = asked();
    let sent = [event::<A>(7)].into_iter().collect();
    let commands = run.tick(Input::Waits {
        invocation: run.id(2),
        wait: Box::new(Wait {
            sent,
            ..wait::<Answer>("a")
        }),
    });
    assert_eq!(commands, ["#3 ask <- 2"]);
    assert_eq!(run.broker.queued(), 1);
}

#[test]
fn what_was_sent_before_a_wait_is_not_committed_again_by_the_next_attempt() {
    let mut run = Run::of([
        each::<Start>("ask")
            .retried()
            .awaits(&[&[Answer::INFO]])
            .emits(Emits::One(&[A::INFO])),
        each::<A>("log"),
    ]);
    run.start(0);
    let sending = |key, payload| Wait {
        sent: [event::<A>(payload)].into_iter().collect(),
        ..wait::<Answer>(key)
    };
    assert_eq!(run.wait(1, sending("a", 7)), ["#2 log <- 7"]);
    run.commit(2, []);
    assert_eq!(run.fail_for_now(1, 0), ["#1 ask <- 0 after 1 failures"]);
    assert!(run.wait(1, sending("a", 7)).is_empty(), "7 was sent before");
    assert_eq!(run.wait(1, sending("b", 8)), ["#3 log <- 8"]);
    // The same attempt may send more before it waits for the same thing again.
    run.give_up_wait(1, "a");
    assert_eq!(run.wait(1, sending("a", 9)), ["#4 log <- 9"]);
}

#[test]
fn a_run_that_waits_for_the_outside_is_idle_and_not_stalled() {
    let mut run = asking();
    run.start(0);
    run.commit(1, [event::<A>(1)]);
    assert!(!run.broker.is_idle());
    assert!(run.wait(2, wait::<Answer>("a")).is_empty());
    assert!(run.broker.is_idle());
}

#[test]
fn a_run_that_waits_for_what_nothing_emits_any_more_is_stalled() {
    let mut run = Run::of([
        each::<Start>("ask")
            .awaits(&[&[A::INFO]])
            .emits(Emits::One(&[Stop::INFO])),
        each::<Question>("answer").emits(Emits::One(&[A::INFO])),
    ]);
    run.start(0);
    assert_eq!(
        run.wait(1, wait::<A>("a")),
        [r#"stalled [ask waits for ["A"]]"#]
    );
}

#[test]
fn an_event_for_later_is_routed_when_it_is_due() {
    let mut run = asking();
    run.start(0);
    let later = Item::Later {
        delay: Duration::from_secs(3600),
        emission: emit::<A>(5),
    };
    assert!(run.commit(1, [later]).is_empty());
    assert!(run.pass(3599).is_empty());
    assert_eq!(run.pass(1), ["#2 ask <- 5"]);
}

#[test]
fn what_is_due_at_one_time_comes_in_the_order_in_which_it_was_set() {
    let mut run = Run::of([each::<Start>("open"), each::<A>("work")]);
    run.start(0);
    let later = |seconds, payload| Item::Later {
        delay: Duration::from_secs(seconds),
        emission: emit::<A>(payload),
    };
    run.commit(1, [later(2, 1), later(1, 2), later(2, 3)]);
    assert_eq!(
        run.pass(2),
        ["#2 work <- 2", "#3 work <- 1", "#4 work <- 3"]
    );
}

#[test]
fn a_wait_that_a_step_has_not_come_to_again_is_no_reason_to_go_on_without_a_place() {
    let mut run = asked();
    run.wait(2, wait::<Answer>("a"));
    run.wait(2, wait::<Answer>("b"));
    assert_eq!(run.cut::<Answer>(), ["#2 ask <- 1 after 0 failures"]);
    assert_eq!(
        run.wait(2, wait::<Answer>("a")),
        ["#3 ask <- 2 after 0 failures"]
    );
    assert!(run.send::<Answer>(8).is_empty(), "the place is taken");
    assert_eq!(run.commit(3, []), ["answer 8 to #2 a"]);
}

#[test]
fn a_step_that_waits_on_while_an_answer_has_no_place_yet_needs_none_for_it() {
    let mut run = asked();
    run.wait(2, wait::<Answer>("a"));
    assert!(run.send::<Answer>(8).is_empty(), "the place is taken");
    assert_eq!(run.wait(2, wait::<Answer>("b")), ["answer 8 to #2 a"]);
    assert!(run.commit(3, []).is_empty());
    assert_eq!(run.send::<Answer>(9), ["answer 9 to #2 b"]);
    assert_eq!(run.commit(2, [event::<Stop>(1)]), ["stopped with 1"]);
}

#[test]
fn an_event_for_a_wait_that_its_step_never_comes_to_again_goes_to_the_next() {
    let mut run = asked();
    run.wait(2, wait::<Answer>("a").choosy());
    run.wait(3, wait::<Answer>("b").choosy());
    run.cut::<Answer>();
    run.wait(2, wait::<Answer>("z"));
    run.wait(3, wait::<Answer>("b").choosy());
    assert_eq!(run.send::<Answer>(9), ["keep 9"]);
    assert_eq!(run.commit(2, []), ["offer 9 to #3 b"]);
    assert_eq!(run.judge(true), ["answer 9 to #3 b"]);
}

#[test]
fn an_event_for_a_wait_that_its_step_comes_to_again_is_offered_then_and_after_a_cut_too() {
    let mut run = asked();
    run.wait(2, wait::<Answer>("a").choosy());
    run.wait(3, wait::<Answer>("b").choosy());
    run.cut::<Answer>();
    run.send::<Answer>(8);
    run.send::<Answer>(9);
    run.cut::<Answer>();
    assert_eq!(
        run.wait(2, wait::<Answer>("a").choosy()),
        [
            "#3 ask <- 2 after 0 failures",
            "offer 8 to #2 a",
            "offer 9 to #2 a"
        ]
    );
    run.wait(3, wait::<Answer>("b").choosy());
    assert_eq!(run.judge(false), ["offer 9 to #3 b"]);
    run.judge(true);
    assert_eq!(run.broker.waiting.make().kept.len(), 1);
}

#[test]
fn an_event_for_a_wait_that_ends_before_its_step_comes_to_it_goes_to_one_that_has_others() {
    let mut run = Run::of([
        each::<Start>("open").emits(Emits::One(&[A::INFO])),
        each::<A>("ask").awaits(&[&[Answer::INFO, B::INFO]]),
    ]);
    let either = || Wait {
        events: &[Answer::INFO, B::INFO],
        ..wait::<Answer>("b").choosy()
    };
    run.start(0);
    run.commit(1, [event::<A>(1), event::<A>(2)]);
    run.wait(2, wait::<Answer>("a").choosy().timeout(5));
    run.wait(3, either());
    run.cut::<Answer>();
    run.send::<Answer>(8);
    run.send::<B>(9);
    assert!(run.pass(5).is_empty());
    assert_eq!(
        run.wait(3, either()),
        ["offer 8 to #3 b", "offer 9 to #3 b"]
    );
}

#[test]
fn an_event_that_was_shown_to_a_wait_which_is_over_goes_to_the_steps_after_a_cut() {
    let mut run = Run::of([
        each::<Start>("ask")
            .awaits(&[&[Answer::INFO]])
            .emits(Emits::One(&[Stop::INFO])),
        each::<Answer>("take"),
    ]);
    run.start(0);
    run.wait(1, wait::<Answer>("a").choosy());
    assert_eq!(run.send::<Answer>(8), ["offer 8 to #1 a"]);
    run.give_up_wait(1, "a");
    assert_eq!(
        run.cut::<Answer>(),
        ["#1 ask <- 0 after 0 failures", "#2 take <- 8"]
    );
}
