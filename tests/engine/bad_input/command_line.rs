//! Arguments that cannot be used.

use super::refuses;
use crate::project::Project;

#[test]
fn vars_that_are_no_mapping() {
    refuses(
        &Project::new(),
        &["run", "--vars", "{a: [}"],
        2,
        r"error[E0119]: mismatched bracket '[' closed by '}'
 --> <--vars>:1:5
  |
1 | {a: [}
  |     ^ reading stopped here",
    );
    refuses(
        &Project::new(),
        &["run", "--vars", "word"],
        2,
        r"error[E0140]: `--vars` takes a mapping
 --> <--vars>:1:1
  |
1 | word
  | ^^^^ this is text
  |
  = help: write --vars '{name: value}', or --vars @file.yml",
    );
}

#[test]
fn a_selection_that_cannot_be_read() {
    let project = Project::new().model("a", "select 1 as id");
    refuses(
        &project,
        &["run", "--select", "tga:x"],
        2,
        r"error[E0501]: 'tga' is not a valid method name
 --> <--select>:1:1
  |
1 | tga:x
  | ^^^
  |
  = note: the methods are `fqn`, `tag`, `group`, `access`, `source`, `path`, `file`, `package`, `config`, `test_name`, `test_type`, `resource_type`, `state`, `exposure`, `metric`, `result`, `source_status`, `version`, `semantic_model`, `saved_query`, `unit_test`
  = help: did you mean `tag`?",
    );
}

#[test]
fn a_selection_of_nothing() {
    let project = Project::new().model("a", "select 1 as id");
    refuses(
        &project,
        &["run", "--select", "b"],
        0,
        r"warning[W0501]: The selection criterion 'b' does not match any enabled nodes
 --> <--select>:1:1
  |
1 | b
  | ^
  |
  = help: did you mean `a`?
warning[W0502]: Nothing to do. Try checking your model configs and model specification args",
    );
}

#[test]
fn an_unknown_command_and_an_unknown_flag() {
    refuses(&Project::new(), &["biuld"], 2, r"error: unrecognized subcommand 'biuld'");
    refuses(&Project::new(), &["run", "--selct", "a"], 2, r"error: unexpected argument '--selct' found");
}
