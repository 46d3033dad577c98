//! The template language: what is rendered equals what dbt renders.

use crate::project::Project;

/// Compiles one model and returns its SQL.
#[track_caller]
fn compiled(project: &Project) -> String {
    let _ = project.run(&["compile"]).success();
    project.read("target/compiled/shop/models/m.sql")
}

#[track_caller]
fn rendered(macros: &str, model: &str) -> String {
    compiled(&Project::new().macros(macros).model("m", model))
}

#[test]
fn return_gives_a_value_and_not_text() {
    let macros = "{% macro numbers() %}ignored{{ return([1, 2, 3]) }}never{% endmacro %}\n\
                  {% macro first_even(list) %}{% for x in list %}{% if x % 2 == 0 %}{% do return(x) %}{% endif %}{% endfor %}{{ return(none) }}{% endmacro %}";
    assert_eq!(
        rendered(macros, "select {{ numbers()[1] + 1 }}, {{ first_even(numbers()) }}, {{ first_even([1]) }}"),
        "select 3, 2, None"
    );
}

#[test]
fn lists_and_dicts_are_changed_in_place() {
    let model = "{%- set list = [] -%}{%- for i in range(3) -%}{%- do list.append(i * 2) -%}{%- endfor -%}\
                 {%- do list.insert(0, 'x') -%}{%- set d = {'a': 1} -%}{%- do d.update({'b': 2}) -%}{%- do d.pop('a') -%}{%- do list.extend([7, 8]) -%}\
                 select '{{ list }}', '{{ d }}', {{ list.pop() }}, {{ list | length }}, {{ d.get('z', 5) }}, {{ d.items() | list }}";
    assert_eq!(rendered("", model), "select '['x', 0, 2, 4, 7, 8]', '{'b': 2}', 8, 5, 5, [('b', 2)]");
}

#[test]
fn a_caller_is_called_with_arguments() {
    let macros = "{% macro each(items) %}{% for item in items %}{{ caller(item, loop.index) }}{% if not loop.last %}, {% endif %}{% endfor %}{% endmacro %}";
    let model = "select {% call(name, place) each(['a', 'b']) %}{{ place }} as {{ name }}{% endcall %}";
    assert_eq!(rendered(macros, model), "select 1 as a, 2 as b");
}

#[test]
fn macros_take_defaults_keywords_varargs_and_kwargs() {
    let macros = "{% macro show(a, b=2) %}{{ a }}/{{ b }}/{{ varargs }}/{{ kwargs }}{% endmacro %}";
    assert_eq!(
        rendered(macros, "{{ show(1) }} {{ show(1, 3, 4, 5) }} {{ show(b=9, a=8, c=7) }}"),
        "1/2/()/{} 1/3/(4, 5)/{} 8/9/()/{'c': 7}"
    );
}

#[test]
fn a_namespace_carries_values_out_of_loops() {
    let model = "{%- set ns = namespace(found=0) -%}{%- for i in [1, 5, 3] -%}{%- if i > ns.found -%}{%- set ns.found = i -%}{%- endif -%}{%- endfor -%}select {{ ns.found }}";
    assert_eq!(rendered("", model), "select 5");
}

#[test]
fn loops_know_break_and_continue() {
    let model = "{%- for i in range(10) -%}{%- if i == 2 -%}{%- continue -%}{%- endif -%}{%- if i > 4 -%}{%- break -%}{%- endif -%}{{ i }},{%- endfor -%}";
    assert_eq!(rendered("", model), "0,1,3,4,");
}

#[test]
fn white_space_is_kept_and_trimmed_as_in_jinja() {
    let model = "select\n  {% if true %}\n  1\n  {%- endif %}\n  {#- note -#}\n  , 2\n{% set x = 3 %}\n  , {{ x }}\n";
    assert_eq!(rendered("", model), "select\n  \n  1, 2\n\n  , 3");
}

