//! Reducer cases: given ticks, exactly these commands.
//!
//! A case reads as a story: each tick is a call on [`Run`], each command one line of text. `#2 join <- (1, 2)` is the
//! second invocation of the run, of step `join`, on the events 1 and 2; `<- 1` is a single event, `<- [1, 2]` what a
//! fan-out brought.

mod failing;
pub(crate) mod harness;
mod waiting;

use std::time::Duration;

use self::harness::{A, Answer, B, C, Question, Run, Start, Stop, each, event, list};
use crate::{
    graph::Emits,
    output::Item,
    tick::{Failure, Input, Timestamp},
};

const NOTHING: [&str; 0] = [];

#[test]
fn an_event_goes_to_every_step_that_takes_it_in_declaration_order() {
    let mut run = Run::of([
        each::<Start>("first").emits(Emits::Nothing),
        each::<Start>("second").emits(Emits::One(&[Stop::INFO])),
        each::<Start>("third").emits(Emits::Nothing),
    ]);
    assert_eq!(
        run.start(7),
        ["#1 first <- 7", "#2 second <- 7", "#3 third <- 7"]
    );
}

#[test]
fn the_events_of_one_outbox_are_routed_in_their_order() {
    let mut run = Run::of([
        each::<Start>("open").emits(Emits::All(&[
            Emits::One(&[B::INFO]),
            Emits::One(&[A::INFO]),
        ])),
        each::<A>("a"),
        each::<B>("b"),
    ]);
    run.start(0);
    assert_eq!(
        run.commit(1, [event::<B>(1), event::<A>(2)]),
        ["#2 b <- 1", "#3 a <- 2"]
    );
}

#[test]
fn work_beyond_the_workers_of_a_step_waits_in_order() {
    let mut run = Run::of([each::<Start>("open"), each::<A>("work").workers(2)]);
    run.start(0);
    let four = [1, 2, 3, 4].map(event::<A>);
    assert_eq!(run.commit(1, four), ["#2 work <- 1", "#3 work <- 2"]);
    assert_eq!(run.broker.queued(), 2);
    assert_eq!(run.commit(3, []), ["#4 work <- 3"]);
    assert_eq!(run.commit(2, []), ["#5 work <- 4"]);
    assert_eq!(run.broker.queued(), 0);
}

#[test]
fn what_a_step_sends_to_itself_waits_behind_what_came_before() {
    let mut run = Run::of([each::<Start>("open"), each::<A>("work").workers(1)]);
    run.start(0);
    assert_eq!(run.commit(1, [1, 2].map(event::<A>)), ["#2 work <- 1"]);
    assert_eq!(run.commit(2, [event::<A>(3)]), ["#3 work <- 2"]);
    assert_eq!(run.commit(3, []), ["#4 work <- 3"]);
}

#[test]
fn a_join_runs_when_one_of_each_is_there() {
    let mut run = Run::of([
        each::<Start>("open"),
        each::<Start>("other"),
        harness::join("join", &[&[A::INFO], &[B::INFO]]),
    ]);
    run.start(0);
    assert_eq!(run.commit(2, [event::<B>(1)]), NOTHING);
    assert_eq!(run.commit(1, [event::<A>(2)]), ["#3 join <- (2, 1)"]);
}

#[test]
fn a_join_of_one_type_twice_pairs_in_the_order_of_arrival() {
    let mut run = Run::of([
        each::<Start>("open"),
        harness::join("join", &[&[A::INFO], &[A::INFO]]),
    ]);
    run.start(0);
    assert_eq!(
        run.commit(1, [1, 2, 3, 4].map(event::<A>)),
        ["#2 join <- (1, 2)", "#3 join <- (3, 4)"]
    );
}

#[test]
fn what_a_join_has_left_over_waits_for_its_next_partner() {
    let mut run = Run::of([
        each::<Start>("open"),
        each::<Start>("other"),
        harness::join("join", &[&[A::INFO], &[B::INFO], &[A::INFO]]),
    ]);
    run.start(0);
    let first = [
        event::<A>(1),
        event::<A>(2),
        event::<A>(3),
        event::<B>(10),
        event::<B>(11),
    ];
    assert_eq!(run.commit(1, first), ["#3 join <- (1, 10, 2)"]);
    assert_eq!(run.commit(2, [event::<A>(4)]), ["#4 join <- (3, 11, 4)"]);
}

