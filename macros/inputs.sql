{#- Where an input lies: its var, or else the file of that name beside `tickets_raw`. So that a foreign
    `tickets_path` is never mixed with the users and events of the bundled data. -#}
{% macro input_path(name) %}
    {%- set given = var(name | replace('_raw', '') ~ '_path', '') -%}
    {%- if given -%}
        {{ return(given) }}
    {%- endif -%}
    {%- set tickets = var('tickets_path').replace('\\', '/').split('/') -%}
    {#- Files that lie together are of one kind. -#}
    {%- set extension = tickets[-1].split('.')[-1] | lower -%}
    {{ return((tickets[:-1] + [name ~ '.' ~ (extension if extension == 'parquet' else 'csv')]) | join('/')) }}
{% endmacro %}


{% macro file_exists(path) %}
    {%- if not execute -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set found = run_query('select count(*) from glob(' ~ sql_text(path) ~ ')') -%}
    {{ return(found.rows[0][0] > 0) }}
{% endmacro %}


{#- Reads an input in place. Every column arrives as trimmed text, empty text as NULL: the staging models cast, so that a
    bad value is an error that names the value. An optional input that is missing reads as no rows. -#}
{% macro read_input(name, columns, optional=true) %}
    {%- set path = input_path(name) -%}
    {%- if optional and not file_exists(path) -%}
        {%- if execute -%}
            {%- do log(name ~ ': no file at ' ~ path ~ '; what needs it is left empty', info=true) -%}
        {%- endif -%}
        select
        {%- for column in columns %}
            null::varchar as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
        where false
    {%- else -%}
        select
        {%- for column in columns %}
            nullif(trim({{ name }}.{{ column }}::varchar), '') as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
        {%- if path.lower().endswith('.parquet') %}
        from read_parquet({{ sql_text(path) }}) as {{ name }}
        {%- else %}
        from read_csv(
            {{ sql_text(path) }},
            header = true, all_varchar = true, delim = ',', quote = '"', escape = '"', nullstr = ''
        ) as {{ name }}
        {%- endif %}
    {%- endif -%}
{% endmacro %}


{#- Where files of a folder lie: the var, or else that folder beside `tickets_raw`. -#}
{% macro input_files(name, pattern) %}
    {%- set given = var(name ~ '_path', '') -%}
    {{ return(given or ((var('tickets_path').replace('\\', '/').split('/')[:-1] + [name, pattern]) | join('/'))) }}
{% endmacro %}


{#- Whether optional files are there; says so when they are not. -#}
{% macro has_files(name, pattern) %}
    {%- set path = input_files(name, pattern) -%}
    {%- set found = file_exists(path) -%}
    {%- if execute and not found -%}
        {%- do log(name ~ ': no file at ' ~ path ~ '; what needs it is left empty', info=true) -%}
    {%- endif -%}
    {{ return(found) }}
{% endmacro %}
