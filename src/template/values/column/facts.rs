//! What is known of a column, and what follows from its type's name by dbt's rules.

use minijinja::Error;

use crate::template::values::list::value_error;

/// The size that dbt gives to text columns of unknown size.
const TEXT_SIZE: i64 = 256;

/// A column of a relation or a query.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Facts {
    pub(super) column: String,
    pub(super) dtype: String,
    pub(super) char_size: Option<i64>,
    pub(super) numeric_precision: Option<i64>,
    pub(super) numeric_scale: Option<i64>,
}

impl Facts {
    /// Makes a column of no known size.
    pub(super) fn new(column: String, dtype: String) -> Self {
        Self { column, dtype, char_size: None, numeric_precision: None, numeric_scale: None }
    }

    fn is_one_of(&self, names: &[&str]) -> bool {
        names.contains(&self.dtype.to_lowercase().as_str())
    }

    pub(super) fn is_string(&self) -> bool {
        self.is_one_of(&["text", "varchar", "character", "character varying"])
    }

    pub(super) fn is_float(&self) -> bool {
        self.is_one_of(&["real", "float4", "float", "float8", "double"])
    }

    pub(super) fn is_numeric(&self) -> bool {
        self.is_one_of(&["numeric", "decimal"])
    }

    pub(super) fn is_integer(&self) -> bool {
        self.is_one_of(&[
            "smallint",
            "integer",
            "bigint",
            "int2",
            "int4",
            "int8",
            "int",
            "tinyint",
            "hugeint",
            "utinyint",
            "usmallint",
            "uinteger",
            "ubigint",
            "short",
            "long",
            "signed",
            "int1",
        ])
    }

    pub(super) fn string_size(&self) -> i64 {
        if self.dtype == "text" { TEXT_SIZE } else { self.char_size.unwrap_or(TEXT_SIZE) }
    }

    pub(super) fn data_type(&self) -> String {
        if self.is_string() {
            return string_type(self.string_size());
        }
        if self.is_numeric() {
            return numeric_type(&self.dtype, self.numeric_precision, self.numeric_scale);
        }
        self.dtype.clone()
    }

    /// The fields of a struct or a list of structs; none of other types.
    pub(super) fn fields(&self) -> Vec<Self> {
        let dtype = self.dtype.trim_end_matches("[]");
        let Some(inner) = dtype
            .get(..7)
            .filter(|start| start.eq_ignore_ascii_case("struct("))
            .and_then(|_| dtype[7..].strip_suffix(')'))
        else {
            return Vec::new();
        };
        split_fields(inner).into_iter().map(|(name, dtype)| Self::new(name, dtype)).collect()
    }

    pub(super) fn flatten(&self) -> Vec<Self> {
        let fields = self.fields();
        if fields.is_empty() {
            return vec![self.clone()];
        }
        let named =
            fields.into_iter().map(|field| Self { column: format!("{}.{}", self.column, field.column), ..field });
        named.flat_map(|field| field.flatten()).collect()
    }
}

/// Splits `a INTEGER, "b c" STRUCT(…)` at its outer commas into names and types.
fn split_fields(text: &str) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    let (mut depth, mut in_quotes, mut start) = (0_usize, false, 0);
    for (index, character) in text.char_indices() {
        match character {
            '"' => in_quotes = !in_quotes,
            '(' | '[' if !in_quotes => depth += 1,
            ')' | ']' if !in_quotes => depth = depth.saturating_sub(1),
            ',' if !in_quotes && depth == 0 => {
                fields.push(&text[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    fields.push(&text[start..]);
    fields.into_iter().filter_map(|field| split_field(field.trim())).collect()
}

fn split_field(field: &str) -> Option<(String, String)> {
    if let Some(quoted) = field.strip_prefix('"') {
        let end = quoted.replace("\"\"", "\0\0").find('"')?;
        return Some((quoted[..end].replace("\"\"", "\""), quoted[end + 1..].trim().to_owned()));
    }
    let (name, dtype) = field.split_once(char::is_whitespace)?;
    Some((name.to_owned(), dtype.trim().to_owned()))
}

/// Returns the type of a text of a size.
pub(super) fn string_type(size: i64) -> String {
    format!("character varying({size})")
}

/// Returns a type with precision and scale, when both are known.
pub(super) fn numeric_type(dtype: &str, precision: Option<i64>, scale: Option<i64>) -> String {
    match (precision, scale) {
        (Some(precision), Some(scale)) => format!("{dtype}({precision},{scale})"),
        _ => dtype.to_owned(),
    }
}

/// Returns precision and scale of a type as DuckDB's `information_schema.columns` has them.
pub(super) fn precision(data_type: &str) -> (Option<i64>, Option<i64>) {
    let bits = |number| (Some(number), Some(0));
    match data_type {
        "TINYINT" => bits(8),
        "SMALLINT" => bits(16),
        "INTEGER" => bits(32),
        "BIGINT" => bits(64),
        "HUGEINT" => bits(128),
        "FLOAT" => bits(24),
        "DOUBLE" => bits(53),
        other => {
            let digits = other.strip_prefix("DECIMAL(").and_then(|rest| rest.strip_suffix(')'));
            let pair = digits.and_then(|digits| digits.split_once(','));
            let number = |text: &str| text.trim().parse().ok();
            pair.map_or((None, None), |(precision, scale)| (number(precision), number(scale)))
        }
    }
}

/// Reads `varchar(20)` and `decimal(10,2)`.
pub(super) fn from_description(name: String, description: &str) -> Result<Facts, Error> {
    let (dtype, size) = match description.find('(') {
        Some(index) => {
            let (dtype, rest) = description.split_at(index);
            (dtype, rest[1..].split(')').next().filter(|size| !size.is_empty()))
        }
        None => (description, None),
    };
    if dtype.is_empty() {
        return Err(value_error(format!("could not interpret data type \"{description}\"")));
    }
    let number = |text: &str| {
        text.trim().parse::<i64>().map_err(|_| {
            value_error(format!(
                "could not interpret data_type \"{description}\": could not convert \"{text}\" to an integer"
            ))
        })
    };
    let mut facts = Facts::new(name, dtype.to_owned());
    match size.map(|size| size.split(',').collect::<Vec<_>>()).as_deref() {
        Some([size]) => facts.char_size = Some(number(size)?),
        Some([precision, scale]) => {
            facts.numeric_precision = Some(number(precision)?);
            facts.numeric_scale = Some(number(scale)?);
        }
        _ => {}
    }
    Ok(facts)
}