fn fan_out() -> Run {
    Run::of([
        each::<Start>("open").emits(Emits::FanOut(&[A::INFO])),
        each::<A>("work").emits(Emits::One(&[B::INFO])),
        harness::collect::<B>("collect", None).emits(Emits::One(&[Stop::INFO])),
    ])
}

#[test]
fn a_fan_out_is_collected_in_list_order_when_the_last_of_it_is_done() {
    let mut run = fan_out();
    run.start(0);
    assert_eq!(
        run.commit(1, [list(&[A::INFO], [1, 2, 3].map(harness::emit::<A>))]),
        ["#2 work <- 1", "#3 work <- 2", "#4 work <- 3"]
    );
    assert_eq!(run.commit(4, [event::<B>(30)]), NOTHING);
    assert_eq!(run.commit(2, [event::<B>(10), event::<B>(11)]), NOTHING);
    assert_eq!(
        run.commit(3, [event::<B>(20)]),
        ["#5 collect <- [10, 11, 20, 30]"]
    );
    assert_eq!(run.commit(5, [event::<Stop>(9)]), ["stopped with 9"]);
}

#[test]
fn an_empty_list_is_collected_at_once() {
    let mut run = fan_out();
    run.start(0);
    assert_eq!(run.commit(1, [list(&[A::INFO], [])]), ["#2 collect <- []"]);
}

#[test]
fn a_branch_that_brings_nothing_is_left_out_of_what_is_collected() {
    let mut run = fan_out();
    run.start(0);
    run.commit(1, [list(&[A::INFO], [1, 2].map(harness::emit::<A>))]);
    assert_eq!(run.commit(2, []), NOTHING);
    assert_eq!(run.commit(3, [event::<B>(20)]), ["#4 collect <- [20]"]);
}

#[test]
fn elements_that_are_collected_as_they_are_close_the_fan_out_at_once() {
    let mut run = Run::of([
        each::<Start>("open").emits(Emits::FanOut(&[A::INFO])),
        harness::collect::<A>("collect", None),
    ]);
    run.start(0);
    assert_eq!(
        run.commit(1, [list(&[A::INFO], [1, 2].map(harness::emit::<A>))]),
        ["#2 collect <- [1, 2]"]
    );
}

#[test]
fn work_that_waits_for_a_worker_keeps_its_fan_out_open() {
    let mut run = Run::of([
        each::<Start>("open").emits(Emits::FanOut(&[A::INFO])),
        each::<A>("work").workers(1).emits(Emits::One(&[B::INFO])),
        harness::collect::<B>("collect", None),
    ]);
    run.start(0);
    run.commit(1, [list(&[A::INFO], [1, 2].map(harness::emit::<A>))]);
    assert_eq!(run.commit(2, [event::<B>(10)]), ["#3 work <- 2"]);
    assert_eq!(run.commit(3, [event::<B>(20)]), ["#4 collect <- [10, 20]"]);
}

#[test]
fn an_inner_fan_out_is_collected_within_its_branch_of_the_outer_one() {
    let mut run = Run::of([
        each::<Start>("open").emits(Emits::FanOut(&[A::INFO])),
        each::<A>("split").emits(Emits::FanOut(&[B::INFO])),
        harness::collect::<B>("inner", None).emits(Emits::One(&[C::INFO])),
        harness::collect::<C>("outer", None),
    ]);
    run.start(0);
    run.commit(1, [list(&[A::INFO], [1, 2].map(harness::emit::<A>))]);
    assert_eq!(
        run.commit(3, [list(&[B::INFO], [21, 22].map(harness::emit::<B>))]),
        ["#4 inner <- [21, 22]"]
    );
    assert_eq!(run.commit(4, [event::<C>(20)]), NOTHING);
    assert_eq!(run.commit(2, [list(&[B::INFO], [])]), ["#5 inner <- []"]);
    assert_eq!(run.commit(5, [event::<C>(10)]), ["#6 outer <- [10, 20]"]);
}

#[test]
fn the_last_work_of_nested_fan_outs_closes_all_of_them() {
    let mut run = Run::of([
        each::<Start>("open").emits(Emits::FanOut(&[A::INFO])),
        each::<A>("split").emits(Emits::FanOut(&[B::INFO])),
        each::<B>("drop").emits(Emits::One(&[C::INFO])),
        harness::collect::<C>("inner", None),
        harness::collect::<A>("outer", None),
    ]);
    run.start(0);
    run.commit(1, [list(&[A::INFO], [1].map(harness::emit::<A>))]);
    run.commit(2, [list(&[B::INFO], [2].map(harness::emit::<B>))]);
    assert_eq!(run.commit(3, []), ["#4 inner <- []"]);
    assert_eq!(run.commit(4, []), ["#5 outer <- [1]"]);
}

