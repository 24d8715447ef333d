//! The digits of MNIST: images of 28 by 28 pixels, each with what it shows.

use std::fs;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use candle_core::{Device, Tensor};
use flate2::read::GzDecoder;

/// The height and width of an image.
pub const SIDE: usize = 28;
/// So many of the training digits, the last ones, are held back for validation.
pub const VALIDATION: usize = 600;

const PIXELS: usize = SIDE * SIDE;

/// Digits to learn from, to choose by, and to be tested with.
#[derive(Debug)]
pub struct Dataset {
    /// What the weights are learned from.
    pub training: Digits,
    /// What says when to stop.
    pub validation: Digits,
    /// What has no part in training.
    pub test: Digits,
}

/// Some images and their labels.
#[derive(Debug)]
pub struct Digits {
    pixels: Vec<u8>,
    labels: Vec<u8>,
}

/// What a network takes.
#[derive(Debug)]
pub struct Batch {
    /// Images, maps (one: grey), height, width.
    pub images: Tensor,
    /// What they show.
    pub labels: Tensor,
}

/// The files of the set, as they are distributed.
const NAMES: [&str; 4] =
    ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];

impl Dataset {
    /// The first 6,000 and 1,000 digits, which are part of the program.
    pub fn shipped() -> Result<Self> {
        const FILES: [&[u8]; 4] = [
            include_bytes!("../data/train-images-idx3-ubyte.gz"),
            include_bytes!("../data/train-labels-idx1-ubyte.gz"),
            include_bytes!("../data/t10k-images-idx3-ubyte.gz"),
            include_bytes!("../data/t10k-labels-idx1-ubyte.gz"),
        ];
        Dataset::parse(FILES.map(<[u8]>::to_vec))
    }

    /// The digits in a folder, packed (`.gz`) or not.
    pub fn read(folder: &Path) -> Result<Self> {
        let read = |name| {
            let (packed, plain) = (folder.join(name).with_extension("gz"), folder.join(name));
            let path = if packed.exists() { packed } else { plain };
            fs::read(&path).with_context(|| format!("can't read {}", path.display()))
        };
        let [images, labels, test_images, test_labels] = NAMES.map(read);
        Dataset::parse([images?, labels?, test_images?, test_labels?])
            .with_context(|| format!("the digits in {}", folder.display()))
    }

    fn parse([images, labels, test_images, test_labels]: [Vec<u8>; 4]) -> Result<Self> {
        let mut training = Digits::parse(images, labels).context("training digits")?;
        let test = Digits::parse(test_images, test_labels).context("test digits")?;
        let count = training.len();
        ensure!(count > VALIDATION, "{count} training digits, of which {VALIDATION} are for validation");
        ensure!(!test.is_empty(), "no test digits");
        let validation = training.split_off(count - VALIDATION);
        Ok(Dataset { training, validation, test })
    }

    /// Differs where the digits that training sees differ: FNV-1a.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let parts = [&self.training.pixels, &self.training.labels, &self.validation.pixels, &self.validation.labels];
        let step = |hash: u64, &byte: &u8| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        parts.into_iter().flatten().fold(0xcbf2_9ce4_8422_2325, step)
    }
}

