//! The pictures: time against size, one for each data set.

use std::fs;
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
/// Pixels that a line of a label takes, and about the most that it is long.
const LINE: i32 = 14;
const LABEL: i32 = 150;

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
    let places: Vec<_> = points.iter().map(|(size, time, _)| chart.backend_coord(&(*size, *time))).collect();
    let shifts = apart(&places);
    chart.draw_series(points.iter().zip(shifts).map(|((size, time, row), shift)| {
        let color = if row.role == Role::Ours { OURS } else { PEER };
        let style = FONT.into_font().color(&color).pos(Pos::new(HPos::Left, VPos::Center));
        let name =
            if row.variant.is_empty() { row.codec.to_owned() } else { format!("{}, {}", row.codec, row.variant) };
        EmptyElement::at((*size, *time)) + Circle::new((0, 0), 4, color.filled()) + Text::new(name, (8, shift), style)
    }))?;
    Ok(())
}

/// How far down each label goes so that it is not written over one above it.
fn apart(places: &[(i32, i32)]) -> Vec<i32> {
    let mut from_above: Vec<usize> = (0..places.len()).collect();
    from_above.sort_by_key(|index| places[*index].1);
    let mut shifts = vec![0; places.len()];
    for (nth, &here) in from_above.iter().enumerate() {
        for &above in &from_above[..nth] {
            let near = (places[here].0 - places[above].0).abs() < LABEL;
            let bottom = places[above].1 + shifts[above] + LINE;
            if near && places[here].1 + shifts[here] < bottom {
                shifts[here] = bottom - places[here].1;
            }
        }
    }
    shifts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_do_not_lie_over_each_other() {
        assert_eq!(apart(&[(0, 100), (10, 101), (500, 101), (20, 102)]), [0, LINE - 1, 0, 2 * LINE - 2]);
    }
}