#[test]
fn every_collector_of_a_fan_out_runs_once_with_its_own() {
    let mut run = Run::of([
        each::<Start>("open").emits(Emits::FanOut(&[A::INFO])),
        each::<A>("work").emits(Emits::One(&[B::INFO, C::INFO])),
        harness::collect::<C>("cs", None),
        harness::collect::<B>("bs", None),
        harness::collect::<B>("bs_again", None),
    ]);
    run.start(0);
    run.commit(1, [list(&[A::INFO], [1, 2].map(harness::emit::<A>))]);
    run.commit(3, [event::<B>(20)]);
    assert_eq!(
        run.commit(2, [event::<B>(10)]),
        [
            "#4 cs <- []",
            "#5 bs <- [10, 20]",
            "#6 bs_again <- [10, 20]"
        ]
    );
}

#[test]
fn two_lists_of_one_step_are_two_fan_outs() {
    let mut run = Run::of([
        each::<Start>("open").emits(Emits::All(&[
            Emits::FanOut(&[A::INFO]),
            Emits::FanOut(&[B::INFO]),
        ])),
        harness::collect::<A>("r#as", None),
        harness::collect::<B>("bs", None),
    ]);
    run.start(0);
    let lists = [
        list(&[A::INFO], [1, 2].map(harness::emit::<A>)),
        list(&[B::INFO], [3].map(harness::emit::<B>)),
    ];
    assert_eq!(run.commit(1, lists), ["#2 r#as <- [1, 2]", "#3 bs <- [3]"]);
}

fn take_two() -> Run {
    let mut run = Run::of([
        each::<Start>("open").emits(Emits::FanOut(&[A::INFO])),
        each::<A>("work").emits(Emits::One(&[B::INFO])),
        harness::collect::<B>("collect", Some(2)),
    ]);
    run.start(0);
    run.commit(1, [list(&[A::INFO], [1, 2, 3].map(harness::emit::<A>))]);
    run
}

#[test]
fn a_collector_that_takes_two_runs_at_the_second_and_ignores_the_third() {
    let mut run = take_two();
    assert_eq!(run.commit(4, [event::<B>(30)]), NOTHING);
    assert_eq!(run.commit(2, [event::<B>(10)]), ["#5 collect <- [10, 30]"]);
    assert_eq!(run.commit(3, [event::<B>(20)]), NOTHING);
    assert_eq!(run.commit(5, []), ["stalled []"]);
}

#[test]
fn a_collector_that_takes_two_gets_fewer_where_the_fan_out_brings_fewer() {
    let mut run = take_two();
    assert_eq!(run.commit(4, [event::<B>(30)]), NOTHING);
    assert_eq!(run.commit(2, []), NOTHING);
    assert_eq!(run.commit(3, []), ["#5 collect <- [30]"]);
}

#[test]
fn a_join_inside_a_fan_out_pairs_the_events_of_one_branch() {
    let mut run = Run::of([
        each::<Start>("open").emits(Emits::FanOut(&[A::INFO])),
        each::<A>("left").emits(Emits::One(&[B::INFO])),
        each::<A>("right").emits(Emits::One(&[C::INFO])),
        harness::join("join", &[&[B::INFO], &[C::INFO]]),
    ]);
    run.start(0);
    run.commit(1, [list(&[A::INFO], [1, 2].map(harness::emit::<A>))]);
    assert_eq!(run.commit(2, [event::<B>(11)]), NOTHING);
    assert_eq!(run.commit(5, [event::<C>(22)]), NOTHING);
    assert_eq!(run.commit(4, [event::<B>(21)]), ["#6 join <- (21, 22)"]);
    assert_eq!(run.commit(3, [event::<C>(12)]), ["#7 join <- (11, 12)"]);
}

#[test]
fn a_half_filled_join_keeps_its_fan_out_open_until_the_run_stalls() {
    let mut run = Run::of([
        each::<Start>("open").emits(Emits::FanOut(&[A::INFO])),
        each::<A>("left").emits(Emits::One(&[B::INFO])),
        harness::join("join", &[&[B::INFO], &[C::INFO]]),
        each::<B>("other").emits(Emits::One(&[C::INFO])),
        harness::collect::<A>("collect", None),
    ]);
    run.start(0);
    run.commit(1, [list(&[A::INFO], [1].map(harness::emit::<A>))]);
    assert_eq!(run.commit(2, [event::<B>(11)]), ["#3 other <- 11"]);
    assert_eq!(
        run.commit(3, []),
        ["stalled [join has `B` and waits for `C`]"]
    );
}

