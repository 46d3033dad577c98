//! E-mail as rows: mailboxes (`.mbox`, RFC 4155) and single messages (`.eml`, RFC 5322), read one message after another.
//!
//! Memory holds one message at a time, whatever the size of the mailbox. A message that cannot be read keeps its row with what
//! is wrong in `error`; it never ends the reading of the rest.

mod body;
mod date;
mod files;
mod html;
mod letters;
mod mbox;
mod message;
mod people;
mod quoted;
mod subject;
mod transfer;

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;

use mbox::{BYTE_ORDER_MARK, Envelopes, RawMessage};

pub use files::mail_files;
pub use message::MailMessage;

/// The most bytes that are kept of one message: 64 MiB.
pub const LARGEST_MESSAGE: usize = 64 << 20;

/// The messages of some files, in the order of the files and, in each, from its beginning.
#[derive(Debug)]
pub struct Mail {
    files: std::vec::IntoIter<PathBuf>,
    open: Option<OpenFile>,
}

#[derive(Debug)]
struct OpenFile {
    name: String,
    position: i64,
    messages: Messages,
}

#[derive(Debug)]
enum Messages {
    Mailbox(Envelopes<BufReader<File>>),
    Single(Option<BufReader<File>>),
}

impl Mail {
    /// Reads files in the order given; nothing is opened before its turn.
    pub fn new(files: Vec<PathBuf>) -> Self {
        Self { files: files.into_iter(), open: None }
    }

    /// Returns the next message; nothing at the end.
    ///
    /// # Errors
    /// When a file cannot be read; the text names the file.
    pub fn next_message(&mut self) -> Result<Option<MailMessage>, String> {
        loop {
            let Some(file) = &mut self.open else {
                let Some(path) = self.files.next() else { return Ok(None) };
                self.open = Some(OpenFile::open(&path).map_err(|error| cannot_read(&path.to_string_lossy(), &error))?);
                continue;
            };
            match file.next_raw().map_err(|error| cannot_read(&file.name, &error))? {
                Some(raw) => {
                    file.position += 1;
                    return Ok(Some(MailMessage::read(&file.name, file.position, &raw)));
                }
                None => self.open = None,
            }
        }
    }
}

impl OpenFile {
    fn open(path: &std::path::Path) -> std::io::Result<Self> {
        let mut reader = BufReader::new(File::open(path)?);
        let head = reader.fill_buf()?;
        let is_mailbox = head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(head).starts_with(b"From ");
        let is_single = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("eml"))
            || files::is_in_maildir(path);
        let messages = if is_mailbox || !is_single {
            Messages::Mailbox(Envelopes::new(reader))
        } else {
            Messages::Single(Some(reader))
        };
        Ok(Self { name: path.to_string_lossy().replace('\\', "/"), position: 0, messages })
    }

    fn next_raw(&mut self) -> std::io::Result<Option<RawMessage>> {
        match &mut self.messages {
            Messages::Mailbox(envelopes) => envelopes.next_message(),
            Messages::Single(reader) => reader.take().map(mbox::whole).transpose(),
        }
    }
}

fn cannot_read(file: &str, error: &std::io::Error) -> String {
    format!("the mail file `{file}` cannot be read: {error}")
}
