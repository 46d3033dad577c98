//! `catalogs.yml`; the words are those of real dbt with dbt-duckdb, which has no kind of catalog.

use crate::project::Project;

fn parse(catalogs: &str) -> crate::project::Ran {
    Project::new().model("a", "select 1 as a").file("catalogs.yml", catalogs).run(&["parse"])
}

#[test]
fn a_catalog_says_which_integration_is_active() {
    let two = "write_integrations: [{name: w, catalog_type: x}, {name: v, catalog_type: x}]";
    let says =
        "Catalog 'c' must specify an 'active_write_integration' when multiple 'write_integrations' are provided.";
    let _ = parse(&format!("catalogs: [{{name: c, {two}}}]")).code(2).says("Runtime Error").says(says);
    let says = "Catalog 'c' must specify an 'active_write_integration' from its set of defined 'write_integrations': \
                ['w', 'v']. Got: 'ww'.";
    let one = parse(&format!("catalogs: [{{name: c, active_write_integration: ww, {two}}}]"));
    let _ = one.code(2).says(says).says("did you mean `w`?");
    let same = "write_integrations: [{name: w, catalog_type: x}, {name: w, catalog_type: x}]";
    let says = "Catalog 'c' cannot have multiple 'write_integrations' with the same name: 'w'.";
    let _ = parse(&format!("catalogs: [{{name: c, {same}}}]")).code(2).says(says);
}

#[test]
fn duckdb_has_no_kind_of_catalog() {
    let typed = parse("catalogs: [{name: c, write_integrations: [{name: w, catalog_type: iceberg}]}]");
    let _ = typed.code(2).says("Runtime Error").says("Catalog type is not supported.").says("Received: iceberg");
    let untyped = parse("catalogs: [{name: c, write_integrations: [{name: w}]}]");
    let _ = untyped.code(2).says("'catalog_type' is a required property");
    let slip = parse("catalogs: [{nam: c}]");
    let _ = slip.code(2).says("Additional properties are not allowed ('nam' was unexpected)");
}

#[test]
fn a_file_without_catalogs_is_taken_and_an_empty_one_is_not() {
    let _ = parse("catalogs: []").success();
    let _ = parse("other: 1").success();
    let _ = parse("").code(2).says("Parsing Error").says("Error reading shop: catalogs.yml");
}

#[test]
fn commands_that_build_nothing_do_not_read_it() {
    let project = Project::new().model("a", "select 1 as a").file("catalogs.yml", "catalogs: [{name: c}]");
    assert_eq!(project.run(&["list"]).success().stdout, "shop.a\n");
}
