//! What is wrong in the project file and in properties files.

use super::refuses;
use crate::project::Project;

#[test]
fn a_folder_without_a_project_file() {
    refuses(
        &Project::empty(),
        &["run"],
        2,
        r"error[E0101]: there is no `project.yml` or `dbt_project.yml`
--> $PROJECT
 = note: looked for in this folder and those above it
 = help: go to your project's folder or give `--project-dir`; `martlet init` makes a new project",
    );
}

#[test]
fn a_project_folder_that_does_not_exist() {
    refuses(
        &Project::new(),
        &["run", "--project-dir", "nowhere"],
        2,
        r"error[E0101]: there is no `project.yml` or `dbt_project.yml`
--> nowhere
 = note: this folder of `--project-dir` does not exist
 = help: go to your project's folder or give `--project-dir`; `martlet init` makes a new project",
    );
}

#[test]
fn broken_yaml_in_the_project_file() {
    let project = Project::new().file("project.yml", "name: shop\nprofile: [shop\nmodels:\n  +tags: x\n");
    refuses(
        &project,
        &["run"],
        2,
        r"error[E0119]: a `:` may not stand here
 --> project.yml:3:7
  |
3 | models:
  |       ^ reading stopped here
  |
  = help: close the bracket above, or put the text in quotes",
    );
}

#[test]
fn broken_yaml_in_a_properties_file() {
    let project = Project::new().model("a", "select 1 as id").properties("models:\n  - name: a\n   description: x\n");
    refuses(
        &project,
        &["run"],
        2,
        r"error[E0119]: this line does not fit the lines above it
 --> models/properties.yml:3:4
  |
3 |    description: x
  |    ^ reading stopped here
  |
  = help: keys of one mapping, and `-` of one list, start in the same column",
    );
}

#[test]
fn a_key_given_twice() {
    let project = Project::new().configured("models:\n  +tags: a\nvars: {}\nmodels:\n  +tags: b\n");
    refuses(
        &project,
        &["run"],
        0,
        r"warning[W0111]: the key `models` is given twice in one mapping
 --> project.yml:6:1
  |
3 | models:
  | ------ first given here
...
6 | models:
  | ^^^^^^ given again
  |
  = help: remove one of them; YAML keeps only the last and drops the other in silence",
    );
}

#[test]
fn an_unknown_key_of_the_project_file() {
    let project = Project::new().configured("model-path: [models]\n").model("a", "select 1 as id");
    refuses(
        &project,
        &["run"],
        2,
        r"error[E0102]: a project file knows no key `model-path`
 --> project.yml:3:1
  |
3 | model-path: [models]
  | ^^^^^^^^^^ not known
  |
  = help: did you mean `model-paths`?",
    );
}

#[test]
fn an_unknown_config_in_the_project_file() {
    let project =
        Project::new().configured("models:\n  shop:\n    +materialised: table\n").model("a", "select 1 as id");
    refuses(
        &project,
        &["run"],
        0,
        r"warning[W0210]: unknown config `materialised`
 --> project.yml:5:5
  |
5 |     +materialised: table
  |     ^^^^^^^^^^^^^ not a config that is known
  |
  = help: did you mean `materialized`?",
    );
}

#[test]
fn an_unknown_config_in_a_model() {
    let project = Project::new().model("a", "{{ config(materialised='table') }}\nselect 1 as id");
    refuses(
        &project,
        &["run"],
        0,
        r"warning[W0210]: unknown config `materialised`
 --> models/a.sql:1:11
  |
1 | {{ config(materialised='table') }}
  |           ^^^^^^^^^^^^ not a config that is known
  |
  = help: did you mean `materialized`?",
    );
}

#[test]
fn an_unknown_config_in_a_properties_file() {
    let project = Project::new()
        .model("a", "select 1 as id")
        .properties("models:\n  - name: a\n    config:\n      materialised: table\n");
    refuses(
        &project,
        &["run"],
        0,
        r"warning[W0210]: unknown config `materialised`
 --> models/properties.yml:4:7
  |
4 |       materialised: table
  |       ^^^^^^^^^^^^ not a config that is known
  |
  = help: did you mean `materialized`?",
    );
}

#[test]
fn properties_of_a_model_that_does_not_exist() {
    let project = Project::new().model("orders", "select 1 as id").properties("models:\n  - name: ordrs\n");
    refuses(
        &project,
        &["run"],
        0,
        r"warning[W0221]: Did not find matching node for patch with name 'ordrs' in the 'models' section of file 'models/properties.yml'
 --> models/properties.yml:2:11
  |
2 |   - name: ordrs
  |           ^^^^^ there is no such node
  |
  = help: did you mean `orders`?",
    );
}

#[test]
fn a_folder_of_the_project_file_that_holds_nothing() {
    let project = Project::new()
        .configured("models:\n  shop:\n    martz:\n      +tags: x\n")
        .file("models/marts/a.sql", "select 1 as id");
    refuses(
        &project,
        &["run"],
        0,
        r"warning[W0311]: Configuration paths exist in your project.yml file which do not apply to any resources
 --> project.yml:5:5
  |
5 |     martz:
  |     ^^^^^ - models.shop.martz",
    );
}
