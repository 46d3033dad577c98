//! Selection against dbt: members and expected lists were taken from `dbt ls` on one small project.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::member::{Member, Members};
use super::{EmptyNodes, IndirectSelection, Request, Selectors, select_members};
use crate::diagnostic::{SourceFile, Style, render};
use crate::graph::Graph;
use crate::resource::{ModelDetail, NodeConfig, ResourceType, UniqueId, Value};

#[rustfmt::skip]
const PROJECT: &str = r#"
{"as": "ana", "id": "analysis.shop.ana", "fqn": ["shop", "analysis", "ana"], "file": "analyses/ana.sql", "parents": ["report"], "config": {"materialized": "view"}, "name": "ana"}
{"as": "av_fct", "id": "test.shop.accepted_values_fct_orders_id__1.f5a42cf1bf", "fqn": ["shop", "marts", "accepted_values_fct_orders_id__1"], "file": "models/marts/marts.yml", "parents": ["fct_orders"], "config": {"materialized": "test", "severity": "ERROR"}, "generic": "accepted_values", "name": "accepted_values_fct_orders_id__1"}
{"as": "board", "id": "exposure.shop.board", "fqn": ["shop", "marts", "board"], "file": "models/marts/marts.yml", "parents": ["report"], "config": {}, "name": "board"}
{"as": "calendar", "id": "model.utils.calendar", "fqn": ["utils", "calendar"], "file": "models/calendar.sql", "parents": [], "config": {"materialized": "view"}, "access": "protected", "name": "calendar"}
{"as": "countries", "id": "seed.shop.countries", "fqn": ["shop", "countries"], "file": "seeds/countries.csv", "parents": [], "tags": ["raw"], "config": {"materialized": "seed", "tags": ["raw"]}, "name": "countries"}
{"as": "dim_users", "id": "model.shop.dim_users", "fqn": ["shop", "marts", "dim_users"], "file": "models/marts/dim_users.sql", "parents": ["stg_users", "calendar"], "config": {"meta": {"owner": "ann"}, "materialized": "table"}, "access": "protected", "name": "dim_users"}
{"as": "fct_orders", "id": "model.shop.fct_orders", "fqn": ["shop", "marts", "core", "fct_orders"], "file": "models/marts/core/fct_orders.sql", "parents": ["stg_orders", "stg_users", "countries"], "patch": "shop://models/marts/marts.yml", "config": {"meta": {"owner": "ann"}, "materialized": "table"}, "access": "public", "name": "fct_orders"}
{"as": "leads", "id": "model.shop.leads", "fqn": ["shop", "marts", "leads"], "file": "models/marts/leads.sql", "parents": ["stg_leads"], "config": {"meta": {"owner": "ann"}, "group": "finance", "materialized": "ephemeral"}, "access": "private", "name": "leads"}
{"as": "nn_ord", "id": "test.shop.not_null_stg_orders_id.8cf5724805", "fqn": ["shop", "staging", "not_null_stg_orders_id"], "file": "models/staging/stg.yml", "parents": ["stg_orders"], "tags": ["strict"], "config": {"materialized": "test", "severity": "warn", "tags": ["strict"]}, "generic": "not_null", "name": "not_null_stg_orders_id"}
{"as": "nn_src", "id": "test.shop.source_not_null_app_orders_id.926f4876c4", "fqn": ["shop", "staging", "source_not_null_app_orders_id"], "file": "models/staging/sources.yml", "parents": ["s_orders"], "tags": ["big"], "config": {"materialized": "test", "severity": "ERROR"}, "generic": "not_null", "name": "source_not_null_app_orders_id"}
{"as": "pay1", "id": "model.shop.pay.v1", "fqn": ["shop", "marts", "pay", "v1"], "file": "models/marts/pay_v1.sql", "parents": [], "patch": "shop://models/marts/marts.yml", "config": {"meta": {"owner": "ann"}, "materialized": "table"}, "access": "protected", "version": "1", "latest": "2", "name": "pay"}
{"as": "pay2", "id": "model.shop.pay.v2", "fqn": ["shop", "marts", "pay", "v2"], "file": "models/marts/pay_v2.sql", "parents": [], "patch": "shop://models/marts/marts.yml", "config": {"meta": {"owner": "ann"}, "materialized": "table"}, "access": "protected", "version": "2", "latest": "2", "name": "pay"}
{"as": "pay3", "id": "model.shop.pay.v3", "fqn": ["shop", "marts", "pay", "v3"], "file": "models/marts/pay_v3.sql", "parents": [], "patch": "shop://models/marts/marts.yml", "config": {"meta": {"owner": "ann"}, "materialized": "table"}, "access": "protected", "version": "3", "latest": "2", "name": "pay"}
{"as": "rel_ord", "id": "test.shop.relationships_stg_orders_id__id__ref_stg_users_.d379a4f277", "fqn": ["shop", "staging", "relationships_stg_orders_id__id__ref_stg_users_"], "file": "models/staging/stg.yml", "parents": ["stg_orders", "stg_users"], "config": {"materialized": "test", "severity": "ERROR"}, "generic": "relationships", "name": "relationships_stg_orders_id__id__ref_stg_users_"}
{"as": "report", "id": "model.shop.report", "fqn": ["shop", "marts", "report"], "file": "models/marts/report.sql", "parents": ["dim_users", "fct_orders"], "tags": ["hot"], "config": {"meta": {"owner": "ann"}, "group": "finance", "materialized": "incremental", "tags": ["hot"]}, "access": "protected", "name": "report"}
{"as": "s_leads", "id": "source.shop.crm.leads", "fqn": ["shop", "staging", "crm", "leads"], "file": "models/staging/sources.yml", "parents": [], "config": {}, "source": "crm", "name": "leads"}
{"as": "s_orders", "id": "source.shop.app.orders", "fqn": ["shop", "staging", "app", "orders"], "file": "models/staging/sources.yml", "parents": [], "tags": ["big"], "config": {}, "source": "app", "name": "orders"}
{"as": "s_users", "id": "source.shop.app.users", "fqn": ["shop", "staging", "app", "users"], "file": "models/staging/sources.yml", "parents": [], "config": {}, "source": "app", "name": "users"}
{"as": "snap", "id": "snapshot.shop.users_snap", "fqn": ["shop", "users_snap"], "file": "snapshots/snap.yml", "parents": ["stg_users"], "patch": "shop://snapshots/snap.yml", "config": {"materialized": "snapshot", "unique_key": "id", "check_cols": "all"}, "name": "users_snap"}
{"as": "stg_leads", "id": "model.shop.stg_leads", "fqn": ["shop", "staging", "stg_leads"], "file": "models/staging/stg_leads.sql", "parents": ["s_leads"], "tags": ["nightly", "stg"], "config": {"materialized": "view", "tags": ["nightly", "stg"]}, "access": "protected", "name": "stg_leads"}
{"as": "stg_orders", "id": "model.shop.stg_orders", "fqn": ["shop", "staging", "stg_orders"], "file": "models/staging/stg_orders.sql", "parents": ["s_orders"], "tags": ["nightly", "stg"], "patch": "shop://models/staging/stg.yml", "config": {"materialized": "view", "tags": ["nightly", "stg"]}, "access": "protected", "name": "stg_orders"}
{"as": "stg_users", "id": "model.shop.stg_users", "fqn": ["shop", "staging", "stg_users"], "file": "models/staging/stg_users.sql", "parents": ["s_users"], "tags": ["nightly", "stg"], "patch": "shop://models/staging/stg.yml", "config": {"materialized": "view", "tags": ["nightly", "stg"]}, "access": "protected", "name": "stg_users"}
{"as": "t_orders", "id": "test.shop.assert_orders", "fqn": ["shop", "assert_orders"], "file": "tests/assert_orders.sql", "parents": ["fct_orders", "stg_leads"], "config": {"materialized": "test", "severity": "ERROR"}, "name": "assert_orders"}
{"as": "t_users", "id": "test.shop.assert_users", "fqn": ["shop", "assert_users"], "file": "tests/assert_users.sql", "parents": ["dim_users"], "tags": ["single"], "config": {"materialized": "test", "severity": "ERROR", "tags": ["single"]}, "name": "assert_users"}
{"as": "u_fct", "id": "test.shop.unique_fct_orders_id.2a20231a0b", "fqn": ["shop", "marts", "unique_fct_orders_id"], "file": "models/marts/marts.yml", "parents": ["fct_orders"], "config": {"materialized": "test", "severity": "ERROR"}, "generic": "unique", "name": "unique_fct_orders_id"}
{"as": "u_ord", "id": "test.shop.unique_stg_orders_id.beb6e97f2f", "fqn": ["shop", "staging", "unique_stg_orders_id"], "file": "models/staging/stg.yml", "parents": ["stg_orders"], "config": {"materialized": "test", "severity": "ERROR"}, "generic": "unique", "name": "unique_stg_orders_id"}
{"as": "u_pay1", "id": "test.shop.unique_pay_v1_id.b16ea739e0", "fqn": ["shop", "marts", "unique_pay_v1_id"], "file": "models/marts/marts.yml", "parents": ["pay1"], "config": {"materialized": "test", "severity": "ERROR"}, "generic": "unique", "name": "unique_pay_v1_id"}
{"as": "u_pay2", "id": "test.shop.unique_pay_v2_id.ba8da512ad", "fqn": ["shop", "marts", "unique_pay_v2_id"], "file": "models/marts/marts.yml", "parents": ["pay2"], "config": {"materialized": "test", "severity": "ERROR"}, "generic": "unique", "name": "unique_pay_v2_id"}
{"as": "u_pay3", "id": "test.shop.unique_pay_v3_id.cd285482e8", "fqn": ["shop", "marts", "unique_pay_v3_id"], "file": "models/marts/marts.yml", "parents": ["pay3"], "config": {"materialized": "test", "severity": "ERROR"}, "generic": "unique", "name": "unique_pay_v3_id"}
{"as": "u_usr", "id": "test.shop.unique_stg_users_id.b3a174283a", "fqn": ["shop", "staging", "unique_stg_users_id"], "file": "models/staging/stg.yml", "parents": ["stg_users"], "config": {"materialized": "test", "severity": "ERROR"}, "generic": "unique", "name": "unique_stg_users_id"}
{"as": "uses_pay", "id": "model.shop.uses_pay", "fqn": ["shop", "marts", "uses_pay"], "file": "models/marts/uses_pay.sql", "parents": ["pay2"], "config": {"meta": {"owner": "ann"}, "materialized": "table"}, "access": "protected", "name": "uses_pay"}
{"as": "ut_dim", "id": "unit_test.shop.dim_users.ut_dim", "fqn": ["shop", "marts", "dim_users", "ut_dim"], "file": "models/marts/marts.yml", "parents": ["dim_users"], "config": {}, "name": "ut_dim"}
"#;

