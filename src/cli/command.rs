//! The commands and their own arguments, as clap knows them.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Command};

use super::flags;

const RESOURCE_TYPES: [&str; 14] = [
    "model",
    "seed",
    "snapshot",
    "test",
    "unit_test",
    "analysis",
    "source",
    "exposure",
    "metric",
    "semantic_model",
    "saved_query",
    "function",
    "default",
    "all",
];

/// Returns the whole command line.
pub fn martlet() -> Command {
    Command::new("martlet")
        .about("Transform data with SQL models over embedded DuckDB; a drop-in for dbt projects")
        .disable_version_flag(true)
        .args_override_self(true)
        .arg(
            Arg::new("version")
                .long("version")
                .short('V')
                .visible_short_alias('v')
                .action(ArgAction::SetTrue)
                .help("Show the versions of Martlet, of the dbt language and of DuckDB"),
        )
        .args(flags::arguments())
        .subcommand_required(false)
        .arg_required_else_help(false)
        .infer_subcommands(false)
        .after_help(example("martlet build --select +fct_sla_daily"))
        .subcommands(graph_commands())
        .subcommands(project_commands())
}

fn example(line: &str) -> String {
    format!("Example: {line}")
}

fn graph_commands() -> Vec<Command> {
    vec![
        runner("build", "Load the seeds, build the models and test them, each after what it depends on; then export")
            .args([limit_types(), exclude_types(), sample(), event_time("start"), event_time("end")])
            .arg(Arg::new("no-export").long("no-export").action(ArgAction::SetTrue).help("Write no files at the end"))
            .after_help(example("martlet build --select staging+ --exclude tag:slow")),
        runner("run", "Build the models, without seeds and tests")
            .args([sample(), event_time("start"), event_time("end")])
            .after_help(example("martlet run --select marts --full-refresh")),
        runner("test", "Run the data tests on what stands in the database")
            .args([limit_types(), exclude_types()])
            .after_help(example("martlet test --select stg_tickets --store-failures")),
        runner("seed", "Load the seeds: CSV files that become tables")
            .arg(Arg::new("show").long("show").action(ArgAction::SetTrue).help("Show some rows of each loaded seed"))
            .after_help(example("martlet seed --full-refresh")),
        runner("snapshot", "Run the snapshots").after_help(example("martlet snapshot")),
        runner("compile", "Render the SQL of models, tests and analyses without running it")
            .args([inline(), output(&["json", "text"]), limit_types(), exclude_types()])
            .after_help(example("martlet compile --inline \"select * from {{ ref('stg_tickets') }}\"")),
        runner("show", "Run one model or an inline query and show its first rows")
            .args([inline(), output(&["json", "text", "csv"])])
            .arg(
                Arg::new("inline-direct")
                    .long("inline-direct")
                    .value_name("SQL")
                    .help("Run SQL as it is, without templates"),
            )
            .arg(
                Arg::new("limit")
                    .long("limit")
                    .value_name("N")
                    .allow_negative_numbers(true)
                    .help("How many rows (default 5, -1 for all)"),
            )
            .after_help(example("martlet show --select fct_sla_daily --limit 20")),
        list("list").visible_alias("ls"),
        runner("clone", "Make the relations of another state appear in the target: as views onto them")
            .args([limit_types(), exclude_types()])
            .after_help(example("martlet clone --state prod-artifacts")),
        Command::new("retry")
            .about("Repeat the last command for the nodes that failed or were skipped")
            .after_help(example("martlet retry")),
        runner("export", "Write the models with an `export` config to files, as they stand in the database")
            .after_help(example("martlet export --select fct_channels")),
    ]
}

