//! The command `lenet5`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use lenet5::data::Dataset;
use lenet5::training::Training;
use lenet5::{file, plot};

/// LeNet-5 learns to read digits, and is pickled whole.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// A folder with the files of MNIST, for those of it that are part of this program.
    #[arg(long, global = true, value_name = "FOLDER")]
    data: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Train until the validation loss falls no more. Goes on where an earlier run has left off.
    Train {
        /// How many epochs at the most, those of earlier runs included.
        #[arg(long, default_value_t = 30)]
        epochs: usize,
        /// The file that training is kept in, saved after every epoch.
        #[arg(long, value_name = "FILE", default_value = "lenet5.pickle")]
        output: PathBuf,
        /// What the first weights and the order of the digits follow from [default: 1].
        #[arg(long, value_name = "N")]
        seed: Option<u64>,
    },
    /// Print how well the kept weights read the test digits.
    Evaluate {
        /// What `train` has saved.
        file: PathBuf,
    },
    /// Draw the learning curves, and a page of test digits with what they are taken for.
    Plot {
        /// What `train` has saved.
        file: PathBuf,
        /// The picture.
        #[arg(long, value_name = "SVG", default_value = "lenet5.svg")]
        output: PathBuf,
    },
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    let data = match &arguments.data {
        Some(folder) => Dataset::read(folder)?,
        None => Dataset::shipped()?,
    };
    match &arguments.command {
        Command::Train { epochs, output, seed } => train(&data, *epochs, output, *seed),
        Command::Evaluate { file } => evaluate(&file::open(file)?, &data),
        Command::Plot { file, output } => {
            let picture = plot::page(&file::open(file)?, &data.test)?;
            std::fs::write(output, picture).with_context(|| format!("can't write {}", output.display()))
        }
    }
}

fn train(data: &Dataset, epochs: usize, path: &Path, seed: Option<u64>) -> Result<()> {
    let mut training = start(data, path, seed)?;
    while !training.is_over(epochs) {
        let number = training.history().len() + 1;
        let bar = bar(data.training.len(), number, epochs)?;
        let epoch = training.epoch(data, |digits, score| {
            bar.set_position(digits as u64);
            bar.set_message(format!("{score:.4}"));
        })?;
        bar.finish_and_clear();
        let line = format!("epoch {number}: {:.4}; validation {:.4}", epoch.training, epoch.validation);
        file::save(&training, path)?;
        println!("{line}");
    }
    if let Some(best) = training.best_epoch() {
        println!("kept are the weights of epoch {best} of {}", training.history().len());
    }
    evaluate(&training, data)
}

/// Where an earlier run has left off, or at the beginning.
fn start(data: &Dataset, path: &Path, seed: Option<u64>) -> Result<Training> {
    if let Ok(false) = path.try_exists() {
        let training = Training::begin(data, seed.unwrap_or(1))?;
        // Where nothing can be saved, that is said before an epoch is spent.
        file::save(&training, path)?;
        return Ok(training);
    }
    let training = file::open(path)?;
    training.check(data, seed).with_context(|| format!("can't go on with {}", path.display()))?;
    println!("goes on after epoch {}", training.history().len());
    Ok(training)
}

fn evaluate(training: &Training, data: &Dataset) -> Result<()> {
    println!("{}", training.kept().score(&data.test)?);
    Ok(())
}

/// Shown on standard error, where that is a terminal.
fn bar(digits: usize, epoch: usize, epochs: usize) -> Result<ProgressBar> {
    let style = ProgressStyle::with_template("{prefix} [{bar:30}] {pos}/{len} {eta} {msg}")?;
    let prefix = format!("epoch {epoch}/{epochs}");
    Ok(ProgressBar::new(digits as u64).with_style(style.progress_chars("#>-")).with_prefix(prefix))
}
