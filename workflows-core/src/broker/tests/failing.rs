//! Failures: other attempts, handlers, limits.

use super::harness::{A, B, Joined, Run, Start, Stop, collect, each, event, handler, join, list};
use crate::{broker::Broker, graph::Emits, limits::Limits, tick::Input};

fn with_limits(mut run: Run, limits: Limits) -> Run {
    run.broker = run.broker.limits(limits);
    run
}

#[test]
fn a_failed_attempt_is_followed_by_another_when_it_is_due() {
    let mut run = Run::of([each::<Start>("work")
        .retried()
        .emits(Emits::One(&[Stop::INFO]))]);
    run.start(7);
    assert!(run.fail_for_now(1, 5).is_empty());
    assert_eq!(
        run.broker.next_due(),
        Some(run.now.plus(std::time::Duration::from_secs(5)))
    );
    assert!(run.pass(4).is_empty());
    assert_eq!(run.pass(1), ["#1 work <- 7 after 1 failures"]);
    assert_eq!(run.fail_for_now(1, 0), ["#1 work <- 7 after 2 failures"]);
    assert_eq!(
        run.fail(1, "for good"),
        ["work failed on `Start` after 5s: for good"]
    );
}

#[test]
fn what_waits_for_its_next_attempt_leaves_its_place_to_others_and_comes_first_when_it_is_due() {
    let mut run = Run::of([
        each::<Start>("open"),
        each::<A>("work").workers(1).retried(),
    ]);
    run.start(0);
    assert_eq!(run.commit(1, [1, 2, 3].map(event::<A>)), ["#2 work <- 1"]);
    assert_eq!(run.fail_for_now(2, 5), ["#3 work <- 2"]);
    assert!(run.pass(5).is_empty());
    assert_eq!(run.commit(3, []), ["#2 work <- 1 after 1 failures"]);
    assert_eq!(run.commit(2, []), ["#4 work <- 3"]);
}

#[test]
fn a_branch_stays_open_while_its_work_waits_for_another_attempt() {
    let mut run = Run::of([
        each::<Start>("open").emits(Emits::FanOut(&[A::INFO])),
        each::<A>("work")
            .retried()
            .emits(Emits::One(&[Joined::INFO])),
        collect::<Joined>("collect", None).emits(Emits::One(&[Stop::INFO])),
    ]);
    run.start(0);
    run.commit(1, [list(&[A::INFO], [super::harness::emit::<A>(1)])]);
    assert!(run.fail_for_now(2, 9).is_empty());
    assert_eq!(run.pass(9), ["#2 work <- 1 after 1 failures"]);
    assert_eq!(run.commit(2, [event::<Joined>(3)]), ["#3 collect <- [3]"]);
}

#[test]
fn the_handler_gets_what_failed_for_good() {
    let mut run = Run::of([
        each::<Start>("work").emits(Emits::One(&[Stop::INFO])),
        handler("recover", &[], 1).emits(Emits::One(&[Stop::INFO])),
    ]);
    run.start(7);
    assert_eq!(
        run.fail(1, "broken"),
        ["#2 recover <- work on 7: broken (1 in 0ns)"]
    );
    assert_eq!(run.commit(2, [event::<Stop>(8)]), ["stopped with 8"]);
}

#[test]
fn a_handler_that_names_the_step_comes_before_one_that_names_none() {
    let mut run = Run::of([
        each::<Start>("work").emits(Emits::One(&[A::INFO])),
        each::<A>("other").emits(Emits::One(&[Stop::INFO])),
        handler("any", &[], 1).emits(Emits::One(&[A::INFO])),
        handler("scoped", &["other"], 1).emits(Emits::One(&[Stop::INFO])),
    ]);
    run.start(1);
    assert_eq!(run.fail(1, "x"), ["#2 any <- work on 1: x (1 in 0ns)"]);
    run.commit(2, [event::<A>(2)]);
    assert_eq!(run.fail(3, "y"), ["#4 scoped <- other on 2: y (1 in 0ns)"]);
}

#[test]
fn a_lineage_is_recovered_as_often_as_the_handler_says() {
    let mut run = Run::of([
        each::<Start>("open").emits(Emits::One(&[A::INFO])),
        each::<A>("work").emits(Emits::One(&[Stop::INFO])),
        handler("recover", &["work"], 2).emits(Emits::One(&[A::INFO])),
    ]);
    run.start(0);
    run.commit(1, [event::<A>(1), event::<A>(2)]);
    for (failed, recovery) in [(2, 4), (5, 6)] {
        assert!(run.fail(failed, "x")[0].starts_with(&format!("#{recovery} recover")));
        run.commit(recovery, [event::<A>(3)]);
    }
    // The other event has a lineage of its own.
    assert!(run.fail(3, "x")[0].starts_with("#8 recover"));
    assert_eq!(run.fail(7, "x"), ["work failed on `A` after 0ns: x"]);
}