/// What is given as `--select`, `--exclude` and further options, and what `dbt ls` lists.
#[rustfmt::skip]
const SELECTIONS: &[(&str, &str, &str, &str)] = &[
    ("fct_orders", "", "", "av_fct fct_orders t_orders u_fct"),
    ("+fct_orders", "", "", "av_fct countries fct_orders nn_ord nn_src rel_ord s_orders s_users stg_orders stg_users t_orders u_fct u_ord u_usr"),
    ("1+fct_orders", "", "", "av_fct countries fct_orders nn_ord rel_ord stg_orders stg_users t_orders u_fct u_ord u_usr"),
    ("fct_orders+", "", "", "av_fct board fct_orders report t_orders u_fct"),
    ("fct_orders+1", "", "", "av_fct fct_orders report t_orders u_fct"),
    ("1+fct_orders+1", "", "", "av_fct countries fct_orders nn_ord rel_ord report stg_orders stg_users t_orders u_fct u_ord u_usr"),
    ("@stg_orders", "", "", "av_fct board calendar countries dim_users fct_orders nn_ord nn_src rel_ord report s_leads s_orders s_users stg_leads stg_orders stg_users t_orders t_users u_fct u_ord u_usr ut_dim"),
    ("@dim_users", "", "", "av_fct board calendar countries dim_users fct_orders nn_ord nn_src rel_ord report s_orders s_users stg_orders stg_users t_orders t_users u_fct u_ord u_usr ut_dim"),
    ("tag:nightly", "", "", "nn_ord rel_ord stg_leads stg_orders stg_users t_orders u_ord u_usr"),
    ("tag:n*", "", "", "nn_ord rel_ord stg_leads stg_orders stg_users t_orders u_ord u_usr"),
    ("tag:strict", "", "", "nn_ord"),
    ("tag:big", "", "", "nn_src s_orders"),
    ("tag:raw+1", "", "", "av_fct countries fct_orders t_orders u_fct"),
    ("tag:nightly,tag:stg stg_leads", "", "", "nn_ord rel_ord stg_leads stg_orders stg_users t_orders u_ord u_usr"),
    ("staging", "", "", "nn_ord nn_src rel_ord stg_leads stg_orders stg_users t_orders u_ord u_usr"),
    ("staging.*", "", "", "nn_ord nn_src rel_ord stg_leads stg_orders stg_users t_orders u_ord u_usr"),
    ("shop.staging.stg_users", "", "", "rel_ord stg_users u_usr"),
    ("marts.core", "", "", "av_fct fct_orders t_orders u_fct"),
    ("marts.*", "", "", "av_fct board dim_users fct_orders leads pay1 pay2 pay3 report t_orders t_users u_fct u_pay1 u_pay2 u_pay3 uses_pay ut_dim"),
    ("shop.*", "", "", "av_fct board countries dim_users fct_orders leads nn_ord nn_src pay1 pay2 pay3 rel_ord report snap stg_leads stg_orders stg_users t_orders t_users u_fct u_ord u_pay1 u_pay2 u_pay3 u_usr uses_pay ut_dim"),
    ("*_orders", "", "", "av_fct fct_orders nn_ord rel_ord stg_orders t_orders u_fct u_ord"),
    ("stg_*", "", "", "nn_ord rel_ord stg_leads stg_orders stg_users t_orders u_ord u_usr"),
    ("stg_user?", "", "", "rel_ord stg_users u_usr"),
    ("stg_[lu]*", "", "", "rel_ord stg_leads stg_users t_orders u_usr"),
    ("shop", "", "", "av_fct board countries dim_users fct_orders leads nn_ord nn_src pay1 pay2 pay3 rel_ord report snap stg_leads stg_orders stg_users t_orders t_users u_fct u_ord u_pay1 u_pay2 u_pay3 u_usr uses_pay ut_dim"),
    ("utils", "", "", "calendar"),
    ("utils.calendar", "", "", "calendar"),
    ("calendar", "", "", "calendar"),
    ("pay", "", "", "pay1 pay2 pay3 u_pay1 u_pay2 u_pay3"),
    ("pay.v1", "", "", "pay1 u_pay1"),
    ("pay_v1", "", "", "pay1 u_pay1"),
    ("pay.v3+", "", "", "pay3 u_pay3"),
    ("+uses_pay", "", "", "pay2 u_pay2 uses_pay"),
    ("marts.pay", "", "", "pay1 pay2 pay3 u_pay1 u_pay2 u_pay3"),
    ("p?y", "", "", "pay1 pay2 pay3 u_pay1 u_pay2 u_pay3"),
    ("off", "", "", ""),
    ("nothing", "", "", ""),
    ("source:app", "", "", "nn_src s_orders s_users"),
    ("source:app.orders", "", "", "nn_src s_orders"),
    ("source:shop.app.users+", "", "", "av_fct board dim_users fct_orders rel_ord report s_users snap stg_users t_orders t_users u_fct u_usr ut_dim"),
    ("source:*", "", "", "nn_src s_leads s_orders s_users"),
    ("source:app+,fct_orders", "", "", "av_fct fct_orders t_orders u_fct"),
    ("source:*.leads+", "", "", "leads s_leads stg_leads t_orders"),
    ("models/staging", "", "", "nn_ord nn_src rel_ord s_leads s_orders s_users stg_leads stg_orders stg_users t_orders u_ord u_usr"),
    ("models/marts/core", "", "", "av_fct fct_orders t_orders u_fct"),
    ("models/marts/*.sql", "", "", "dim_users leads pay1 pay2 pay3 report t_users u_pay1 u_pay2 u_pay3 uses_pay ut_dim"),
    ("models/**/*.yml", "", "", "av_fct board fct_orders nn_ord nn_src pay1 pay2 pay3 rel_ord s_leads s_orders s_users stg_orders stg_users t_orders u_fct u_ord u_pay1 u_pay2 u_pay3 u_usr ut_dim"),
    ("path:models/staging/stg.yml", "", "", "nn_ord rel_ord stg_orders stg_users u_ord u_usr"),
    ("path:seeds", "", "", "countries"),
    ("path:models/staging/stg_orders.sql", "", "", "nn_ord rel_ord stg_orders u_ord"),
    ("models/staging/", "", "", "nn_ord nn_src rel_ord s_leads s_orders s_users stg_leads stg_orders stg_users t_orders u_ord u_usr"),
    ("path:./models/staging", "", "", "nn_ord nn_src rel_ord s_leads s_orders s_users stg_leads stg_orders stg_users t_orders u_ord u_usr"),
    ("path:models/mart*", "", "", "av_fct board dim_users fct_orders leads pay1 pay2 pay3 report t_orders t_users u_fct u_pay1 u_pay2 u_pay3 uses_pay ut_dim"),
    ("path:tests", "", "", "t_orders t_users"),
    ("stg_orders.sql", "", "", "nn_ord rel_ord stg_orders u_ord"),
    ("file:stg_*.sql", "", "", "nn_ord rel_ord stg_leads stg_orders stg_users t_orders u_ord u_usr"),
    ("file:stg_users", "", "", "rel_ord stg_users u_usr"),
    ("countries.csv", "", "", "countries"),
    ("file:stg.yml", "", "", "nn_ord rel_ord u_ord u_usr"),
    ("package:utils", "", "", "calendar"),
    ("package:this", "", "", "av_fct board countries dim_users fct_orders leads nn_ord nn_src pay1 pay2 pay3 rel_ord report s_leads s_orders s_users snap stg_leads stg_orders stg_users t_orders t_users u_fct u_ord u_pay1 u_pay2 u_pay3 u_usr uses_pay ut_dim"),
    ("package:shop,resource_type:model", "", "", "av_fct dim_users fct_orders leads nn_ord pay1 pay2 pay3 rel_ord report stg_leads stg_orders stg_users t_orders t_users u_fct u_ord u_pay1 u_pay2 u_pay3 u_usr uses_pay ut_dim"),
    ("config.materialized:view", "", "", "calendar nn_ord rel_ord stg_leads stg_orders stg_users t_orders u_ord u_usr"),
    ("config.materialized:incremental", "", "", "report"),
    ("config.meta.owner:ann", "", "", "av_fct dim_users fct_orders leads pay1 pay2 pay3 report t_orders t_users u_fct u_pay1 u_pay2 u_pay3 uses_pay ut_dim"),
    ("config.severity:warn", "", "", "nn_ord"),
    ("config.tags:hot", "", "", "report"),
    ("config.enabled:true,resource_type:seed", "", "", "countries"),
    ("config.group:finance", "", "", "leads report"),
    ("config.unique_key:id", "", "", "snap"),
    ("config.check_cols:all", "", "", "snap"),
    ("resource_type:seed", "", "", "countries"),
    ("resource_type:source", "", "", "nn_src s_leads s_orders s_users"),
    ("resource_type:test", "", "", "av_fct nn_ord nn_src rel_ord t_orders t_users u_fct u_ord u_pay1 u_pay2 u_pay3 u_usr"),
    ("resource_type:unit_test", "", "", "ut_dim"),
    ("resource_type:exposure", "", "", "board"),
    ("resource_type:snapshot", "", "", "snap"),
    ("resource_type:analysis", "", "", ""),
    ("test_type:generic", "", "", "av_fct nn_ord nn_src rel_ord u_fct u_ord u_pay1 u_pay2 u_pay3 u_usr"),
    ("test_type:singular", "", "", "t_orders t_users"),
    ("test_type:data", "", "", "av_fct nn_ord nn_src rel_ord t_orders t_users u_fct u_ord u_pay1 u_pay2 u_pay3 u_usr"),
    ("test_type:unit", "", "", "ut_dim"),
    ("test_type:schema", "", "", "av_fct nn_ord nn_src rel_ord u_fct u_ord u_pay1 u_pay2 u_pay3 u_usr"),
    ("test_name:unique", "", "", "u_fct u_ord u_pay1 u_pay2 u_pay3 u_usr"),
    ("test_name:*null", "", "", "nn_ord nn_src"),
    ("test_name:ut_dim", "", "", "ut_dim"),
    ("test_name:relationships", "", "", "rel_ord"),
    ("exposure:board", "", "", "board"),
    ("+exposure:board", "", "", "av_fct board calendar countries dim_users fct_orders nn_ord nn_src rel_ord report s_orders s_users stg_orders stg_users t_orders t_users u_fct u_ord u_usr ut_dim"),
    ("exposure:*", "", "", "board"),
    ("exposure:shop.board", "", "", "board"),
    ("unit_test:ut_dim", "", "", "ut_dim"),
    ("unit_test:*", "", "", "ut_dim"),
    ("metric:*", "", "", ""),
    ("group:finance", "", "", "leads report"),
    ("group:fin*", "", "", "leads report"),
    ("access:public", "", "", "av_fct fct_orders t_orders u_fct"),
    ("access:private", "", "", "leads"),
    ("access:protected,package:shop", "", "", "dim_users nn_ord pay1 pay2 pay3 rel_ord report stg_leads stg_orders stg_users t_orders t_users u_ord u_pay1 u_pay2 u_pay3 u_usr uses_pay ut_dim"),
    ("version:latest", "", "", "pay2 u_pay2"),
    ("version:prerelease", "", "", "pay3 u_pay3"),
    ("version:old", "", "", "pay1 u_pay1"),
    ("version:none,resource_type:model", "", "", "av_fct calendar dim_users fct_orders leads nn_ord rel_ord report stg_leads stg_orders stg_users t_orders t_users u_fct u_ord u_usr uses_pay ut_dim"),
    ("stg_orders stg_users", "", "", "nn_ord rel_ord stg_orders stg_users u_ord u_usr"),
    ("stg_orders,stg_users", "", "", "rel_ord"),
    ("+report,+uses_pay", "", "", ""),
    ("+report,tag:nightly", "", "", "nn_ord rel_ord stg_orders stg_users t_orders u_ord u_usr"),
    ("+fct_orders", "stg_users+", "", "countries nn_ord nn_src s_orders s_users stg_orders u_ord"),
    ("stg_orders+", "test_type:data", "", "board fct_orders report stg_orders"),
    ("stg_orders", "test_name:unique", "", "nn_ord rel_ord stg_orders"),
    ("*", "tag:nightly", "", "av_fct board calendar countries dim_users fct_orders leads nn_src pay1 pay2 pay3 report snap t_users u_fct u_pay1 u_pay2 u_pay3 uses_pay ut_dim"),
    ("resource_type:model", "fct_orders report", "", "calendar dim_users leads nn_ord pay1 pay2 pay3 rel_ord stg_leads stg_orders stg_users t_users u_ord u_pay1 u_pay2 u_pay3 u_usr uses_pay ut_dim"),
    ("", "resource_type:test", "", "board calendar countries dim_users fct_orders leads pay1 pay2 pay3 report s_leads s_orders s_users snap stg_leads stg_orders stg_users uses_pay ut_dim"),
    ("", "stg_users+", "", "calendar countries leads nn_ord nn_src pay1 pay2 pay3 s_leads s_orders s_users stg_leads stg_orders u_ord u_pay1 u_pay2 u_pay3 uses_pay"),
    ("stg_orders", "", "cautious", "nn_ord stg_orders u_ord"),
    ("stg_orders stg_users", "", "cautious", "nn_ord rel_ord stg_orders stg_users u_ord u_usr"),
    ("stg_orders", "", "buildable", "nn_ord stg_orders u_ord"),
    ("fct_orders", "", "buildable", "av_fct fct_orders u_fct"),
    ("fct_orders", "", "empty", "fct_orders"),
    ("+fct_orders", "", "cautious", "av_fct countries fct_orders nn_ord nn_src rel_ord s_orders s_users stg_orders stg_users u_fct u_ord u_usr"),
    ("fct_orders stg_leads", "", "cautious", "av_fct fct_orders stg_leads t_orders u_fct"),
    ("tag:nightly,stg_orders", "", "cautious", "nn_ord stg_orders u_ord"),
    ("fct_orders stg_leads", "", "buildable", "av_fct fct_orders stg_leads t_orders u_fct"),
    ("stg_orders stg_users", "stg_users", "cautious", "nn_ord rel_ord stg_orders u_ord"),
    ("stg_users", "", "only test", "rel_ord u_usr"),
    ("+report", "", "only model", "calendar dim_users fct_orders report stg_orders stg_users"),
    ("stg_orders+", "", "without test", "board fct_orders report stg_orders"),
    ("relationships_stg_orders_id__id__ref_stg_users_", "", "", "rel_ord"),
    ("+unique_fct_orders_id", "", "", "av_fct countries fct_orders nn_ord nn_src rel_ord s_orders s_users stg_orders stg_users t_orders u_fct u_ord u_usr"),
    ("assert_orders", "", "", "t_orders"),
    ("dim_users", "", "", "dim_users t_users ut_dim"),
    ("users_snap", "", "", "snap"),
    ("2+assert_orders", "", "", "av_fct countries fct_orders nn_ord rel_ord s_leads stg_leads stg_orders stg_users t_orders u_fct u_ord u_usr"),
    ("a+b", "", "", ""),
    ("fct_orders++", "", "", ""),
    ("+", "", "", ""),
    ("0+fct_orders+0", "", "", "av_fct fct_orders t_orders u_fct"),
    ("shop.marts", "", "", "av_fct board dim_users fct_orders leads pay1 pay2 pay3 report t_orders t_users u_fct u_pay1 u_pay2 u_pay3 uses_pay ut_dim"),
    ("marts.co*", "", "", "av_fct fct_orders t_orders u_fct"),
    ("*.core.*", "", "", "av_fct fct_orders t_orders u_fct"),
    ("core.fct_orders", "", "", ""),
];

