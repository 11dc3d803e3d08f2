#![deny(warnings)]
#![no_implicit_prelude]

use ::std::{clone::Clone, convert::Into, result::Result::{self, Err, Ok}, string::String, time::Duration};
use ::workflows::{Context, Emitter, Retry, Start, StepFailed, Stop, Waiter, catch_error, event, step, workflow};

#[event(input_required)]
struct Question;
#[event(human_response)]
struct Answer(String);
#[event(human_response)]
struct Refusal;
#[event]
struct Draft(String);

const ATTEMPTS: u32 = 5;

struct Writer;

#[workflow]
impl Writer {
    #[step(retry = Retry::exponential(Duration::from_millis(5)).max_attempts(ATTEMPTS), timeout = "90s")]
    async fn write(&self, human: Waiter<OneOf![Answer | Refusal]>, _: Start<String>) -> Result<Draft, String> {
        match human.wait().announce(Question).id("first").timeout(Duration::from_secs(9)).await {
            Ok(WriteAwaits::Answer(Answer(text))) => Ok(Draft(text)),
            Ok(WriteAwaits::Refusal(Refusal)) => Err("refused".into()),
            Err(error) => Err(::std::string::ToString::to_string(&error)),
        }
    }

    #[step(blocking, retry = Retry::never())]
    fn check(&self, out: Emitter<Draft>, Draft(text): Draft) -> Stop<String> {
        out.send_after(Draft(text.clone()), Duration::from_secs(1));
        Stop(text)
    }

    /// Takes what `write` could not do.
    #[catch_error(steps(write), max_recoveries = 2, num_workers = 1)]
    async fn rewrite(&self, ctx: Context, failed: StepFailed) -> Draft {
        ctx.sleep(Duration::from_millis(1)).await;
        Draft(::std::string::ToString::to_string(failed.error()))
    }

    #[catch_error(allow(unreachable))]
    async fn give_up(&self, failed: StepFailed) -> Result<Stop<String>, ::workflows::StepError> {
        Err(failed.into_error())
    }
}

fn main() {}
