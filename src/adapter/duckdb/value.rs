//! Values of a result, which arrive as Arrow arrays, into [`Datum`]s.

use duckdb::arrow::array::{Array, ArrayRef, AsArray, UnionArray};
use duckdb::arrow::datatypes::{
    ArrowDictionaryKeyType, DataType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, IntervalMonthDayNanoType, Time64MicrosecondType, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type,
    UInt64Type,
};
use duckdb::core::{LogicalTypeHandle, LogicalTypeId as Id};

use super::{number, temporal};
use crate::adapter::Datum;

/// Returns the value of a row; none when Arrow carries the type in an unexpected way.
pub(super) fn datum(handle: &LogicalTypeHandle, array: &ArrayRef, row: usize) -> Option<Datum> {
    if array.is_null(row) || handle.id() == Id::SqlNull {
        return Some(Datum::Null);
    }
    scalar(handle, array, row).or_else(|| nested(handle, array, row))
}

fn scalar(handle: &LogicalTypeHandle, array: &ArrayRef, row: usize) -> Option<Datum> {
    macro_rules! get {
        ($arrow:ty) => {
            array.as_primitive_opt::<$arrow>()?.value(row)
        };
    }
    Some(match handle.id() {
        Id::Boolean => Datum::Bool(array.as_boolean_opt()?.value(row)),
        Id::Tinyint => Datum::Integer(get!(Int8Type).into()),
        Id::Smallint => Datum::Integer(get!(Int16Type).into()),
        Id::Integer => Datum::Integer(get!(Int32Type).into()),
        Id::Bigint => Datum::Integer(get!(Int64Type).into()),
        Id::UTinyint => Datum::Integer(get!(UInt8Type).into()),
        Id::USmallint => Datum::Integer(get!(UInt16Type).into()),
        Id::UInteger => Datum::Integer(get!(UInt32Type).into()),
        Id::UBigint => Datum::Integer(get!(UInt64Type).into()),
        Id::Hugeint => Datum::Integer(get!(Decimal128Type)),
        // Arrow's carrier is signed; the upper half arrives as negative numbers.
        Id::UHugeint => match u128::from_ne_bytes(get!(Decimal128Type).to_ne_bytes()) {
            number if i128::try_from(number).is_ok() => Datum::Integer(i128::try_from(number).ok()?),
            number => Datum::Decimal(number.to_string()),
        },
        Id::Decimal => Datum::Decimal(number::decimal(get!(Decimal128Type), handle.decimal_scale())),
        // As Python's client widens it: templates print 3.299999952316284 for a FLOAT of 3.3, as they do in dbt.
        Id::Float => Datum::Float(f64::from(get!(Float32Type))),
        Id::Double => Datum::Float(get!(Float64Type)),
        Id::Date => Datum::Date(temporal::date(get!(Date32Type))),
        Id::Time => Datum::Time(temporal::time(get!(Time64MicrosecondType), 1_000_000)),
        Id::Timestamp => Datum::Timestamp(temporal::timestamp(get!(TimestampMicrosecondType), 1_000_000)),
        Id::TimestampS => Datum::Timestamp(temporal::timestamp(get!(TimestampSecondType), 1)),
        Id::TimestampMs => Datum::Timestamp(temporal::timestamp(get!(TimestampMillisecondType), 1_000)),
        Id::TimestampNs => Datum::Timestamp(temporal::timestamp(get!(TimestampNanosecondType), 1_000_000_000)),
        Id::TimestampTZ => {
            let text = temporal::timestamp(get!(TimestampMicrosecondType), 1_000_000);
            let zone = if text.ends_with("infinity") { "" } else { "+00" };
            Datum::TimestampTz(text + zone)
        }
        Id::Interval => {
            let value = get!(IntervalMonthDayNanoType);
            Datum::Text(temporal::interval(value.months, value.days, value.nanoseconds / 1_000))
        }
        Id::Varchar | Id::StringLiteral | Id::Uuid => Datum::Text(text(array, row)?),
        Id::Enum => Datum::Text(member(array, row)?),
        Id::Blob => Datum::Blob(bytes(array, row)?),
        _ => return None,
    })
}

fn nested(handle: &LogicalTypeHandle, array: &ArrayRef, row: usize) -> Option<Datum> {
    match handle.id() {
        Id::List | Id::Array => {
            let items = match array.data_type() {
                DataType::LargeList(_) => array.as_list_opt::<i64>()?.value(row),
                DataType::FixedSizeList(..) => array.as_fixed_size_list_opt()?.value(row),
                _ => array.as_list_opt::<i32>()?.value(row),
            };
            let child = handle.child(0);
            (0..items.len()).map(|index| datum(&child, &items, index)).collect::<Option<Vec<_>>>().map(Datum::List)
        }
        Id::Struct => {
            let fields = array.as_struct_opt()?;
            let field = |(index, column)| Some((handle.child_name(index), datum(&handle.child(index), column, row)?));
            fields.columns().iter().enumerate().map(field).collect::<Option<Vec<_>>>().map(Datum::Struct)
        }
        Id::Map => {
            let entries = array.as_map_opt()?.value(row);
            let (keys, values) = (entries.column(0), entries.column(1));
            let (key, value) = (handle.child(0), handle.child(1));
            let entry = |index| Some((datum(&key, keys, index)?, datum(&value, values, index)?));
            (0..entries.len()).map(entry).collect::<Option<Vec<_>>>().map(Datum::Map)
        }
        Id::Union => {
            let union = array.as_any().downcast_ref::<UnionArray>()?;
            let tag = union.type_id(row);
            let member = usize::try_from(tag).ok()?;
            datum(&handle.child(member), union.child(tag), union.value_offset(row))
        }
        _ => None,
    }
}

fn text(array: &ArrayRef, row: usize) -> Option<String> {
    Some(match array.data_type() {
        DataType::LargeUtf8 => array.as_string_opt::<i64>()?.value(row).to_owned(),
        DataType::Utf8View => array.as_string_view_opt()?.value(row).to_owned(),
        _ => array.as_string_opt::<i32>()?.value(row).to_owned(),
    })
}

fn bytes(array: &ArrayRef, row: usize) -> Option<Vec<u8>> {
    Some(match array.data_type() {
        DataType::LargeBinary => array.as_binary_opt::<i64>()?.value(row).to_vec(),
        _ => array.as_binary_opt::<i32>()?.value(row).to_vec(),
    })
}

fn member(array: &ArrayRef, row: usize) -> Option<String> {
    fn of<K: ArrowDictionaryKeyType>(array: &ArrayRef, row: usize) -> Option<String> {
        let dictionary = array.as_dictionary_opt::<K>()?;
        text(dictionary.values(), dictionary.key(row)?)
    }
    of::<UInt8Type>(array, row).or_else(|| of::<UInt16Type>(array, row)).or_else(|| of::<UInt32Type>(array, row))
}