/// The kinds that `dbt ls` lists unless it is told otherwise.
const LISTED: [ResourceType; 7] = [
    ResourceType::Model,
    ResourceType::Snapshot,
    ResourceType::Seed,
    ResourceType::Test,
    ResourceType::Source,
    ResourceType::Exposure,
    ResourceType::UnitTest,
];

/// A member with all it borrows.
struct Owned {
    alias: String,
    id: UniqueId,
    resource_type: ResourceType,
    package: String,
    fqn: Vec<String>,
    tags: Vec<String>,
    config: NodeConfig,
    model: Option<ModelDetail>,
    parents: Vec<UniqueId>,
    json: Value,
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn project() -> Vec<Owned> {
    let lines = PROJECT.lines().filter(|line| !line.is_empty());
    let list: Vec<Value> = lines.map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
    let text = |json: &Value, key: &str| json[key].as_str().map(str::to_owned);
    let ids: BTreeMap<String, UniqueId> = list
        .iter()
        .map(|json| {
            (text(json, "as").expect("it has one"), UniqueId::from_text(json["id"].as_str().expect("it has one")))
        })
        .collect();
    let owned = |json: Value| {
        let alias = text(&json, "as").expect("it has one");
        let id = ids[&alias].clone();
        let resource_type = ResourceType::from_name(id.as_str().split('.').next().unwrap_or_default());
        Owned {
            resource_type: resource_type.expect("it is a kind"),
            package: id.as_str().split('.').nth(1).unwrap_or_default().to_owned(),
            fqn: texts(&json["fqn"]),
            tags: texts(&json["tags"]),
            config: NodeConfig(json["config"].as_object().cloned().unwrap_or_default()),
            model: text(&json, "access").map(|access| ModelDetail {
                access,
                version: text(&json, "version"),
                latest_version: text(&json, "latest"),
                ..ModelDetail::default()
            }),
            parents: texts(&json["parents"]).iter().map(|parent| ids[parent].clone()).collect(),
            alias,
            id,
            json,
        }
    };
    list.into_iter().map(owned).collect()
}

fn member(owned: &Owned) -> Member<'_> {
    let has_config = !matches!(owned.resource_type, ResourceType::Exposure | ResourceType::UnitTest);
    Member {
        id: &owned.id,
        resource_type: owned.resource_type,
        package: &owned.package,
        name: owned.json["name"].as_str().unwrap_or_default(),
        fqn: &owned.fqn,
        tags: Cow::Borrowed(&owned.tags),
        original_file_path: owned.json["file"].as_str().unwrap_or_default(),
        patch_path: owned.json["patch"].as_str(),
        group: owned.config.text("group"),
        config: has_config.then_some(&owned.config),
        model: owned.model.as_ref(),
        source_name: owned.json["source"].as_str(),
        generic: owned.json["generic"].as_str(),
        parents: &owned.parents,
        is_empty: false,
    }
}

