//! What is refused: what can't be saved, what a type does not want, and bytes that are not what they should be.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use pickle_core::{Error, Pickle, Pickler, dumps, loads};

use super::values::{dictionary, name};
use super::{Shown, ensure};

/// An open file, with the place that reading has come to. Saved as what it was opened with and that place.
#[derive(Pickle, Debug)]
#[pickle(reduce = Self::bookmark, rebuild = Self::reopen)]
struct Book {
    path: PathBuf,
    place: u64,
    file: File,
}

impl Book {
    fn open(path: PathBuf) -> io::Result<Self> {
        println!("constructed a book from {}", name(&path));
        Book::reopen((path, 0))
    }

    fn bookmark(&self) -> (PathBuf, u64) {
        (self.path.clone(), self.place)
    }

    fn reopen((path, place): (PathBuf, u64)) -> io::Result<Self> {
        let mut file = File::open(&path)?;
        file.seek(SeekFrom::Start(place))?;
        Ok(Book { path, place, file })
    }

    fn word(&mut self) -> io::Result<String> {
        let mut word = String::new();
        let mut byte = [0];
        while self.file.read(&mut byte)? == 1 {
            self.place += 1;
            if byte == *b" " {
                break;
            }
            word.push(char::from(byte[0]));
        }
        Ok(word)
    }
}

pub(super) fn reduce(folder: &Path) -> Shown {
    println!(
        "a struct with a File in it does not compile with #[derive(Pickle)] alone: \"`File` cannot be pickled\", and the"
    );
    println!("compiler's notes say what to write: skip it, save something in its place, or reduce the struct");
    let path = folder.join("book.txt");
    File::create(&path)?.write_all(b"call me Ishmael")?;
    let mut book = Book::open(path.clone())?;
    let first = book.word()?;
    let bytes = dumps(&book)?;
    let second = loads::<Book>(&bytes)?.word()?;
    println!("read \"{first}\", dumps the open book, loads it: the next word is \"{second}\"");
    std::fs::remove_file(&path)?;
    let error = refusal(loads::<Book>(&bytes))?;
    println!("loads it once the file is gone: {}", error.replace(&folder.display().to_string(), "..."));
    println!("shows: a live thing is saved as what it is made from; its rebuilder may fail, with its own message");
    ensure(first == "call" && second == "me", "the book opens at the bookmark")
}

#[derive(Pickle, Debug)]
#[pickle(before_dump = Self::check)]
struct Account {
    owner: String,
    cents: i64,
}

impl Account {
    fn check(&self) -> Result<(), String> {
        if self.cents < 0 { Err(format!("the account of {} is overdrawn", self.owner)) } else { Ok(()) }
    }
}

#[derive(Pickle, Debug)]
#[pickle(after_load = Self::check)]
struct Share {
    percent: u8,
}

impl Share {
    fn check(&mut self) -> Result<(), String> {
        if self.percent > 100 { Err(format!("{} percent is more than all", self.percent)) } else { Ok(()) }
    }
}

/// The same on the wire, without the check: what another program could write.
#[derive(Pickle, Debug)]
#[pickle(name = "Share")]
struct Unchecked {
    percent: u8,
}

pub(super) fn hooks(_: &Path) -> Shown {
    let account = |cents| Account { owner: "Bob".to_owned(), cents };
    let refused = refusal(dumps(&[account(10), account(-5)]))?;
    println!("dumps two accounts, the second overdrawn: {refused}");
    let loaded: Share = loads(&dumps(&Unchecked { percent: 60 })?)?;
    let not_loaded = refusal(loads::<Share>(&dumps(&Unchecked { percent: 160 })?))?;
    println!("loads shares that another program wrote, first of {} percent, then: {not_loaded}", loaded.percent);
    println!("shows: a type may refuse to be saved, and refuses what it would not hold");
    ensure(refused.contains("[1]") && not_loaded.contains("160 percent"), "both hooks refuse")
}

#[derive(Pickle, Debug)]
struct Cat {
    name: String,
    lives: u8,
}

#[derive(Pickle, Debug)]
struct Dog {
    name: String,
    age: u8,
}

pub(super) fn wrong_type(_: &Path) -> Shown {
    let cat = Cat { name: "Tom".to_owned(), lives: 9 };
    let bytes = dumps(&cat)?;
    let back: Cat = loads(&bytes)?;
    let as_dog = refusal(loads::<Dog>(&bytes))?;
    let as_text = refusal(loads::<String>(&bytes))?;
    println!("dumps {cat:?}; loads {} with {} lives", back.name, back.lives);
    println!("loads it as a Dog: {as_dog}\nloads it as a String: {as_text}");
    let dog = Dog { name: "Rex".to_owned(), age: 3 };
    println!("loads {} of age {} as a Cat: {}", dog.name, dog.age, refusal(loads::<Cat>(&dumps(&dog)?))?);
    println!("shows: a stream of another type is an error that names both, never a value with the fields mixed up");
    Ok(())
}

pub(super) fn cut_short(_: &Path) -> Shown {
    type Prices = std::collections::HashMap<String, Vec<f64>>;
    let bytes = dumps(&dictionary())?;
    let refused = (0..bytes.len()).filter(|length| loads::<Prices>(&bytes[..*length]).is_err()).count();
    println!("cuts {} bytes short in every way: {refused} of {} loads are errors", bytes.len(), bytes.len());
    println!("cut in half: {}", refusal(loads::<Prices>(&bytes[..bytes.len() / 2]))?);

    let mut checked = Pickler::new().checksum(true).dumps(&dictionary())?;
    let mut found = 0;
    for bit in 0..8 * checked.len() {
        checked[bit / 8] ^= 1 << (bit % 8);
        found += usize::from(loads::<Prices>(&checked).is_err());
        checked[bit / 8] ^= 1 << (bit % 8);
    }
    println!("changes every single bit of a stream with a checksum: {found} of {} loads are errors", 8 * checked.len());
    println!("shows: damage is found; without a checksum it may give another valid value, but never a crash");
    ensure(refused == bytes.len() && found == 8 * checked.len(), "all damage is found")
}

/// The message of an error where one is due.
fn refusal<T>(result: Result<T, Error>) -> Result<String, Box<dyn std::error::Error>> {
    match result {
        Ok(_) => Err("it was not refused".into()),
        Err(error) => Ok(error.to_string()),
    }
}
