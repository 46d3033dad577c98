//! The table function `read_mail('mail/*.mbox')`: messages as rows of a query, streamed.

use std::error::Error;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use duckdb::Connection as Database;
use duckdb::arrow::array::{
    ArrayRef, BooleanArray, Int32Array, Int64Array, ListBuilder, RecordBatch, StringArray, StringBuilder,
    TimestampMicrosecondArray,
};
use duckdb::arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use duckdb::core::{DataChunkHandle, LogicalTypeHandle, LogicalTypeId};
use duckdb::vtab::{
    BindInfo, InitInfo, TableFunctionInfo, VTab, record_batch_to_duckdb_data_chunk, to_duckdb_logical_type,
};

use super::error;
use crate::adapter::AdapterError;
use crate::adapter::mail::{Mail, MailMessage, mail_files};

/// The most rows of one batch: DuckDB's vector size.
const MOST_ROWS: usize = 2048;
/// A batch ends once its texts are this long, so that large messages do not add up.
const MOST_BYTES: usize = 1 << 20;

/// Makes `read_mail` known to a connection.
pub(super) fn register(database: &Database) -> Result<(), AdapterError> {
    database.register_table_function::<ReadMail>("read_mail").map_err(|failure| error::read(&failure))
}

struct ReadMail;

impl VTab for ReadMail {
    type InitData = Mutex<Option<Mail>>;
    type BindData = Vec<PathBuf>;

    fn bind(bind: &BindInfo) -> Result<Self::BindData, Box<dyn Error>> {
        let location = bind.get_parameter(0);
        if location.is_null() {
            return Err("read_mail needs the name of a mail file, a pattern or a folder".into());
        }
        for field in schema().fields() {
            bind.add_result_column(field.name(), to_duckdb_logical_type(field.data_type())?);
        }
        Ok(mail_files(&location.to_string())?)
    }

    fn init(init: &InitInfo) -> Result<Self::InitData, Box<dyn Error>> {
        // One reader: rows come in the order of the mailbox.
        init.set_max_threads(1);
        Ok(Mutex::new(None))
    }

    fn func(function: &TableFunctionInfo<Self>, output: &mut DataChunkHandle) -> Result<(), Box<dyn Error>> {
        let mut mail = function.get_init_data().lock().unwrap_or_else(PoisonError::into_inner);
        let mail = mail.get_or_insert_with(|| Mail::new(function.get_bind_data().clone()));
        let mut rows = Vec::new();
        let mut bytes = 0;
        while rows.len() < MOST_ROWS && bytes < MOST_BYTES {
            let Some(row) = mail.next_message()? else { break };
            bytes += row.body.as_ref().map_or(0, String::len);
            rows.push(row);
        }
        if rows.is_empty() {
            output.set_len(0);
            return Ok(());
        }
        record_batch_to_duckdb_data_chunk(&batch(&rows)?, output)
    }

    fn parameters() -> Option<Vec<LogicalTypeHandle>> {
        Some(vec![LogicalTypeHandle::from(LogicalTypeId::Varchar)])
    }
}

fn schema() -> Schema {
    let texts = || DataType::List(Arc::new(Field::new("item", DataType::Utf8, true)));
    let moment = || DataType::Timestamp(TimeUnit::Microsecond, None);
    let columns = [
        ("file", DataType::Utf8),
        ("position", DataType::Int64),
        ("message_id", DataType::Utf8),
        ("in_reply_to", DataType::Utf8),
        ("references", texts()),
        ("sent_at", moment()),
        ("from_name", DataType::Utf8),
        ("from_email", DataType::Utf8),
        ("to_emails", texts()),
        ("cc_emails", texts()),
        ("subject", DataType::Utf8),
        ("thread_subject", DataType::Utf8),
        ("body", DataType::Utf8),
        ("reply", DataType::Utf8),
        ("is_html", DataType::Boolean),
        ("is_automatic", DataType::Boolean),
        ("attachments", DataType::Int32),
        ("bytes", DataType::Int64),
        ("error", DataType::Utf8),
    ];
    Schema::new(columns.map(|(name, data_type)| Field::new(name, data_type, true)).to_vec())
}

/// The rows as columns, in the order of [`schema`].
fn batch(rows: &[MailMessage]) -> Result<RecordBatch, Box<dyn Error>> {
    let text = |value: fn(&MailMessage) -> Option<&str>| -> ArrayRef {
        Arc::new(rows.iter().map(value).collect::<StringArray>())
    };
    let texts = |value: fn(&MailMessage) -> &[String]| -> ArrayRef {
        let mut lists = ListBuilder::new(StringBuilder::new());
        for row in rows {
            lists.append_value(value(row).iter().map(Some));
        }
        Arc::new(lists.finish())
    };
    let columns: Vec<ArrayRef> = vec![
        text(|row| Some(&row.file)),
        Arc::new(rows.iter().map(|row| Some(row.position)).collect::<Int64Array>()),
        text(|row| row.message_id.as_deref()),
        text(|row| row.in_reply_to.as_deref()),
        texts(|row| &row.references),
        Arc::new(rows.iter().map(|row| row.sent_at).collect::<TimestampMicrosecondArray>()),
        text(|row| row.from_name.as_deref()),
        text(|row| row.from_email.as_deref()),
        texts(|row| &row.to_emails),
        texts(|row| &row.cc_emails),
        text(|row| row.subject.as_deref()),
        text(|row| row.thread_subject.as_deref()),
        text(|row| row.body.as_deref()),
        text(|row| row.reply.as_deref()),
        Arc::new(rows.iter().map(|row| Some(row.is_html)).collect::<BooleanArray>()),
        Arc::new(rows.iter().map(|row| Some(row.is_automatic)).collect::<BooleanArray>()),
        Arc::new(rows.iter().map(|row| Some(row.attachments)).collect::<Int32Array>()),
        Arc::new(rows.iter().map(|row| Some(row.bytes)).collect::<Int64Array>()),
        text(|row| row.error.as_deref()),
    ];
    Ok(RecordBatch::try_new(Arc::new(schema()), columns)?)
}