impl Digits {
    fn parse(images: Vec<u8>, labels: Vec<u8>) -> Result<Self> {
        let (pixels, labels) = (idx(images, [SIDE, SIDE])?, idx(labels, [])?);
        ensure!(pixels.len() == labels.len() * PIXELS, "{} pixels for {} labels", pixels.len(), labels.len());
        if let Some(label) = labels.iter().find(|&&label| label > 9) {
            bail!("the label {label}, which is no digit");
        }
        Ok(Digits { pixels, labels })
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    fn split_off(&mut self, at: usize) -> Digits {
        Digits { pixels: self.pixels.split_off(at * PIXELS), labels: self.labels.split_off(at) }
    }

    /// The pixels of an image, row by row: 0 is paper, 255 ink.
    #[must_use]
    pub fn image(&self, index: usize) -> &[u8] {
        &self.pixels[index * PIXELS..][..PIXELS]
    }

    /// What an image shows.
    #[must_use]
    pub fn label(&self, index: usize) -> usize {
        self.labels[index].into()
    }

    /// The digits with these numbers.
    pub fn batch(&self, which: &[usize]) -> candle_core::Result<Batch> {
        let pixels = which.iter().flat_map(|&index| self.image(index)).map(|&ink| signal(ink));
        let labels = which.iter().map(|&index| u32::from(self.labels[index]));
        Ok(Batch {
            images: Tensor::from_vec(pixels.collect(), (which.len(), 1, SIDE, SIDE), &Device::Cpu)?,
            labels: Tensor::from_vec(labels.collect(), which.len(), &Device::Cpu)?,
        })
    }

    /// All digits, in their order, so many at a time.
    pub fn batches(&self, size: usize) -> impl Iterator<Item = candle_core::Result<Batch>> {
        let numbers: Vec<usize> = (0..self.len()).collect();
        (0..self.len()).step_by(size).map(move |start| self.batch(&numbers[start..self.len().min(start + size)]))
    }
}

/// Of paper and ink, as in the original: so the mean of all pixels is about 0, and their variance about 1.
fn signal(ink: u8) -> f32 {
    const PAPER: f32 = -0.1;
    const INK: f32 = 1.175;
    PAPER + (INK - PAPER) * f32::from(ink) / 255.0
}

/// The bytes of a file in the format IDX: a magic number that says how many dimensions there are, each dimension, and then a
/// byte for each element. `shape` is what the dimensions after the first must be.
fn idx<const N: usize>(file: Vec<u8>, shape: [usize; N]) -> Result<Vec<u8>> {
    const UNSIGNED_BYTES: u32 = 0x0800;
    let mut bytes = file;
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut unpacked = Vec::new();
        GzDecoder::new(&bytes[..]).read_to_end(&mut unpacked).context("damaged gzip")?;
        bytes = unpacked;
    }
    let number = |at: usize| Some(u32::from_be_bytes(*bytes.get(4 * at..)?.first_chunk()?));
    ensure!(number(0) == Some(UNSIGNED_BYTES + 1 + N as u32), "not an IDX file of {} dimensions", N + 1);
    let found: Option<Vec<usize>> = (1..N + 2).map(|at| number(at)?.try_into().ok()).collect();
    let found = found.context("an IDX file that ends in its dimensions")?;
    ensure!(found[1..] == shape, "elements of {:?}, not {shape:?}", &found[1..]);
    let elements = bytes.split_off(4 * (N + 2));
    let expected = found[0].checked_mul(shape.iter().product());
    ensure!(expected == Some(elements.len()), "{} bytes, not those of {} elements", elements.len(), found[0]);
    Ok(elements)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_digits_are_the_first_of_the_set() {
        let data = Dataset::shipped().expect("the digits");
        assert_eq!((data.training.len(), data.validation.len(), data.test.len()), (5400, 600, 1000));
        let first = |digits: &Digits| (0..5).map(|index| digits.label(index)).collect::<Vec<_>>();
        assert_eq!((first(&data.training), first(&data.test)), (vec![5, 0, 4, 1, 9], vec![7, 2, 1, 0, 4]));
        let ink = |index| data.test.image(index).iter().map(|&ink| u32::from(ink)).sum::<u32>();
        assert!(ink(0) > 10_000);
    }

    #[test]
    fn files_that_are_not_digits_are_refused() {
        let says = |images: &[u8], labels: &[u8]| {
            format!("{:#}", Digits::parse(images.to_vec(), labels.to_vec()).expect_err("a refusal"))
        };
        let image = [&[0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 28, 0, 0, 0, 28][..], &[0; PIXELS]].concat();
        let label = [0, 0, 8, 1, 0, 0, 0, 1, 7];
        assert!(Digits::parse(image.clone(), label.to_vec()).is_ok());

        assert_eq!(says(b"hello", &label), "not an IDX file of 3 dimensions");
        assert_eq!(says(&image, &image), "not an IDX file of 1 dimensions");
        assert_eq!(says(&image[..10], &label), "an IDX file that ends in its dimensions");
        assert_eq!(says(&image[..100], &label), "84 bytes, not those of 1 elements");
        assert_eq!(says(&image, &[0, 0, 8, 1, 0, 0, 0, 0]), "784 pixels for 0 labels");
        assert_eq!(says(&image, &[0, 0, 8, 1, 0, 0, 0, 1, 10]), "the label 10, which is no digit");
        assert!(says(&[0x1f, 0x8b, 8, 0], &label).starts_with("damaged gzip: "));
        let mut wide = image.clone();
        wide[15] = 29;
        assert_eq!(says(&wide, &label), "elements of [28, 29], not [28, 28]");
    }
}