#[test]
fn a_join_descends_from_all_of_its_events() {
    let mut run = Run::of([
        each::<Start>("open").emits(Emits::All(&[
            Emits::One(&[A::INFO]),
            Emits::One(&[B::INFO]),
        ])),
        each::<A>("work").emits(Emits::One(&[Joined::INFO])),
        join("join", &[&[Joined::INFO], &[B::INFO]]).emits(Emits::One(&[Stop::INFO])),
        handler("recover", &[], 1).emits(Emits::One(&[Joined::INFO])),
    ]);
    run.start(0);
    run.commit(1, [event::<A>(1), event::<B>(2)]);
    run.fail(2, "x");
    assert_eq!(run.commit(3, [event::<Joined>(5)]), ["#4 join <- (5, 2)"]);
    assert_eq!(run.fail(4, "y"), ["join failed on `Joined` after 0ns: y"]);
}

#[test]
fn the_failure_of_a_handler_ends_the_run() {
    let mut run = Run::of([
        each::<Start>("work").emits(Emits::One(&[Stop::INFO])),
        handler("recover", &[], 5).emits(Emits::One(&[Stop::INFO])),
    ]);
    run.start(7);
    run.fail(1, "x");
    assert_eq!(run.fail(2, "y"), ["recover failed on `Start` after 0ns: y"]);
}

#[test]
fn a_handler_in_a_fan_out_stands_in_for_the_branch() {
    let mut run = Run::of([
        each::<Start>("open").emits(Emits::FanOut(&[A::INFO])),
        each::<A>("work").emits(Emits::One(&[Joined::INFO])),
        handler("recover", &[], 1).emits(Emits::One(&[Joined::INFO])),
        collect::<Joined>("collect", None).emits(Emits::One(&[Stop::INFO])),
    ]);
    run.start(0);
    let two = [1, 2].map(super::harness::emit::<A>);
    run.commit(1, [list(&[A::INFO], two)]);
    assert_eq!(run.fail(2, "x"), ["#4 recover <- work on 1: x (1 in 0ns)"]);
    assert!(run.commit(3, [event::<Joined>(20)]).is_empty());
    assert_eq!(
        run.commit(4, [event::<Joined>(10)]),
        ["#5 collect <- [10, 20]"]
    );
}

fn endless() -> Run {
    Run::of([
        each::<Start>("open").emits(Emits::One(&[A::INFO])),
        each::<A>("work").workers(1).emits(Emits::All(&[
            Emits::One(&[A::INFO]),
            Emits::One(&[Stop::INFO]),
        ])),
    ])
}

#[test]
fn a_run_ends_beyond_its_invocations() {
    let limits = Limits {
        invocations: Some(3),
        ..Limits::default()
    };
    let mut run = with_limits(endless(), limits);
    run.start(0);
    run.commit(1, [event::<A>(1)]);
    assert_eq!(run.commit(2, [event::<A>(1)]), ["#3 work <- 1"]);
    let exceeded = "exceeded more than 3 invocations of its steps";
    assert_eq!(run.commit(3, [event::<A>(1)]), [exceeded]);
}

#[test]
fn a_run_ends_beyond_its_events_in_flight() {
    let limits = Limits {
        in_flight: Some(2),
        ..Limits::default()
    };
    let mut run = with_limits(endless(), limits);
    run.start(0);
    let exceeded = "exceeded more than 2 events in flight";
    assert_eq!(run.commit(1, [1, 2, 3].map(event::<A>)), [exceeded]);
}

#[test]
fn a_paused_run_begins_nothing_until_it_is_resumed() {
    let mut run = Run::of([
        each::<Start>("open").emits(Emits::One(&[A::INFO])),
        each::<A>("work")
            .workers(1)
            .retried()
            .emits(Emits::One(&[Stop::INFO])),
    ]);
    run.start(0);
    run.tick(Input::Paused);
    assert!(run.commit(1, [event::<A>(1), event::<A>(2)]).is_empty());
    assert_eq!(run.tick(Input::Resumed), ["#2 work <- 1"]);
    run.tick(Input::Paused);
    assert!(run.fail_for_now(2, 0).is_empty());
    assert_eq!(run.tick(Input::Resumed), ["#2 work <- 1 after 1 failures"]);
    assert_eq!(run.broker.queued(), 1);
    let _: &Broker<u32> = &run.broker;
}
