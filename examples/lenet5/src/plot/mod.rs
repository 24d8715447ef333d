//! A picture of what was learned: the learning curves, and digits with what they are taken for.

mod chart;
mod digits;
mod svg;

use anyhow::Result;

use crate::data::Digits;
use crate::training::{Epoch, Training};
use chart::{Chart, Curve};
use svg::{Place, Svg};

const WIDTH: f64 = 900.0;
const MARGIN: f64 = 40.0;
const GAP: f64 = 60.0;
const CHART: (f64, f64) = ((WIDTH - 2.0 * MARGIN - GAP) / 2.0, 220.0);

/// Both on one page, as SVG.
pub fn page(training: &Training, test: &Digits) -> Result<String> {
    let readings = training.kept().read(test)?;
    let mut svg = Svg::new(WIDTH);

    let history = training.history();
    let kept = training.best_epoch();
    let curves = |part: fn(&Epoch) -> (f64, f64)| {
        let (learned, held_back) = history.iter().map(part).unzip();
        vec![Curve { name: "training", points: learned }, Curve { name: "validation", points: held_back }]
    };
    let loss = curves(|epoch| (epoch.training.loss, epoch.validation.loss));
    let accuracy = curves(|epoch| (epoch.training.accuracy, epoch.validation.accuracy));
    let (left, top) = (MARGIN, MARGIN);
    let right = left + CHART.0 + GAP;
    Chart { title: "loss", curves: loss, marked: kept }.draw(&mut svg, Place { x: left, y: top }, CHART);
    Chart { title: "accuracy", curves: accuracy, marked: kept }.draw(&mut svg, Place { x: right, y: top }, CHART);

    let below = top + CHART.1 + GAP + 10.0;
    let bottom = digits::draw(&mut svg, Place { x: MARGIN, y: below }, WIDTH - 2.0 * MARGIN, test, &readings);
    Ok(svg.finish(bottom + MARGIN / 2.0))
}
