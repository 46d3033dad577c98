//! `init`: makes a new project that builds.

use std::fs;
use std::path::Path;

use crate::cli::{CommandError, Done};
use crate::diagnostic::{Diagnostic, Kind};
use crate::report::Reporter;

const PROJECT: &str = "\
name: {name}
version: '1.0.0'
profile: {name}

model-paths: [models]
seed-paths: [seeds]
test-paths: [tests]
macro-paths: [macros]

models:
  {name}:
    staging:
      +materialized: view
    marts:
      +materialized: table
      +export: {format: csv}
";

const PROFILES: &str = "\
{name}:
  target: dev
  outputs:
    dev:
      type: duckdb
      path: {name}.duckdb
      threads: 4
";

const SEED: &str = "\
order_id,customer,ordered_at,amount
1,Ada,2024-01-03,12.50
2,Grace,2024-01-03,8.00
3,Ada,2024-01-04,20.25
";

const STAGING: &str = "\
select
    order_id,
    customer,
    ordered_at,
    amount
from {{ ref('raw_orders') }}
";

const MART: &str = "\
select
    ordered_at,
    count(*) as orders,
    sum(amount) as revenue
from {{ ref('stg_orders') }}
group by ordered_at
";

const PROPERTIES: &str = "\
models:
  - name: stg_orders
    description: One row for each order.
    columns:
      - name: order_id
        data_tests: [unique, not_null]
  - name: fct_orders_daily
    description: Orders and revenue of each day.
    config:
      grain: [ordered_at]
    columns:
      - name: ordered_at
        data_tests: [unique, not_null]
";

const IGNORE: &str = "target/\nlogs/\nexports/\ndbt_packages/\n*.duckdb\n*.duckdb.wal\n";

/// Runs the command in a folder.
pub fn run(reporter: &Reporter, current: &Path, name: Option<&str>, with_profile: bool) -> Result<Done, CommandError> {
    let name = name.unwrap_or("my_project");
    check_name(name)?;
    let root = current.join(name);
    if root.exists() {
        let title = format!("there is a `{name}` here already");
        return Err(Diagnostic::error(Kind::Runtime, "E0162", title).with_help("choose another name").into());
    }
    let files = [
        ("project.yml", PROJECT),
        ("profiles.yml", PROFILES),
        ("seeds/raw_orders.csv", SEED),
        ("models/staging/stg_orders.sql", STAGING),
        ("models/marts/fct_orders_daily.sql", MART),
        ("models/models.yml", PROPERTIES),
        (".gitignore", IGNORE),
    ];
    for (path, text) in files.into_iter().filter(|(path, _)| with_profile || *path != "profiles.yml") {
        write(&root.join(path), &text.replace("{name}", name))?;
    }
    for folder in ["macros", "tests"] {
        fs::create_dir_all(root.join(folder)).map_err(|error| unwritable(&root.join(folder), &error))?;
    }
    reporter.info(&format!("Made the project {name}"));
    reporter.info(&format!("Next: cd {name} && martlet build"));
    Ok(Done::Success)
}

fn check_name(name: &str) -> Result<(), Diagnostic> {
    let first = name.chars().next().is_some_and(|first| first.is_alphabetic() || first == '_');
    if first && name.chars().all(|letter| letter.is_alphanumeric() || letter == '_') {
        return Ok(());
    }
    let title = format!("`{name}` cannot be the name of a project");
    Err(Diagnostic::error(Kind::Usage, "E0163", title)
        .with_help("use letters, digits and underscores, and a letter first"))
}

fn write(path: &Path, text: &str) -> Result<(), Diagnostic> {
    let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, text));
    written.map_err(|error| unwritable(path, &error))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error(Kind::Runtime, "E0164", format!("cannot write `{}`: {error}", path.display()))
}
