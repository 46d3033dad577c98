//! Packages: `deps`, the lock file, and projects that use what is installed. Hashes and lock files are those of dbt 1.11.16.

use std::process::Command;

use crate::project::Project;

fn with_local() -> Project {
    Project::new()
        .file("packages.yml", "packages:\n  - local: lib/a\n")
        .file("lib/a/dbt_project.yml", "name: pa\nversion: '1.0'\n")
        .file("lib/a/packages.yml", "packages:\n  - local: lib/b\n")
        .file("lib/a/models/am.sql", "select {{ pb.one() }} as x")
        .file("lib/b/dbt_project.yml", "name: pb\nversion: '1.0'\n")
        .file("lib/b/macros/one.sql", "{% macro one() %}1{% endmacro %}")
        .model("m", "select x + {{ pb.one() }} as y from {{ ref('pa', 'am') }}")
}

#[test]
fn packages_of_packages_are_installed_and_locked() {
    let project = with_local();
    let _ = project.run(&["run"]).code(2).says(
        "dbt found 1 package(s) specified in packages.yml, but only 0 package(s) installed in dbt_packages. \
         Run \"dbt deps\" to install package dependencies.",
    );
    let _ = project.run(&["deps"]).success().says("Installing lib/a").says("Installed from <local @ lib/b>");
    let expected = "packages:\n  - local: lib/a\n    name: pa\n  - local: lib/b\n    name: pb\n\
                    sha1_hash: 9487537616ee8456794420d0c53194aa6480e627\n";
    assert_eq!(project.read("package-lock.yml"), expected);
    let _ = project.run(&["run"]).success();
    assert_eq!(project.query("select y from m"), ["2"]);
}

#[test]
fn deps_needs_no_profile_and_no_vars() {
    let project = with_local().file("profiles.yml", "other: {}\n");
    let project = project.file("project.yml", "name: shop\nprofile: shop\nmodels: {+schema: \"{{ var('gone') }}\"}\n");
    let _ = project.run(&["deps", "--lock"]).success();
    assert!(project.path("package-lock.yml").is_file() && !project.path("dbt_packages").exists());
}

#[test]
fn a_lock_is_obeyed_until_the_list_changes() {
    let project = with_local();
    let _ = project.run(&["deps"]).success();
    let again = project.run(&["deps"]).success();
    assert!(!again.stderr.contains("Updating lock file"), "{}", again.stderr);
    let project = project.file("packages.yml", "packages:\n  - local: lib/b\n");
    let _ = project.run(&["deps"]).success().says("Updating lock file in file path: ");
    assert!(!project.path("dbt_packages/pa").exists() && project.path("dbt_packages/pb").exists());
}

#[test]
fn two_packages_of_one_name_are_refused() {
    let project = with_local().file("lib/b/dbt_project.yml", "name: pa\n");
    let _ = project.run(&["deps"]).code(2).says("Found duplicate project \"pa\". This occurs when");
    let project = with_local().file("lib/b/dbt_project.yml", "name: shop\n");
    let _ = project.run(&["deps"]).code(2).says("Found a dependency with the same name as the root project \"shop\".");
}

