{#- Copies of another environment's relations: real copies where the database makes them without cost, else views onto them. -#}
{% materialization clone, default %}

    {%- if not defer_relation -%}
        {%- do log('No relation found in state manifest for ' ~ model.unique_id, info=True) -%}
        {{ return({'relations': []}) }}
    {%- endif -%}

    {%- set existing = load_cached_relation(this) -%}
    {%- if existing is not none and not flags.FULL_REFRESH -%}
        {%- do log('Relation ' ~ existing ~ ' already exists', info=True) -%}
        {{ return({'relations': []}) }}
    {%- endif -%}

    {#- A relation is never made anew from itself: that would leave nothing to read. -#}
    {%- if existing is not none and this.render() | lower == defer_relation.render() | lower -%}
        {%- do log('Target relation and defer relation are the same, skipping clone for relation: ' ~ this.render()) -%}
        {{ return({'relations': []}) }}
    {%- endif -%}

    {%- set other = load_cached_relation(defer_relation) -%}
    {%- set copies = other is not none and other.is_table and can_clone_table() -%}
    {%- set target_relation = this.incorporate(type='table' if copies else 'view') -%}
    {%- if copies -%}
        {%- if existing is not none and not existing.is_table -%}
            {{ drop_relation_if_exists(existing) }}
        {%- endif -%}
        {%- call statement('main') -%}
            {{ create_or_replace_clone(target_relation, defer_relation) }}
        {%- endcall -%}
    {%- else -%}
        {{ martlet__build_relation(existing, target_relation, 'select * from ' ~ defer_relation.render()) }}
    {%- endif -%}

    {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) -%}
    {%- do persist_docs(target_relation, model) -%}
    {%- do adapter.commit() -%}

    {{ return({'relations': [target_relation]}) }}

{% endmaterialization %}

{% macro can_clone_table() -%}
    {{ return(adapter.dispatch('can_clone_table', 'dbt')()) }}
{%- endmacro %}

{% macro default__can_clone_table() -%}
    {{ return(false) }}
{%- endmacro %}

{% macro create_or_replace_clone(this_relation, defer_relation) -%}
    {{ return(adapter.dispatch('create_or_replace_clone', 'dbt')(this_relation, defer_relation)) }}
{%- endmacro %}

{% macro default__create_or_replace_clone(this_relation, defer_relation) -%}
    create or replace table {{ this_relation.render() }} clone {{ defer_relation.render() }}
{%- endmacro %}
