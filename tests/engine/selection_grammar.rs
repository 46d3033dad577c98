//! The selection grammar over a project with every kind of node: graph operators, methods, globs, indirect selection and exclusion.
//! The lists are those of `dbt list --output name`.

use crate::project::Project;

const FILES: [(&str, &str); 15] = [
    ("models/a.sql", "select 1 as id"),
    ("models/b.sql", "{{ config(tags=['left']) }} select * from {{ ref('a') }}"),
    ("models/c.sql", "{{ config(tags=['right'], materialized='table') }} select * from {{ ref('a') }}"),
    ("models/deep/d.sql", "select b.id from {{ ref('b') }} b join {{ ref('c') }} c using (id)"),
    ("models/deep/e.sql", "{{ config(materialized='ephemeral', meta={'level': {'n': 3}}) }} select * from {{ ref('d') }}"),
    ("models/deep/f.sql", "select * from {{ ref('e') }} union all select id from {{ source('raw', 'one') }}"),
    ("models/deep/v_v1.sql", "select 1 as id"),
    ("models/deep/v_v2.sql", "select 2 as id"),
    ("models/deep/v_v3.sql", "select 3 as id"),
    ("models/deep/g.sql", "select * from {{ ref('v', v=1) }} union all select * from {{ ref('v') }}"),
    ("models/all.yml", "sources:
  - name: raw
    schema: main
    tables: [{name: one, columns: [{name: id, data_tests: [not_null]}]}, {name: two}]
groups: [{name: team, owner: {name: ada}}]
models:
  - name: a
    columns: [{name: id, data_tests: [unique, not_null]}]
  - name: b
    config: {group: team, access: private}
    columns: [{name: id, data_tests: [{relationships: {arguments: {to: ref('c'), field: id}}}]}]
  - name: c
    config: {group: team, access: protected}
  - name: d
    config: {group: team, access: public}
    columns: [{name: id, data_tests: [{relationships: {arguments: {to: ref('a'), field: id}}}, {unique: {config: {severity: warn, tags: [soft]}}}]}]
  - name: v
    latest_version: 2
    versions: [{v: 1}, {v: 2}, {v: 3}]
exposures:
  - name: board
    type: dashboard
    owner: {name: ada}
    depends_on: [ref('f')]
"),
    ("tests/d_and_f.sql", "select d.id from {{ ref('d') }} d join {{ ref('f') }} f using (id) where d.id > 5"),
    ("seeds/s.csv", "id
1
"),
    ("models/h.sql", "select * from {{ ref('s') }}"),
    ("snapshots/snap.yml", "snapshots:
  - name: snap
    relation: ref('h')
    config: {strategy: check, check_cols: all, unique_key: id}
"),
];

/// Arguments of `list`; what dbt 1.11 lists, sorted.
const CASES: [(&str, &str); 113] = [
    (
        "-s +d",
        "a b c d d_and_f not_null_a_id relationships_b_id__id__ref_c_ relationships_d_id__id__ref_a_ unique_a_id unique_d_id",
    ),
    ("-s d+", "board d d_and_f e f relationships_d_id__id__ref_a_ unique_d_id"),
    ("-s d+1", "d d_and_f e relationships_d_id__id__ref_a_ unique_d_id"),
    (
        "-s 2+d",
        "a b c d d_and_f not_null_a_id relationships_b_id__id__ref_c_ relationships_d_id__id__ref_a_ unique_a_id unique_d_id",
    ),
    ("-s 1+f+1", "board d_and_f e f raw.one source_not_null_raw_one_id"),
    (
        "-s @d",
        "a b board c d d_and_f e f not_null_a_id raw.one relationships_b_id__id__ref_c_ relationships_d_id__id__ref_a_ source_not_null_raw_one_id unique_a_id unique_d_id",
    ),
    (
        "-s @b",
        "a b board c d d_and_f e f not_null_a_id raw.one relationships_b_id__id__ref_c_ relationships_d_id__id__ref_a_ source_not_null_raw_one_id unique_a_id unique_d_id",
    ),
    (
        "-s @a",
        "a b board c d d_and_f e f not_null_a_id raw.one relationships_b_id__id__ref_c_ relationships_d_id__id__ref_a_ source_not_null_raw_one_id unique_a_id unique_d_id",
    ),
    (
        "-s +f",
        "a b c d d_and_f e f not_null_a_id raw.one relationships_b_id__id__ref_c_ relationships_d_id__id__ref_a_ source_not_null_raw_one_id unique_a_id unique_d_id",
    ),
    ("-s f+", "board d_and_f f"),
    ("-s a,b", ""),
    ("-s +d,c+", "c d d_and_f relationships_b_id__id__ref_c_ relationships_d_id__id__ref_a_ unique_d_id"),
    (
        "-s +d,@c",
        "a b c d d_and_f not_null_a_id relationships_b_id__id__ref_c_ relationships_d_id__id__ref_a_ unique_a_id unique_d_id",
    ),
    ("-s b c", "b c relationships_b_id__id__ref_c_"),
    ("-s b+ c+", "b board c d d_and_f e f relationships_b_id__id__ref_c_ relationships_d_id__id__ref_a_ unique_d_id"),
    ("-s +b,+c", "a not_null_a_id relationships_b_id__id__ref_c_ relationships_d_id__id__ref_a_ unique_a_id"),
    ("-s tag:left+", "b board d d_and_f e f relationships_b_id__id__ref_c_ relationships_d_id__id__ref_a_ unique_d_id"),
    (
        "-s @tag:left",
        "a b board c d d_and_f e f not_null_a_id raw.one relationships_b_id__id__ref_c_ relationships_d_id__id__ref_a_ source_not_null_raw_one_id unique_a_id unique_d_id",
    ),
    ("-s source:raw", "raw.one raw.two source_not_null_raw_one_id"),
    ("-s source:raw+", "board d_and_f f raw.one raw.two source_not_null_raw_one_id"),
    ("-s source:raw.one+1", "d_and_f f raw.one source_not_null_raw_one_id"),
    ("-s group:team", "b c d d_and_f relationships_b_id__id__ref_c_ relationships_d_id__id__ref_a_ unique_d_id"),
    (
        "-s group:team+",
        "b board c d d_and_f e f relationships_b_id__id__ref_c_ relationships_d_id__id__ref_a_ unique_d_id",
    ),
    ("-s access:private", "b relationships_b_id__id__ref_c_"),
    ("-s access:public", "d d_and_f relationships_d_id__id__ref_a_ unique_d_id"),
    ("-s config.access:public", "d d_and_f relationships_d_id__id__ref_a_ unique_d_id"),
    ("-s config.meta.level.n:3", ""),
    ("-s config.materialized:ephemeral+", "board d_and_f e f"),
    ("-s config.materialized:view,deep", "d d_and_f f g relationships_d_id__id__ref_a_ unique_d_id v.v1 v.v2 v.v3"),
    ("-s fqn:shop.deep", "d d_and_f e f g relationships_d_id__id__ref_a_ unique_d_id v.v1 v.v2 v.v3"),
    ("-s deep", "d d_and_f e f g relationships_d_id__id__ref_a_ unique_d_id v.v1 v.v2 v.v3"),
    ("-s deep.*", "d d_and_f e f g relationships_d_id__id__ref_a_ unique_d_id v.v1 v.v2 v.v3"),
    (
        "-s shop.*",
        "a b board c d d_and_f e f g h not_null_a_id relationships_b_id__id__ref_c_ relationships_d_id__id__ref_a_ s snap source_not_null_raw_one_id unique_a_id unique_d_id v.v1 v.v2 v.v3",
    ),
    (
        "-s *",
        "a b board c d d_and_f e f g h not_null_a_id relationships_b_id__id__ref_c_ relationships_d_id__id__ref_a_ s snap source_not_null_raw_one_id unique_a_id unique_d_id v.v1 v.v2 v.v3",
    ),
    (
        "-s ?",
        "a b c d d_and_f e f g h not_null_a_id relationships_b_id__id__ref_c_ relationships_d_id__id__ref_a_ s unique_a_id unique_d_id v.v1 v.v2 v.v3",
    ),
    ("-s [a-c]", "a b c not_null_a_id relationships_b_id__id__ref_c_ relationships_d_id__id__ref_a_ unique_a_id"),
    ("-s v*", "v.v1 v.v2 v.v3"),
    ("-s v", "v.v1 v.v2 v.v3"),
    ("-s v.v1", "v.v1"),
    ("-s v.v*", ""),
    ("-s version:latest", "v.v2"),
    ("-s version:prerelease", "v.v3"),
    ("-s version:old", "v.v1"),
    ("-s file:d.sql", "d d_and_f relationships_d_id__id__ref_a_ unique_d_id"),
    ("-s d.sql", "d d_and_f relationships_d_id__id__ref_a_ unique_d_id"),
    ("-s path:models/deep", "d d_and_f e f g relationships_d_id__id__ref_a_ unique_d_id v.v1 v.v2 v.v3"),
    ("-s models/deep/v_v1.sql", "v.v1"),
    (
        "-s path:models/all.yml",
        "a b board c d d_and_f not_null_a_id raw.one raw.two relationships_b_id__id__ref_c_ relationships_d_id__id__ref_a_ source_not_null_raw_one_id unique_a_id unique_d_id v.v1 v.v2 v.v3",
    ),
    (
        "-s package:shop",
        "a b board c d d_and_f e f g h not_null_a_id raw.one raw.two relationships_b_id__id__ref_c_ relationships_d_id__id__ref_a_ s snap source_not_null_raw_one_id unique_a_id unique_d_id v.v1 v.v2 v.v3",
    ),
    (
        "-s test_type:data",
        "d_and_f not_null_a_id relationships_b_id__id__ref_c_ relationships_d_id__id__ref_a_ source_not_null_raw_one_id unique_a_id unique_d_id",
    ),
    (
        "-s test_type:generic",
        "not_null_a_id relationships_b_id__id__ref_c_ relationships_d_id__id__ref_a_ source_not_null_raw_one_id unique_a_id unique_d_id",
    ),
    ("-s test_type:singular", "d_and_f"),
    ("-s test_name:unique", "unique_a_id unique_d_id"),
    ("-s d_and_f", "d_and_f"),
    ("-s d_and_f+", "d_and_f"),
    (
        "-s +d_and_f",
        "a b c d d_and_f e f not_null_a_id raw.one relationships_b_id__id__ref_c_ relationships_d_id__id__ref_a_ source_not_null_raw_one_id unique_a_id unique_d_id",
    ),
    ("-s exposure:board", "board"),
    (
        "-s +exposure:board",
        "a b board c d d_and_f e f not_null_a_id raw.one relationships_b_id__id__ref_c_ relationships_d_id__id__ref_a_ source_not_null_raw_one_id unique_a_id unique_d_id",
    ),
    ("-s resource_type:snapshot", "snap"),
    ("-s +snap", "h s snap"),
    ("-s snap", "snap"),
    ("-s s+", "h s snap"),
    ("-s @s", "h s snap"),
    ("-s resource_type:test,d", "d_and_f relationships_d_id__id__ref_a_ unique_d_id"),
    ("-s tag:soft", "unique_d_id"),
    ("-s tag:none", ""),
    ("-s a --indirect-selection eager", "a not_null_a_id relationships_d_id__id__ref_a_ unique_a_id"),
    ("-s d --indirect-selection eager", "d d_and_f relationships_d_id__id__ref_a_ unique_d_id"),
    ("-s b c --indirect-selection eager", "b c relationships_b_id__id__ref_c_"),
    (
        "-s +d --indirect-selection eager",
        "a b c d d_and_f not_null_a_id relationships_b_id__id__ref_c_ relationships_d_id__id__ref_a_ unique_a_id unique_d_id",
    ),
    ("-s f --indirect-selection eager", "d_and_f f"),
    ("-s tag:left --indirect-selection eager", "b relationships_b_id__id__ref_c_"),
    ("-s a --indirect-selection cautious", "a not_null_a_id unique_a_id"),
    ("-s d --indirect-selection cautious", "d unique_d_id"),
    ("-s b c --indirect-selection cautious", "b c relationships_b_id__id__ref_c_"),
    (
        "-s +d --indirect-selection cautious",
        "a b c d not_null_a_id relationships_b_id__id__ref_c_ relationships_d_id__id__ref_a_ unique_a_id unique_d_id",
    ),
    ("-s f --indirect-selection cautious", "f"),
    ("-s tag:left --indirect-selection cautious", "b"),
    ("-s a --indirect-selection buildable", "a not_null_a_id unique_a_id"),
    ("-s d --indirect-selection buildable", "d relationships_d_id__id__ref_a_ unique_d_id"),
    ("-s b c --indirect-selection buildable", "b c relationships_b_id__id__ref_c_"),
    (
        "-s +d --indirect-selection buildable",
        "a b c d not_null_a_id relationships_b_id__id__ref_c_ relationships_d_id__id__ref_a_ unique_a_id unique_d_id",
    ),
    ("-s f --indirect-selection buildable", "d_and_f f"),
    ("-s tag:left --indirect-selection buildable", "b"),
    ("-s a --indirect-selection empty", "a"),
    ("-s d --indirect-selection empty", "d"),
    ("-s b c --indirect-selection empty", "b c"),
    ("-s +d --indirect-selection empty", "a b c d"),
    ("-s f --indirect-selection empty", "f"),
    ("-s tag:left --indirect-selection empty", "b"),
    (
        "-s +f --exclude b",
        "a c d d_and_f e f not_null_a_id raw.one relationships_d_id__id__ref_a_ source_not_null_raw_one_id unique_a_id unique_d_id",
    ),
    ("-s +f --exclude +b", "c d d_and_f e f raw.one source_not_null_raw_one_id unique_d_id"),
    (
        "-s a+ --exclude tag:left",
        "a board c d d_and_f e f not_null_a_id relationships_d_id__id__ref_a_ unique_a_id unique_d_id",
    ),
    ("-s a+ --exclude d+", "a b c not_null_a_id relationships_b_id__id__ref_c_ unique_a_id"),
    (
        "-s deep --exclude config.materialized:ephemeral",
        "d d_and_f f g relationships_d_id__id__ref_a_ unique_d_id v.v1 v.v2 v.v3",
    ),
    (
        "-s * --exclude deep",
        "a b board c h not_null_a_id relationships_b_id__id__ref_c_ s snap source_not_null_raw_one_id unique_a_id",
    ),
    ("-s d --exclude test_name:unique", "d d_and_f relationships_d_id__id__ref_a_"),
    (
        "-s a+ --exclude a,b",
        "a b board c d d_and_f e f not_null_a_id relationships_b_id__id__ref_c_ relationships_d_id__id__ref_a_ unique_a_id unique_d_id",
    ),
    ("-s +f --exclude @c", ""),
    ("-s d+ --exclude d_and_f", "board d e f relationships_d_id__id__ref_a_ unique_d_id"),
    (
        "-s a b c d --exclude test_type:singular",
        "a b c d not_null_a_id relationships_b_id__id__ref_c_ relationships_d_id__id__ref_a_ unique_a_id unique_d_id",
    ),
    (
        "-s resource_type:test --exclude tag:soft",
        "d_and_f not_null_a_id relationships_b_id__id__ref_c_ relationships_d_id__id__ref_a_ source_not_null_raw_one_id unique_a_id",
    ),
    ("--exclude a+", "g h raw.one raw.two s snap source_not_null_raw_one_id v.v1 v.v2 v.v3"),
    ("--exclude resource_type:test resource_type:source", "a b board c d e f g h s snap v.v1 v.v2 v.v3"),
    (
        "--resource-type test",
        "d_and_f not_null_a_id relationships_b_id__id__ref_c_ relationships_d_id__id__ref_a_ source_not_null_raw_one_id unique_a_id unique_d_id",
    ),
    ("--resource-type model --resource-type seed", "a b c d e f g h s v.v1 v.v2 v.v3"),
    ("--exclude-resource-type test", "a b board c d e f g h raw.one raw.two s snap v.v1 v.v2 v.v3"),
    (
        "--resource-type all",
        "a b board c d d_and_f e f g h not_null_a_id raw.one raw.two relationships_b_id__id__ref_c_ relationships_d_id__id__ref_a_ s snap source_not_null_raw_one_id unique_a_id unique_d_id v.v1 v.v2 v.v3",
    ),
    ("--resource-type default -s deep", "d d_and_f e f g relationships_d_id__id__ref_a_ unique_d_id v.v1 v.v2 v.v3"),
    ("-s deep --resource-type model", "d e f g v.v1 v.v2 v.v3"),
    ("-s +f --resource-type model", "a b c d e f"),
    ("-s d --resource-type test", "d_and_f relationships_d_id__id__ref_a_ unique_d_id"),
    ("-s @b --exclude-resource-type test", "a b board c d e f raw.one"),
];

#[test]
fn every_expression_selects_what_dbt_selects() {
    let project = FILES.iter().fold(Project::new(), |project, (path, text)| project.file(path, text));
    let mut wrong = Vec::new();
    for (arguments, expected) in CASES {
        let words: Vec<&str> = ["list", "--output", "name"].into_iter().chain(arguments.split(' ')).collect();
        let ran = project.run(&words).success();
        let mut names: Vec<&str> = ran.stdout.lines().collect();
        names.sort_unstable();
        let found = names.join(" ");
        if found != expected {
            wrong.push(format!("{arguments}\n  expected {expected}\n  found    {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
