//! Whole folders loaded: what is read, and the words for what is wrong.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;

use super::{LoadOptions, Project, ProjectFile, Target, TargetOptions, TextRenderer, VersionCheck, load_target};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Span, Style, render};
use crate::resource::{ResourceType, Value};

/// Gives `{{ x }}` as `<x>`, and numbers as such; fails on `{{ fail }}`.
struct Brackets;

impl TextRenderer for Brackets {
    fn render(&self, text: &str, span: &Span) -> Result<Value, Box<Diagnostic>> {
        if text.contains("fail") {
            return Err(Box::new(Diagnostic::error(Kind::Compilation, "E0132", "failed").at(span.clone(), "")));
        }
        let text = text.replace("{{ ", "<").replace(" }}", ">");
        let number = text.trim_matches(['<', '>']).parse::<i64>();
        Ok(number.map_or_else(|_| Value::from(text.as_str()), Value::from))
    }
}

/// A folder with files, gone after the test.
struct Folder(tempfile::TempDir);

impl Folder {
    fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder can be made"));
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("it has a parent")).expect("a folder can be made");
            std::fs::write(path, text).expect("a file can be written");
        }
        folder
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn load(&self) -> Result<(Project, Vec<String>), Vec<String>> {
        let options = LoadOptions {
            renderer: &Brackets,
            package_renderer: &Brackets,
            target_path: None,
            log_path: None,
            version_check: VersionCheck::Check,
        };
        let loaded = ProjectFile::find(None, self.path()).and_then(|file| Project::load(file, &options));
        loaded.map(|(project, warnings)| (project, self.lines(warnings))).map_err(|errors| self.lines(errors))
    }

    fn target(&self, change: impl FnOnce(&mut TargetOptions<'_>)) -> Result<(Target, Vec<String>), Vec<String>> {
        let environment = BTreeMap::from([("HOME".to_owned(), self.path().join("home").display().to_string())]);
        let mut options = TargetOptions {
            renderer: &Brackets,
            profiles_dir: None,
            profile: None,
            target: None,
            threads: None,
            environment: &environment,
            current: self.path().to_path_buf(),
        };
        change(&mut options);
        let loaded = ProjectFile::find(None, self.path()).and_then(|file| load_target(&file, &options));
        loaded.map(|(target, warnings)| (target, self.lines(warnings))).map_err(|errors| self.lines(errors))
    }

    fn lines(&self, diagnostics: Diagnostics) -> Vec<String> {
        let folder = self.path().display().to_string();
        diagnostics.into_sorted().iter().map(|diagnostic| diagnostic.one_line().replace(&folder, "ROOT")).collect()
    }
}

fn project(text: &str) -> Result<(Project, Vec<String>), Vec<String>> {
    Folder::with(&[("project.yml", text)]).load()
}

#[test]
fn a_bare_project_has_dbts_defaults() {
    let (project, warnings) = project("name: shop\n").expect("it is a project");
    assert_eq!(warnings, Vec::<String>::new());
    assert_eq!((project.name.as_str(), project.version, project.profile), ("shop", None, None));
    assert_eq!(project.paths.models, ["models"]);
    assert_eq!(project.paths.analyses, ["analyses"]);
    assert_eq!(project.paths.docs, Vec::<String>::new());
    assert_eq!(project.target_path, Path::new("target"));
    assert_eq!(project.log_path, Path::new("logs"));
    assert_eq!(project.packages_install_path, Path::new("dbt_packages"));
    assert_eq!(project.clean_targets, [Path::new("target")]);
    assert_eq!(project.query_comment, None);
    assert!(project.quoting.database && !project.restrict_access);
}