#[test]
fn set_blocks_filters_and_raw_are_rendered() {
    let model = "{% set part %}a, b{% endset %}select {{ part | upper | replace(',', ';') }} {% raw %}{{ x }}{% endraw %} {{ ['b','a'] | sort | join('-') }} {{ 'x' ~ 1 }} {{ '%05.1f' | format(3.14159) }} {{ 7 // 2 }} {{ 7 / 2 }} {{ 2 ** 3 }} {{ -7 % 3 }} {{ [1,2,3][-1] }} {{ 'abcdef'[1:3] }}";
    assert_eq!(rendered("", model), "select A; B {{ x }} a-b x1 003.1 3 3.5 8 2 3 bc");
}

#[test]
fn methods_of_python_are_there() {
    let model = "{{ 'a,b'.split(',') }} {{ 'Xy'.lower() }} {{ 'x'.upper() }} {{ ' s '.strip() }} {{ 'abc'.startswith('ab') }} {{ '{}-{}'.format(1, 'z') }} {{ 'a'.join(['1','2']) }} {{ 'hello'.replace('l', 'L') }} {{ 'one two'.title() }} {{ '5'.zfill(3) }} {{ {'a': 1}.keys() | list }} {{ 'x' in ['x'] }} {{ none is none }} {{ true }} {{ '%s is %d' % ('a', 3) }} {{ (1, 2) }} {{ 1.0 }} {{ 1e3 }} {{ ('a', ) }}";
    assert_eq!(
        rendered("", model),
        "['a', 'b'] xy X s True 1-z 1a2 heLLo One Two 005 ['a'] True True True a is 3 (1, 2) 1.0 1000.0 ('a',)"
    );
}

#[test]
fn modules_of_python_are_there() {
    let model = "{{ modules.re.sub('[0-9]+', '#', 'a12b3') }} {{ modules.re.match('(a)(.)', 'abc').group(2) }} {{ (modules.datetime.date(2024, 2, 28) + modules.datetime.timedelta(days=2)).isoformat() }} {{ modules.datetime.datetime(2024, 1, 2, 3, 4, 5).strftime('%Y/%m/%d %H') }} {{ modules.itertools.product([1], [2]) | list }}";
    assert_eq!(rendered("", model), "a#b# b 2024-03-01 2024/01/02 03 [(1, 2)]");
}

#[test]
fn json_yaml_sets_and_hashes_are_made() {
    let model = "{{ tojson({'b': [1, none, true], 'a': 'é'}) }} {{ tojson({'b': 1, 'a': 2}, sort_keys=true) }} {{ fromjson('{\"x\": [1]}').x[0] }} {{ fromyaml('a: [1, 2]').a }} {{ toyaml({'a': 1}) }} {{ set([1, 1, 2]) | length }} {{ zip([1, 2], ['a', 'b']) | list }} {{ local_md5('x') }}";
    assert_eq!(
        rendered("", model),
        "{\"b\": [1, null, true], \"a\": \"\\u00e9\"} {\"a\": 2, \"b\": 1} 1 [1, 2] a: 1\n 2 [(1, 'a'), (2, 'b')] 9dd4e461268c8034f5c8564e155c67a6"
    );
}

#[test]
fn dispatch_prefers_the_adapter_and_the_project() {
    let macros = "{% macro thing() %}{{ return(adapter.dispatch('thing')()) }}{% endmacro %}\n{% macro default__thing() %}default{% endmacro %}\n{% macro duckdb__thing() %}duckdb{% endmacro %}\n{% macro other() %}{{ adapter.dispatch('other', 'shop')() }}{% endmacro %}\n{% macro default__other() %}plain{% endmacro %}";
    assert_eq!(
        rendered(macros, "{{ thing() }} {{ other() }} {{ shop.thing() }} {{ dbt.type_string() }}"),
        "duckdb plain duckdb TEXT"
    );
}

