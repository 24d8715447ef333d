//! A table in an SQLite file: a live connection, saved as what it was opened with.

use std::path::{Path, PathBuf};

use pickle_core::Pickle;
use rusqlite::{Connection, OpenFlags, params_from_iter};

use super::error::Result;
use super::table::Table;

/// What a [`Source`] is opened with, and saved as.
#[derive(Pickle, Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The SQLite file.
    pub path: PathBuf,
    /// The table in it.
    pub table: String,
}

/// An open table in an SQLite file.
///
/// A connection can't be saved. Its settings can: the sheet's file holds those in its place, and loading opens the
/// connection anew.
#[derive(Pickle, Debug)]
#[pickle(reduce = Self::settings, rebuild = Self::open)]
pub struct Source {
    settings: Settings,
    connection: Connection,
}

impl Source {
    /// Puts a table into an SQLite file, in place of one of the same name; makes the file where there is none.
    ///
    /// # Errors
    /// Those of the file system and of SQLite.
    pub fn create(path: &Path, name: &str, table: &Table) -> Result<Self> {
        let path = std::path::absolute(path)?;
        let mut connection = Connection::open(&path)?;
        let quoted = quote(name);
        let columns: Vec<String> = table.header.iter().map(|column| quote(column)).collect();
        let places = vec!["?"; columns.len()].join(", ");
        let transaction = connection.transaction()?;
        transaction.execute_batch(&format!(
            "DROP TABLE IF EXISTS {quoted}; CREATE TABLE {quoted} ({});",
            columns.join(" NUMERIC, ") + " NUMERIC"
        ))?;
        {
            let mut insert = transaction.prepare(&format!("INSERT INTO {quoted} VALUES ({places})"))?;
            for row in &table.rows {
                insert.execute(params_from_iter(row))?;
            }
        }
        transaction.commit()?;
        println!("constructed the data source {}, table {name}", file_name(&path));
        Ok(Source { settings: Settings { path, table: name.to_owned() }, connection })
    }

    fn settings(&self) -> Settings {
        self.settings.clone()
    }

    /// Opens a table that is there, to be read. It makes and changes nothing, whatever the settings say: they may come from
    /// anywhere.
    ///
    /// # Errors
    /// Those of SQLite, such as that there is no such file or table.
    pub fn open(settings: Settings) -> Result<Self, rusqlite::Error> {
        let connection = Connection::open_with_flags(&settings.path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let source = Source { settings, connection };
        source.rows()?;
        println!("reopened the data source {}, table {}", file_name(&source.settings.path), source.settings.table);
        Ok(source)
    }

    /// The number of rows in the table, as SQLite counts them.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn rows(&self) -> Result<i64, rusqlite::Error> {
        let query = format!("SELECT count(*) FROM {}", quote(&self.settings.table));
        self.connection.query_row(&query, [], |row| row.get(0))
    }

    /// What the table is called, and in which file it is.
    #[must_use]
    pub fn describe(&self) -> String {
        format!("table {} in {}", self.settings.table, file_name(&self.settings.path))
    }
}

/// A name as SQL takes any name.
fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use rusqlite::MAIN_DB;

    use super::*;

    #[test]
    fn what_a_file_names_is_only_read() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("a.sqlite");
        let table = Table { header: vec!["x".to_owned()], rows: vec![vec!["1".to_owned()]] };
        let made = Source::create(&path, "a", &table)?;
        let opened = Source::open(made.settings())?;
        assert_eq!((opened.rows()?, opened.connection.is_readonly(MAIN_DB)?), (1, true));
        Ok(())
    }
}