#[test]
fn the_first_stop_wins_and_everything_later_is_a_no_op() {
    let mut run = Run::of([
        each::<Start>("one").emits(Emits::One(&[Stop::INFO])),
        each::<Start>("two"),
    ]);
    run.start(0);
    let outbox = [event::<Stop>(5), event::<Start>(6), event::<Stop>(7)];
    assert_eq!(run.commit(1, outbox), ["stopped with 5"]);
    assert!(run.broker.is_ended());
    assert_eq!(run.commit(2, [event::<Stop>(8)]), NOTHING);
    assert_eq!(run.send::<Start>(9), NOTHING);
    assert_eq!(run.start(10), NOTHING);
    for input in [Input::Cancelled, Input::TimedOut] {
        assert_eq!(run.tick(input), NOTHING);
    }
}

#[test]
fn a_stop_in_the_middle_of_a_list_ends_the_run_there() {
    let mut run = Run::of([
        each::<Start>("open").emits(Emits::FanOut(&[A::INFO, Stop::INFO])),
        each::<A>("work"),
    ]);
    run.start(0);
    let events = [
        harness::emit::<A>(1),
        harness::emit::<Stop>(2),
        harness::emit::<A>(3),
    ];
    assert_eq!(
        run.commit(1, [list(&[A::INFO, Stop::INFO], events)]),
        ["stopped with 2"]
    );
}

#[test]
fn nothing_is_left_of_a_run_that_has_ended() {
    let mut run = Run::of([
        each::<Start>("open").emits(Emits::FanOut(&[A::INFO])),
        each::<A>("work").workers(1),
        harness::join("join", &[&[Start::INFO], &[B::INFO]]),
        harness::collect::<A>("collect", None),
    ]);
    run.start(0);
    run.commit(1, [list(&[A::INFO], [1, 2].map(harness::emit::<A>))]);
    run.tick(Input::Cancelled);
    let broker = &run.broker;
    assert!(broker.steps.is_empty() && broker.invocations.is_empty());
    assert!(broker.fan_outs.is_empty() && broker.joins.is_empty());
    assert_eq!((broker.queued(), broker.running_steps()), (0, vec![]));
}

#[test]
fn ticks_of_invocations_that_are_not_running_are_no_ops() {
    let mut run = Run::of([
        each::<Start>("open"),
        each::<A>("work").emits(Emits::One(&[Stop::INFO])),
    ]);
    run.start(0);
    run.commit(1, [event::<A>(1)]);
    // The second invocation lives in the slot of the first.
    assert_eq!(run.id(1).slot(), run.id(2).slot());
    assert_eq!(run.commit(1, [event::<Stop>(1)]), NOTHING);
    let failure = Failure::panic("late".to_owned());
    let invocation = run.id(1);
    assert_eq!(
        run.tick(Input::Failed {
            invocation,
            failure,
            retry: None,
        }),
        NOTHING
    );
    let unknown = crate::tick::InvocationId {
        slot: 77,
        serial: 77,
    };
    let (invocation, outbox) = (unknown, [event::<Stop>(1)].into_iter().collect());
    assert_eq!(run.tick(Input::Committed { invocation, outbox }), NOTHING);
    assert_eq!(run.commit(2, [event::<Stop>(2)]), ["stopped with 2"]);
}

#[test]
fn a_run_begins_once() {
    let mut run = Run::of([each::<Start>("open")]);
    assert_eq!(run.start(1), ["#1 open <- 1"]);
    assert_eq!(run.start(2), NOTHING);
}

#[test]
fn nothing_happens_before_the_beginning() {
    let mut run = Run::of([each::<Start>("open"), each::<Answer>("answer")]);
    assert_eq!(run.send::<Answer>(1), NOTHING);
    assert_eq!(run.start(2), ["#1 open <- 2"]);
}

#[test]
fn a_run_can_be_cancelled_before_its_beginning() {
    let mut run = Run::of([each::<Start>("open")]);
    assert_eq!(run.tick(Input::Cancelled), ["cancelled while running []"]);
    assert_eq!(run.start(1), NOTHING);
}

