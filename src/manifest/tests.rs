//! Whole projects parsed and resolved, with expected values taken from real dbt.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::Manifest;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::project::{LoadOptions, Project, ProjectFile, TargetOptions, VersionCheck, load_target};
use crate::resource::{Map, Node, UniqueId, Value, dictionary};
use crate::template::{Engine, EngineOptions, Invocation, Secrets, YamlScope, YamlText};

/// A project in a temporary folder.
pub(crate) struct Sample {
    folder: tempfile::TempDir,
}

const PROJECT: &str = "name: shop\nversion: '1.0'\nprofile: shop\n";
const PROFILES: &str = "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: dev.duckdb, schema: main}\n";

impl Sample {
    /// Writes the files; the project file and the profile have defaults.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let sample = Self { folder: tempfile::tempdir().expect("a folder can be made") };
        for (path, text) in [("dbt_project.yml", PROJECT), ("profiles.yml", PROFILES)].iter().chain(files) {
            let path = sample.folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder can be made");
            std::fs::write(path, text).expect("a file can be written");
        }
        sample
    }

    fn load(&self) -> Result<(Manifest, Diagnostics), Diagnostics> {
        let environment = Arc::new(BTreeMap::new());
        let scope = |target: Option<Map>| YamlScope {
            environment: Arc::clone(&environment),
            vars: Vec::new(),
            target,
            secrets: Secrets::Allowed,
        };
        let file = ProjectFile::find(None, self.folder.path())?;
        let plain = YamlText::new(scope(None));
        let options = TargetOptions {
            renderer: &plain,
            profiles_dir: Some(PathBuf::from(self.folder.path())),
            profile: None,
            target: None,
            threads: None,
            environment: &environment,
            current: self.folder.path().to_path_buf(),
        };
        let (target, _) = load_target(&file, &options)?;
        let renderer = YamlText::new(scope(Some(target.context.clone())));
        let options = LoadOptions {
            renderer: &renderer,
            package_renderer: &plain,
            target_path: None,
            log_path: None,
            version_check: VersionCheck::Check,
        };
        let (project, mut warnings) = Project::load(file, &options)?;
        let vars = |package: &Project| (package.name.clone(), package.vars.clone());
        let invocation = Arc::new(Invocation {
            invocation_id: String::new(),
            run_started_at: chrono::DateTime::UNIX_EPOCH,
            dbt_version: "1.11.16".into(),
            project_name: project.name.clone(),
            target: target.context.clone(),
            quoting: project.quoting,
            flags: Map::new(),
            args: Map::new(),
            runtime: Map::new(),
            environment: BTreeMap::new(),
            cli_vars: Map::new(),
            project_vars: project.with_packages().map(vars).collect(),
            log: Arc::new(|_, _| {}),
            warn: Arc::new(|_| false),
        });
        let options = EngineOptions {
            root_package: project.name.clone(),
            internal_packages: vec!["dbt_duckdb".into(), "dbt".into()],
            dispatch: project.dispatch.clone(),
            adapter_type: "duckdb",
            overrides: crate::template::PackageOverrides::Explicit,
        };
        let engine = Engine::new(crate::parse::load_macros(&project)?, options);
        let (parsed, more) = crate::parse::parse(&project, &target, &invocation, &engine)?;
        warnings.extend(more);
        let (manifest, more) = Manifest::resolve(parsed, &project)?;
        warnings.extend(more);
        Ok((manifest, warnings))
    }

    /// Parses and resolves; there must be no error.
    pub(crate) fn manifest(&self) -> Manifest {
        match self.load() {
            Ok((manifest, _)) => manifest,
            Err(errors) => panic!("{:?}", lines(errors)),
        }
    }

    /// Parses and resolves, and returns all messages in one line each.
    pub(crate) fn messages(&self) -> Vec<String> {
        match self.load() {
            Ok((_, warnings)) => lines(warnings),
            Err(errors) => lines(errors),
        }
    }
}

fn lines(diagnostics: Diagnostics) -> Vec<String> {
    diagnostics.into_sorted().iter().map(Diagnostic::one_line).collect()
}

fn node<'a>(manifest: &'a Manifest, id: &str) -> &'a Node {
    let found = manifest.nodes.get(&UniqueId::from_text(id));
    found.unwrap_or_else(|| panic!("{id} is not among {:?}", manifest.nodes.keys().collect::<Vec<_>>()))
}

