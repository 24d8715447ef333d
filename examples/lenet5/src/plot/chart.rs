//! Curves over epochs.

use super::svg::{Place, Svg};

/// Some curves on one grid.
pub(super) struct Chart {
    pub(super) title: &'static str,
    pub(super) curves: Vec<Curve>,
    /// The epoch, from 1, that is pointed out.
    pub(super) marked: Option<usize>,
}

/// A value for each epoch.
pub(super) struct Curve {
    pub(super) name: &'static str,
    pub(super) points: Vec<f64>,
}

impl Chart {
    pub(super) fn draw(&self, svg: &mut Svg, corner: Place, (width, height): (f64, f64)) {
        let epochs = self.curves.iter().map(|curve| curve.points.len()).max().unwrap_or(0);
        let values = || self.curves.iter().flat_map(|curve| &curve.points).copied().filter(|value| value.is_finite());
        let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
        let ticks = if low <= high { ticks(low, high) } else { ticks(0.0, 1.0) };
        let (bottom, top) = (ticks[0], ticks[ticks.len() - 1]);
        let x = |epoch: usize| corner.x + width * (epoch as f64 - 1.0) / (epochs as f64 - 1.0).max(1.0);
        let y = |value: f64| corner.y + height * (top - value) / (top - bottom);

        svg.text(Place { x: corner.x, y: corner.y - 14.0 }, "title", self.title);
        let decimals = if top - bottom < 0.2 { 2 } else { 1 };
        for &tick in &ticks {
            svg.line("grid", [corner.x, corner.x + width].map(|x| Place { x, y: y(tick) }));
            svg.text(Place { x: corner.x - 6.0, y: y(tick) + 4.0 }, "end", &format!("{tick:.decimals$}"));
        }
        for epoch in (1..=epochs).step_by(epochs / 10 + 1) {
            svg.text(Place { x: x(epoch), y: corner.y + height + 18.0 }, "middle", &epoch.to_string());
        }
        if let Some(epoch) = self.marked {
            svg.line("mark", [corner.y, corner.y + height].map(|y| Place { x: x(epoch), y }));
        }
        for (index, Curve { name, points }) in self.curves.iter().enumerate() {
            let places = points.iter().enumerate().filter(|(_, value)| value.is_finite());
            svg.line(&format!("curve {name}"), places.map(|(index, &value)| Place { x: x(index + 1), y: y(value) }));
            let legend = Place { x: corner.x + width - 190.0 + 100.0 * index as f64, y: corner.y - 18.0 };
            svg.line(&format!("curve {name}"), [0.0, 18.0].map(|along| Place { x: legend.x + along, ..legend }));
            svg.text(Place { x: legend.x + 23.0, y: legend.y + 4.0 }, "", name);
        }
    }
}

/// Round numbers from below the lowest to above the highest, some four to eight.
fn ticks(low: f64, high: f64) -> Vec<f64> {
    // A step must be seen in numbers of this size, whatever they are: they come from a file.
    let least = ((high - low) / 6.0).max(1e-3).max(high.abs().max(low.abs()) / 1e9);
    let power = 10f64.powf(least.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|round| round * power).into_iter().find(|&step| step >= least);
    let step = step.unwrap_or(10.0 * power);
    let (first, last) = ((low / step).floor() as i64, (high / step).ceil() as i64);
    (first..=last.max(first + 1)).map(|number| number as f64 * step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_enclose() {
        let rounded = |low, high| ticks(low, high).iter().map(|tick| format!("{tick:.2}")).collect::<Vec<_>>();
        assert_eq!(rounded(0.13, 0.71), ["0.10", "0.20", "0.30", "0.40", "0.50", "0.60", "0.70", "0.80"]);
        assert_eq!(rounded(0.91, 0.98), ["0.90", "0.92", "0.94", "0.96", "0.98"]);
        for (low, high) in [(0.5, 0.5), (1e300, 1e300), (-1e300, 1e-300), (f64::MIN, f64::MAX)] {
            assert!((2..20).contains(&ticks(low, high).len()), "from {low} to {high}");
        }
    }
}