fn project_commands() -> Vec<Command> {
    vec![
        Command::new("parse").about("Read the project and write manifest.json").after_help(example("martlet parse")),
        Command::new("debug")
            .about("Check the project file, the profile and the connection")
            .arg(
                Arg::new("config-dir")
                    .long("config-dir")
                    .action(ArgAction::SetTrue)
                    .help("Show the folder of profiles.yml"),
            )
            .arg(Arg::new("connection").long("connection").action(ArgAction::SetTrue).help("Check the connection only"))
            .after_help(example("martlet debug --target prod")),
        Command::new("clean")
            .about("Delete the folders named in `clean-targets`")
            .arg(
                Arg::new("clean-project-files-only")
                    .long("clean-project-files-only")
                    .action(ArgAction::SetTrue)
                    .hide(true),
            )
            .arg(
                Arg::new("no-clean-project-files-only")
                    .long("no-clean-project-files-only")
                    .action(ArgAction::SetTrue)
                    .hide(true),
            )
            .after_help(example("martlet clean")),
        Command::new("init")
            .about("Make a new project")
            .arg(Arg::new("name").value_name("NAME").help("Name of the project and its folder"))
            .arg(
                Arg::new("skip-profile-setup")
                    .long("skip-profile-setup")
                    .short('s')
                    .action(ArgAction::SetTrue)
                    .help("Write no profiles.yml"),
            )
            .after_help(example("martlet init my_project")),
        Command::new("run-operation")
            .about("Call a macro")
            .arg(
                Arg::new("macro")
                    .value_name("MACRO")
                    .required(true)
                    .help("Name of the macro, with its package if need be"),
            )
            .arg(Arg::new("args").long("args").value_name("YAML").help("Its arguments as a YAML mapping"))
            .after_help(example("martlet run-operation grant_select --args '{role: reporter}'")),
        Command::new("deps")
            .about("Install the packages of packages.yml and write package-lock.yml")
            .args(deps_arguments())
            .after_help(example("martlet deps")),
        docs(),
        source(),
        Command::new("explain")
            .about("Explain a message's code")
            .arg(Arg::new("code").value_name("CODE").required(true).help("The code of the message, such as E0301"))
            .after_help(example("martlet explain E0301")),
    ]
}

fn docs() -> Command {
    let flag = |name: &'static str, help: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue).help(help);
    Command::new("docs")
        .about("Write the documentation of the project, or serve it to a browser")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            runner("generate", "Compile the project and write catalog.json")
                .args([
                    flag("no-compile", "Do not compile the project first"),
                    flag("compile", "Compile the project first (the default)").hide(true),
                    flag("empty-catalog", "Do not ask the database: write a catalog without relations"),
                    flag("static", "Write static_index.html too: the page with the artifacts in it"),
                ])
                .after_help(example("martlet docs generate")),
        )
        .subcommand(
            Command::new("serve")
                .about("Serve the page of `docs generate` to a browser until Ctrl-C")
                .args([
                    Arg::new("host")
                        .long("host")
                        .value_name("ADDRESS")
                        .default_value("127.0.0.1")
                        .help("Where to listen"),
                    Arg::new("port")
                        .long("port")
                        .value_name("PORT")
                        .value_parser(clap::value_parser!(u16))
                        .default_value("8080")
                        .help("The port; 0 for any that is free"),
                    flag("no-browser", "Open no browser (none is ever opened)").hide(true),
                    flag("browser", "Open a browser (none is opened: the address is shown)").hide(true),
                ])
                .after_help(example("martlet docs serve --port 8001")),
        )
        .after_help(example("martlet docs generate"))
}

fn source() -> Command {
    Command::new("source")
        .about("Tell how fresh the sources are")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            runner("freshness", "Compare the newest row of each source with its limits and write sources.json")
                .alias("snapshot-freshness")
                .arg(
                    Arg::new("output")
                        .long("output")
                        .short('o')
                        .value_name("FILE")
                        .help("Write to this file instead of sources.json in the target folder"),
                )
                .after_help(example("martlet source freshness --select source:raw")),
        )
        .after_help(example("martlet source freshness"))
}

