//! The workbook: all that a spreadsheet file holds.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::rc::Rc;

use pickle_core::{Pickle, Pickler};

use super::address::Address;
use super::cell::{Cell, Inputs, Replaced, distinct_inputs};
use super::content::{Content, Formula, constant};
use super::error::{Error, Result};
use super::history::{Edit, History};
use super::parser::parse_formula;
use super::place::{Area, Place, Title, split_sheet};
use super::sheet::Sheet;
use super::source::Source;
use super::table::Table;

/// Sheets whose cells may read each other and may be shown in several of them, the undo history of all, and the data source
/// that the first one was imported into.
#[derive(Pickle, Debug, Default)]
#[pickle(after_load = Self::restore)]
pub struct Workbook {
    pub(super) sheets: Vec<Sheet>,
    pub(super) history: History,
    source: Option<Source>,
}

impl Workbook {
    /// The cells that one area of a formula may have.
    pub const MAX_AREA: u64 = 10_000;

    /// Adds an empty sheet.
    ///
    /// # Errors
    /// [`Error::Title`]: a sheet has it already, or no sheet may have it.
    pub fn add_sheet(&mut self, title: &str) -> Result<Title> {
        let title = Title::new(title)?;
        if self.sheet(&title).is_ok() {
            return Err(Error::Title(title.to_string()));
        }
        self.sheets.push(Sheet::new(title.clone()));
        Ok(title)
    }

    /// Adds a sheet with a table at its top left, the names of the columns in row 1. It can't be undone.
    ///
    /// # Errors
    /// As [`add_sheet`](Workbook::add_sheet).
    pub fn import(&mut self, title: &str, table: &Table) -> Result<Title> {
        let title = self.add_sheet(title)?;
        for (row, texts) in (1..).zip([&table.header].into_iter().chain(&table.rows)) {
            for (column, text) in (1..).zip(texts) {
                let Some(address) = Address::new(column, row) else { continue };
                let cell = self.make(&Place { sheet: title.clone(), address })?;
                // A table brings no formulas with it: a text that starts with `=` stays a text.
                cell.replace(Some(constant(text)))?;
            }
        }
        Ok(title)
    }

    /// The sheets, in the order in which they were added.
    #[must_use]
    pub fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    /// The sheet of a title.
    ///
    /// # Errors
    /// [`Error::NoSheet`].
    pub fn sheet(&self, title: &Title) -> Result<&Sheet> {
        self.sheets.iter().find(|sheet| sheet.title == *title).ok_or_else(|| Error::NoSheet(title.to_string()))
    }

    /// The place that a user names: `iris!B3`, or `B3` in the first sheet.
    ///
    /// # Errors
    /// [`Error::Address`], [`Error::Title`], [`Error::NoSheet`].
    pub fn place(&self, text: &str) -> Result<Place> {
        let (sheet, address) = split_sheet(text)?;
        let first = || self.sheets.first().map(|sheet| sheet.title.clone());
        let sheet = sheet.or_else(first).ok_or_else(|| Error::NoSheet(String::new()))?;
        self.sheet(&sheet)?;
        Ok(Place { sheet, address: address.parse()? })
    }

    /// The cell at a place; `None` where nothing was entered and no formula reads anything.
    #[must_use]
    pub fn cell(&self, at: &Place) -> Option<&Rc<Cell>> {
        self.sheet(&at.sheet).ok()?.cell(at.address)
    }

    /// The cells of an area, for a content to hold; without a title it lies in `sheet`. Where there is no cell, an empty one
    /// is made.
    ///
    /// # Errors
    /// [`Error::NoSheet`], [`Error::TooLarge`].
    pub fn inputs(&mut self, sheet: &Title, area: Area) -> Result<Inputs> {
        let sheet = area.sheet.clone().unwrap_or_else(|| sheet.clone());
        if area.range.size() > Workbook::MAX_AREA {
            return Err(Error::TooLarge(area.to_string()));
        }
        let mut cells = Vec::new();
        for address in area.range.addresses() {
            cells.push(self.make(&Place { sheet: sheet.clone(), address })?);
        }
        Ok(Inputs { area, cells })
    }

    /// The content that a user's input makes in a sheet: `=` starts a formula, anything else is a [`constant`].
    ///
    /// # Errors
    /// The formula can't be parsed, or reads what can't be read.
    pub fn parse(&mut self, sheet: &Title, input: &str) -> Result<Box<dyn Content>> {
        let Some(formula) = input.strip_prefix('=') else { return Ok(constant(input)) };
        Ok(Box::new(Formula::new(parse_formula(formula, &mut |area| self.inputs(sheet, area))?)))
    }

    /// The sheet that names without a title are of in the cell at a place: its home, as a cell has one content wherever it is
    /// shown.
    #[must_use]
    pub fn home(&self, at: &Place) -> Title {
        self.cell(at).map_or(&at.sheet, |cell| &cell.home().sheet).clone()
    }

