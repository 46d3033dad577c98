//! DuckDB's numbers as text and as wider numbers.

/// Writes a scaled whole number with its decimal point: `150` of scale 2 is `1.50`.
pub(super) fn decimal(value: i128, scale: u8) -> String {
    if scale == 0 {
        return value.to_string();
    }
    let sign = if value < 0 { "-" } else { "" };
    let width = usize::from(scale) + 1;
    let digits = format!("{:0width$}", value.unsigned_abs());
    let (whole, fraction) = digits.split_at(digits.len() - usize::from(scale));
    format!("{sign}{whole}.{fraction}")
}

/// Widens a 32-bit number to the 64-bit one with the same shortest text, so that `0.1` stays `0.1`.
pub(super) fn widened(value: f32) -> f64 {
    value.to_string().parse().unwrap_or(f64::from(value))
}
