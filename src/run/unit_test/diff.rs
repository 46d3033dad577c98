//! The difference of two lists of rows, drawn as a table: `+++` came and was not expected, `---` was expected and did not come,
//! `→` stands between the expected and the actual value of a row that differs in some columns.

/// The cells of a row; none for NULL.
pub type Row = Vec<Option<String>>;

/// What is drawn in one line.
enum Line<'a> {
    /// A row that is as expected.
    Same(&'a Row),
    /// The expected row and the one that came in its place.
    Changed(&'a Row, &'a Row),
    /// A row that came and was not expected.
    Added(&'a Row),
    /// A row that was expected and did not come.
    Removed(&'a Row),
}

/// Draws the difference of the rows, in whichever order they are; none when there is none.
pub fn between(names: &[String], expected: &[Row], actual: &[Row]) -> Option<String> {
    let lines = lines(expected, actual);
    if lines.iter().all(|line| matches!(line, Line::Same(_))) {
        return None;
    }
    Some(draw(names, &lines))
}

fn lines<'a>(expected: &'a [Row], actual: &'a [Row]) -> Vec<Line<'a>> {
    let mut missing: Vec<&Row> = expected.iter().collect();
    missing.sort();
    let mut came: Vec<&Row> = actual.iter().collect();
    came.sort();
    let mut partner: Vec<Option<&Row>> = vec![None; came.len()];
    for (row, partner) in came.iter().zip(&mut partner) {
        if let Some(place) = missing.iter().position(|other| other == row) {
            *partner = Some(missing.remove(place));
        }
    }
    // What is left is paired by how many cells are equal, the best pairs first.
    let alike = |a: &Row, b: &Row| a.iter().zip(b).filter(|(a, b)| a == b && a.is_some()).count();
    loop {
        let open = (0..came.len()).filter(|&index| partner[index].is_none());
        let pairs = open.flat_map(|index| (0..missing.len()).map(move |other| (index, other)));
        let best = pairs.max_by_key(|&(index, other)| (alike(came[index], missing[other]), usize::MAX - index - other));
        match best.filter(|&(index, other)| alike(came[index], missing[other]) > 0) {
            Some((index, other)) => partner[index] = Some(missing.remove(other)),
            None => break,
        }
    }
    let of_came = came.into_iter().zip(partner).map(|(row, partner)| match partner {
        Some(other) if other == row => Line::Same(row),
        Some(other) => Line::Changed(other, row),
        None => Line::Added(row),
    });
    of_came.chain(missing.into_iter().map(Line::Removed)).collect()
}

fn draw(names: &[String], lines: &[Line<'_>]) -> String {
    let mut drawn: Vec<Vec<String>> = vec![std::iter::once("@@".to_owned()).chain(names.iter().cloned()).collect()];
    let is_near = |index: usize| {
        let changes = |index: usize| lines.get(index).is_some_and(|line| !matches!(line, Line::Same(_)));
        changes(index) || changes(index + 1) || (index > 0 && changes(index - 1))
    };
    let mut is_open = false;
    for (index, line) in lines.iter().enumerate() {
        if is_near(index) {
            drawn.push(cells(line));
            is_open = false;
        } else if !is_open {
            drawn.push(vec!["...".to_owned(); names.len() + 1]);
            is_open = true;
        }
    }
    let width = |column: usize| drawn.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..=names.len()).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for row in drawn {
        let last = row.len() - 1;
        for (column, cell) in row.iter().enumerate() {
            let padding = if column == last { 0 } else { widths[column] - cell.chars().count() };
            text.push_str(if column == 0 { "" } else { "," });
            text.push_str(cell);
            text.push_str(&" ".repeat(padding));
        }
        text.push_str("\r\n");
    }
    text
}

fn cells(line: &Line<'_>) -> Vec<String> {
    let shown = |cell: &Option<String>| cell.clone().unwrap_or_else(|| "NULL".to_owned());
    let marked = |mark: &str, row: &Row| std::iter::once(mark.to_owned()).chain(row.iter().map(shown)).collect();
    match line {
        Line::Same(row) => marked("", row),
        Line::Added(row) => marked("+++", row),
        Line::Removed(row) => marked("---", row),
        Line::Changed(expected, actual) => {
            let cell = |(expected, actual): (&Option<String>, &Option<String>)| {
                if expected == actual { shown(actual) } else { format!("{}→{}", shown(expected), shown(actual)) }
            };
            let cells = expected.iter().zip(*actual).map(cell);
            std::iter::once("→".to_owned()).chain(cells).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Row, between};

    fn rows(text: &str) -> Vec<Row> {
        let cell = |cell: &str| (cell != "-").then(|| cell.to_owned());
        text.split('|').filter(|row| !row.is_empty()).map(|row| row.split(' ').map(cell).collect()).collect()
    }

    fn drawn(expected: &str, actual: &str) -> Option<String> {
        let names = ["id".to_owned(), "name".to_owned()];
        between(&names, &rows(expected), &rows(actual)).map(|text| text.replace("\r\n", "\n"))
    }

    #[test]
    fn rows_in_another_order_are_no_difference() {
        assert_eq!(drawn("1 a|2 -|2 -", "2 -|1 a|2 -"), None);
        assert_eq!(drawn("", ""), None);
        assert!(drawn("1 a|1 a", "1 a").is_some());
    }

    #[test]
    fn changed_added_and_removed_rows_are_told_apart() {
        let expected = "@@ ,id ,name\n...,...,...\n   ,3  ,c\n→  ,4  ,z→d\n+++,7  ,q\n---,9  ,y\n";
        assert_eq!(drawn("1 a|2 b|3 c|4 z|9 y", "1 a|2 b|3 c|4 d|7 q").as_deref(), Some(expected));
        assert_eq!(drawn("1 -", "1 a").as_deref(), Some("@@,id,name\n→ ,1 ,NULL→a\n"));
    }
}
