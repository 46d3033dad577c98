//! DuckDB's types by the names that it prints for them.

use duckdb::core::{LogicalTypeHandle, LogicalTypeId as Id};

use crate::resource::quote;

/// Returns the name of a type, such as `DECIMAL(18,3)` or `STRUCT(a INTEGER)`. An enumeration's is `ENUM` without its members.
pub(super) fn name(handle: &LogicalTypeHandle) -> String {
    if let Some(alias) = handle.get_alias() {
        return alias;
    }
    let id = handle.id();
    match id {
        Id::Decimal => format!("DECIMAL({},{})", handle.decimal_width(), handle.decimal_scale()),
        Id::List => format!("{}[]", name(&handle.child(0))),
        // The crate does not tell an array's length.
        Id::Array => format!("{}[]", name(&handle.child(0))),
        Id::Map => format!("MAP({}, {})", name(&handle.child(0)), name(&handle.child(1))),
        Id::Struct => format!("STRUCT({})", fields(handle)),
        Id::Union => format!("UNION({})", fields(handle)),
        _ => simple(id).to_owned(),
    }
}

/// Returns whether the name above leaves something out: members of an enumeration, length of an array.
pub(super) fn is_incomplete(handle: &LogicalTypeHandle) -> bool {
    handle.get_alias().is_none()
        && (matches!(handle.id(), Id::Enum | Id::Array) || children(handle).any(|child| is_incomplete(&child)))
}

/// Returns whether Arrow, in which results are fetched, carries every value of the type exactly.
pub(super) fn is_exact_in_arrow(handle: &LogicalTypeHandle) -> bool {
    let carried = !matches!(
        handle.id(),
        Id::Invalid | Id::Bit | Id::TimeTZ | Id::TimeNs | Id::Bignum | Id::Geometry | Id::Variant | Id::Unsupported
    );
    carried && children(handle).all(|child| is_exact_in_arrow(&child))
}

fn children(handle: &LogicalTypeHandle) -> impl Iterator<Item = LogicalTypeHandle> + '_ {
    (0..handle.num_children()).map(|index| handle.child(index))
}

fn fields(handle: &LogicalTypeHandle) -> String {
    let field = |index| {
        let field_name = handle.child_name(index);
        let plain = field_name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
            && field_name.chars().all(|each| each.is_ascii_lowercase() || each.is_ascii_digit() || each == '_');
        let shown = if plain { field_name } else { quote(&field_name) };
        format!("{shown} {}", name(&handle.child(index)))
    };
    (0..handle.num_children()).map(field).collect::<Vec<_>>().join(", ")
}

fn simple(id: Id) -> &'static str {
    match id {
        Id::Boolean => "BOOLEAN",
        Id::Tinyint => "TINYINT",
        Id::Smallint => "SMALLINT",
        Id::Integer => "INTEGER",
        Id::Bigint => "BIGINT",
        Id::UTinyint => "UTINYINT",
        Id::USmallint => "USMALLINT",
        Id::UInteger => "UINTEGER",
        Id::UBigint => "UBIGINT",
        Id::Hugeint => "HUGEINT",
        Id::UHugeint => "UHUGEINT",
        Id::Bignum => "BIGNUM",
        Id::Float => "FLOAT",
        Id::Double => "DOUBLE",
        Id::Timestamp => "TIMESTAMP",
        Id::TimestampS => "TIMESTAMP_S",
        Id::TimestampMs => "TIMESTAMP_MS",
        Id::TimestampNs => "TIMESTAMP_NS",
        Id::TimestampTZ => "TIMESTAMP WITH TIME ZONE",
        Id::Date => "DATE",
        Id::Time => "TIME",
        Id::TimeTZ => "TIME WITH TIME ZONE",
        Id::TimeNs => "TIME_NS",
        Id::Interval => "INTERVAL",
        Id::Varchar | Id::StringLiteral => "VARCHAR",
        Id::Blob => "BLOB",
        Id::Bit => "BIT",
        Id::Uuid => "UUID",
        Id::Enum => "ENUM",
        Id::Geometry => "GEOMETRY",
        Id::Variant => "VARIANT",
        Id::SqlNull => "\"NULL\"",
        Id::IntegerLiteral => "INTEGER_LITERAL",
        _ => "UNKNOWN",
    }
}
