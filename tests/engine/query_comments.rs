//! `query-comment`: who runs a statement stands in a comment on it, as the database and the log see it.

use crate::project::Project;

fn ran(setting: &str) -> String {
    let project = Project::new().configured(setting).model("a", "select 1 as id").macros(
        "{% macro who(name) %}{{ return({'app': 'ours', 'target': name}) }}{% endmacro %}\n\
         {% macro words() %}ours\nat work{% endmacro %}",
    );
    project.run(&["--debug", "run"]).success().stderr
}

#[test]
fn a_statement_carries_the_comment_of_dbt_unless_configured() {
    let log = ran("");
    let comment = "On model.shop.a: /* {\"app\": \"dbt\", \"dbt_version\": \"1.11.16\", \"profile_name\": \"shop\", \
                   \"target_name\": \"dev\", \"node_id\": \"model.shop.a\"} */\n";
    assert!(log.contains(comment), "{log}");
}

#[test]
fn the_comment_is_a_text_a_macro_or_nothing() {
    let cases = [
        ("query-comment: \"ours\\nhere\\n\"\n", "On model.shop.a: /* ours\nhere */\n"),
        ("query-comment: '{{ words() }}'\n", "On model.shop.a: /* ours\nat work */\n"),
        (
            "query-comment: '{{ return(tojson(who(target.name))) }}'\n",
            "On model.shop.a: /* {\"app\": \"ours\", \"target\": \"dev\"} */\n",
        ),
        ("query-comment: 'for {{ node.name }} on {{ connection_name }}'\n", "/* for a on model.shop.a */\n"),
        ("query-comment: {comment: 'below', append: true}\n", "\n/* below */"),
    ];
    for (setting, expected) in cases {
        let log = ran(setting);
        assert!(log.contains(expected), "{setting}\n{log}");
    }
    for setting in ["query-comment: null\n", "query-comment: ''\n"] {
        assert!(!ran(setting).contains("/*"), "{setting}");
    }
}

#[test]
fn a_comment_that_cannot_be_made_stops_the_command() {
    let project = Project::new().model("a", "select 1 as id");
    let project = project.configured("query-comment: '{{ nothing_of_the_kind() }}'\n");
    let _ = project.run(&["run"]).code(2).says("'nothing_of_the_kind' is undefined");
    let project = project.configured("query-comment: 'a */ b'\n");
    let _ = project.run(&["run"]).code(2).says("query comment contains illegal value \"*/\": a */ b");
}

#[test]
fn the_place_of_a_database_error_is_not_moved_by_the_comment() {
    let project = Project::new().model("a", "select 1 as id,\n  nope as b");
    let _ = project.run(&["run"]).code(1).says("models/a.sql:2:3");
}
