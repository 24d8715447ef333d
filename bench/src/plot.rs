//! The pictures: time against size, one for each data set.

use std::fs;
use std::ops::Range;
use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::Result;
use crate::codecs::Role;
use crate::measure::{Op, Row};

const SIZE: (u32, u32) = (1100, 460);
const FONT: (&str, i32) = ("sans-serif", 13);
const OURS: RGBColor = RGBColor(196, 60, 30);
const PEER: RGBColor = RGBColor(70, 90, 130);
/// How much of each axis stays free beyond the last point, for its label.
const MARGIN: f64 = 1.3;
/// Pixels: of a point from its middle, from there to its label, of a label's height, of a character at about the most.
const POINT: i32 = 4;
const GAP: i32 = 8;
const LINE: i32 = 14;
const CHARACTER: i32 = 6;

/// Draws `FOLDER/SET.svg`: to the lower left is better.
pub fn draw(folder: &Path, set: &str, rows: &[&Row]) -> Result<()> {
    fs::create_dir_all(folder)?;
    let path = folder.join(format!("{set}.svg"));
    let area = SVGBackend::new(&path, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    let (left, right) = area.split_horizontally(SIZE.0 / 2);
    panel(&left, &format!("{set}: serialize"), rows, Op::Serialize)?;
    panel(&right, &format!("{set}: deserialize"), rows, Op::Deserialize)?;
    area.present()?;
    Ok(())
}

fn panel(area: &DrawingArea<SVGBackend<'_>, Shift>, title: &str, rows: &[&Row], op: Op) -> Result<()> {
    // Kilobytes and microseconds.
    let points: Vec<_> = rows
        .iter()
        .filter(|row| row.role != Role::Memcpy)
        .filter_map(|row| Some((row.size as f64 / 1e3, row.median(op)?, *row)))
        .collect();
    let widest = points.iter().map(|point| point.0).fold(0.0, f64::max) * MARGIN;
    let slowest = points.iter().map(|point| point.1).fold(0.0, f64::max) * MARGIN;
    let fastest = points.iter().map(|point| point.1).fold(slowest, f64::min) / MARGIN;
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 17))
        .margin(12)
        .x_label_area_size(38)
        .y_label_area_size(58)
        .build_cartesian_2d(0.0..widest, (fastest..slowest).log_scale())?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(BLACK.mix(0.1))
        .x_desc("size, kB")
        .y_desc("time, µs (logarithmic)")
        .label_style(FONT)
        .draw()?;
    let names = points.iter().map(|(.., row)| match row.variant {
        "" => row.codec.to_owned(),
        variant => format!("{}, {variant}", row.codec),
    });
    let names: Vec<String> = names.collect();
    let places = points.iter().map(|(size, time, _)| chart.backend_coord(&(*size, *time)));
    let labels: Vec<_> =
        places.zip(names.iter().map(|name| name.chars().count() as i32 * CHARACTER + GAP / 2)).collect();
    let (across, down) = chart.plotting_area().get_pixel_range();
    let offsets = apart(&Area { across, down }, &labels);
    chart.draw_series(points.iter().zip(names).zip(offsets).map(|(((size, time, row), name), offset)| {
        let color = if row.role == Role::Ours { OURS } else { PEER };
        let side = if offset.0 > 0 { HPos::Left } else { HPos::Right };
        let style = FONT.into_font().color(&color).pos(Pos::new(side, VPos::Center));
        EmptyElement::at((*size, *time))
            + PathElement::new([(0, 0), offset], color.mix(0.4))
            + Circle::new((0, 0), POINT, color.filled())
            + Text::new(name, offset, style)
    }))?;
    Ok(())
}

/// Pixels to the right and down.
type Place = (i32, i32);

/// A label: its point and its width.
type Label = (Place, i32);

/// A rectangle of pixels.
#[derive(Clone, Debug)]
struct Area {
    across: Range<i32>,
    down: Range<i32>,
}