    /// [Parses](Workbook::parse) an input in the [home](Workbook::home) of a cell and [sets](Workbook::set) it.
    ///
    /// # Errors
    /// Those of both.
    pub fn enter(&mut self, at: &Place, input: &str) -> Result<Vec<Place>> {
        let content = self.parse(&self.home(at), input)?;
        self.set(at, content)
    }

    /// Sets the content of the cell at a place, and computes all that depends on it, and nothing else. Gives the names of
    /// those dependants, in the order in which they were computed. [`undo`](Workbook::undo) takes it back.
    ///
    /// # Errors
    /// [`Error::NoSheet`], [`Error::Foreign`], [`Error::Cycle`]; all contents and values are then as they were.
    pub fn set(&mut self, at: &Place, content: Box<dyn Content>) -> Result<Vec<Place>> {
        let is_own = |input: &Rc<Cell>| self.cell(input.home()).is_some_and(|cell| Rc::ptr_eq(cell, input));
        if let Some(foreign) = distinct_inputs(&*content).iter().find(|input| !is_own(input)) {
            return Err(Error::Foreign(foreign.home().to_string()));
        }
        let cell = self.make(at)?;
        let Replaced { before, recomputed } = cell.replace(Some(content))?;
        self.history.push(Edit::Changed { at: at.clone(), cell, before });
        Ok(recomputed)
    }

    /// Shows the cell at `from` at another place as well: the same cell, so that what is set in one place is seen in both.
    ///
    /// # Errors
    /// [`Error::NoSheet`]; [`Error::Occupied`], where there is a cell already, though it be an empty one that is read.
    pub fn share(&mut self, from: &Place, at: &Place) -> Result<()> {
        let cell = self.make(from)?;
        if self.cell(at).is_some() {
            return Err(Error::Occupied(at.to_string()));
        }
        self.sheet_mut(&at.sheet)?.cells.insert(at.address, cell);
        self.history.push(Edit::Shown { at: at.clone() });
        Ok(())
    }

    /// Takes the last edit back. Gives the place that it was made in, and what was recomputed, as [`set`](Workbook::set).
    ///
    /// # Errors
    /// [`Error::NothingToUndo`].
    pub fn undo(&mut self) -> Result<(Place, Vec<Place>)> {
        match self.history.pop().ok_or(Error::NothingToUndo)? {
            Edit::Changed { at, cell, before } => Ok((at, cell.replace(before)?.recomputed)),
            Edit::Shown { at } => {
                let sheet = self.sheet_mut(&at.sheet)?;
                // A stream may say so of any place, and no cell may lose its home.
                if sheet.cell(at.address).is_some_and(|cell| !sheet.is_home(at.address, cell)) {
                    sheet.cells.remove(&at.address);
                }
                Ok((at, Vec::new()))
            }
        }
    }

    /// The number of edits that can be undone.
    #[must_use]
    pub fn edits(&self) -> usize {
        self.history.len()
    }

    /// Forgets the edits: what is there now is where undoing ends.
    pub fn settle(&mut self) {
        self.history = History::default();
    }

    /// Keeps the data source with the workbook.
    pub fn connect(&mut self, source: Source) {
        self.source = Some(source);
    }

    /// The data source, if there is one.
    #[must_use]
    pub fn source(&self) -> Option<&Source> {
        self.source.as_ref()
    }

    /// Saves the workbook. The file is written beside its place, to the disk, and then moved there, so a crash leaves the old
    /// one or the new one. It has the permissions of the old one, or else those of any new file.
    ///
    /// # Errors
    /// [`Error::Pickle`] where the workbook can't be dumped, [`Error::Io`] where the file can't be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        let bytes = Pickler::new().checksum(true).dumps(self)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // `NamedTempFile::new_in` would make a file that only its owner can read.
        let mut file = tempfile::Builder::new().make_in(folder, |path| File::create_new(path))?;
        if let Ok(old) = fs::metadata(path) {
            file.as_file().set_permissions(old.permissions())?;
        }
        file.write_all(&bytes)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    }

    /// Loads a workbook that [`save`](Workbook::save) has written.
    ///
    /// # Errors
    /// [`Error::Io`] where the file can't be read, [`Error::Pickle`] where it holds no workbook that this program can load.
    pub fn load(path: &Path) -> Result<Self> {
        Ok(pickle_core::loads(&fs::read(path)?)?)
    }

    fn sheet_mut(&mut self, title: &Title) -> Result<&mut Sheet> {
        let sheet = self.sheets.iter_mut().find(|sheet| sheet.title == *title);
        sheet.ok_or_else(|| Error::NoSheet(title.to_string()))
    }

    /// The cell at a place, an empty one if there was none.
    fn make(&mut self, at: &Place) -> Result<Rc<Cell>> {
        let cells = &mut self.sheet_mut(&at.sheet)?.cells;
        Ok(cells.entry(at.address).or_insert_with(|| Cell::new(at.clone())).clone())
    }
}