#[test]
fn cross_database_macros_render_as_in_dbt_duckdb() {
    let model = "{{ dbt.dateadd('day', 1, 'd') }}|{{ dbt.date_trunc('week', 'd') }}|{{ dbt.concat(['a', 'b']) }}|{{ dbt.safe_cast('x', 'int') }}|{{ dbt.split_part('x', \"','\", 2) }}|{{ dbt.hash('x') }}|{{ dbt.any_value('x') }}|{{ dbt.listagg('x', \"','\", 'order by x') }}|{{ dbt.last_day('d', 'month') }}|{{ dbt.length('x') }}|{{ dbt.right('x', 2) }}|{{ dbt.string_literal('a') }}|{{ dbt.type_timestamp() }}|{{ dbt.type_int() }}|{{ dbt.type_numeric() }}|{{ dbt.current_timestamp() }}";
    let squeezed: String = rendered("", model).split_whitespace().collect();
    assert_eq!(
        squeezed,
        "(d+cast(1asbigint)*interval1day)|date_trunc('week',d)|a||b|cast(xasint)|string_split(x,',')[2]|md5(cast(xasTEXT))|arbitrary(x)|string_agg(x,','orderbyx)|cast(((date_trunc('month',d)+cast(1asbigint)*interval1month)+cast(-1asbigint)*interval1day)asdate)|length(x)|right(x,2)|'a'|timestamp|integer|numeric(28,6)|now()"
    );
}

#[test]
fn a_query_is_run_while_compiling() {
    let project = Project::new().seed("s", "id,name\n2,b\n1,a\n").model(
        "m",
        "{%- set rows = run_query('select id, name from ' ~ ref('s') ~ ' order by id') -%}\n{%- if execute -%}\nselect {% for row in rows %}{{ row[0] }}/{{ row['name'] }}/{{ row.id }} {% endfor %}{{ rows.columns[1].values() }} {{ rows.column_names }} {{ rows | length }} {{ rows.columns['id'].values() | list }} {{ rows.rows[0].values() | list }}\n{%- endif -%}",
    );
    let _ = project.run(&["seed"]).success();
    assert_eq!(compiled(&project), "select 1/a/1 2/b/2 ('a', 'b') ('id', 'name') 2 [1, 2] [1, 'a']");
}

#[test]
fn statements_and_their_results_are_loaded() {
    let model = "{%- call statement('answer', fetch_result=True) -%}select 42 as n, 'x' as t, null as z, 1.5::decimal(4,2) as d, true as b, date '2024-01-02' as day{%- endcall -%}{%- if execute -%}{%- set found = load_result('answer') -%}select {{ found['data'] }} {{ found['data'][0][0] }} {{ found.table.rows[0]['t'] }} {{ found['response'] }} {{ load_result('other') }}{%- endif -%}";
    assert_eq!(
        rendered("", model),
        "select [(42, 'x', None, Decimal('1.50'), True, datetime.date(2024, 1, 2))] 42 x OK None"
    );
}

#[test]
fn relations_and_columns_can_be_asked() {
    let project = Project::new().seed("s", "id,name\n1,a\n").model(
        "m",
        "{%- set r = ref('s') -%}{{ r }} {{ r.schema }} {{ r.identifier }} {{ r.include(database=false) }} {{ this }} {{ this.name }} {% if execute %}{%- for c in adapter.get_columns_in_relation(r) %}{{ c.name }}:{{ c.dtype }}:{{ c.is_string() }} {% endfor -%}{{ adapter.get_relation(r.database, r.schema, 's').type }} {{ adapter.get_relation(r.database, r.schema, 'no') }} {{ load_relation(r).is_table }}{% endif %} {{ api.Relation.create(schema='a', identifier='b') }} {{ adapter.quote('x') }}",
    );
    let _ = project.run(&["seed"]).success();
    assert_eq!(
        compiled(&project),
        "\"shop\".\"main\".\"s\" main s \"main\".\"s\" \"shop\".\"main\".\"m\" m id:INTEGER:False name:VARCHAR:True table None True \"a\".\"b\" \"x\""
    );
}

