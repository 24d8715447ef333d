//! Images, each with what it is taken for.

use super::svg::{Place, Svg};
use crate::data::{Digits, SIDE};
use crate::network::Reading;

const COLUMNS: usize = 10;
/// Rows of the first digits, and rows of those that are misread.
const ROWS: (usize, usize) = (3, 2);
/// So many shades of ink are told apart.
const SHADES: u8 = 5;

/// Gives where it ends.
pub(super) fn draw(svg: &mut Svg, corner: Place, width: f64, digits: &Digits, readings: &[Reading]) -> f64 {
    let is_right = |index: usize| readings[index].digit == digits.label(index);
    let first = (0..readings.len()).take(ROWS.0 * COLUMNS);
    let misread: Vec<usize> = (0..readings.len()).filter(|&index| !is_right(index)).collect();

    let title = |count, of| format!("{count} of the {of}test digits, and what they are taken for");
    let mut y = rows(svg, corner, width, &title(first.len(), ""), first, digits, readings);
    if !misread.is_empty() {
        let shown = misread.iter().copied().take(ROWS.1 * COLUMNS);
        let of = format!("{} misread of {} ", misread.len(), readings.len());
        y = rows(svg, Place { y: y + 20.0, ..corner }, width, &title(shown.len(), &of), shown, digits, readings);
    }
    y
}

fn rows(
    svg: &mut Svg,
    corner: Place,
    width: f64,
    title: &str,
    which: impl Iterator<Item = usize>,
    digits: &Digits,
    readings: &[Reading],
) -> f64 {
    let cell = width / COLUMNS as f64;
    let side = cell * 0.7;
    let height = side + 28.0;
    svg.text(corner, "title", title);
    let top = corner.y + 10.0;
    let mut bottom = top;
    for (position, index) in which.enumerate() {
        let (row, column) = (position / COLUMNS, position % COLUMNS);
        let at = Place { x: corner.x + column as f64 * cell, y: top + row as f64 * height };
        svg.areas(at, side / SIDE as f64, &areas(digits.image(index)));
        let Reading { digit, probability } = readings[index];
        let percent = f64::from(probability) * 100.0;
        let label = digits.label(index);
        let (class, text) = if digit == label {
            ("middle", format!("{digit} ({percent:.0} %)"))
        } else {
            ("middle wrong", format!("{digit}, is {label}"))
        };
        svg.text(Place { x: at.x + side / 2.0, y: at.y + side + 14.0 }, class, &text);
        bottom = at.y + height;
    }
    bottom
}

/// The ink of an image: for each shade, rectangles of one pixel's height.
fn areas(image: &[u8]) -> Vec<(f64, String)> {
    let shade = |ink: u8| (u16::from(ink) * u16::from(SHADES) + 127) / 255;
    let mut outlines = vec![String::new(); usize::from(SHADES) + 1];
    for (y, row) in image.chunks(SIDE).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|&a, &b| shade(a) == shade(b)) {
            outlines[usize::from(shade(run[0]))] += &format!("M{x} {y}h{}v1h-{}z", run.len(), run.len());
            x += run.len();
        }
    }
    let shades = outlines.into_iter().enumerate().skip(1).filter(|(_, outline)| !outline.is_empty());
    shades.map(|(shade, outline)| (shade as f64 / f64::from(SHADES), outline)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ink_is_drawn_in_runs_of_one_shade() {
        let mut image = [0; SIDE * SIDE];
        image[SIDE + 2..SIDE + 5].fill(255);
        image[SIDE + 5] = 100;
        let expected = [(0.4, "M5 1h1v1h-1z".to_owned()), (1.0, "M2 1h3v1h-3z".to_owned())];
        assert_eq!(areas(&image), expected);
    }
}
