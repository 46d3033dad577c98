//! The macros and materializations that every project has, as files of the dialect: users read, call and override them.
//!
//! There are two packages, as in dbt: `dbt` holds what is true of every database, under public names that dispatch to a `default__`
//! form; `dbt_duckdb` holds the `duckdb__` forms and DuckDB's own materializations. Dispatch and lookup by a bare name see both as one
//! package `dbt`, after the project and its packages. Folders name the part of the language: `adapters` what is asked of a database,
//! `relations` the SQL that makes, renames and drops relations, `materializations` how nodes are built, `generic_test` the four data
//! tests, `get_custom_name` where relations stand, `unit_test` rows as SQL, `utils` functions for users, `etc` statements and dates.
//! One file holds one idea. Macros of the form `martlet__…` are steps of the built-in ones and no part of the language.
//!
//! Signatures and results are those of dbt 1.11 with dbt-duckdb 1.10; the text is our own. Where the ways differ, the file says why:
//! above all `materializations/models/build.sql`, which exchanges relations in one transaction.

/// A file of the built-in packages.
#[derive(Clone, Copy, Debug)]
pub struct BuiltinFile {
    /// The package it belongs to: `dbt` or `dbt_duckdb`.
    pub package: &'static str,
    /// Its path under the package's `macros` folder.
    pub path: &'static str,
    /// What it says.
    pub text: &'static str,
}

/// Names the file once for its path and its text.
macro_rules! builtin_file {
    ($package:literal, $path:literal) => {
        BuiltinFile { package: $package, path: $path, text: include_str!(concat!($package, "/", $path)) }
    };
}