fn deps_arguments() -> [Arg; 4] {
    let flag = |name: &'static str, help: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue).help(help);
    [
        flag("lock", "Write package-lock.yml without installing"),
        flag("upgrade", "Take the newest versions, whatever package-lock.yml says"),
        Arg::new("add-package")
            .long("add-package")
            .value_name("NAME@VERSION")
            .help("Add a package to packages.yml; --source says where it comes from"),
        Arg::new("source")
            .long("source")
            .value_name("SOURCE")
            .value_parser(PossibleValuesParser::new(["git", "hub", "local"]))
            .ignore_case(true)
            .default_value("hub")
            .help("Where the added package comes from"),
    ]
}

fn runner(name: &'static str, about: &'static str) -> Command {
    Command::new(name).about(about).args(selection())
}

fn list(name: &'static str) -> Command {
    Command::new(name)
        .about("List the resources of the project")
        .args(selection().into_iter().filter(|arg| arg.get_id() != "select"))
        .arg(select())
        .arg(
            // Here, as in dbt, it is another argument: it lists models only.
            Arg::new("models")
                .long("models")
                .visible_alias("model")
                .short('m')
                .value_name("SELECTOR")
                .num_args(1..)
                .action(ArgAction::Append)
                .help("Models to list"),
        )
        .arg(output(&["json", "name", "path", "selector"]))
        .arg(
            Arg::new("output-keys")
                .long("output-keys")
                .value_name("KEY")
                .num_args(1..)
                .action(ArgAction::Append)
                .help("Keys to show with --output json"),
        )
        .args([limit_types(), exclude_types()])
        .after_help(example("martlet list --select tag:nightly --output path"))
}

fn selection() -> Vec<Arg> {
    vec![
        select().visible_aliases(["models", "model"]).visible_short_alias('m'),
        many("exclude", "Nodes to leave out"),
        Arg::new("selector").long("selector").value_name("NAME").help("A named selection of selectors.yml"),
    ]
}

fn select() -> Arg {
    let help = "Nodes to take: names, folders, tag:x, config.materialized:view; +x with all above, x+ with all below";
    many("select", help).short('s')
}

fn many(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name("SELECTOR").num_args(1..).action(ArgAction::Append).help(help)
}

fn inline() -> Arg {
    Arg::new("inline").long("inline").value_name("SQL").help("SQL with templates, instead of a model")
}

fn output(formats: &'static [&'static str]) -> Arg {
    Arg::new("output")
        .long("output")
        .value_name("FORMAT")
        .value_parser(PossibleValuesParser::new(formats))
        .help("How to show it")
}

fn limit_types() -> Arg {
    resource_types("resource-type", "Only resources of this kind").visible_alias("resource-types")
}

fn exclude_types() -> Arg {
    resource_types("exclude-resource-type", "No resources of this kind").visible_alias("exclude-resource-types")
}

fn resource_types(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .value_name("TYPE")
        .num_args(1..)
        .action(ArgAction::Append)
        .value_parser(resource_type_names)
        .help(help)
}

/// Several kinds may stand in one text, as in dbt.
fn resource_type_names(text: &str) -> Result<String, String> {
    match text.split_whitespace().find(|name| !RESOURCE_TYPES.contains(name)) {
        None => Ok(text.to_owned()),
        Some(name) => Err(format!("'{name}' is not one of {}", RESOURCE_TYPES.join(", "))),
    }
}

fn sample() -> Arg {
    Arg::new("sample")
        .long("sample")
        .value_name("WINDOW")
        .help("Let refs and sources with an `event_time` give its rows only: '3 days', or '{start: …, end: …}'")
}

fn event_time(end: &'static str) -> Arg {
    let (name, help) = match end {
        "start" => ("event-time-start", "Build microbatch models from this time of UTC on"),
        _ => ("event-time-end", "Build microbatch models up to this time of UTC"),
    };
    Arg::new(name).long(name).value_name("TIME").help(help)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_consistent() {
        super::martlet().debug_assert();
    }

    #[test]
    fn every_command_shows_an_example() {
        let mut martlet = super::martlet();
        martlet.build();
        for command in martlet.get_subcommands().filter(|command| command.get_name() != "help") {
            let shown = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(shown.starts_with("Example: martlet "), "{}", command.get_name());
        }
    }
}
