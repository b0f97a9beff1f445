//! Reading records: lists, single runs, export.

use std::io::Write;

use rusqlite::{Connection, OptionalExtension as _};
use serde::Serialize;
use serde_json::Value;

use super::{Finding, JournalError, Kind, Record, Store, chain, owner};

/// One run in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunRow {
    /// The run's id.
    pub id: String,
    /// When it began, in milliseconds since 1970.
    pub began: u64,
    /// What it was begun for.
    pub title: String,
    /// What its last record says, such as `done`; without an end `running` while somebody works on
    /// it, else `interrupted`.
    pub status: String,
    /// How many actions were judged: records called `judgement-…`.
    pub steps: u64,
}

/// One row as the engine keeps it.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) seq: u64,
    pub(super) name: String,
    /// As bytes, since a damaged record need not be text.
    text: Vec<u8>,
}

impl Row {
    fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        let bytes =
            |column: usize| -> rusqlite::Result<_> { Ok(row.get_ref(column)?.as_bytes().unwrap_or_default().to_vec()) };
        Ok(Self {
            seq: row.get::<_, i64>(0)?.try_into().unwrap_or_default(),
            name: String::from_utf8_lossy(&bytes(1)?).into_owned(),
            text: bytes(2)?,
        })
    }

    /// The record in it.
    pub(super) fn record(&self) -> Result<Record, Finding> {
        serde_json::from_slice(&self.text).map_err(|_| Finding::Garbled { seq: self.seq })
    }
}

/// What was known when a run began.
#[derive(Debug, Default)]
struct Beginning {
    began: u64,
    title: String,
    origin: Value,
}

#[derive(Serialize)]
struct Line<'a> {
    run: &'a str,
    #[serde(flatten)]
    record: Record,
}

impl Store {
    /// All runs, the oldest first.
    ///
    /// # Errors
    ///
    /// [`JournalError`] if the file cannot be read.
    pub fn runs(&self) -> Result<Vec<RunRow>, JournalError> {
        let connection = self.connect()?;
        let list = "SELECT run, began, title,
            (SELECT count(*) FROM records WHERE records.run = runs.run AND name LIKE 'judgement-%')
            FROM runs ORDER BY run";
        let rows = || -> rusqlite::Result<Vec<RunRow>> {
            let mut list = connection.prepare(list)?;
            let rows = list.query_map([], |row| {
                let status = String::new();
                Ok(RunRow { id: row.get(0)?, began: row.get(1)?, title: row.get(2)?, status, steps: row.get(3)? })
            })?;
            rows.collect()
        };
        let mut rows = rows().map_err(|error| self.error(&error))?;
        for row in &mut rows {
            row.status = self.status(&connection, &row.id)?;
        }
        Ok(rows)
    }

    /// The last `count` records of `run`, in order, as they are; fewer if there are no more, or one is damaged.
    ///
    /// # Errors
    ///
    /// [`JournalError`] if the file cannot be read.
    pub fn tail(&self, run: &str, count: u32) -> Result<Vec<Record>, JournalError> {
        self.last(&self.connect()?, run, count)
    }

    /// Whether somebody works on `run` now, in this process or another one.
    #[must_use]
    pub fn is_under_way(&self, run: &str) -> bool {
        owner::is_live(self.folder(), run)
    }

    fn last(&self, connection: &Connection, run: &str, count: u32) -> Result<Vec<Record>, JournalError> {
        let last = || -> rusqlite::Result<Vec<Vec<u8>>> {
            let mut rows = connection.prepare("SELECT value FROM records WHERE run = ?1 ORDER BY seq DESC LIMIT ?2")?;
            let bytes = |row: &rusqlite::Row<'_>| Ok(row.get_ref(0)?.as_bytes().unwrap_or_default().to_vec());
            rows.query_map(rusqlite::params![run, count], bytes)?.collect()
        };
        let texts = last().map_err(|error| self.error(&error))?;
        Ok(texts.iter().rev().filter_map(|text| serde_json::from_slice(text).ok()).collect())
    }

