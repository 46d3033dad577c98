//! A query's answer in plain data.

/// A column of a table or a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnType {
    /// Name.
    pub name: String,
    /// The database's name of the type, such as `DECIMAL(18,3)`.
    pub data_type: String,
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Datum {
    /// SQL NULL.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number of any SQL width.
    Integer(i128),
    /// A binary floating point number.
    Float(f64),
    /// A decimal number as text with its scale: `1.50`.
    Decimal(String),
    /// Text, and whatever has no kind of its own here, as the database writes it.
    Text(String),
    /// A date: `2024-01-31`.
    Date(String),
    /// A time of day: `10:30:00`.
    Time(String),
    /// A timestamp without zone: `2024-01-31 10:30:00.5`.
    Timestamp(String),
    /// A timestamp with zone, in UTC: `2024-01-31 10:30:00.5+00`.
    TimestampTz(String),
    /// Bytes.
    Blob(Vec<u8>),
    /// A list.
    List(Vec<Datum>),
    /// A struct or a map, by field.
    Struct(Vec<(String, Datum)>),
}

impl Datum {
    /// Returns the number when this is a whole one, also for whole decimals and floats.
    pub fn as_integer(&self) -> Option<i128> {
        match self {
            Self::Integer(number) => Some(*number),
            #[expect(clippy::cast_possible_truncation, reason = "counts come as whole numbers far below 2^53")]
            Self::Float(number) if number.fract() == 0.0 => Some(*number as i128),
            Self::Decimal(text) => text.split('.').next()?.parse().ok(),
            Self::Bool(value) => Some(i128::from(*value)),
            _ => None,
        }
    }
}

/// Rows that were fetched, by column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Columns in order.
    pub columns: Vec<ColumnType>,
    /// Rows in order; each as long as `columns`.
    pub rows: Vec<Vec<Datum>>,
}

/// What the database reports of a statement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// `OK`, or the statement's own word.
    pub message: String,
    /// Rows written, when the database counts them.
    pub rows_affected: Option<u64>,
}
