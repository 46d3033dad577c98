//! The message of a broken contract: which columns differ between what was declared and what the query gives.

use minijinja::Value;

use crate::template::values::to_text;

/// Longest text of a cell before it is cut.
const WIDEST: usize = 50;

/// Compares declared columns with a query's; both are lists of mappings with `name` and `data_type`.
pub(super) fn mismatch(declared: &Value, actual: &Value) -> String {
    let (declared, actual) = (columns(declared), columns(actual));
    if declared.is_empty() {
        return "This model has an enforced contract, and its 'columns' specification is missing".to_owned();
    }
    let mut rows: Vec<[&str; 4]> = Vec::new();
    for (name, actual_type) in &actual {
        match declared.iter().find(|(known, _)| known == name) {
            None => rows.push([name, actual_type, "", "missing in contract"]),
            Some((_, declared_type)) if declared_type != actual_type => {
                rows.push([name, actual_type, declared_type, "data type mismatch"]);
            }
            Some(_) => {}
        }
    }
    for (name, declared_type) in &declared {
        if !actual.iter().any(|(known, _)| known == name) {
            rows.push([name, "", declared_type, "missing in definition"]);
        }
    }
    rows.sort_by_key(|row| row[0]);
    format!(
        "This model has an enforced contract that failed.\nPlease ensure the name, data_type, and number of columns \
         in your contract match the columns in your model's definition.\n\n{}",
        draw(&rows)
    )
}

fn columns(list: &Value) -> Vec<(String, String)> {
    let part = |column: &Value, name: &str| column.get_attr(name).map(|value| to_text(&value)).unwrap_or_default();
    let items = list.try_iter().into_iter().flatten();
    items.map(|column| (part(&column, "name"), part(&column, "data_type"))).collect()
}

/// Draws rows under their headings, as `print_table` does.
fn draw(rows: &[[&str; 4]]) -> String {
    let headings = ["column_name", "definition_type", "contract_type", "mismatch_reason"];
    let cells: Vec<[String; 4]> = std::iter::once(&headings).chain(rows).map(|row| row.map(shorten)).collect();
    let widths: [usize; 4] =
        std::array::from_fn(|index| cells.iter().map(|row| row[index].chars().count()).max().unwrap_or(0));
    let line = |row: &[String; 4]| {
        let padded: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        format!("| {} |\n", padded.join(" | "))
    };
    let rule = line(&widths.map(|width| "-".repeat(width)));
    let mut text = String::new();
    for (index, row) in cells.iter().enumerate() {
        text.push_str(&line(row));
        if index == 0 {
            text.push_str(&rule);
        }
    }
    text
}

fn shorten(cell: &str) -> String {
    if cell.chars().count() <= WIDEST {
        return cell.to_owned();
    }
    let kept: String = cell.chars().take(WIDEST - 3).collect();
    format!("{kept}...")
}

#[cfg(test)]
mod tests {
    use minijinja::Value;

    use super::mismatch;

    fn columns(list: &[(&str, &str)]) -> Value {
        list.iter().map(|(name, data_type)| Value::from_pairs([("name", *name), ("data_type", *data_type)])).collect()
    }

    #[test]
    fn a_broken_contract_is_drawn_as_dbt_draws_it() {
        let long = "VARCHAR".repeat(12);
        let message = mismatch(&columns(&[("a", "INTEGER"), ("c", &long)]), &columns(&[("a", "BIGINT"), ("b", "INT")]));
        let expected = "\
| column_name | definition_type | contract_type                                      | mismatch_reason       |
| ----------- | --------------- | -------------------------------------------------- | --------------------- |
| a           | BIGINT          | INTEGER                                            | data type mismatch    |
| b           | INT             |                                                    | missing in contract   |
| c           |                 | VARCHARVARCHARVARCHARVARCHARVARCHARVARCHARVARCH... | missing in definition |
";
        assert_eq!(message.split_once("\n\n").unwrap().1, expected);
        assert!(mismatch(&columns(&[]), &columns(&[("a", "INT")])).contains("'columns' specification is missing"));
    }
}