    fn status(&self, connection: &Connection, run: &str) -> Result<String, JournalError> {
        let last = self.last(connection, run, 1)?.pop();
        if let Some(record) = last.filter(|record| record.kind == Kind::End) {
            let status = record.value.get("status").and_then(Value::as_str).unwrap_or("ended");
            return Ok(status.replace('_', " "));
        }
        let live = owner::is_live(self.folder(), run);
        Ok(if live { "running" } else { "interrupted" }.to_owned())
    }

    /// The records of `run` in order, as they are; see [`Store::verify`] for whether to trust them.
    ///
    /// # Errors
    ///
    /// [`JournalError`] if there is no such run, or a record cannot be read.
    pub fn records(&self, run: &str) -> Result<Vec<Record>, JournalError> {
        self.known(run)?;
        let mut records = Vec::new();
        let broken = self.each_row(run, &mut |row| match row.record() {
            Ok(record) => {
                records.push(record);
                None
            }
            Err(finding) => Some(finding),
        })?;
        match broken {
            None => Ok(records),
            Some(finding) => Err(JournalError::Broken { run: run.to_owned(), finding }),
        }
    }

    /// What was kept for whoever takes `run` up again. Its record must be one that
    /// [`Store::resume`] would build upon, so that nobody can have changed it.
    ///
    /// # Errors
    ///
    /// [`JournalError`] if there is no such run, or its record is broken.
    pub fn origin(&self, run: &str) -> Result<Value, JournalError> {
        self.check(run, &self.key()?)?;
        let Beginning { origin, .. } = self.beginning(run)?.ok_or_else(|| no_run(run))?;
        Ok(origin)
    }

    /// The hash that the first record of `run` follows from.
    pub(super) fn origin_hash(&self, run: &str) -> Result<String, JournalError> {
        let Beginning { began, title, origin } = self.beginning(run)?.unwrap_or_default();
        Ok(chain::origin(run, began, &title, &origin))
    }

    fn beginning(&self, run: &str) -> Result<Option<Beginning>, JournalError> {
        let connection = self.connect()?;
        let row = "SELECT began, title, origin FROM runs WHERE run = ?1";
        let row = connection.query_row(row, [run], |row| {
            let origin: String = row.get(2)?;
            // What is no JSON any more does not have the hash it had.
            let origin = serde_json::from_str(&origin).unwrap_or_default();
            Ok(Beginning { began: row.get(0)?, title: row.get(1)?, origin })
        });
        row.optional().map_err(|error| self.error(&error))
    }

    /// Writes the record of `run` as JSON, one record a line, in order. Each line has the run's id
    /// and the whole record, so that the chain can be checked without this folder.
    ///
    /// # Errors
    ///
    /// As for [`Store::records`]; also if `out` cannot be written.
    pub fn export(&self, run: &str, out: &mut dyn Write) -> Result<(), JournalError> {
        for record in self.records(run)? {
            let line = Line { run, record };
            let written = serde_json::to_writer(&mut *out, &line).map_err(std::io::Error::from);
            let written = written.and_then(|()| out.write_all(b"\n"));
            written.map_err(|error| JournalError::io("the export".as_ref(), &error))?;
        }
        out.flush().map_err(|error| JournalError::io("the export".as_ref(), &error))
    }

    /// Shows the rows of `run` to `visit`, in order, until it finds something wrong.
    pub(super) fn each_row(
        &self,
        run: &str,
        visit: &mut dyn FnMut(Row) -> Option<Finding>,
    ) -> Result<Option<Finding>, JournalError> {
        let connection = self.connect()?;
        let mut walk = || -> rusqlite::Result<Option<Finding>> {
            let mut rows = connection.prepare("SELECT seq, name, value FROM records WHERE run = ?1 ORDER BY seq")?;
            let mut rows = rows.query([run])?;
            while let Some(row) = rows.next()? {
                if let Some(finding) = visit(Row::read(row)?) {
                    return Ok(Some(finding));
                }
            }
            Ok(None)
        };
        walk().map_err(|error| self.error(&error))
    }
}

fn no_run(run: &str) -> JournalError {
    JournalError::NoRun { asked: run.to_owned() }
}
