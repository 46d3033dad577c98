//! Every name that dbt's documentation and packages know is there.

use super::harness::{Shop, engine};

/// The macros that dispatch: each has a `default__` form too.
const DISPATCHED: &str = "
    copy_grants support_multiple_grantees_per_dcl_statement get_show_grant_sql get_grant_sql get_revoke_sql
    get_dcl_statement_list call_dcl_statements apply_grants get_columns_in_relation get_columns_for_unit_tests
    get_empty_subquery_sql get_empty_schema_sql get_columns_in_query alter_column_type alter_relation_add_remove_columns
    collect_freshness collect_freshness_custom_sql get_create_index_sql create_indexes get_drop_index_sql
    get_show_indexes_sql get_catalog_relations get_catalog information_schema_name list_schemas check_schema_exists
    list_relations_without_caching list_function_relations_without_caching get_catalog_for_single_relation get_relations
    get_relation_last_modified alter_column_comment alter_relation_comment persist_docs make_intermediate_relation
    make_temp_relation make_backup_relation truncate_relation get_or_create_relation create_schema drop_schema
    current_timestamp snapshot_get_time current_timestamp_backcompat current_timestamp_in_utc_backcompat validate_sql
    run_hooks can_clone_table create_or_replace_clone scalar_function_sql function_execute_build_sql
    scalar_function_create_replace_signature_sql formatted_scalar_function_args_sql scalar_function_body_sql
    formatted_scalar_function_args_javascript scalar_function_volatility_sql scalar_function_volatility_javascript
    unsupported_volatility_warning get_aggregate_function_create_replace_signature get_formatted_aggregate_function_args
    get_function_language_specifier get_aggregate_function_volatility_specifier get_function_python_options
    diff_column_data_types get_merge_update_columns get_merge_sql get_merge_unique_key_match get_delete_insert_merge_sql
    get_insert_overwrite_merge_sql check_for_schema_changes sync_column_schemas process_schema_changes
    get_incremental_append_sql get_incremental_delete_insert_sql get_incremental_merge_sql
    get_incremental_insert_overwrite_sql get_incremental_default_sql get_incremental_microbatch_sql create_csv_table
    reset_csv_table get_csv_sql get_binding_char get_batch_size load_csv_rows create_columns post_snapshot get_true_sql
    snapshot_staging_table build_snapshot_table snapshot_merge_sql snapshot_hash_arguments snapshot_string_as_time
    get_test_sql get_unit_test_sql get_where_subquery resolve_model_name get_table_columns_and_constraints
    get_assert_columns_equivalent get_create_sql get_create_backup_sql get_create_intermediate_sql get_drop_sql
    drop_relation get_drop_backup_sql get_rename_sql rename_relation get_rename_intermediate_sql get_replace_sql
    drop_schema_named get_create_table_as_sql create_table_as get_select_subquery drop_table get_rename_table_sql
    get_replace_table_sql get_create_view_as_sql create_view_as drop_view get_rename_view_sql get_replace_view_sql
    handle_existing_table get_alter_materialized_view_as_sql get_materialized_view_configuration_changes
    get_create_materialized_view_as_sql drop_materialized_view refresh_materialized_view
    get_rename_materialized_view_sql get_replace_materialized_view_sql validate_fixture_rows any_value array_append
    array_concat array_construct bool_or cast cast_bool_to_text concat type_string type_timestamp type_float type_numeric
    type_bigint type_int type_boolean date get_intervals_between date_spine date_trunc dateadd datediff equals
    escape_single_quotes except get_powers_of_two generate_series hash intersect last_day length listagg string_literal
    position replace right safe_cast split_part generate_alias_name generate_database_name generate_schema_name
    generate_latest_version_pointer_alias
";

