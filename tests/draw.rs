//! Pictures of workflows, as users get them.

use serde_json::json;
use workflows::prelude::*;

#[event]
struct Page {
    number: u32,
}
#[event]
struct Summary(String);
#[event]
struct Draft(String);
#[event(input_required)]
struct Question(String);
#[event(human_response)]
struct Answer(String);

struct Digest;

/// Reads pages and answers for them.
#[workflow(name = "Digest of \"pages\"")]
impl Digest {
    /// Turns over the pages.
    #[step]
    async fn open(&self, Start(pages): Start<u32>) -> Vec<Page> {
        (0..pages).map(|number| Page { number }).collect()
    }

    #[step(num_workers = 2, spawn)]
    async fn read(&self, page: Page) -> Summary {
        Summary(page.number.to_string())
    }

    #[step]
    async fn write(&self, pages: Vec<Summary>) -> Draft {
        Draft(pages.into_iter().map(|page| page.0).collect())
    }

    /// Checks <everything> & asks.
    #[step]
    async fn check(&self, Draft(text): Draft) -> OneOf![Draft | Question] {
        match text.is_empty() {
            true => Draft("nothing".to_owned()).into(),
            false => Question(text).into(),
        }
    }

    #[step]
    async fn end(&self, Answer(text): Answer) -> Stop<String> {
        Stop(text)
    }
}

#[test]
fn text_shows_a_step_on_each_line() {
    let expected = r#"Digest of "pages" – Reads pages and answers for them.

  Start<u32>   ─▶ open  ═▶ Vec<Page>             Turns over the pages.
  Page         ─▶ read  ─▶ Summary               [spawn, 2 workers]
  Vec<Summary> ═▶ write ─▶ Draft                 [collect]
  Draft        ─▶ check ─▶ Draft ↺ | Question ⇢  Checks <everything> & asks.
  ⇢ Answer     ─▶ end   ─▶ Stop<String>
"#;
    assert_eq!(Digest::GRAPH.to_text(), expected);
}

#[test]
fn mermaid_shows_loops_fan_outs_and_the_outside() {
    let expected = r#"---
title: "Digest of \"pages\""
---
flowchart TD
    accDescr: Reads pages and answers for them.
    node0(["Start#lt;u32#gt;"]):::terminal
    step_open["<b>open</b><br/>Turns over the pages."]:::step
    step_read["<b>read</b><br/><i>spawn · 2 workers</i>"]:::step
    step_write[\"<b>write</b><br/><i>collect</i>"/]:::collect
    step_check["<b>check</b><br/>Checks #lt;everything#gt; #amp; asks."]:::step
    step_end["<b>end</b>"]:::step
    node6(("outside")):::outside
    node7(["Stop#lt;String#gt;"]):::terminal
    node0 --> step_open
    step_open ==>|"Vec#lt;Page#gt;"| step_read
    step_read ==>|"Vec#lt;Summary#gt;"| step_write
    step_write -->|"Draft"| step_check
    step_check -->|"Draft"| step_check
    step_check -.->|"Question"| node6
    node6 -.->|"Answer"| step_end
    step_end --> node7
"#;
    let mermaid = Digest::GRAPH.to_mermaid();
    let (picture, _) = mermaid.split_once("    classDef").unwrap();
    assert_eq!(picture, expected);
}

#[test]
fn dot_shows_loops_fan_outs_and_the_outside() {
    let dot = Digest::GRAPH.to_dot();
    assert!(dot.starts_with("digraph \"Digest of \\\"pages\\\"\" {\n"));
    for line in [
        "\"step_open\" -> \"step_read\" [label=\"Vec<Page>\", color=\"#2f9e64:invis:#2f9e64\"];",
        "\"step_check\" -> \"step_check\" [label=\"Draft\"];",
        "\"node6\" -> \"step_end\" [label=\"Answer\", style=dashed, color=\"#8250df\"];",
    ] {
        assert!(dot.contains(line), "{dot}");
    }
}

#[test]
fn json_holds_steps_events_and_edges() {
    let json = Digest::GRAPH.to_json();
    assert_eq!(json["name"], "Digest of \"pages\"");
    assert_eq!(json["version"], 1);
    assert_eq!(
        json["steps"][1],
        json!({
            "name": "read", "doc": "", "kind": "each", "take": null, "mode": "spawn", "workers": 2,
            "accepts": [["Page"]], "awaits": [], "resources": [], "catches": null, "retries": false, "timeout_ms": null,
            "emits": [{ "event": "Summary", "fan_out": false }],
        })
    );
    let page = &json["events"][1];
    assert_eq!(
        (&page["name"], &page["kind"]),
        (&json!("Page"), &json!("ordinary"))
    );
    let fields = &page["schema"]["$defs"]["Page"]["properties"];
    assert_eq!(fields["number"]["type"], "integer");
    assert_eq!(
        json["edges"][2],
        json!({ "event": "Summary", "from": "read", "to": "write", "fan_out": false, "collect": true })
    );
}

#[cfg(feature = "svg")]
#[test]
fn svg_is_well_formed_and_shows_every_name() {
    let svg = Digest::GRAPH.to_svg();
    let document = roxmltree::Document::parse(&svg).unwrap();
    let texts: Vec<_> = document
        .descendants()
        .filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "text")))
        .filter_map(|node| node.text())
        .collect();
    for name in [
        "Start<u32>",
        "read",
        "spawn · 2 workers",
        "Vec<Summary>",
        "Question",
        "outside",
    ] {
        assert!(texts.contains(&name), "{texts:?}");
    }
}