fn request(select: &str, exclude: &str, options: &str) -> Request {
    let given = |text: &str| if text.is_empty() { Vec::new() } else { vec![text.to_owned()] };
    let mut request = Request {
        select: given(select),
        exclude: given(exclude),
        resource_types: LISTED.to_vec(),
        empty_nodes: EmptyNodes::Kept,
        ..Request::default()
    };
    match options.split_once(' ') {
        Some(("only", kind)) => request.resource_types = ResourceType::from_name(kind).into_iter().collect(),
        Some((_, kind)) => request.excluded_resource_types = ResourceType::from_name(kind).into_iter().collect(),
        None => request.indirect = IndirectSelection::from_name(options).unwrap_or_default(),
    }
    request
}

/// Returns the aliases of what is selected with the warnings drawn, or the errors drawn.
fn selected(project: &[Owned], request: &Request) -> Result<(String, Vec<String>), Vec<String>> {
    let members = Members::new(project.iter().map(member).collect(), "shop");
    let graph = Graph::new(project.iter().map(|owned| (owned.id.clone(), owned.parents.clone())));
    let drawn = |list: crate::diagnostic::Diagnostics| -> Vec<String> {
        list.into_sorted().iter().map(|diagnostic| render(diagnostic, Style::Plain)).collect()
    };
    let selection = select_members(&members, &graph, request, None).map_err(drawn)?;
    let mut aliases: Vec<&str> =
        project.iter().filter(|owned| selection.contains(&owned.id)).map(|owned| owned.alias.as_str()).collect();
    aliases.sort_unstable();
    Ok((aliases.join(" "), drawn(selection.warnings)))
}

