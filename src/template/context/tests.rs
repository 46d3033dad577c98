//! Renders small templates against a made-up project and database.

mod database;
mod fake;

use super::Phase;
use fake::{Fake, fails, renders};

#[test]
fn references_resolve_and_are_recorded_each_once() {
    let fake = Fake::new(Phase::Execute);
    let cases = [
        ("{{ ref('orders') }}", r#""dev"."main"."orders""#),
        ("{{ ref('shop', 'orders') }} {{ ref('orders') }}", r#""dev"."main"."orders" "dev"."main"."orders""#),
        ("{{ ref('orders', v=2) }}", r#""dev"."main"."orders_v2""#),
        ("{{ ref('orders', version='3') }}", r#""dev"."main"."orders_v3""#),
        ("{{ source('raw', 'events') }}", r#""dev"."raw"."events""#),
        ("{{ doc('intro') }}", "text of intro"),
    ];
    for (template, expected) in cases {
        assert_eq!(fake.render(template), expected);
    }
    let record = fake.context.record.lock().unwrap();
    let refs: Vec<String> =
        record.refs.iter().map(|call| format!("{:?}.{}.{:?}", call.package, call.name, call.version)).collect();
    assert_eq!(
        refs,
        ["None.orders.None", r#"Some("shop").orders.None"#, r#"None.orders.Some("2")"#, r#"None.orders.Some("3")"#]
    );
    assert_eq!(record.sources.len(), 1);
}

#[test]
fn references_with_wrong_arguments_are_refused_in_the_words_of_dbt() {
    fails(
        Phase::Execute,
        &[
            ("{{ ref() }}", "ref() takes at most two arguments (0 given)"),
            ("{{ ref('a', 'b', 'c') }}", "ref() takes at most two arguments (3 given)"),
            ("{{ ref(1) }}", "The name argument to ref() must be a string, got <class 'int'>"),
            ("{{ source('a') }}", "source() takes exactly two arguments (1 given)"),
            ("{{ source('a', table='b') }}", "source() takes exactly two arguments (1 given)"),
            ("{{ source('a', 'b', c='d') }}", "source() got an unexpected keyword argument 'c'"),
            ("{{ ref('nowhere') }}", "there is no node `nowhere`"),
            ("{{ metric('m') }}", "depends on a metric named 'm' which was not found"),
            ("{{ doc('a', 'b', 'c') }}", "doc() takes at most two arguments (3 given)"),
        ],
    );
}

#[test]
fn while_parsing_a_reference_is_the_node_itself_and_the_database_is_left_alone() {
    renders(
        Phase::Parse,
        &[
            ("{{ ref('nowhere') }}", r#""dev"."main"."model_a""#),
            ("{{ source('no', 'where') }}", r#""dev"."main"."model_a""#),
            ("{{ execute }}", "False"),
            ("{{ adapter.get_relation('a', 'b', 'c') }}", "None"),
            ("{{ adapter.check_schema_exists('a', 'b') }}", "False"),
            ("{{ adapter.get_columns_in_relation('x') }}", "[]"),
            ("[{{ config.get('materialized') }}{{ config.require('nothing') }}]", "[]"),
            ("{{ var('missing') }}", "None"),
            ("[{{ adapter.no_such_thing() }}]", "[]"),
        ],
    );
}

#[test]
fn config_calls_are_recorded_and_merged_as_dbt_merges_them() {
    let cases = [
        ("{{ config(materialized='table') }}", r#"{"materialized":"table"}"#),
        ("{{ config({'tags': 'a'}) }}{{ config(tags=['b']) }}", r#"{"tags":["a","b"]}"#),
        ("{{ config(pre_hook='x') }}{{ config(pre_hook=['y']) }}", r#"{"pre-hook":["x","y"]}"#),
        ("{{ config(meta={'a': 1}) }}{{ config(meta={'b': 2}) }}", r#"{"meta":{"a":1,"b":2}}"#),
        ("{{ config(a=1) }}{{ config(a=2) }}{% do config.set('b', none) %}", r#"{"a":2,"b":null}"#),
    ];
    for (template, expected) in cases {
        let fake = Fake::new(Phase::Parse);
        assert_eq!(fake.render(template), "");
        let config = fake.context.record.lock().unwrap().config.clone();
        assert_eq!(serde_json::to_string(&config).unwrap(), expected);
    }
    fails(
        Phase::Parse,
        &[
            ("{{ config() }}", "Invalid inline model config: config() takes keyword arguments, or one mapping"),
            ("{{ config('a', b=1) }}", "Invalid inline model config: config() takes keyword arguments, or one mapping"),
            (
                "{{ config({'pre_hook': 'a', 'pre-hook': 'b'}) }}",
                r#"Invalid config, has conflicting keys "pre_hook" and "pre-hook""#,
            ),
        ],
    );
}

#[test]
fn config_tells_settings_when_executing() {
    renders(
        Phase::Execute,
        &[
            ("[{{ config(materialized='x') }}]", "[]"),
            ("{{ config.get('materialized') }}", "table"),
            ("{{ config.get('absent', 'other') }} {{ config.get('absent', default='other') }}", "other other"),
            ("{{ config.get('unique_key', 'other') }}", "None"),
            ("{{ config.get('owner', 'nobody') }} {{ config.meta_get('owner') }}", "nobody me"),
            ("{{ config.require('materialized') }} {{ config.meta_require('owner') }}", "table me"),
            ("{{ config.persist_relation_docs() }} {{ config.persist_column_docs() }}", "True False"),
        ],
    );
    fails(
        Phase::Execute,
        &[
            (
                "{{ config.require('absent') }}",
                "Model 'model.shop.model_a' does not define a required config parameter 'absent'.",
            ),
            ("{{ config.get() }}", "get() missing 1 required positional argument: 'name'"),
            ("{{ config.gett('a') }}", "`config` has no function `gett`; did you mean `get`?"),
            (
                "{{ config.get('absent', 'z', validator=validation.any('x', 'y')) }}",
                "Expected value \"z\" to be one of x,y",
            ),
        ],
    );
}

#[test]
fn vars_come_from_the_strongest_place() {
    renders(
        Phase::Execute,
        &[
            ("{{ var('cli') }} {{ var('scoped') }} {{ var('global') }}", "1 scoped global"),
            ("{{ var('absent', 'd') }} {{ var('absent', none) }}", "d None"),
            ("{{ var.has_var('cli') }} {{ var.has_var('absent') }}", "True False"),
        ],
    );
    fails(
        Phase::Execute,
        &[(
            "{{ var('globl') }}",
            "Required var 'globl' not found in config:\nVars supplied to model_a = {\n    \"cli\": 1,\n    \
         \"global\": \"global\",\n    \"scoped\": \"scoped\",\n    \"shop\": {\n        \"scoped\": \"scoped\"\n    }\n}",
        )],
    );
}

#[test]
fn environment_variables_are_read_recorded_and_secrets_refused() {
    renders(
        Phase::Execute,
        &[
            ("{{ env_var('HOME_TOWN') }} {{ env_var('ABSENT', 'd') }}", "Bern d"),
            ("{{ dbt_metadata_envs['RUN'] }}", "7"),
        ],
    );
    fails(
        Phase::Execute,
        &[
            ("{{ env_var('ABSENT') }}", "Env var required but not provided: 'ABSENT'"),
            (
                "{{ env_var('DBT_ENV_SECRET_X', 'd') }}",
                "Secret env vars are allowed only in profiles.yml or packages.yml. Found 'DBT_ENV_SECRET_X' referenced elsewhere.",
            ),
        ],
    );
}

#[test]
fn results_of_statements_are_loaded_once_but_main_any_number_of_times() {
    renders(
        Phase::Execute,
        &[
            (
                "{% set r = adapter.execute('select 1', fetch=true) %}{% do store_result('q', r[0], r[1]) %}\
             {% set q = load_result('q') %}{{ q.response }} {{ q['data'][0][0] }} {{ q.table.rows[0]['a'] }}",
                "OK 1 1",
            ),
            (
                "{% do store_result('main', 'OK') %}{{ load_result('main').response }}{{ load_result('main').response }}",
                "OKOK",
            ),
            ("{{ load_result('never') }}", "None"),
            (
                "{% do store_raw_result('x', message='INSERT', code='I', rows_affected=3) %}{% set x = load_result('x') %}\
             {{ x.response }} {{ x.response.code }} {{ x.response.rows_affected }}",
                "INSERT I 3",
            ),
        ],
    );
    fails(
        Phase::Execute,
        &[(
            "{% do store_result('q', 'OK') %}{% do load_result('q') %}{{ load_result('q') }}",
            "The 'statement' result named 'q' has already been loaded into a variable",
        )],
    );
}

#[test]
fn errors_are_raised_in_the_words_of_the_template() {
    fails(
        Phase::Execute,
        &[
            ("{{ exceptions.raise_compiler_error('no ' ~ 1) }}", "no 1"),
            ("{{ exceptions.raise_database_error('broken') }}", "broken"),
            ("{{ exceptions.missing_relation('r') }}", "Relation r not found!"),
            (
                "{{ exceptions.missing_materialization({'config': {'materialized': 'tabel'}}, 'duckdb') }}",
                "No materialization 'tabel' was found for adapter duckdb! (searched types 'default' and 'duckdb')",
            ),
            ("{{ try_or_compiler_error('say this', ref, 'a', 'b', 'c') }}", "say this"),
            (
                "{{ adapter_macro('x') }}",
                "The \"adapter_macro\" macro has been deprecated. Instead, use the `adapter.dispatch` method to find a macro and call the \
                 result. adapter_macro was called for: x",
            ),
            ("{{ adapter.execute('boom') }}", "Parser Error: boom"),
        ],
    );
    let fake = Fake::new(Phase::Execute);
    assert_eq!(fake.render("[{{ exceptions.warn('careful') }}{{ log('quiet') }}{{ print('loud') }}]"), "[]");
    assert_eq!(*fake.said.lock().unwrap(), ["warn: careful", "log: quiet", "info: loud"]);
}

#[test]
fn the_node_and_the_invocation_are_told() {
    renders(
        Phase::Execute,
        &[
            ("{{ this }} {{ this.identifier }}", r#""dev"."main"."model_a" model_a"#),
            ("{{ model.name }} {{ model['compiled_sql'] }}", "model_a select 1"),
            ("{% do model.update({'name': 'x'}) %}{{ model.name }}", "x"),
            ("{{ target.name }} {{ env.schema }} {{ schema }} {{ database }}", "dev main main dev"),
            ("{{ flags.FULL_REFRESH }} {{ invocation_id }} {{ project_name }}", "False id shop"),
            ("{{ graph.nodes['model.shop.model_a'].name }}", "model_a"),
            ("{{ selected_resources }}", "['model.shop.model_a']"),
            ("{{ builtins.ref('orders') }}", r#""dev"."main"."orders""#),
            ("{{ context['execute'] }} {{ context.get('nothing', 5) }} {{ 'ref' in context }}", "True 5 True"),
            ("{{ pre_hooks[0]['sql'] }} {{ post_hooks }} {{ sql }}", "set x = 1 [] None"),
            ("{{ run_started_at.strftime('%Y-%m-%d') }}", "2024-05-06"),
            ("{{ adapter.type() }} {{ adapter.quote('a') }} {{ adapter.config.project_name }}", "duckdb \"a\" shop"),
            ("{{ adapter.quote_seed_column('a', false) }}{{ adapter.quote_seed_column('a', none) }}", "a\"a\""),
            ("{{ adapter.behavior.enable_truthy_nulls_equals_macro.no_warn }}", "False"),
            ("{{ schemas }}", "['main']"),
        ],
    );
}

#[test]
fn statements_begin_transactions_only_when_asked_and_an_error_rolls_back() {
    let cases = [
        ("{% do adapter.execute('a') %}", "a"),
        ("{% do adapter.execute('a', auto_begin=true) %}{% do adapter.commit() %}", "begin; a; commit"),
        ("{% do adapter.add_query('a') %}", "begin; a"),
    ];
    for (template, expected) in cases {
        let fake = Fake::new(Phase::Execute);
        fake.render(template);
        assert_eq!(fake.statements(), expected);
    }
    let fake = Fake::new(Phase::Execute);
    fake.failure("{% do adapter.execute('boom', auto_begin=true) %}");
    assert_eq!(fake.statements(), "begin; boom; rollback");
}

#[test]
fn what_is_written_is_kept_for_the_runner() {
    let fake = Fake::new(Phase::Execute);
    assert_eq!(fake.render("{{ write('create') }}"), "");
    assert_eq!(fake.context.record.lock().unwrap().written.as_deref(), Some("create"));
}

#[test]
fn options_of_external_files_are_completed_in_place() {
    renders(
        Phase::Execute,
        &[
            (
                "{% set o = {'delimiter': '|'} %}{{ adapter.external_write_options('a.csv', o) }} / {{ o.format }}",
                "delimiter '|', format csv, header 1 / csv",
            ),
            (
                "{{ adapter.external_write_options('a', {'partition_by': 'a, b'}) }}",
                "partition_by (a, b), format parquet",
            ),
            ("{{ adapter.external_read_location('out', {'partition_by': 'a, b', 'format': 'csv'}) }}", "out/*/*/*.csv"),
            ("{{ adapter.external_read_location('out.csv', {}) }}", "out.csv"),
            ("{{ adapter.external_root() }} {{ adapter.is_motherduck() }}", ". False"),
        ],
    );
}

/// Macros that the adapter calls by name, each saying what it was given.
const MACROS: &str = "
{% macro list_relations_without_caching(schema_relation) %}
  {%- do log('list ' ~ schema_relation) -%}
  {{ return([('dev', 'orders', 'raw', 'table'), ('dev', 'Mixed', 'raw', 'view')]) }}
{% endmacro %}
{% macro get_columns_in_relation(relation) %}
  {{ return(adapter.get_column_schema_from_query('select * from ' ~ relation)) }}
{% endmacro %}
{% macro drop_relation(relation) %}{% do log('drop ' ~ relation) %}{% endmacro %}
{% macro rename_relation(from_relation, to_relation) %}{% do log(from_relation ~ ' to ' ~ to_relation) %}{% endmacro %}
{% macro create_schema(relation) %}{% do log('create ' ~ relation) %}{% endmacro %}
{% macro drop_schema(relation) %}{% do log('drop ' ~ relation) %}{% endmacro %}
{% macro get_incremental_mine_sql(arg_dict) %}mine{% endmacro %}
{% macro default__greet(name) %}hello {{ name }}{% endmacro %}
{% macro duckdb__greet(name) %}quack {{ name }}{% endmacro %}
";

#[test]
fn relations_are_listed_once_by_the_macro_and_then_known() {
    let fake = Fake::with_macros(Phase::Execute, MACROS);
    let template = "{% set r = adapter.get_relation('dev', 'raw', 'orders') %}{{ r }} {{ r.is_table }} \
                    {{ adapter.get_relation('dev', 'raw', 'nothing') }} {{ adapter.get_relation('dev', 'main', 'old') }}";
    assert_eq!(fake.render(template), r#""dev"."raw"."orders" True None "dev"."main"."old""#);
    assert_eq!(*fake.said.lock().unwrap(), [r#"log: list "dev"."raw""#]);
    let message = fake.failure("{{ adapter.get_relation('dev', 'raw', 'mixed') }}");
    assert!(message.starts_with("When searching for a relation, dbt found an approximate match"), "{message}");
}

#[test]
fn macros_drop_and_rename_and_the_cache_follows() {
    let fake = Fake::with_macros(Phase::Execute, MACROS);
    let template = "{% set old = api.Relation.create(database='dev', schema='main', identifier='old', type='view') %}\
                    {% set new = old.incorporate(path={'identifier': 'new'}) %}\
                    {% do adapter.rename_relation(old, new) %}{{ adapter.get_relation('dev', 'main', 'old') }} \
                    {{ adapter.get_relation('dev', 'main', 'new') }} {% do adapter.drop_relation(new) %}\
                    {{ adapter.get_relation('dev', 'main', 'new') }}";
    assert_eq!(fake.render(template), r#"None "dev"."main"."new" None"#);
    assert_eq!(
        *fake.said.lock().unwrap(),
        [r#"log: "dev"."main"."old" to "dev"."main"."new""#, r#"log: drop "dev"."main"."new""#]
    );
    let typeless = "{% do adapter.drop_relation(api.Relation.create(database='dev', schema='main', identifier='x')) %}";
    assert_eq!(fake.failure(typeless), r#"Tried to drop relation "dev"."main"."x", but its type is null."#);
}

#[test]
fn macros_of_the_project_stand_behind_the_functions_of_the_adapter() {
    let cases = [
        ("{{ adapter.dispatch('greet')('you') }} {{ adapter.dispatch('greet', 'shop')('me') }}", "quack you quack me"),
        ("{{ adapter.get_incremental_strategy_macro(context, 'mine')({}) }}", "mine"),
        ("{{ adapter.get_columns_in_relation(this)[0].name }}", "a"),
        ("{{ adapter.get_missing_columns(this, this) }}", "[]"),
        ("{{ context['default__greet']('x') }} {{ context.get('no_macro') }}", "hello x None"),
    ];
    for (template, expected) in cases {
        let fake = Fake::with_macros(Phase::Execute, MACROS);
        assert_eq!(fake.render(template), expected, "{template}");
    }
    let refused = [
        (
            "{{ adapter.get_incremental_strategy_macro(context, 'insert_overwrite') }}",
            "The incremental strategy 'insert_overwrite' is not valid for this adapter",
        ),
        (
            "{{ adapter.get_incremental_strategy_macro(context, 'mrge') }}",
            "dbt could not find an incremental strategy macro with the name \"get_incremental_mrge_sql\" in shop; \
             did you mean `merge`?",
        ),
        (
            "{{ adapter.dispatch('shop.greet') }}",
            "In adapter.dispatch, got a macro name of \"shop.greet\", but \".\" is not a valid macro name component. Did you mean \
             `adapter.dispatch(\"greet\", macro_namespace=\"shop\")`?",
        ),
        (
            "{{ adapter.get_missing_columns('a', this) }}",
            "'adapter.get_missing_columns' expects argument 'from_relation' to be a relation, not text",
        ),
        (
            "{{ adapter.truncate_relation(this) }}",
            "dbt could not find a macro with the name \"truncate_relation\" in any package",
        ),
        (
            "{{ adapter.valid_snapshot_target(this) }}",
            "Snapshot target is missing configured columns (missing \"dbt_scd_id\", \"dbt_valid_from\", \"dbt_valid_to\"). See https://docs.getdbt.com/docs/build/snapshots#snapshot-meta-fields for more information.",
        ),
    ];
    for (template, expected) in refused {
        let fake = Fake::with_macros(Phase::Execute, MACROS);
        assert_eq!(fake.failure(template), expected, "{template}");
    }
}

#[test]
fn a_seed_tells_its_columns_and_points_at_a_value_that_does_not_fit() {
    let folder = tempfile::tempdir().unwrap();
    let fake = Fake::seed(folder.path(), "a,b\n1,x\n2,y\n");
    let template = "{% set t = load_agate_table() %}{{ t.column_names }} {{ t.rows | length }} \
                    {{ adapter.convert_type(t, 0) }} {{ adapter.convert_type(t, 1) }} {{ adapter.seed_rows_query(t) }}";
    assert_eq!(fake.render(template), "['a', 'b'] 2 integer varchar(5) select from codes.csv");
    let message = fake.failure("{% do load_agate_table() %}{% do adapter.execute('boom') %}");
    assert!(message.contains('2'), "{message}");
    let fake = Fake::new(Phase::Execute);
    assert_eq!(fake.failure("{{ load_agate_table() }}"), "can only load_agate_table for seeds (got a )");
}

#[test]
fn functions_of_the_language_are_reached_by_name_and_through_the_context() {
    renders(
        Phase::Execute,
        &[
            ("{{ fromjson('{\"a\": [1]}').a }} {{ tojson({'a': 1}) }} {{ fromyaml('a: 1').a }}", "[1] {\"a\": 1} 1"),
            (
                "{{ builtins.tojson([1]) }} {{ context.fromjson('[2]') }} {{ context['zip']([1], [2]) | list }}",
                "[1] [2] [(1, 2)]",
            ),
            (
                "{{ local_md5('a') }} {{ set([1, 1]) }} {{ diff_of_two_dicts({'a': ['x', 'Y']}, {'A': ['y']}) }}",
                "0cc175b9c0f1b6a831c399e269772661 {1} {'a': ['x']}",
            ),
            ("{{ modules.datetime.date(2024, 1, 2) }}", "2024-01-02"),
        ],
    );
}