/// All files, sorted by package and path.
pub const FILES: &[BuiltinFile] = &[
    builtin_file!("dbt", "adapters/columns.sql"),
    builtin_file!("dbt", "adapters/freshness.sql"),
    builtin_file!("dbt", "adapters/grants.sql"),
    builtin_file!("dbt", "adapters/indexes.sql"),
    builtin_file!("dbt", "adapters/metadata.sql"),
    builtin_file!("dbt", "adapters/persist_docs.sql"),
    builtin_file!("dbt", "adapters/relation.sql"),
    builtin_file!("dbt", "adapters/runtime.sql"),
    builtin_file!("dbt", "adapters/schema.sql"),
    builtin_file!("dbt", "adapters/show.sql"),
    builtin_file!("dbt", "adapters/timestamps.sql"),
    builtin_file!("dbt", "adapters/unit_test_columns.sql"),
    builtin_file!("dbt", "adapters/validate_sql.sql"),
    builtin_file!("dbt", "etc/datetime.sql"),
    builtin_file!("dbt", "etc/statement.sql"),
    builtin_file!("dbt", "generic_test/accepted_values.sql"),
    builtin_file!("dbt", "generic_test/not_null.sql"),
    builtin_file!("dbt", "generic_test/relationships.sql"),
    builtin_file!("dbt", "generic_test/unique.sql"),
    builtin_file!("dbt", "get_custom_name/alias.sql"),
    builtin_file!("dbt", "get_custom_name/database.sql"),
    builtin_file!("dbt", "get_custom_name/latest_version_pointer.sql"),
    builtin_file!("dbt", "get_custom_name/schema.sql"),
    builtin_file!("dbt", "materializations/configs.sql"),
    builtin_file!("dbt", "materializations/functions/aggregate.sql"),
    builtin_file!("dbt", "materializations/functions/function.sql"),
    builtin_file!("dbt", "materializations/functions/scalar.sql"),
    builtin_file!("dbt", "materializations/hooks.sql"),
    builtin_file!("dbt", "materializations/models/build.sql"),
    builtin_file!("dbt", "materializations/models/clone.sql"),
    builtin_file!("dbt", "materializations/models/incremental/column_helpers.sql"),
    builtin_file!("dbt", "materializations/models/incremental/incremental.sql"),
    builtin_file!("dbt", "materializations/models/incremental/is_incremental.sql"),
    builtin_file!("dbt", "materializations/models/incremental/merge.sql"),
    builtin_file!("dbt", "materializations/models/incremental/on_schema_change.sql"),
    builtin_file!("dbt", "materializations/models/incremental/strategies.sql"),
    builtin_file!("dbt", "materializations/models/materialized_view.sql"),
    builtin_file!("dbt", "materializations/models/table.sql"),
    builtin_file!("dbt", "materializations/models/view.sql"),
    builtin_file!("dbt", "materializations/seeds/helpers.sql"),
    builtin_file!("dbt", "materializations/seeds/load_csv_rows.sql"),
    builtin_file!("dbt", "materializations/seeds/seed.sql"),
    builtin_file!("dbt", "materializations/snapshots/build.sql"),
    builtin_file!("dbt", "materializations/snapshots/helpers.sql"),
    builtin_file!("dbt", "materializations/snapshots/snapshot.sql"),
    builtin_file!("dbt", "materializations/snapshots/snapshot_merge.sql"),
    builtin_file!("dbt", "materializations/snapshots/staging.sql"),
    builtin_file!("dbt", "materializations/snapshots/strategies.sql"),
    builtin_file!("dbt", "materializations/snapshots/string_as_time.sql"),
    builtin_file!("dbt", "materializations/tests/helpers.sql"),
    builtin_file!("dbt", "materializations/tests/test.sql"),
    builtin_file!("dbt", "materializations/tests/unit.sql"),
    builtin_file!("dbt", "materializations/tests/where_subquery.sql"),
    builtin_file!("dbt", "python_model/python.sql"),
    builtin_file!("dbt", "relations/column/columns_spec_ddl.sql"),
    builtin_file!("dbt", "relations/create.sql"),
    builtin_file!("dbt", "relations/create_backup.sql"),
    builtin_file!("dbt", "relations/create_intermediate.sql"),
    builtin_file!("dbt", "relations/drop.sql"),
    builtin_file!("dbt", "relations/drop_backup.sql"),
    builtin_file!("dbt", "relations/materialized_view/alter.sql"),
    builtin_file!("dbt", "relations/materialized_view/create.sql"),
    builtin_file!("dbt", "relations/materialized_view/drop.sql"),
    builtin_file!("dbt", "relations/materialized_view/refresh.sql"),
    builtin_file!("dbt", "relations/materialized_view/rename.sql"),
    builtin_file!("dbt", "relations/materialized_view/replace.sql"),
    builtin_file!("dbt", "relations/rename.sql"),
    builtin_file!("dbt", "relations/rename_intermediate.sql"),
    builtin_file!("dbt", "relations/replace.sql"),
    builtin_file!("dbt", "relations/schema.sql"),
    builtin_file!("dbt", "relations/table/create.sql"),
    builtin_file!("dbt", "relations/table/drop.sql"),
    builtin_file!("dbt", "relations/table/rename.sql"),
    builtin_file!("dbt", "relations/table/replace.sql"),
    builtin_file!("dbt", "relations/view/create.sql"),
    builtin_file!("dbt", "relations/view/drop.sql"),
    builtin_file!("dbt", "relations/view/rename.sql"),
    builtin_file!("dbt", "relations/view/replace.sql"),
    builtin_file!("dbt", "unit_test/expected.sql"),
    builtin_file!("dbt", "unit_test/fixture.sql"),
    builtin_file!("dbt", "unit_test/format_row.sql"),
    builtin_file!("dbt", "unit_test/validate_fixture_rows.sql"),
    builtin_file!("dbt", "utils/any_value.sql"),
    builtin_file!("dbt", "utils/array_append.sql"),
    builtin_file!("dbt", "utils/array_concat.sql"),
    builtin_file!("dbt", "utils/array_construct.sql"),
    builtin_file!("dbt", "utils/bool_or.sql"),
    builtin_file!("dbt", "utils/cast.sql"),
    builtin_file!("dbt", "utils/cast_bool_to_text.sql"),
    builtin_file!("dbt", "utils/concat.sql"),
    builtin_file!("dbt", "utils/data_types.sql"),
    builtin_file!("dbt", "utils/date.sql"),
    builtin_file!("dbt", "utils/date_spine.sql"),
    builtin_file!("dbt", "utils/date_trunc.sql"),
    builtin_file!("dbt", "utils/dateadd.sql"),
    builtin_file!("dbt", "utils/datediff.sql"),
    builtin_file!("dbt", "utils/equals.sql"),
    builtin_file!("dbt", "utils/escape_single_quotes.sql"),
    builtin_file!("dbt", "utils/except.sql"),
    builtin_file!("dbt", "utils/generate_series.sql"),
    builtin_file!("dbt", "utils/hash.sql"),
    builtin_file!("dbt", "utils/intersect.sql"),
    builtin_file!("dbt", "utils/last_day.sql"),
    builtin_file!("dbt", "utils/length.sql"),
    builtin_file!("dbt", "utils/listagg.sql"),
    builtin_file!("dbt", "utils/position.sql"),
    builtin_file!("dbt", "utils/replace.sql"),
    builtin_file!("dbt", "utils/right.sql"),
    builtin_file!("dbt", "utils/safe_cast.sql"),
    builtin_file!("dbt", "utils/split_part.sql"),
    builtin_file!("dbt", "utils/string_literal.sql"),
    builtin_file!("dbt_duckdb", "adapters/catalog.sql"),
    builtin_file!("dbt_duckdb", "adapters/columns.sql"),
    builtin_file!("dbt_duckdb", "adapters/create_table_as.sql"),
    builtin_file!("dbt_duckdb", "adapters/create_view_as.sql"),
    builtin_file!("dbt_duckdb", "adapters/grants.sql"),
    builtin_file!("dbt_duckdb", "adapters/indexes.sql"),
    builtin_file!("dbt_duckdb", "adapters/metadata.sql"),
    builtin_file!("dbt_duckdb", "adapters/partitioning.sql"),
    builtin_file!("dbt_duckdb", "adapters/persist_docs.sql"),
    builtin_file!("dbt_duckdb", "adapters/relation.sql"),
    builtin_file!("dbt_duckdb", "adapters/schema.sql"),
    builtin_file!("dbt_duckdb", "adapters/timestamps.sql"),
    builtin_file!("dbt_duckdb", "materializations/external.sql"),
    builtin_file!("dbt_duckdb", "materializations/external_files.sql"),
    builtin_file!("dbt_duckdb", "materializations/function.sql"),
    builtin_file!("dbt_duckdb", "materializations/hooks.sql"),
    builtin_file!("dbt_duckdb", "materializations/incremental.sql"),
    builtin_file!("dbt_duckdb", "materializations/incremental_strategy/delete_insert.sql"),
    builtin_file!("dbt_duckdb", "materializations/incremental_strategy/merge.sql"),
    builtin_file!("dbt_duckdb", "materializations/incremental_strategy/merge_config_validation.sql"),
    builtin_file!("dbt_duckdb", "materializations/incremental_strategy/merge_defaults.sql"),
    builtin_file!("dbt_duckdb", "materializations/incremental_strategy/microbatch.sql"),
    builtin_file!("dbt_duckdb", "materializations/incremental_strategy/validation_helper.sql"),
    builtin_file!("dbt_duckdb", "materializations/seed.sql"),
    builtin_file!("dbt_duckdb", "materializations/snapshot.sql"),
    builtin_file!("dbt_duckdb", "materializations/table.sql"),
    builtin_file!("dbt_duckdb", "materializations/table_function.sql"),
    builtin_file!("dbt_duckdb", "utils/any_value.sql"),
    builtin_file!("dbt_duckdb", "utils/date.sql"),
    builtin_file!("dbt_duckdb", "utils/dateadd.sql"),
    builtin_file!("dbt_duckdb", "utils/datediff.sql"),
    builtin_file!("dbt_duckdb", "utils/external_location.sql"),
    builtin_file!("dbt_duckdb", "utils/generate_series.sql"),
    builtin_file!("dbt_duckdb", "utils/last_day.sql"),
    builtin_file!("dbt_duckdb", "utils/listagg.sql"),
    builtin_file!("dbt_duckdb", "utils/split_part.sql"),
    builtin_file!("dbt_duckdb", "utils/upstream.sql"),
];

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::FILES;

    fn sql_files(folder: &Path) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                found.extend(sql_files(&path));
            } else if path.extension().is_some_and(|extension| extension == "sql") {
                found.push(path);
            }
        }
        found
    }

    #[test]
    fn every_file_of_the_folder_is_embedded_in_order() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/template/builtin");
        let mut on_disk: Vec<_> = sql_files(&folder)
            .iter()
            .map(|path| path.strip_prefix(&folder).unwrap().to_string_lossy().replace('\\', "/"))
            .collect();
        on_disk.sort_by_key(|path| path.split_once('/').map(|(package, rest)| (package.to_owned(), rest.to_owned())));
        let embedded: Vec<_> = FILES.iter().map(|file| format!("{}/{}", file.package, file.path)).collect();
        assert_eq!(embedded, on_disk);
    }
}