#[test]
fn every_key_is_read_and_only_what_dbt_renders_is_rendered() {
    let text = "\
name: shop
version: 1.10
config-version: 2
profile: '{{ p }}'
model-paths: ['./models/', 'more\\x']
target-path: '{{ t }}'
clean-targets: [a, b]
require-dbt-version: ['>=1.0.0', '<2.0.0']
restrict-access: true
quoting: {schema: false}
dispatch:
  - {macro_namespace: dbt, search_order: [shop, dbt]}
vars: {a: '{{ late }}', shop: {b: 1}}
flags: {send_anonymous_usage_stats: false}
query-comment: '{{ late }}'
on-run-start: '{{ late }}'
on-run-end: ['{{ one }}', two]
models:
  shop:
    +materialized: '{{ m }}'
    +post-hook: 'grant {{ this }}'
    staging: {pre-hook: ['{{ this }}'], +tags: ['{{ 7 }}']}
seeds:
tests: {+severity: warn}
";
    let (project, warnings) = project(text).expect("it is a project");
    assert_eq!(warnings, Vec::<String>::new());
    assert_eq!(project.version.as_deref(), Some("1.10"));
    assert_eq!(project.profile.as_deref(), Some("<p>"));
    assert_eq!(project.paths.models, ["models", "more/x"]);
    assert_eq!(project.target_path, Path::new("<t>"));
    assert_eq!(project.require_dbt_version, [">=1.0.0", "<2.0.0"]);
    assert!(project.restrict_access && project.quoting.database && !project.quoting.schema);
    assert_eq!(project.dispatch[0].search_order, ["shop", "dbt"]);
    assert_eq!(Value::Object(project.vars), json!({"a": "{{ late }}", "shop": {"b": 1}}));
    assert_eq!(project.query_comment, Some(json!("{{ late }}")));
    assert_eq!(project.on_run_start[0].0, "{{ late }}");
    assert_eq!(project.on_run_end[1].0, "two");
    let expected = json!({"shop": {
        "+materialized": "<m>",
        "+post-hook": "grant {{ this }}",
        "staging": {"pre-hook": ["{{ this }}"], "+tags": [7]},
    }});
    assert_eq!(project.configs[&ResourceType::Model].to_value(), expected);
    assert_eq!(project.configs[&ResourceType::Test].to_value(), json!({"+severity": "warn"}));
    assert!(!project.configs.contains_key(&ResourceType::Seed));
}

