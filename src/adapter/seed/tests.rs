//! Mistakes in seeds, each with its place.

use super::{AgateType, SeedOptions, SeedSchema};
use crate::diagnostic::{Style, render};

fn scan(text: &[u8], options: &SeedOptions) -> Result<SeedSchema, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.csv");
    std::fs::write(&path, text).unwrap();
    SeedSchema::scan(&path, "seeds/s.csv", options).map_err(|diagnostic| render(&diagnostic, Style::Plain))
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn a_mistake_is_shown_in_the_file() {
    let table: &[(&[u8], &str)] = &[
        (
            b"a,b\n1,2\n3,4,5\n",
            "\
error[E0723]: the row has 3 fields, but the header has 2 fields
 --> seeds/s.csv:3:5
  |
3 | 3,4,5
  |     ^ beyond the last column
  |
  = help: put quotes around a field that contains the delimiter",
        ),
        (
            b"a,b,c\n1,2,3\n\"x\ny\"\n",
            "\
error[E0723]: the row has 1 field, but the header has 3 fields
 --> seeds/s.csv:4:3
  |
4 | y\"
  |   ^ no field for `b`, `c`
  |
  = help: write an empty field for NULL",
        ),
        (
            b"a,b\n1,\"x\n2,y\n",
            "\
error[E0724]: a quoted field is not closed before the end of the seed
 --> seeds/s.csv:2:3
  |
2 | 1,\"x
  |   ^ opened here
  |
  = help: close the quote, or write it twice where it belongs to the text",
        ),
        (
            b"a,b\r\n1,\"x\"y\r\n",
            "\
error[E0724]: a quoted field goes on after its closing quote
 --> seeds/s.csv:2:6
  |
2 | 1,\"x\"y
  |   -  ^ expected the delimiter or the end of the line
  |   |
  |   opened here
  |
  = help: write a quote twice where it belongs to the text",
        ),
        (
            b"a,b\n1,caf\xe9 x\n",
            "\
error[E0725]: the seed is not written in UTF-8
 --> seeds/s.csv:2:6
  |
2 | 1,caf\u{fffd} x
  |      ^
  |
  = note: the byte is 0xe9
  = help: save the file as UTF-8, for example with `iconv -f latin1 -t utf-8`",
        ),
        (
            b"",
            "\
error[E0721]: the seed has no header
 --> seeds/s.csv:1:1
  |
1 |
  | ^ the names of the columns belong here
  |
  = help: write the column names into the first line",
        ),
        (
            b"\n\na,b\n1,2\n",
            "\
error[E0721]: the seed has no header
 --> seeds/s.csv:1:1
  |
1 |
  | ^ the names of the columns belong here
  |
  = help: write the column names into the first line",
        ),
        (
            b"a,b,A\n1,2,3\n",
            "\
error[E0722]: two columns of the seed are called `A`, but for upper and lower case
 --> seeds/s.csv:1:5
  |
1 | a,b,A
  | -   ^ the same name to a database
  | |
  | the first one
  |
  = help: give each column a name of its own",
        ),
    ];
    for (text, expected) in table {
        assert_eq!(&scan(text, &SeedOptions::default()).unwrap_err(), expected);
    }
}

#[test]
fn a_mistake_far_down_a_large_file_has_its_true_line() {
    let mut text = b"\xef\xbb\xbfid,name\r\n".to_vec();
    for row in 0..200_000 {
        text.extend(format!("{row},\"two\r\nlines {row}\"\r\n").into_bytes());
    }
    text.extend(b"7,\"\xc5\xbc\",extra\r\n");
    let message = scan(&text, &SeedOptions::default()).unwrap_err();
    assert!(message.contains("seeds/s.csv:400002:7"), "{message}");
    assert!(message.contains("400002 | 7,\"\u{17c}\",extra"), "{message}");
}

#[test]
fn the_delimiter_is_one_plain_character() {
    for wrong in ["", ";;", "é", "\"", " "] {
        let options = SeedOptions { delimiter: Some(wrong.to_owned()), ..SeedOptions::default() };
        let message = scan(b"a\n1\n", &options).unwrap_err();
        assert!(
            message.starts_with(&format!("error[E0727]: `{wrong}` cannot be the delimiter of a seed")),
            "{message}"
        );
    }
}

#[test]
fn a_missing_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let error = SeedSchema::scan(&folder.path().join("no.csv"), "seeds/no.csv", &SeedOptions::default()).unwrap_err();
    assert!(error.title.starts_with("the seed cannot be read: "), "{}", error.title);
    assert_eq!(error.location().as_deref(), Some("seeds/no.csv"));
}

#[test]
fn agates_types_are_told_beside_the_sql_types() {
    let text = b"n,d,t,i,b,x,e\n1,2024-01-31,2024-01-31 10:00:00,2024-01-31T10:00:00Z,true,a,\n";
    let schema = scan(text, &SeedOptions::default()).unwrap();
    let found: Vec<_> = schema.columns.iter().map(|column| (column.inferred, column.sql_type.as_str())).collect();
    assert_eq!(
        found,
        [
            (AgateType::Number, "integer"),
            (AgateType::Date, "date"),
            (AgateType::DateTime, "timestamp without time zone"),
            (AgateType::IsoDateTime, "timestamp without time zone"),
            (AgateType::Boolean, "boolean"),
            (AgateType::Text, "text"),
            (AgateType::Number, "integer"),
        ]
    );
    let empty = scan(b"a\n", &SeedOptions::default()).unwrap();
    assert_eq!((empty.columns[0].inferred, empty.rows), (AgateType::Integer, 0));
}