fn parents(manifest: &Manifest, id: &str) -> Vec<String> {
    manifest.parents_of(&UniqueId::from_text(id)).iter().map(ToString::to_string).collect()
}

fn json(map: &Map) -> String {
    serde_json::to_string(map).expect("it is JSON")
}

#[test]
fn a_node_is_its_file_its_properties_and_the_project_file() {
    let sample = Sample::new(&[
        (
            "dbt_project.yml",
            "name: shop\nversion: '1.0'\nprofile: shop\nvars: {min: 10}\nmodels:\n  shop:\n    +tags: [all]\n    +meta: {owner: root, level: 1}\n    staging: {+materialized: view, +tags: staging, +schema: stg, +custom: 5}\n",
        ),
        (
            "models/staging/stg_orders.sql",
            "\n{{ config(tags=['x','y'], meta={'level': 2}, post_hook=\"select 1\") }}\nselect * from {{ source('raw', 'orders') }}\nwhere amount > {{ var('min') }}\n\n",
        ),
        (
            "models/schema.yml",
            "models:\n  - name: stg_orders\n    description: \"{{ doc('shared') }} and more\"\n    meta: {from_yaml: true}\n    docs: {show: false}\n    config: {tags: yml}\n    columns:\n      - {name: id, description: \"key {{ doc('shop', 'shared') }}\", data_type: integer, tags: [c]}\nsources:\n  - name: raw\n    tables: [{name: orders}]\n",
        ),
        ("models/docs.md", "{% docs shared %}\nThe text.\n{% enddocs %}\n"),
    ]);
    let manifest = sample.manifest();
    let id = "model.shop.stg_orders";
    let node = node(&manifest, id);
    assert_eq!(node.fqn, ["shop", "staging", "stg_orders"]);
    assert_eq!((node.database.as_str(), node.schema.as_str(), node.alias.as_str()), ("dev", "main_stg", "stg_orders"));
    assert_eq!(node.relation.as_ref().map(ToString::to_string).as_deref(), Some(r#""dev"."main_stg"."stg_orders""#));
    assert_eq!(
        (node.path.as_str(), node.original_file_path.as_str()),
        ("staging/stg_orders.sql", "models/staging/stg_orders.sql")
    );
    assert_eq!(node.checksum.text(), crate::resource::sha256_hex(node.raw_code.as_bytes()));
    assert_eq!(node.tags, ["all", "staging", "x", "y", "yml"]);
    assert_eq!(node.config.tags(), ["all", "staging", "yml", "x", "y"]);
    assert_eq!(json(node.config.map("meta").unwrap()), r#"{"owner":"root","level":2,"from_yaml":true}"#);
    assert_eq!(node.config.value("custom"), Some(&Value::from(5)));
    assert_eq!(node.description, "The text. and more");
    assert_eq!(node.columns["id"].description, "key The text.");
    assert_eq!(node.doc_blocks, [UniqueId::from_text("doc.shop.shared")]);
    assert!(!node.docs.show);
    assert_eq!(node.patch_path.as_deref(), Some("shop://models/schema.yml"));
    assert_eq!(parents(&manifest, id), ["source.shop.raw.orders"]);
    assert_eq!(
        json(&node.unrendered_config),
        r#"{"tags":["x","y"],"meta":{"level":2},"materialized":"view","schema":"stg","custom":5,"docs":{"show":false},"post-hook":"select 1"}"#
    );
    let keys: Vec<&String> = node.config.0.keys().take(10).collect();
    assert_eq!(
        keys,
        [
            "enabled",
            "alias",
            "schema",
            "database",
            "tags",
            "meta",
            "group",
            "static_analysis",
            "materialized",
            "incremental_strategy"
        ]
    );
}

#[test]
fn generic_tests_have_dbts_ids_names_and_code() {
    let sample = Sample::new(&[
        ("models/stg_orders.sql", "select 1 as id"),
        ("models/stg_customers.sql", "select 1 as id"),
        (
            "models/schema.yml",
            "models:\n  - name: stg_orders\n    columns:\n      - name: id\n        tags: [coltag]\n        data_tests:\n          - unique\n          - not_null:\n              name: my_nn\n              config: {severity: error, where: \"id > {{ 5 + 5 }}\", tags: [t1]}\n          - relationships:\n              to: ref('stg_customers')\n              field: id\n              config: {store_failures: true, limit: 10}\n      - name: status\n        quote: true\n        tests:\n          - accepted_values:\n              values: ['placed', 'shipped', 'completed', 'return_pending', 'returned, \"quoted\" text']\n              quote: true\n              error_if: \">10\"\n",
        ),
    ]);
    let manifest = sample.manifest();
    let unique = node(&manifest, "test.shop.unique_stg_orders_id.beb6e97f2f");
    assert_eq!(unique.raw_code, "{{ test_unique(**_dbt_generic_test_kwargs) }}");
    assert_eq!(unique.tags, ["coltag"]);
    assert_eq!(unique.path, "unique_stg_orders_id.sql");
    assert_eq!(unique.schema, "main_dbt_test__audit");
    assert_eq!(unique.macros, [UniqueId::from_text("macro.dbt.test_unique")]);
    assert_eq!(unique.test().unwrap().attached, Some(UniqueId::from_text("model.shop.stg_orders")));
    assert_eq!(
        json(&unique.test().unwrap().arguments),
        r#"{"column_name":"id","model":"{{ get_where_subquery(ref('stg_orders')) }}"}"#
    );
    let named = node(&manifest, "test.shop.my_nn.7119433e89");
    assert_eq!(
        named.raw_code,
        "{{ test_not_null(**_dbt_generic_test_kwargs) }}{{ config(severity=\"error\",tags=['t1'],where=\"id > 10\") }}"
    );
    assert_eq!(named.tags, ["coltag", "t1"]);
    let id = "test.shop.relationships_stg_orders_id__id__ref_stg_customers_.75e0845742";
    assert_eq!(parents(&manifest, id), ["model.shop.stg_customers", "model.shop.stg_orders"]);
    assert_eq!(node(&manifest, id).config.text("store_failures_as"), Some("table"));
    assert!(node(&manifest, id).relation.is_some());
    let long = "test.shop.accepted_values_stg_orders__status___True__placed__shipped__completed__return_pending__returned_quoted_text.9f271d5cc3";
    assert_eq!(node(&manifest, long).alias, "accepted_values_stg_orders_43c7ba154982eb507ee8bc4dc88817cf");
    assert_eq!(node(&manifest, long).test().unwrap().column.as_deref(), Some("\"status\""));
}

#[test]
fn versions_take_their_own_columns_names_and_tests() {
    let sample = Sample::new(&[
        ("models/dim_v1.sql", "select 1 as id, 2 as b"),
        ("models/dim.sql", "select 1 as id"),
        ("models/use.sql", "select * from {{ ref('dim', v=1) }} join {{ ref('dim') }}"),
        (
            "models/schema.yml",
            "models:\n  - name: dim\n    latest_version: 2\n    columns: [{name: id, data_tests: [unique]}, {name: b}]\n    versions:\n      - {v: 1, config: {alias: dim_one}}\n      - {v: 2, columns: [{include: all, exclude: [b]}, {name: c}]}\n",
        ),
    ]);
    let manifest = sample.manifest();
    assert_eq!(parents(&manifest, "model.shop.use"), ["model.shop.dim.v1", "model.shop.dim.v2"]);
    let first = node(&manifest, "model.shop.dim.v1");
    assert_eq!((first.alias.as_str(), first.fqn.join(".").as_str()), ("dim_one", "shop.dim.v1"));
    let second = node(&manifest, "model.shop.dim.v2");
    assert_eq!((second.alias.as_str(), second.original_file_path.as_str()), ("dim_v2", "models/dim.sql"));
    assert_eq!(second.columns.keys().collect::<Vec<_>>(), ["id", "c"]);
    node(&manifest, "test.shop.unique_dim_v1_id.2f98b9f679");
    let dictionary = dictionary::node(second, &[]);
    assert_eq!((&dictionary["version"], &dictionary["latest_version"]), (&Value::from(2), &Value::from(2)));
}

#[test]
fn sources_join_what_source_and_table_say() {
    let sample = Sample::new(&[(
        "models/schema.yml",
        "sources:\n  - name: raw\n    schema: \"{{ target.schema }}_raw\"\n    meta: {a: 1}\n    tags: [s]\n    quoting: {identifier: false}\n    freshness: {warn_after: {count: 12, period: hour}}\n    loaded_at_field: ts\n    tables:\n      - {name: orders, identifier: raw_orders, meta: {b: 2}, tags: [t]}\n      - {name: ext, freshness: null, loaded_at_field: null, config: {meta: {external_location: \"read_csv('{name}.csv')\"}}}\n      - {name: file, meta: {external_location: \"data/{identifier}.parquet\"}}\n",
    )]);
    let manifest = sample.manifest();
    let source = |name: &str| &manifest.sources[&UniqueId::from_text(&format!("source.shop.raw.{name}"))];
    let orders = source("orders");
    assert_eq!(orders.relation.render(), r#""dev"."main_raw".raw_orders"#);
    assert_eq!((json(&orders.meta), orders.tags.join(",")), (r#"{"a":1,"b":2}"#.to_owned(), "s,t".to_owned()));
    assert_eq!(orders.unrendered_schema.as_deref(), Some("{{ target.schema }}_raw"));
    assert_eq!(orders.freshness.as_ref().unwrap().warn_after.age().unwrap().count, 12);
    assert_eq!(orders.loaded_at_field.as_deref(), Some("ts"));
    assert_eq!((&source("ext").freshness, &source("ext").loaded_at_field), (&None, &None));
    assert_eq!(source("ext").relation.render(), "read_csv('ext.csv')");
    assert_eq!(source("file").relation.render(), "'data/file.parquet'");
}

#[test]
fn names_that_mean_nothing_are_reported_at_their_calls() {
    let sample = Sample::new(&[
        ("models/orders.sql", "select 1"),
        ("models/off.sql", "{{ config(enabled=false) }} select 1"),
        ("models/a.sql", "select *\nfrom {{ ref('ordrs') }} join {{ ref('off') }} join {{ source('raw', 'order') }}"),
        ("models/schema.yml", "sources: [{name: raw, tables: [{name: orders}]}]\n"),
        ("tests/t.sql", "select * from {{ ref('nothing') }}"),
        ("tests/off.sql", "select * from {{ ref('off') }}"),
    ]);
    assert_eq!(
        sample.messages(),
        [
            "Model 'model.shop.a' (models/a.sql) depends on a node named 'ordrs' which was not found (models/a.sql:2:9)",
            "Model 'model.shop.a' (models/a.sql) depends on a node named 'off' which is disabled (models/a.sql:2:33)",
            "Model 'model.shop.a' (models/a.sql) depends on a source named 'raw.order' which was not found (models/a.sql:2:55)",
            "Test 'test.shop.t' (tests/t.sql) depends on a node named 'nothing' which was not found (tests/t.sql:1:18)",
        ]
    );
}

#[test]
fn what_contradicts_is_reported_with_both_places() {
    let sample = Sample::new(&[
        ("models/a/orders.sql", "select 1"),
        ("models/b/orders.sql", "select 2"),
        ("models/c.sql", "{{ config(alias='same') }} select 1"),
        ("models/d.sql", "{{ config(alias='SAME') }} select 1"),
        ("models/e.sql", "{{ config(group='fin') }} select 1"),
        (
            "models/schema.yml",
            "models:\n  - name: c\n  - name: c\n  - name: nowhere\ngroups: [{name: finance, owner: {name: x}}]\n",
        ),
        ("models/sources.yml", "sources:\n  - {name: raw, tables: [{name: t}, {name: t}]}\n"),
    ]);
    assert_eq!(
        sample.messages(),
        [
            "dbt found two models with the name \"orders\" (models/b/orders.sql:1:1)",
            "the model `c` is described twice (models/schema.yml:3:11)",
            "Did not find matching node for patch with name 'nowhere' in the 'models' section of file 'models/schema.yml' (models/schema.yml:4:11)",
            "dbt found two sources with the name \"raw.t\" (models/sources.yml:2:44)",
        ]
    );
    let sample = Sample::new(&[
        ("models/c.sql", "{{ config(alias='same') }} select 1"),
        ("models/d.sql", "{{ config(alias='SAME') }} select 1"),
        ("models/e.sql", "{{ config(group='fin') }} select 1"),
        ("models/schema.yml", "groups: [{name: finance, owner: {name: x}}]\n"),
    ]);
    assert_eq!(
        sample.messages(),
        [
            "dbt found two resources with the database representation \"\"dev\".\"main\".\"SAME\"\".\ndbt cannot create two resources \
             with identical database representations. To fix this,\nchange the configuration of one of these resources:\
             \n- model.shop.c (models/c.sql)\n- model.shop.d (models/d.sql) (models/d.sql:1:1)",
            "Invalid group 'fin', expected one of ['finance'] (models/e.sql:1:1)",
        ]
    );
}

#[test]
fn tests_that_cannot_be_are_reported_at_their_entries() {
    let sample = Sample::new(&[
        ("models/a.sql", "select 1 as id"),
        (
            "models/schema.yml",
            "models:\n  - name: a\n    columns:\n      - name: id\n        data_tests:\n          - uniqe\n          - accepted_values: {valuse: [1]}\n          - not_null:\n          - unique: {config: {where: a}, where: b}\n          - unique: {a: 1}\n            not_null: {}\n",
        ),
    ]);
    assert_eq!(
        sample.messages(),
        [
            "'test_uniqe' is undefined. This can happen when calling a macro that does not exist. Check for typos and/or install package dependencies with \"dbt deps\". (models/schema.yml:6:13)",
            "the test `accepted_values` lacks the argument `values` (models/schema.yml:7:13)",
            "the test `accepted_values` takes no argument `valuse` (models/schema.yml:7:31)",
            "Found top-level arguments to test `accepted_values` defined on 'a' in package 'shop' (models/schema.yml). Arguments to generic tests should be nested under the `arguments` property. (models/schema.yml:7:31)",
            "the arguments of a test must be a mapping (models/schema.yml:8:13)",
            "Test cannot have the same key at the top-level and in config: `where` (models/schema.yml:9:42)",
            "Found `where` as a top-level property of `data_tests.unique.where` in file `models/schema.yml`. The `where` top-level property should be moved into the `config` of `data_tests.unique.where`. (models/schema.yml:9:42)",
            "a test must be one name with its arguments under it (models/schema.yml:11:13)",
        ]
    );
}

#[test]
fn private_models_are_for_their_group_only() {
    let sample = Sample::new(&[
        ("models/p.sql", "{{ config(access='private', group='fin') }} select 1 as id"),
        ("models/inside.sql", "{{ config(group='fin') }} select * from {{ ref('p') }}"),
        ("models/outside.sql", "select * from {{ ref('p') }}"),
        (
            "models/schema.yml",
            "groups: [{name: fin, owner: {name: x}}]\nmodels: [{name: p, columns: [{name: id, data_tests: [unique]}]}]\n",
        ),
    ]);
    assert_eq!(
        sample.messages(),
        [
            "Node model.shop.outside attempted to reference node model.shop.p, which is not allowed because the referenced node is private to the 'fin' group (models/outside.sql:1:18)"
        ]
    );
}

#[test]
fn seeds_are_told_apart_by_their_text() {
    let sample = Sample::new(&[("seeds/customers.csv", "id;name\n1;a\n")]);
    let manifest = sample.manifest();
    let seed = node(&manifest, "seed.shop.customers");
    assert_eq!(seed.checksum.text(), "226ba1f3001f500d7dbf06df595bca37bbd5731483b2779986f28817c72e0097");
    assert_eq!((seed.raw_code.as_str(), seed.path.as_str()), ("", "customers.csv"));
}

#[test]
fn exposures_and_unused_configurations() {
    let sample = Sample::new(&[
        ("dbt_project.yml", "name: shop\nversion: '1.0'\nprofile: shop\nmodels: {shop: {nothere: {+enabled: true}}}\n"),
        ("models/fct.sql", "select 1"),
        (
            "models/schema.yml",
            "exposures:\n  - name: dash\n    type: dashboard\n    owner: {name: N, email: e@x.y}\n    depends_on: [\"ref('fct')\", \"source('raw', 't')\"]\n    tags: [exp]\nsources: [{name: raw, tables: [{name: t}]}]\n",
        ),
    ]);
    let manifest = sample.manifest();
    assert_eq!(parents(&manifest, "exposure.shop.dash"), ["source.shop.raw.t", "model.shop.fct"]);
    assert_eq!(
        sample.messages(),
        [
            "Configuration paths exist in your dbt_project.yml file which do not apply to any resources (dbt_project.yml:4:17)"
        ]
    );
}