#[test]
fn a_repository_is_pinned_to_its_commit() {
    let project = Project::new()
        .file("repository/dbt_project.yml", "name: outer\n")
        .file("repository/sub/dbt_project.yml", "name: inner\n");
    let git = |arguments: &[&str]| {
        let own = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"];
        let output =
            Command::new("git").args(own).args(arguments).current_dir(project.path("repository")).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    for arguments in [&["init", "-q"][..], &["add", "."], &["commit", "-qm", "one"], &["tag", "v1"]] {
        git(arguments);
    }
    let commit = git(&["rev-parse", "HEAD"]);
    let address = format!("file://{}", project.path("repository").display());
    let list =
        format!("packages:\n  - git: {address}\n  - git: {address}.git\n    revision: v1\n    subdirectory: sub\n");
    let project = project.file("packages.yml", &list.replace(".git\n", "\n"));
    let _ = project
        .run(&["deps"])
        .success()
        .says("is not pinned, using HEAD (default branch)")
        .says(&format!("Installed from revision {commit}"))
        .says("and subdirectory sub");
    let expected = format!(
        "packages:\n  - git: {address}\n    name: outer\n    revision: {commit}\n  - git: {address}\n    name: inner\n    revision: {commit}\n    subdirectory: sub\n"
    );
    assert!(project.read("package-lock.yml").starts_with(&expected), "{}", project.read("package-lock.yml"));
    let project = project.file("packages.yml", &format!("packages:\n  - git: {address}\n    revision: gone\n"));
    let _ = project.run(&["deps"]).code(2).says("Error checking out spec='gone' for repo file://");
}

/// A hub of files: `curl` reads them as it reads the network.
fn with_hub(version: &str) -> Project {
    let project = Project::new()
        .file("packages.yml", &format!("packages:\n  - package: acme/tools\n    version: {version}\n"))
        .file("hub/api/v1/index.json", r#"["acme/tools"]"#)
        .file("archive/tools-1/dbt_project.yml", "name: tools\n")
        .file("archive/tools-1/macros/two.sql", "{% macro two() %}2{% endmacro %}");
    let mut tar = Command::new("tar");
    tar.args(["-czf", "../tools.tar.gz", "tools-1"]).current_dir(project.path("archive"));
    assert!(tar.status().unwrap().success());
    let address = format!("file://{}", project.path("tools.tar.gz").display());
    let about = |required: &str| {
        format!(
            r#"{{"name": "tools", "packages": [], "require_dbt_version": [{required}], "downloads": {{"tarball": "{address}"}}}}"#
        )
    };
    let versions = format!(
        r#"{{"name": "tools", "namespace": "acme", "versions": {{"0.9.0": {0}, "0.10.0": {0}, "1.0.0": {1}}}}}"#,
        about("\">=1.0.0\""),
        about("\">=2.0.0\"")
    );
    let hub = format!("file://{}/", project.path("hub").display());
    project.file("hub/api/v1/acme/tools.json", &versions).env("DBT_PACKAGE_HUB_URL", &hub)
}

#[test]
fn the_newest_compatible_version_of_the_hub_is_taken() {
    let project = with_hub("'>=0.1.0'").model("m", "select {{ tools.two() }} as x");
    let _ = project.run(&["deps"]).success().says("Installed from version 0.10.0").says("Up to date!");
    assert!(
        project.read("package-lock.yml").contains("  - name: tools\n    package: acme/tools\n    version: 0.10.0\n")
    );
    let _ = project.run(&["run"]).success();
    let none = with_hub("'>=2.0.0'");
    let _ = none
        .run(&["deps"])
        .code(2)
        .says("Could not find a matching compatible version for package acme/tools")
        .says("Requested range: >=2.0.0")
        .says("Compatible versions: ['0.9.0', '0.10.0']");
}

#[test]
fn what_cannot_be_fetched_is_named() {
    let project = with_hub("1.0.0").env("DBT_PACKAGE_HUB_URL", "file:///nowhere/");
    let _ = project.run(&["deps"]).code(2).says("cannot fetch `file:///nowhere/api/v1/index.json`").says("acme/tools");
}

#[test]
fn a_package_is_added_to_the_list() {
    let project =
        with_local().file("packages.yml", "packages:\n  - local: lib/b\n  - git: https://x.y/acme/more-tools.git\n");
    let _ = project
        .run(&["deps", "--add-package", "lib/more_tools", "--source", "local", "--lock"])
        .code(2)
        .says("Added new package lib/more_tools@None to ")
        .says("No dbt_project.yml found at expected path");
    assert_eq!(project.read("packages.yml"), "packages:\n  - local: lib/b\n  - local: lib/more_tools\n");
    let _ = project.run(&["deps", "--add-package", "acme/x"]).code(2).says("Version is required in --add-package");
}

#[test]
fn mistakes_of_the_list_are_told_in_dbts_words() {
    for (entry, words) in [
        ("{package: ''}", "A hub package is missing the value. It is a required property."),
        ("{git: ''}", "A git package is missing the value. It is a required property."),
        ("{local: ''}", "A local package is missing the value. It is a required property."),
        ("{package: a, version: 1.0.0}", "a was not found in the package index."),
        ("{package: a/b}", "a/b is missing the version."),
        ("{tarball: x}", "is not valid under any of the given schemas"),
    ] {
        let project = Project::new().file("packages.yml", &format!("packages:\n  - {entry}\n"));
        let _ = project.run(&["deps"]).code(2).says("The packages.yml file in this project is malformed").says(words);
    }
}

#[test]
fn a_package_finds_its_own_models_first_when_asked() {
    let project = Project::new()
        .file("packages.yml", "packages:\n  - local: lib\n")
        .file("lib/dbt_project.yml", "name: lib\n")
        .file("lib/models/a.sql", "{{ config(alias='lib_a') }} select 2 as x")
        .file("lib/models/b.sql", "select x from {{ ref('a') }}")
        .model("a", "select 1 as x");
    let _ = project.run(&["deps"]).success();
    let _ = project
        .run(&["run"])
        .success()
        .says("The node 'b' in package 'lib' depends on the root project node 'model.shop.a'");
    assert_eq!(project.query("select x from b"), ["1"]);
    let project = project.configured("flags: {require_ref_searches_node_package_before_root: true}\n");
    let _ = project.run(&["run"]).success();
    assert_eq!(project.query("select x from b"), ["2"]);
}

#[test]
fn hooks_of_the_project_run_before_those_of_packages() {
    let project = Project::new()
        .configured("on-run-start: ['create or replace table log as select 1 as x']\n")
        .file("packages.yml", "packages:\n  - local: lib\n")
        .file("lib/dbt_project.yml", "name: lib\non-run-start: ['insert into log values (2)']\n")
        .model("m", "select count(*) as n from log");
    let _ = project.run(&["deps"]).success();
    let _ = project.run(&["run"]).success();
    assert_eq!(project.query("select n from m"), ["2"]);
}

#[test]
fn names_in_two_kinds_of_resources_warn_or_fail_by_the_flag() {
    let project = Project::new().seed("same", "id\n1\n").model("same", "{{ config(alias='other') }} select 1 as id");
    let _ = project.run(&["parse"]).success().says("Found resources with the same name 'same' in package 'shop'");
    let options = "{error: [DuplicateNameDistinctNodeTypesDeprecation]}";
    let _ = project.run(&["parse", "--warn-error-options", options]).code(2);
    let silent = project.run(&["parse", "--warn-error-options", "{error: all, silence: [Deprecations]}"]).success();
    assert!(!silent.stderr.contains("same name"), "{}", silent.stderr);
    let _ = project
        .run(&["parse", "--warn-error-options", "{error: all, include: all}"])
        .code(2)
        .says("Only `include` or `error` can be specified in `warn_error_options`, not both");
    let project = project.configured("flags: {require_unique_project_resource_names: true}\n");
    let _ = project.run(&["parse"]).code(2).says("dbt found two resources with the name \"same\"");
}