#[test]
fn the_surroundings_are_known() {
    let project = Project::new()
        .configured("vars:\n  one: 1\n  list: [a, b]\n  shop: {mine: true, one: 2}\n")
        .env("SHOP_ENV", "outside")
        .model(
            "m",
            "{{ target.name }} {{ target.schema }} {{ target.type }} {{ target.threads }} {{ target.profile_name }} {{ project_name }} {{ var('one') }} {{ var('list') }} {{ var('mine') }} {{ var('no', 'default') }} {{ var.has_var('no') }} {{ env_var('SHOP_ENV') }} {{ env_var('NOT_SET', 'd') }} {{ model.unique_id }} {{ model.name }} {{ this.schema }} {{ flags.FULL_REFRESH }} {{ flags.WHICH }} {{ execute }} {{ config.get('materialized') }} {{ config.get('nothing', 'd') }} {{ invocation_args_dict.which }} {{ graph.nodes | length }} {{ selected_resources }} {{ dbt_version.split('.')[0] }}",
        );
    assert_eq!(
        compiled(&project),
        "dev main duckdb 2 shop shop 2 ['a', 'b'] True default False outside d model.shop.m m main False compile True view d compile 1 ['model.shop.m'] 1"
    );
}

#[test]
fn config_can_be_read_by_the_model_it_configures() {
    let model = "{{ config(materialized='table', tags=['x'], meta={'k': 1}, custom='c') }}select '{{ config.get('materialized') }}', '{{ model.config.tags }}', {{ config.get('meta')['k'] }}, '{{ config.require('materialized') }}'";
    assert_eq!(rendered("", model), "select 'table', '['x']', 1, 'table'");
}

#[test]
fn undefined_names_render_as_nothing() {
    assert_eq!(
        rendered(
            "",
            "select '{{ nothing }}' {% if nothing is defined %}x{% else %}y{% endif %} {{ nothing | default('d') }}"
        ),
        "select '' y d"
    );
}

#[test]
fn context_and_builtins_lead_back_to_what_a_project_overrides() {
    let macros = "{% macro ref() %}{% set r = builtins.ref(*varargs, **kwargs) %}{{ return(r.include(database=false)) }}{% endmacro %}";
    let project = Project::new()
        .macros(macros)
        .model("other", "select 1 as id")
        .model("m", "select * from {{ ref('other') }} {{ context['project_name'] }}");
    assert_eq!(compiled(&project), "select * from \"main\".\"other\" shop");
}

#[test]
fn do_log_and_print_render_as_nothing() {
    let project = Project::new()
        .model("m", "{% do log('quiet') %}{{ log('loud', info=True) }}{{ print('out') }}select 1 as id{% do [] %}");
    let ran = project.run(&["compile"]).success();
    let shown = format!("{}{}", ran.stdout, ran.stderr);
    assert!(shown.contains("loud") && shown.contains("out") && !shown.contains("quiet"), "{shown}");
    assert_eq!(project.read("target/compiled/shop/models/m.sql"), "select 1 as id");
}

#[test]
fn a_macro_may_call_itself_and_macros_of_other_files() {
    let project = Project::new()
        .file("macros/a.sql", "{% macro fact(n) %}{{ return(1 if n < 2 else n * fact(n - 1)) }}{% endmacro %}")
        .file("macros/deep/b.sql", "{% macro shout(n) -%}\n  {{ fact(n) | string }}!\n{%- endmacro %}")
        .model("m", "select {{ fact(5) }}, '{{ shout(3) }}'");
    assert_eq!(compiled(&project), "select 120, '6!'");
}

#[test]
fn the_graph_and_the_model_tell_when_they_were_read() {
    let project = Project::new().model("a", "select 1 as id").model(
        "m",
        "{% set a = ref('a') %}{% if execute %}select {{ model.created_at is number, model.refs, graph.nodes['model.shop.a'].created_at is number, \
         'build_path' in graph.nodes['model.shop.a'] }}{% endif %}",
    );
    assert_eq!(compiled(&project), "select (True, [{'name': 'a'}], True, True)");
}
