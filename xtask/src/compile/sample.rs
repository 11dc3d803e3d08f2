//! A workflow of any number of steps, as source code: chains, unions, one fan-out, one join, state in some steps.

use std::{fmt::Write, path::Path};

/// With our attributes, or the same code without them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Typed,
    Plain,
}

/// One generated crate.
pub(super) struct Sample {
    /// At least 10.
    pub(super) steps: usize,
    pub(super) kind: Kind,
}

const TYPED: &str = "use workflows::prelude::*;\n";
const PLAIN: &str = "\
use workflows::__private::{schemars::JsonSchema, serde::{Deserialize, Serialize}};
use workflows::prelude::{Context, Result};
impl workflows::StateModel for Totals {}
";
const DERIVES: &str = "\
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(crate = \"workflows::__private::serde\")]
#[schemars(crate = \"workflows::__private::schemars\")]
";
const STATE_DERIVES: &str = "\
#[derive(Default, Clone, Debug, Serialize, Deserialize)]
#[serde(crate = \"workflows::__private::serde\")]
";

impl Sample {
    /// The name of the crate.
    pub(super) fn name(&self) -> String {
        let kind = match self.kind {
            Kind::Typed => "typed",
            Kind::Plain => "plain",
        };
        format!("{kind}-{}", self.steps)
    }

    pub(super) fn manifest(&self, workflows: &Path) -> String {
        format!(
            "[package]\nname = \"{}\"\nedition = \"2024\"\n\n[dependencies]\nworkflows = {{ path = {workflows:?} }}\n",
            self.name()
        )
    }

    /// The code; another `salt` gives another body of one step.
    pub(super) fn source(&self, salt: u32) -> String {
        let mut source = self.pick(TYPED, PLAIN).to_owned();
        source += self.pick("#[state]\n", STATE_DERIVES);
        source += "pub struct Totals { sum: u32 }\npub struct Flow;\n";
        source += self.pick("#[event]\n", DERIVES);
        source += "pub struct Side;\n";
        for event in 0..self.steps - 1 {
            source += self.pick("#[event]\n", DERIVES);
            let _ = writeln!(source, "pub struct E{event}(pub u32);");
        }
        self.unions(&mut source);
        source += self.pick("#[workflow]\n", "");
        source += "impl Flow {\n";
        for step in 0..self.steps {
            self.step(&mut source, step, salt);
        }
        source + "}\n"
    }

    /// The enums that `#[workflow]` would declare.
    fn unions(&self, source: &mut String) {
        let unions = (0..self.steps).filter(|step| is_union(*step, self.steps));
        for step in unions.filter(|_| self.kind == Kind::Plain) {
            let (next, again) = (format!("E{step}"), format!("E{}", step - 1));
            let _ = writeln!(
                source,
                "#[derive(Clone, Debug)]\npub enum Step{step}Output {{ {next}({next}), {again}({again}) }}"
            );
        }
    }

    fn step(&self, source: &mut String, step: usize, salt: u32) {
        *source += self.pick("    #[step]\n", "");
        let (takes, gives, body) = self.signature(step, salt);
        let _ = writeln!(
            source,
            "    pub async fn step_{step}(&self, {takes}) -> {gives} {{\n        {body}\n    }}"
        );
    }

    /// What a step takes, what it gives, and its body.
    fn signature(&self, step: usize, salt: u32) -> (String, String, String) {
        let before = step.wrapping_sub(1);
        let takes = format!("E{before}(n): E{before}");
        let (gives, value) = (format!("E{step}"), format!("E{step}(n + 1)"));
        match step {
            0 => {
                let start = self.pick("Start(n): Start<u32>", "n: u32");
                (start.to_owned(), gives, value)
            }
            _ if step + 1 == self.steps => {
                let (stop, value) = (
                    self.pick("Stop<u32>", "u32"),
                    self.pick("Stop(n + 1)", "n + 1"),
                );
                (takes, stop.to_owned(), value.to_owned())
            }
            1 => (takes, gives, format!("E1(n + {salt})")),
            3 => (
                takes,
                "Vec<E3>".to_owned(),
                "(0..n).map(E3).collect()".to_owned(),
            ),
            5 => {
                let sum = "E5(all.iter().map(|one| one.0).sum())";
                ("all: Vec<E4>".to_owned(), gives, sum.to_owned())
            }
            6 => (takes, "(E6, Side)".to_owned(), "(E6(n), Side)".to_owned()),
            7 => (takes + ", _side: Side", gives, value),
            _ if is_union(step, self.steps) => {
                let union = format!("OneOf![E{step} | E{before}]");
                let enumeration = format!("Step{step}Output");
                let gives = self.pick(&union, &enumeration).to_owned();
                let body = format!(
                    "if n > 9 {{ {enumeration}::E{step}(E{step}(n)) }} else {{ {enumeration}::E{before}(E{before}(n + 1)) }}"
                );
                (takes, gives, body)
            }
            _ if step % 5 == 2 => {
                let takes = format!("ctx: Context<Totals>, {takes}");
                let edit = "ctx.store().edit_state(|totals| totals.sum += n).await?;";
                let body = format!("{edit}\n        Ok({value})");
                (takes, format!("Result<{gives}>"), body)
            }
            _ => (takes, gives, value),
        }
    }

    fn pick<'a>(&self, typed: &'a str, plain: &'a str) -> &'a str {
        match self.kind {
            Kind::Typed => typed,
            Kind::Plain => plain,
        }
    }
}

/// Every tenth step goes on or takes its own event again; the last one stops.
fn is_union(step: usize, steps: usize) -> bool {
    step % 10 == 8 && step + 1 < steps
}