#[test]
fn a_run_with_nothing_left_to_do_stalls_and_names_its_half_filled_joins() {
    let mut run = Run::of([
        each::<Start>("open"),
        harness::join("pair", &[&[A::INFO], &[A::INFO], &[B::INFO]]),
        harness::join("both", &[&[B::INFO], &[C::INFO]]),
    ]);
    run.start(0);
    assert_eq!(
        run.commit(1, [event::<A>(1), event::<C>(2)]),
        ["stalled [pair has `A` and waits for `A`, `B`; both has `C` and waits for `B`]"]
    );
}

#[test]
fn a_run_that_no_step_takes_the_start_of_stalls_at_once() {
    let mut run = Run::of([each::<A>("work")]);
    assert_eq!(run.start(0), ["stalled []"]);
}

#[test]
fn cancelling_names_the_running_steps_once_per_invocation_in_declaration_order() {
    let mut run = Run::of([
        each::<Start>("open"),
        each::<B>("first"),
        each::<A>("second").workers(2),
    ]);
    run.start(0);
    run.commit(
        1,
        [1, 2, 3].map(event::<A>).into_iter().chain([event::<B>(4)]),
    );
    assert_eq!(
        run.tick(Input::Cancelled),
        ["cancelled while running [first, second, second]"]
    );
}

#[test]
fn a_timeout_names_the_running_steps() {
    let mut run = Run::of([each::<Start>("open")]);
    run.start(0);
    assert_eq!(
        run.tick(Input::TimedOut),
        ["timed out while running [open]"]
    );
}

#[test]
fn a_question_is_published_and_given_to_the_steps_that_take_it() {
    let mut run = Run::of([
        each::<Start>("ask").emits(Emits::One(&[Question::INFO])),
        each::<Question>("log"),
        each::<Answer>("answer"),
    ]);
    run.start(0);
    assert_eq!(
        run.commit(1, [event::<Question>(1)]),
        ["publish 1", "#2 log <- 1"]
    );
}

#[test]
fn a_run_that_may_be_answered_waits_and_goes_on_with_the_answer() {
    let mut run = Run::of([
        each::<Start>("ask").emits(Emits::One(&[Question::INFO])),
        each::<Answer>("answer").emits(Emits::One(&[Stop::INFO])),
    ]);
    run.start(0);
    assert_eq!(run.commit(1, [event::<Question>(1)]), ["publish 1"]);
    assert_eq!(run.send::<Answer>(2), ["#2 answer <- 2"]);
    assert_eq!(run.commit(2, [event::<Stop>(3)]), ["stopped with 3"]);
}

#[test]
fn an_event_from_outside_that_no_step_takes_is_of_no_use() {
    let mut run = Run::of([
        each::<Start>("ask").emits(Emits::One(&[Question::INFO])),
        each::<Answer>("answer").emits(Emits::One(&[Stop::INFO])),
    ]);
    run.start(0);
    assert_eq!(run.send::<C>(1), ["1 is of no use"]);
    assert_eq!(run.send::<Question>(2), ["2 is of no use"]);
    assert_eq!(run.send::<Stop>(3), ["3 is of no use"]);
}

#[test]
fn a_failure_inside_a_fan_out_fails_the_run_with_its_step_event_and_time() {
    let mut run = fan_out();
    run.start(0);
    run.now = Timestamp::after(Duration::from_secs(10));
    run.commit(1, [list(&[A::INFO], [1, 2].map(harness::emit::<A>))]);
    run.now = Timestamp::after(Duration::from_secs(13));
    assert_eq!(run.fail(3, "boom"), ["work failed on `A` after 3s: boom"]);
    assert_eq!(run.commit(2, [event::<B>(1)]), NOTHING);
}

#[test]
fn a_failing_collector_names_the_event_that_its_fan_out_was_opened_on() {
    let mut run = fan_out();
    run.start(0);
    run.commit(1, [list(&[A::INFO], [])]);
    assert_eq!(
        run.fail(2, "boom"),
        ["collect failed on `Start` after 0ns: boom"]
    );
}

#[test]
fn a_list_that_the_step_does_not_declare_is_routed_and_collected_by_nobody() {
    let mut run = fan_out();
    run.start(0);
    let undeclared: Item<u32> = list(&[B::INFO], [1].map(harness::emit::<B>));
    assert_eq!(run.commit(1, [undeclared]), ["stalled []"]);
}
