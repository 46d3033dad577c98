//! `init`: makes a new project that builds; in a project, a profile for it.

mod answers;
mod profile;

use std::fs;
use std::path::{Path, PathBuf};

use answers::Answers;

use crate::cli::{CommandError, Done, Line};
use crate::diagnostic::{Diagnostic, Kind};
use crate::project::ProjectFile;
use crate::report::{Entry, Level, Reporter};

const PROJECT: &str = "\
name: {name}
version: '1.0.0'
profile: {profile}

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

/// Runs the command: makes a project, or a profile for the project that is here.
pub fn run(line: &Line, reporter: &Reporter) -> Result<Done, CommandError> {
    let asked = line.flags.setting("profile");
    let skips_profile = line.matches.get_flag("skip-profile-setup");
    let project_dir = line.flags.setting("project-dir").map(PathBuf::from);
    let mut answers = Answers::new();
    if let Ok(project) = ProjectFile::find(project_dir.as_deref(), &line.current) {
        if asked.is_some() {
            let title = "Can not init existing project with specified profile, edit dbt_project.yml instead";
            return Err(Diagnostic::error(Kind::Runtime, "E0169", title).into());
        }
        return if skips_profile { Ok(Done::Success) } else { profile::set_up(line, reporter, &project, &mut answers) };
    }
    let given = line.matches.get_one::<String>("name").map(String::as_str);
    let name = valid_name(given, reporter, &mut answers)?;
    let root = line.current.join(&name);
    if root.exists() {
        let data = serde_json::json!({"name": name});
        let text = format!("A project called {name} already exists here.");
        reporter.tell(&Entry::new(Level::Info, "ProjectNameAlreadyExists", text, data).plain());
        return Ok(Done::Success);
    }
    match asked {
        Some(asked) => {
            profile::must_exist(line, asked)?;
            make(&root, (&name, asked), DBT_NAME)?;
        }
        None if skips_profile => make(&root, (&name, &name), DBT_NAME)?,
        None => {
            make(&root, (&name, &name), "project.yml")?;
            write(&root.join("profiles.yml"), &PROFILES.replace("{name}", &name))?;
        }
    }
    let data = serde_json::json!({"project_name": name});
    reporter.tell(&Entry::new(Level::Info, "ProjectCreated", format!("Made the project {name}"), data).plain());
    reporter.info(&format!("Next: cd {name} && martlet build"));
    Ok(Done::Success)
}

/// The name of the project file when the profile is not the project's own: then dbt may read the project, too.
const DBT_NAME: &str = "dbt_project.yml";

/// Writes the files of a project and of what it begins with.
fn make(root: &Path, (name, profile): (&str, &str), file: &str) -> Result<(), Diagnostic> {
    let files = [
        (file, PROJECT),
        ("seeds/raw_orders.csv", SEED),
        ("models/staging/stg_orders.sql", STAGING),
        ("models/marts/fct_orders_daily.sql", MART),
        ("models/models.yml", PROPERTIES),
        (".gitignore", IGNORE),
    ];
    for (path, text) in files {
        write(&root.join(path), &text.replace("{name}", name).replace("{profile}", profile))?;
    }
    for folder in ["macros", "tests"] {
        fs::create_dir_all(root.join(folder)).map_err(|error| unwritable(&root.join(folder), &error))?;
    }
    Ok(())
}

/// Returns a name that a project can have: the one given, else what the user answers.
fn valid_name(given: Option<&str>, reporter: &Reporter, answers: &mut Answers) -> Result<String, CommandError> {
    let mut name = given.unwrap_or_default().to_owned();
    while !is_valid(&name) {
        let refused = format!("{name} is not a valid project name.");
        if !name.is_empty() {
            reporter.data(&format!("{refused}\n"))?;
        }
        let question = "Enter a name for your project (letters, digits, underscore)";
        let Some(answer) = answers.ask(reporter, question)? else {
            let title = match name.as_str() {
                "" => "a project needs a name".to_owned(),
                name => format!("`{name}` cannot be the name of a project"),
            };
            let diagnostic = Diagnostic::error(Kind::Usage, "E0163", title);
            return Err(diagnostic.with_help("use letters, digits and underscores, and a letter first").into());
        };
        name = answer;
    }
    Ok(name)
}

/// The names of built-in packages are taken.
fn is_valid(name: &str) -> bool {
    let first = name.chars().next().is_some_and(|first| first.is_alphabetic() || first == '_');
    first && name != "dbt" && name.chars().all(|letter| letter.is_alphanumeric() || letter == '_')
}

fn write(path: &Path, text: &str) -> Result<(), Diagnostic> {
    let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, text));
    written.map_err(|error| unwritable(path, &error))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error(Kind::Runtime, "E0164", format!("cannot write `{}`: {error}", path.display()))
}