#[test]
fn selections_are_those_of_dbt() {
    let project = project();
    let mut wrong = Vec::new();
    for (select, exclude, options, expected) in SELECTIONS {
        let got = selected(&project, &request(select, exclude, options)).map(|(aliases, _)| aliases);
        if got.as_deref() != Ok(*expected) {
            wrong.push(format!("{select} | {exclude} | {options}\n    dbt  {expected}\n    here {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_cannot_be_read_is_shown_in_the_option() {
    let project = project();
    let error = |select: &str| selected(&project, &request(select, "", "")).expect_err(select).join("\n\n");
    let expected = "\
error[E0501]: 'tags' is not a valid method name
 --> <--select>:1:9
  |
1 | staging tags:nightly+
  |         ^^^^
  |
  = note: the methods are `fqn`, `tag`, `group`, `access`, `source`, `path`, `file`, `package`, `config`, `test_name`, `test_type`, `resource_type`, `state`, `exposure`, `metric`, `result`, `source_status`, `version`, `semantic_model`, `saved_query`, `unit_test`
  = help: did you mean `tag`?";
    assert_eq!(error("staging tags:nightly+"), expected);
    let cases = [
        ("@a+", "Invalid node spec @a+ - \"@\" prefix and \"+\" suffix are incompatible"),
        ("resource_type:modle", "Invalid resource_type selector \"modle\""),
        ("test_type:x", "Invalid test type selector x: expected \"generic\", \"singular\", \"unit\", or \"data\""),
        ("version:newest", "Invalid version type selector newest: expected one of: \"latest\""),
        ("source:a.b.c.d", "Invalid source selector value \"a.b.c.d\". Sources must be of the form `${source_name}`"),
        ("exposure:a.b.c", "the form ${exposure_name} or ${exposure_package.exposure_name}"),
        ("state:modified+", "Got a state selector method, but no comparison manifest"),
        ("result:error", "No comparison run_results"),
        ("source_status:fresher", "No previous state comparison freshness results in sources.json"),
    ];
    for (select, title) in cases {
        assert!(error(select).contains(title), "{}", error(select));
    }
    assert_eq!(error("a:b c:d").matches("error[E0501]").count(), 2);
}

#[test]
fn a_criterion_that_matches_nothing_warns_with_the_nearest_name() {
    let (aliases, warnings) = selected(&project(), &request("+fct_order stg_users", "", "empty")).expect("it is read");
    assert_eq!(aliases, "stg_users");
    let expected = "\
warning[W0501]: The selection criterion '+fct_order' does not match any enabled nodes
 --> <--select>:1:1
  |
1 | +fct_order stg_users
  | ^^^^^^^^^^
  |
  = help: did you mean `fct_orders`?";
    assert_eq!(warnings, [expected]);
}

#[test]
fn no_text_makes_the_parser_panic() {
    let pieces = [
        "a",
        "+",
        "@",
        "1",
        ":",
        "tag:",
        "source:",
        ".",
        ",",
        " ",
        "*",
        "[",
        "]",
        "!",
        "?",
        "é",
        "/",
        "\\",
        "**",
        "config.",
        "99999999999999999999",
    ];
    let project: Vec<Owned> = project();
    let mut state: u64 = 11;
    for _ in 0..3_000 {
        let mut text = String::new();
        for _ in 0..8 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text.push_str(pieces[usize::try_from(state >> 33).unwrap_or(0) % pieces.len()]);
        }
        let (Ok(_) | Err(_)) = selected(&project, &request(&text, &text, "buildable"));
    }
}

/// `selectors.yml` with what dbt selects (analyses too) for the selector `x`, or the words of its error.
#[rustfmt::skip]
const DEFINITIONS: &[(&str, &str)] = &[
    ("definition: '+fct_orders+1'", "av_fct countries fct_orders nn_ord nn_src rel_ord report s_orders s_users stg_orders stg_users t_orders u_fct u_ord u_usr"),
    ("definition: 'stg_users stg_leads'", ""),
    ("definition: {tag: hot}", "report"),
    ("definition: {method: fqn, value: fct_orders, children: true, children_depth: 1, indirect_selection: empty}", "av_fct fct_orders report t_orders u_fct"),
    ("definition: {method: fqn, value: report, parents: true, parents_depth: 1, indirect_selection: empty}", "dim_users fct_orders report"),
    ("definition: {method: fqn, value: stg_orders, childrens_parents: true, indirect_selection: empty}", "ana av_fct board calendar countries dim_users fct_orders nn_ord rel_ord report s_leads s_orders s_users stg_leads stg_orders stg_users t_orders u_fct u_ord"),
    ("definition: {union: [{tag: hot}, {method: fqn, value: countries}]}", "countries report"),
    ("definition: {intersection: [{tag: nightly}, {method: fqn, value: stg_users, indirect_selection: empty}]}", "stg_users"),
    ("definition: {union: [{method: tag, value: nightly, indirect_selection: empty}, {exclude: [stg_users, stg_leads]}]}", "stg_orders"),
    ("definition: {method: tag, value: nightly, indirect_selection: empty, exclude: [{union: [stg_users, stg_leads]}]}", "stg_orders"),
    ("definition: {method: selector, value: before}", "report"),
    ("definition: {union: [{method: selector, value: before}, countries]}", "countries report"),
    ("definition: {method: selector, value: after}", "Existing selector definition for after not found."),
    ("definition: {method: foo, value: a}", "'foo' is not a valid method name"),
    ("definition: '@a+'", "Invalid node spec @a+ - \"@\" prefix and \"+\" suffix are incompatible"),
    ("definition: {union: [a], intersection: [b]}", "Only a single 'union' or 'intersection' key is allowed in a root level selector definition; found union,intersection."),
    ("definition: {union: [a, {exclude: [b]}, {exclude: [c]}]}", "You cannot provide multiple exclude arguments to the same selector set operator:"),
    ("definition: {union: a}", "Invalid value for key \"union\". Expected a list."),
    ("definition: {method: fqn, parents: true}", "Expected either 1 key or else \"method\" and \"value\" keys, but got ['method', 'parents']"),
    ("definition: {method: fqn, value: a, indirect_selection: foo}", "'foo' is not a valid IndirectSelection"),
    ("definition: [a, b]", "Could not parse selector file data"),
    ("description: no definition", "Could not parse selector file data"),
    ("default: true\n    definition: a\n  - {name: y, default: true, definition: b}", "Found multiple selectors with `default: true`:x and y"),
];

#[test]
fn definitions_select_what_dbt_selects() {
    let project = project();
    let mut wrong = Vec::new();
    for (definition, expected) in DEFINITIONS {
        let text = format!("selectors:\n  - {{name: before, definition: 'tag:hot'}}\n  - name: x\n    {definition}\n");
        let file = SourceFile::new("selectors.yml", text);
        let yaml = crate::yaml::read(&file).expect("it is YAML");
        let got = Selectors::read(Some(&yaml), IndirectSelection::Eager).and_then(|selectors| selectors.find("x"));
        let (got, is_right) = match got {
            Ok(selector) => {
                let request = Request { selector: Some(selector), empty_nodes: EmptyNodes::Kept, ..Request::default() };
                let (aliases, warnings) = selected(&project, &request).expect("it selects");
                assert!(warnings.is_empty(), "{warnings:?}");
                (aliases.clone(), aliases == *expected)
            }
            Err(diagnostic) => (diagnostic.title.clone(), diagnostic.title.contains(expected) && !expected.is_empty()),
        };
        if !is_right {
            wrong.push(format!("{definition}\n    dbt  {expected}\n    here {got}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn selectors_are_described_as_in_dbts_manifest() {
    let text = "selectors:\n  - {name: a, definition: '2+tag:hot+'}\n  - name: b\n    description: d\n    definition: {union: [{method: selector, value: a}, {tag: x}, {exclude: ['@y']}]}\n";
    let file = SourceFile::new("selectors.yml", text);
    let yaml = crate::yaml::read(&file).expect("it is YAML");
    let selectors = Selectors::read(Some(&yaml), IndirectSelection::Eager).expect("it is read");
    let hot =
        serde_json::json!({"parents": true, "parents_depth": "2", "method": "tag", "value": "hot", "children": true});
    let expected = serde_json::json!({
        "a": {"name": "a", "definition": hot},
        "b": {"name": "b", "description": "d", "definition": {"union": [
            hot, {"method": "tag", "value": "x"},
            {"exclude": [{"childrens_parents": true, "method": "fqn", "value": "y"}]},
        ]}},
    });
    assert_eq!(Value::Object(selectors.to_map()), expected);
    let unknown = selectors.find("c").expect_err("there is none");
    assert_eq!(unknown.title, "Could not find selector named c, expected one of ['a', 'b']");
}