#[test]
fn mistakes_of_a_project_file_are_reported_together() {
    let cases: &[(&str, &[&str])] = &[
        ("version: 1.0\n", &["the project has no `name` (project.yml:1:1)"]),
        ("name: my-shop\n", &["`my-shop` is no name for a project (project.yml:1:7)"]),
        ("name: 1\n", &["`name` must be text (project.yml:1:7)"]),
        ("name: target\n", &["a project may not be called `target`: templates use this name (project.yml:1:7)"]),
        ("- a\n", &["`project.yml` must be a mapping of keys to values (project.yml:1:1)"]),
        ("", &["`project.yml` must be a mapping of keys to values (project.yml:1:1)"]),
        (
            "name: a\nmodel-paths: models\nvars: [1]\nmodels: x\nseed-paths: [{a: 1}]\n",
            &[
                "`model-paths` must be a list of texts (project.yml:2:14)",
                "`vars` must be a mapping (project.yml:3:7)",
                "`models` must be a mapping (project.yml:4:9)",
                "`seed-paths` must be a list of texts (project.yml:5:14)",
            ],
        ),
        (
            "name: a\nsource-paths: [x]\nmodel-paths: [y]\n",
            &["`source-paths` and `model-paths` mean the same and cannot both be set (project.yml:2:15)"],
        ),
        ("name: a\nconfig-version: 1\n", &["`config-version` must be 2 (project.yml:2:17)"]),
        ("name: a\nmodel-paths: [/x]\n", &["`model-paths` takes folders inside the project (project.yml:2:15)"]),
        ("name: a\nprofile: '{{ fail }}'\n", &["failed (project.yml:2:10)"]),
        (
            "name: a\nrequire-dbt-version: '>=1.12.0,x'\n",
            &[
                "\"x\" is not a valid semantic version. (project.yml:2:22)",
                "This version of dbt is not supported with the 'a' package. (project.yml:2:22)",
            ],
        ),
        (
            "name: a\ndispatch: [{macro_namespace: x}]\n",
            &["a rule of `dispatch` needs `macro_namespace` and `search_order` (project.yml:2:12)"],
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(project(text).map(|_| ()).expect_err(text), *expected, "{text}");
    }
}

#[test]
fn old_keys_warn_and_unknown_ones_are_refused() {
    let (project, warnings) = project("name: a\nsource-paths: [src]\n").expect("it is a project");
    assert_eq!(project.paths.models, ["src"]);
    let expected = [
        "The `source-paths` config has been renamed to `model-paths`. Please update your `project.yml` configuration to reflect this change. (project.yml:2:15)",
    ];
    assert_eq!(warnings, expected);
    let expected = [
        "a project file knows no key `model_paths` (project.yml:2:1)",
        "a project file knows no key `mystery` (project.yml:3:1)",
    ];
    let unknown = self::project("name: a\nmodel_paths: [x]\nmystery: 1\n");
    assert_eq!(unknown.map(|_| ()).expect_err("keys are not known"), expected);
}

#[test]
fn the_project_file_is_found_above_and_the_native_one_wins() {
    let folder = Folder::with(&[("project.yml", "name: a"), ("dbt_project.yml", "name: b"), ("models/x/a.sql", "")]);
    let file = ProjectFile::find(None, &folder.path().join("models/x")).expect("it is above");
    assert_eq!(file.file.path, "project.yml");
    let warning = "both `project.yml` and `dbt_project.yml` are here; `project.yml` is used (dbt_project.yml)";
    assert_eq!(folder.lines(file.warnings), [warning]);
    let none = ProjectFile::find(Some(Path::new("models")), folder.path()).expect_err("there is none");
    assert_eq!(folder.lines(none), ["there is no `project.yml` or `dbt_project.yml` (models)"]);
}

#[test]
fn packages_are_loaded_from_where_they_are_installed() {
    let folder = Folder::with(&[
        ("dbt_project.yml", "name: root"),
        ("packages.yml", "packages:\n  - {package: a/utils, version: 1.0.0}\n  - local: shared\n"),
        ("dbt_packages/utils/dbt_project.yml", "name: utils\nmodel-paths: [m]"),
        ("dbt_packages/shared/dbt_project.yml", "name: shared\nmodel-paths: [old]"),
        ("shared/dbt_project.yml", "name: shared"),
        ("shared/packages.yml", "packages: [{local: ../deep}]"),
        ("deep/dbt_project.yml", "name: deep"),
    ]);
    let (project, warnings) = folder.load().expect("all is there");
    assert_eq!(warnings, Vec::<String>::new());
    let packages: Vec<(&str, &str, &str)> = project
        .packages
        .iter()
        .map(|package| (package.name.as_str(), package.prefix.as_str(), package.paths.models[0].as_str()))
        .collect();
    let expected = [("shared", "dbt_packages/shared/", "old"), ("utils", "dbt_packages/utils/", "m")];
    assert_eq!(packages, expected);
}

#[test]
fn missing_and_clashing_packages_are_reported() {
    let folder = Folder::with(&[
        ("dbt_project.yml", "name: root"),
        ("dbt_packages/one/dbt_project.yml", "name: root"),
        ("dbt_packages/two/readme.md", ""),
    ]);
    let expected = [
        "dbt found more than one package with the name \"root\" included in this project. Package names must be unique in a project. \
         Please rename one of these packages. (dbt_packages/one/dbt_project.yml)",
        "Failed to read package: No dbt_project.yml found at expected path dbt_packages/two/dbt_project.yml (dbt_packages/two)",
    ];
    assert_eq!(folder.load().map(|_| ()).expect_err("much is wrong"), expected);
    let folder = Folder::with(&[
        ("dbt_project.yml", "name: root"),
        ("dependencies.yml", "packages:\n  - {package: a/utils, version: 1.0.0}\n"),
    ]);
    let expected =
        ["dbt found 1 package(s) specified in dependencies.yml, but only 0 package(s) installed in dbt_packages. \
         Run \"dbt deps\" to install package dependencies. (dependencies.yml:2:5)"];
    assert_eq!(folder.load().map(|_| ()).expect_err("it is not installed"), expected);
}

#[test]
fn files_are_listed_sorted_without_the_hidden_and_generated() {
    let folder = Folder::with(&[
        ("project.yml", "name: a\nmodel-paths: ['.']\n"),
        (".dbtignore", "*_old.sql\n"),
        ("b.sql", ""),
        ("a/z.SQL", ""),
        ("a/y.py", ""),
        ("a/x_old.sql", ""),
        ("a/.hidden.sql", ""),
        ("a/#b.sql", ""),
        (".git/c.sql", ""),
        ("target/compiled/d.sql", ""),
        ("dbt_packages/p/project.yml", "name: p"),
        ("dbt_packages/p/models/e.sql", ""),
        ("tests/generic/t.sql", ""),
    ]);
    let (project, _) = folder.load().expect("it is a project");
    let (listing, _) = project.list().expect("all can be read");
    let paths = |folders: &[&str], extensions: &[&str]| -> Vec<String> {
        let folders: Vec<String> = folders.iter().map(|folder| (*folder).to_owned()).collect();
        listing.files(&folders, extensions).into_iter().map(|file| format!("{} {}", file.path, file.relative)).collect()
    };
    let expected = ["a/y.py a/y.py", "a/z.SQL a/z.SQL", "b.sql b.sql", "tests/generic/t.sql tests/generic/t.sql"];
    assert_eq!(paths(&[""], &["sql", "py"]), expected);
    assert_eq!(paths(&["tests/generic"], &["sql"]), ["tests/generic/t.sql t.sql"]);
    assert_eq!(
        project.packages[0].list().map(|(listing, _)| listing.files(&["models".to_owned()], &["sql"]).len()).ok(),
        Some(1)
    );
    assert_eq!(
        project.packages[0].read("models/e.sql").map(|file| file.path.clone()).unwrap_or_default(),
        "dbt_packages/p/models/e.sql"
    );
    let missing = project.read("nothing.sql").expect_err("it is not there");
    assert_eq!(missing.one_line(), "cannot read `nothing.sql`: there is no such file (nothing.sql)");
}

const PROFILES: &str = "\
config: {}
shop:
  target: dev
  outputs:
    dev: {type: duckdb, path: '{{ name }}.duckdb', threads: 3, settings: {a: 1}}
    lake:
      type: duckdb
      path: /data/x.db
      schema: s
      database: other
      attach: [{path: o.db, alias: other, type: sqlite, read_only: true, options: {x: y}}]
      extensions: [json, {name: h3, repo: community}]
      config_options: {allow_unsigned_extensions: true}
      secrets: [{type: s3, key_id: k, secret: hidden}]
      retries: {connect_attempts: 4}
      disable_transactions: true
      threads: '{{ 2 }}'
      pathh: x
    pg: {type: postgres}
    bare: {path: x}
    odd: {type: duckdb, path: x.db, database: y, settings: 1, threads: none, secrets: [{key: hidden}], plugins: [{module: excel}]}
";

fn profiles(project: &str) -> Folder {
    Folder::with(&[("dbt_project.yml", project), ("profiles.yml", PROFILES)])
}

#[test]
fn a_target_is_read_as_dbt_duckdb_reads_it() {
    let folder = profiles("name: a\nprofile: shop\n");
    let (target, warnings) = folder.target(|_| ()).expect("it is a target");
    assert_eq!(warnings, Vec::<String>::new());
    assert_eq!((target.name.as_str(), target.schema.as_str(), target.database.as_str()), ("dev", "main", "<name>"));
    assert_eq!(target.threads, 3);
    assert_eq!(target.duckdb.path, folder.path().join("<name>.duckdb").display().to_string());
    let expected = json!({
        "database": "<name>", "schema": "main", "path": "<name>.duckdb", "config_options": null, "extensions": null,
        "settings": {"a": 1}, "external_root": ".", "use_credential_provider": null, "attach": null, "filesystems": null,
        "remote": null, "plugins": null, "disable_transactions": false, "type": "duckdb", "threads": 3, "name": "dev",
        "target_name": "dev", "profile_name": "shop",
    });
    assert_eq!(Value::Object(target.context).to_string(), expected.to_string());

    let (target, warnings) = folder.target(|options| options.target = Some("lake".to_owned())).expect("it is a target");
    assert_eq!(warnings, ["a duckdb output knows no key `pathh` (profiles.yml:18:7)"]);
    assert_eq!((target.threads, target.database.as_str(), target.schema.as_str()), (2, "other", "s"));
    let duckdb = target.duckdb;
    assert_eq!(duckdb.path, "/data/x.db");
    assert_eq!(duckdb.extensions, [("json".to_owned(), None), ("h3".to_owned(), Some("community".to_owned()))]);
    assert_eq!(duckdb.config_options["allow_unsigned_extensions"], "true");
    assert_eq!((duckdb.attach[0].alias.as_deref(), duckdb.attach[0].read_only), (Some("other"), true));
    assert_eq!((duckdb.connect_attempts, duckdb.disable_transactions), (4, true));
    assert_eq!(duckdb.secrets[0]["name"], "_dbt_secret_1");
    assert!(!target.context.contains_key("secrets"));
}

#[test]
fn mistakes_of_profiles_are_named_and_secrets_never_shown() {
    let folder = profiles("name: a\nprofile: shop\n");
    let target = |name: &str| folder.target(|options| options.target = Some(name.to_owned())).map(|_| ());
    assert_eq!(
        target("dv").expect_err("none"),
        ["the profile `shop` does not have a target named `dv` (profiles.yml:5:5)"]
    );
    assert_eq!(target("pg").expect_err("none"), ["the type `postgres` is not supported (profiles.yml:19:16)"]);
    assert_eq!(
        target("bare").expect_err("none"),
        ["the output `bare` of the profile `shop` has no `type` (profiles.yml:20:11)"]
    );
    let odd = target("odd").expect_err("much is wrong");
    let expected = [
        "an entry of `secrets` needs a `type`, such as `s3` (profiles.yml)",
        "`database` is `y`, but the file of `path` makes it `x` (profiles.yml:21:47)",
        "`settings` must be a mapping (profiles.yml:21:60)",
        "`threads` must be a whole number from 0 (profiles.yml:21:72)",
    ];
    assert_eq!(odd, expected);
    let environment = BTreeMap::new();
    let options = TargetOptions {
        renderer: &Brackets,
        profiles_dir: None,
        profile: None,
        target: Some("odd".to_owned()),
        threads: None,
        environment: &environment,
        current: folder.path().to_path_buf(),
    };
    let file = ProjectFile::find(None, folder.path()).expect("it is a project");
    let errors = load_target(&file, &options).expect_err("much is wrong").into_sorted();
    let drawn: String = errors.iter().map(|error| render(error, Style::Plain)).collect();
    assert!(drawn.contains("secrets: [{key: ******}]") && !drawn.contains("hidden"), "{drawn}");
    let wrong = folder.target(|options| options.profile = Some("shopp".to_owned())).map(|_| ());
    assert_eq!(wrong.expect_err("none"), ["could not find profile named `shopp` (profiles.yml)"]);
    let none = profiles("name: a\n").target(|_| ()).map(|_| ());
    assert_eq!(none.expect_err("none"), ["the project names no profile (dbt_project.yml)"]);
}

#[test]
fn a_missing_profiles_file_is_shown_with_an_example() {
    let folder = Folder::with(&[("dbt_project.yml", "name: a\nprofile: shop\n")]);
    let environment = BTreeMap::from([("HOME".to_owned(), "/home/ann".to_owned())]);
    let options = TargetOptions {
        renderer: &Brackets,
        profiles_dir: None,
        profile: None,
        target: None,
        threads: None,
        environment: &environment,
        current: folder.path().to_path_buf(),
    };
    let file = ProjectFile::find(None, folder.path()).expect("it is a project");
    let errors = load_target(&file, &options).expect_err("there is no profile").into_sorted();
    let expected = "\
error[E0120]: could not find profile named `shop`: there is no `profiles.yml`
 --> dbt_project.yml:2:10
  |
2 | profile: shop
  |          ^^^^ asked for here
  |
  = note: looked for `profiles.yml`
  = note: looked for `~/.martlet/profiles.yml`
  = note: looked for `~/.dbt/profiles.yml`
  = help: write this to `profiles.yml` beside the project file:
          shop:
            target: dev
            outputs:
              dev:
                type: duckdb
                path: shop.duckdb";
    assert_eq!(render(&errors[0], Style::Plain), expected);
}

#[test]
fn profiles_are_looked_for_in_order() {
    let profile = |path: &str| format!("shop: {{target: dev, outputs: {{dev: {{type: duckdb, path: {path}.db}}}}}}");
    let folder = Folder::with(&[
        ("dbt_project.yml", "name: a\nprofile: shop\n"),
        ("one/profiles.yml", &profile("one")),
        ("home/.martlet/profiles.yml", &profile("martlet")),
        ("home/.dbt/profiles.yml", &profile("dbt")),
    ]);
    let database = |folder: &Folder, dir: Option<&str>| {
        folder.target(|options| options.profiles_dir = dir.map(Into::into)).map(|(target, _)| target.database)
    };
    assert_eq!(database(&folder, None), Ok("martlet".to_owned()));
    assert_eq!(database(&folder, Some("one")), Ok("one".to_owned()));
    let missing = "could not find profile named `shop`: there is no `profiles.yml` (dbt_project.yml:2:10)";
    assert_eq!(database(&folder, Some("two")), Err(vec![missing.to_owned()]));
    std::fs::write(folder.path().join("profiles.yml"), profile("own")).expect("a file can be written");
    assert_eq!(database(&folder, None), Ok("own".to_owned()));
}
