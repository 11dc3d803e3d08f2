//! Resources in the table of steps and in pictures.

use std::sync::Arc;

use serde_json::json;
use workflows::{ResourceKind, ResourceSpec, prelude::*};

mod db {
    pub(super) fn connect() -> u32 {
        1
    }
}

struct Drawn;

#[workflow]
impl Drawn {
    #[step(num_workers = 1)]
    async fn work(
        &self,
        _: Start<()>,
        #[resource(db::connect)] a: Arc<u32>,
        #[resource(db::connect, cache = false)] b: u32,
        #[resource(config = "app.toml", path = "a.b")] c: Arc<Vec<String>>,
    ) -> Stop<usize> {
        Stop(*a as usize + b as usize + c.len())
    }
}

#[test]
fn the_table_of_steps_lists_their_resources() {
    assert_eq!(
        Drawn::GRAPH.steps()[0].resources,
        [
            ResourceSpec {
                name: "db::connect",
                type_name: "Arc<u32>",
                kind: ResourceKind::Factory,
                cached: true,
            },
            ResourceSpec {
                name: "db::connect",
                type_name: "u32",
                kind: ResourceKind::Factory,
                cached: false,
            },
            ResourceSpec {
                name: "app.toml",
                type_name: "Arc<Vec<String>>",
                kind: ResourceKind::Config { path: "a.b" },
                cached: true,
            },
        ]
    );
}

#[test]
fn pictures_note_what_a_step_needs() {
    let note = "1 worker, needs db::connect, app.toml";
    assert!(Drawn::GRAPH.to_text().contains(&format!("[{note}]")));
    let note = note.replace(", needs", " · needs");
    assert!(Drawn::GRAPH.to_mermaid().contains(&note));
    assert!(Drawn::GRAPH.to_dot().contains(&note));
    #[cfg(feature = "svg")]
    assert!(Drawn::GRAPH.to_svg().contains(&note));
    assert_eq!(
        Drawn::GRAPH.to_json()["steps"][0]["resources"],
        json!([
            { "name": "db::connect", "type": "Arc<u32>", "kind": "factory", "path": null, "cached": true },
            { "name": "db::connect", "type": "u32", "kind": "factory", "path": null, "cached": false },
            { "name": "app.toml", "type": "Arc<Vec<String>>", "kind": "config", "path": "a.b", "cached": true },
        ])
    );
}