/// The macros that are called as they are.
const PLAIN: &str = "
    should_revoke sql_convert_columns_in_relation get_list_of_column_names get_column_schema_from_query
    validate_doc_columns load_cached_relation load_relation is_core_v2 get_show_sql get_limit_subquery_sql
    get_snapshot_get_time_data_type convert_datetime dates_in_range partition_range py_current_timestring statement
    noop_statement run_query set_sql_header should_full_refresh should_store_failures make_hook_config before_begin
    in_transaction after_commit materialized_view_setup materialized_view_teardown materialized_view_get_build_sql
    materialized_view_execute_no_op materialized_view_execute_build_sql get_quoted_csv diff_columns is_incremental
    incremental_validate_on_schema_change get_insert_into_sql get_seed_column_quoted_csv get_snapshot_table_column_names
    build_snapshot_staging_table get_updated_at_column_data_type check_time_data_types get_dbt_valid_to_current
    unique_key_fields unique_key_join_on unique_key_is_null unique_key_is_not_null strategy_dispatch
    snapshot_timestamp_strategy snapshot_check_all_get_existing_columns snapshot_check_strategy build_ref_function
    build_source_function build_config_dict py_script_postfix py_script_comment table_columns_and_constraints
    assert_columns_equivalent format_columns default__format_column drop_relation_if_exists default__get_column_names
    create_or_replace_view get_fixture_sql get_expected_sql format_row default_last_day default__get_limit_sql
    generate_schema_name_for_env test_unique test_not_null test_accepted_values test_relationships default__test_unique
    default__test_not_null default__test_accepted_values default__test_relationships materialization_view_default
    materialization_table_default materialization_incremental_default materialization_seed_default
    materialization_snapshot_default materialization_test_default materialization_unit_default
    materialization_clone_default materialization_materialized_view_default materialization_function_default
    materialization_table_duckdb materialization_incremental_duckdb materialization_external_duckdb
    materialization_table_function_duckdb duckdb__create_schema duckdb__drop_schema duckdb__list_schemas
    duckdb__check_schema_exists duckdb__get_partitioned_by duckdb__alter_table_set_partitioned_by duckdb__get_sorted_by
    duckdb__alter_table_set_sorted_by duckdb__create_table_as duckdb__create_view_as duckdb__get_columns_in_relation
    duckdb__list_relations_without_caching duckdb__drop_relation duckdb__rename_relation duckdb__make_temp_relation
    duckdb__dispatch_temporary_relation duckdb__current_timestamp duckdb__snapshot_string_as_time
    duckdb__snapshot_get_time duckdb__get_incremental_default_sql duckdb__apply_grants duckdb__get_create_index_sql
    duckdb__get_catalog duckdb__get_catalog_relations duckdb__alter_relation_add_remove_columns
    duckdb__get_delete_insert_merge_sql duckdb__merge_join_clause duckdb__get_incremental_merge_sql duckdb__get_merge_sql
    duckdb__get_incremental_microbatch_sql duckdb__alter_relation_comment duckdb__alter_column_comment
    duckdb__get_binding_char duckdb__get_batch_size duckdb__load_csv_rows duckdb__snapshot_merge_sql
    duckdb__post_snapshot duckdb__any_value duckdb__date duckdb__dateadd duckdb__datediff duckdb__generate_series
    duckdb__last_day duckdb__listagg duckdb__split_part py_write_table location_exists write_to_file store_relation
    render_write_options drop_indexes_on_relation external_location register_upstream_external_models
    validate_merge_config normalize_string_or_list
";

#[test]
fn every_macro_of_dbt_is_there_under_its_name() {
    let engine = engine("");
    let is_known = |name: &str| engine.registry().find(None, name, "shop").is_some();
    let with_default = DISPATCHED.split_whitespace().flat_map(|name| [name.to_owned(), format!("default__{name}")]);
    let wanted: Vec<String> = with_default.chain(PLAIN.split_whitespace().map(str::to_owned)).collect();
    let missing: Vec<&String> = wanted.iter().filter(|name| !is_known(name)).collect();
    assert_eq!(missing, Vec::<&String>::new());
}

#[test]
fn dispatch_finds_the_form_for_duckdb_and_then_the_default_one() {
    let shop = Shop::new();
    assert_eq!(shop.render("{{ dbt.current_timestamp() }}"), "now()");
    assert_eq!(shop.render("{{ adapter.dispatch('length', 'dbt')('x') }}"), "length(x)");
}

#[test]
fn a_macro_of_the_project_takes_the_place_of_a_built_in_one() {
    let shop = Shop::with_macros(
        "{% macro generate_schema_name(name, node) %}own{% endmacro %}
        {% macro default__length(expression) %}len({{ expression }}){% endmacro %}",
    );
    assert_eq!(shop.render("{{ generate_schema_name('x', model) }}"), "own");
    assert_eq!(shop.render("{{ dbt.length('x') }}"), "len(x)");
}

#[test]
fn relations_are_named_as_dbt_names_them() {
    let cases = [
        ("{{ generate_schema_name(none, model) }}", "main"),
        ("{{ generate_schema_name(' x ', model) }}", "main_x"),
        ("{{ generate_schema_name_for_env('x', model) }}", "main"),
        ("{{ generate_database_name(none, model) }}", "memory"),
        ("{{ generate_alias_name(none, model) }}", "m"),
        ("{{ generate_alias_name('a ', model) }}", "a"),
        ("{{ generate_alias_name(none, {'name': 'm', 'version': '1.2'}) }}", "m_v1_2"),
    ];
    let shop = Shop::new();
    for (template, expected) in cases {
        assert_eq!(shop.render(template).trim(), expected, "{template}");
    }
}
