//! As much of SVG as the picture needs.

use std::fmt::Write;

/// Where something is drawn.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// A document while it is drawn.
pub(super) struct Svg {
    width: f64,
    body: String,
}

const STYLE: &str = "\
text{font:13px sans-serif;fill:#333}.title{font-weight:bold}.end{text-anchor:end}.middle{text-anchor:middle}\
.wrong{fill:#c22;font-weight:bold}.grid{stroke:#ddd}.mark{stroke:#888;stroke-dasharray:4}\
.curve{fill:none;stroke-width:2}.training{stroke:#d80}.validation{stroke:#26b}";

impl Svg {
    pub(super) fn new(width: f64) -> Self {
        Svg { width, body: String::new() }
    }

    /// `class` says how it looks and where it is anchored, `text` is not to have characters that SVG would take for its own.
    pub(super) fn text(&mut self, at: Place, class: &str, text: &str) {
        self.add(format_args!(r#"<text x="{:.1}" y="{:.1}" class="{class}">{text}</text>"#, at.x, at.y));
    }

    /// A line through these places.
    pub(super) fn line(&mut self, class: &str, places: impl IntoIterator<Item = Place>) {
        let points: Vec<String> = places.into_iter().map(|at| format!("{:.1},{:.1}", at.x, at.y)).collect();
        self.add(format_args!(r#"<polyline class="{class}" points="{}"/>"#, points.join(" ")));
    }

    /// Black areas, more or less opaque, within a square of `side` units that is drawn `scale` times as large.
    pub(super) fn areas(&mut self, at: Place, scale: f64, areas: &[(f64, String)]) {
        self.add(format_args!(r#"<g transform="translate({:.1} {:.1}) scale({scale:.2})">"#, at.x, at.y));
        for (opacity, outline) in areas {
            self.add(format_args!(r#"<path opacity="{opacity:.2}" d="{outline}"/>"#));
        }
        self.add(format_args!("</g>"));
    }

    pub(super) fn finish(self, height: f64) -> String {
        let Svg { width, body } = self;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height:.0}\" width=\"{width}\">\n\
             <style>{STYLE}</style>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n{body}</svg>\n"
        )
    }

    fn add(&mut self, element: std::fmt::Arguments<'_>) {
        writeln!(self.body, "{element}").expect("a string takes what is written into it");
    }
}
