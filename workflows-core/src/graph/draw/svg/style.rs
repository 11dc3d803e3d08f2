//! Colours, fonts and arrow heads.
//!
//! Every class is prefixed, so that a picture can stand inside a page. Colours are written out for light and dark
//! instead of named as variables, which many converters do not know.

use std::fmt::Write;

use super::layout::HEAD;
use crate::graph::draw::picture::Stroke;

const SHAPES: &str = "\
.wf text{text-anchor:middle;stroke:none}
.wf-title{font:600 19px system-ui,-apple-system,\"Segoe UI\",Helvetica,Arial,sans-serif}
.wf-doc{font:12px system-ui,-apple-system,\"Segoe UI\",Helvetica,Arial,sans-serif}
.wf-note{font:600 11px system-ui,-apple-system,\"Segoe UI\",Helvetica,Arial,sans-serif}
.wf-name{font:600 14px ui-monospace,SFMono-Regular,Menlo,Consolas,\"DejaVu Sans Mono\",monospace}
.wf-terminal .wf-name{font-size:12px}
.wf-label{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,\"DejaVu Sans Mono\",monospace}
.wf>text{text-anchor:start}
.wf-box{stroke-width:1.5;stroke-linejoin:round}
.wf-outside .wf-box{stroke-dasharray:5 4}
.wf-line{fill:none;stroke-width:1.6}
.wf-many{stroke-width:5}
.wf-core{fill:none;stroke-width:2}
.wf-out{stroke-dasharray:5 4}
.wf-failure{stroke-dasharray:2 4}
";

/// Selectors, the property that they set, and its value on light and on dark pages.
const COLOURS: &[(&str, &str, &str, &str)] = &[
    (".wf-page,.wf-gap", "fill", "#ffffff", "#0d1117"),
    (".wf-core", "stroke", "#ffffff", "#0d1117"),
    (".wf-title,.wf-name", "fill", "#1f2328", "#e6edf3"),
    (".wf-doc", "fill", "#59636e", "#9aa4af"),
    (".wf-label", "fill", "#3b4450", "#c3ccd6"),
    (".wf-line", "stroke", "#7d8794", "#7d8590"),
    (".wf-many", "stroke", "#2f9e64", "#3fb97a"),
    (".wf-many-label", "fill", "#1d7a4a", "#56d394"),
    (".wf-out", "stroke", "#8250df", "#a371f7"),
    (".wf-failure", "stroke", "#c93c37", "#f47067"),
    (
        ".wf-out-label,.wf-outside .wf-doc",
        "fill",
        "#6a3fc0",
        "#c4a5fb",
    ),
    (".wf-head", "fill", "#7d8794", "#7d8590"),
    (".wf-head-many", "fill", "#2f9e64", "#3fb97a"),
    (".wf-head-out,.wf-person", "fill", "#8250df", "#a371f7"),
    (".wf-head-failure", "fill", "#c93c37", "#f47067"),
    (".wf-step .wf-box", "fill", "#eef4ff", "#14213a"),
    (".wf-step .wf-box", "stroke", "#4c7bd9", "#5a8bea"),
    (".wf-step .wf-note", "fill", "#3565c4", "#8fb2f5"),
    (".wf-join .wf-box", "fill", "#fdf3e2", "#2e2310"),
    (".wf-join .wf-box", "stroke", "#cc8a1f", "#d99a3a"),
    (".wf-join .wf-note", "fill", "#93600b", "#eab765"),
    (".wf-collect .wf-box", "fill", "#e6f7ee", "#0f281b"),
    (".wf-collect .wf-box", "stroke", "#2f9e64", "#3fb97a"),
    (".wf-collect .wf-note", "fill", "#1d7a4a", "#56d394"),
    (".wf-failed .wf-box", "fill", "#fdeaea", "#341a1c"),
    (".wf-failed .wf-box", "stroke", "#c93c37", "#e5655f"),
    (".wf-failed .wf-note", "fill", "#a8322d", "#f09792"),
    (".wf-event .wf-box", "fill", "#f4f6f8", "#1c222b"),
    (".wf-event .wf-box", "stroke", "#a3acb7", "#57606a"),
    (".wf-outside .wf-box", "fill", "#f8f3ff", "#1e1631"),
    (".wf-outside .wf-box", "stroke", "#8250df", "#a371f7"),
    (".wf-terminal .wf-box", "fill", "#24292f", "#e6edf3"),
    (".wf-terminal .wf-name", "fill", "#ffffff", "#0d1117"),
];

/// The style sheet.
pub(super) fn sheet() -> String {
    let mut sheet = format!("\n{SHAPES}");
    for (selectors, property, light, _) in COLOURS {
        let _ = writeln!(sheet, "{selectors}{{{property}:{light}}}");
    }
    sheet.push_str("@media (prefers-color-scheme:dark){\n");
    for (selectors, property, _, dark) in COLOURS {
        let _ = writeln!(sheet, "{selectors}{{{property}:{dark}}}");
    }
    // `>` is no markup inside an element, so the sheet needs no CDATA section.
    sheet + "}\n"
}

/// The arrow heads, one for each stroke.
pub(super) fn markers() -> String {
    let mut out = String::from("<defs>\n");
    for (stroke, class) in [
        (Stroke::Plain, "wf-head"),
        (Stroke::Many, "wf-head-many"),
        (Stroke::Outside, "wf-head-out"),
        (Stroke::Failure, "wf-head-failure"),
    ] {
        let half = if stroke == Stroke::Many { 6 } else { 4 };
        let _ = writeln!(
            out,
            "<marker id=\"{}\" markerUnits=\"userSpaceOnUse\" markerWidth=\"{HEAD}\" markerHeight=\"{height}\" \
             refX=\"0\" refY=\"{half}\" orient=\"auto\"><path class=\"{class}\" d=\"M0,0 L{HEAD},{half} L0,{height} z\"/></marker>",
            marker(stroke),
            height = 2 * half,
        );
    }
    out + "</defs>"
}

/// The name of a stroke's arrow head.
pub(super) const fn marker(stroke: Stroke) -> &'static str {
    match stroke {
        Stroke::Plain => "wf-arrow",
        Stroke::Many => "wf-arrow-many",
        Stroke::Outside => "wf-arrow-out",
        Stroke::Failure => "wf-arrow-failure",
    }
}