impl Area {
    /// A label whose nearer end is at `offset` from its point, in the middle of its height.
    fn of_label(((x, y), width): Label, offset: Place) -> Self {
        let (left, top) = (x + offset.0 - if offset.0 > 0 { 0 } else { width }, y + offset.1 - LINE / 2);
        Self { across: left..left + width, down: top..top + LINE }
    }

    /// Dots of the line from a point to its label.
    fn along((x, y): Place, offset: Place) -> impl Iterator<Item = Self> {
        (0..=LINE).map(move |part| {
            let (x, y) = (x + offset.0 * part / LINE, y + offset.1 * part / LINE);
            Self { across: x..x + 1, down: y..y + 1 }
        })
    }

    fn of_point((x, y): Place) -> Self {
        Self { across: x - POINT..x + POINT, down: y - POINT..y + POINT }
    }

    fn holds(&self, other: &Self) -> bool {
        let within = |outer: &Range<i32>, inner: &Range<i32>| outer.start <= inner.start && inner.end <= outer.end;
        within(&self.across, &other.across) && within(&self.down, &other.down)
    }

    fn overlaps(&self, other: &Self) -> bool {
        let meet = |one: &Range<i32>, other: &Range<i32>| one.start < other.end && other.start < one.end;
        meet(&self.across, &other.across) && meet(&self.down, &other.down)
    }
}

/// Where the nearer end of each label is, seen from its point: as near as there is room within the frame, so that it lies
/// over no point, no other label and no line to one.
fn apart(frame: &Area, labels: &[Label]) -> Vec<Place> {
    let points: Vec<Area> = labels.iter().map(|(point, _)| Area::of_point(*point)).collect();
    let (mut placed, mut lines) = (Vec::new(), Vec::new());
    let steps = || (0..10 * LINE).step_by(LINE as usize / 2);
    let mut offsets: Vec<_> = steps().flat_map(|reach| steps().map(move |shift| (GAP + reach, shift))).collect();
    offsets.sort_by_key(|(reach, shift)| reach + shift);
    let place = |label: &Label| {
        let mut offsets = offsets.iter().flat_map(|&(x, y)| [(x, y), (x, -y), (-x, y), (-x, -y)]);
        let free = |offset: &Place| {
            let area = Area::of_label(*label, *offset);
            let is_over = |areas: &[Area], of: &Area| areas.iter().any(|other| other.overlaps(of));
            frame.holds(&area)
                && [&points, &placed, &lines].iter().all(|areas| !is_over(areas, &area))
                && Area::along(label.0, *offset).all(|dot| !is_over(&placed, &dot))
        };
        // Where there is no room at all, it lies over others.
        let offset = offsets.find(free).unwrap_or((GAP, 0));
        placed.push(Area::of_label(*label, offset));
        lines.extend(Area::along(label.0, offset));
        offset
    };
    labels.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_lie_over_nothing_and_within_the_frame() {
        let frame = Area { across: 0..300, down: 0..200 };
        // Alone; several in one place, in a corner; one that has another to its right.
        let mut labels = vec![((20, 20), 60), ((100, 100), 40), ((110, 100), 40)];
        labels.extend([((295, 195), 90); 6]);
        let offsets = apart(&frame, &labels);
        assert_eq!(offsets[0], (GAP, 0));
        let points = labels.iter().map(|(point, _)| Area::of_point(*point));
        let placed = || labels.iter().zip(&offsets);
        let areas: Vec<_> = placed().map(|(label, offset)| Area::of_label(*label, *offset)).collect();
        let lines: Vec<_> = placed().map(|(label, offset)| Area::along(label.0, *offset).collect::<Vec<_>>()).collect();
        for (index, area) in areas.iter().enumerate() {
            assert!(frame.holds(area), "{area:?} leaves the frame");
            let of_others = lines.iter().enumerate().filter(|(number, _)| *number != index);
            let lines = of_others.flat_map(|(_, line)| line.clone());
            for other in areas[..index].iter().cloned().chain(points.clone()).chain(lines) {
                assert!(!area.overlaps(&other), "{area:?} and {other:?}");
            }
        }
    }
}
