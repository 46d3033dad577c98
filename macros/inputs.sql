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


{#- The first line of a CSV file as it stands; nothing when the file has none. Not strict: other line ends than those of the
    header stand in quoted cells, as spreadsheets write them. -#}
{% macro header_line(path) %}
    {%- set found = run_query(
        'select line from read_csv(' ~ sql_text(path) ~ ", auto_detect = false, header = false, columns = {'line': 'varchar'}, "
        ~ "delim = e'\\x01', quote = '', escape = '', ignore_errors = true, strict_mode = false, encoding = " ~ sql_text(var('csv_encoding')) ~ ') limit 1'
    ) -%}
    {{ return(found.rows[0][0] or '' if found.rows | length > 0 else '') }}
{% endmacro %}


{#- What stands between the cells of a CSV file, by its header: comma, semicolon (as spreadsheets write it where the comma is
    a decimal point), tab or bar. -#}
{% macro input_delimiter(header) %}
    {%- set most = namespace(mark=',') -%}
    {%- for mark in [';', '\t', '|'] -%}
        {%- if header.count(mark) > header.count(most.mark) -%}
            {%- set most.mark = mark -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(most.mark) }}
{% endmacro %}


{#- Reads an input in place. Every column arrives as trimmed text, empty text as NULL: the staging models cast, so that a
    bad value is an error that names the value. An optional input that is missing, or a file of nothing, reads as no rows. -#}
{% macro read_input(name, columns, optional=true) %}
    {%- set path = input_path(name) -%}
    {%- set is_parquet = path.lower().endswith('.parquet') -%}
    {%- set is_there = file_exists(path) -%}
    {%- set header = header_line(path) if is_there and not is_parquet else '' -%}
    {%- if optional and not (is_there and (is_parquet or header)) -%}
        {%- if execute -%}
            {%- do log(name ~ ': ' ~ ('nothing in the file' if is_there else 'no file') ~ ' at ' ~ path ~ '; what needs it is left empty', info=true) -%}
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
        {%- if is_parquet %}
        from read_parquet({{ sql_text(path) }}) as {{ name }}
        {%- else %}
        from read_csv(
            {{ sql_text(path) }},
            header = true, all_varchar = true, delim = {{ sql_text(input_delimiter(header)) }}, quote = '"', escape = '"', nullstr = '',
            -- A message may be long.
            max_line_size = 16777216,
            encoding = {{ sql_text(var('csv_encoding')) }}
        ) as {{ name }}
        {%- endif %}
    {%- endif -%}
{% endmacro %}


{#- Where files of a folder lie: the var, or else that folder beside `tickets_raw`. -#}
{% macro input_files(name, pattern) %}
    {%- set given = var(name ~ '_path', '') -%}
    {{ return(given or ((var('tickets_path').replace('\\', '/').split('/')[:-1] + [name] + ([pattern] if pattern else [])) | join('/'))) }}
{% endmacro %}


{#- Whether optional files are there; says so when they are not. Without a `pattern`, a folder counts by the files of its kind
    (`endings`) in it and below. -#}
{% macro has_files(name, pattern, endings=[]) %}
    {%- set path = input_files(name, pattern) -%}
    {#- The messages of a Maildir have no ending. -#}
    {%- set kinds = "regexp_matches(replace(lower(file), '\\', '/'), '([.](" ~ endings | join('|') ~ ")|/mbox|/(cur|new)/[^/.][^/]*)$')" -%}
    {%- set below = 'select file from glob(' ~ sql_text(path ~ '/**') ~ ') where ' ~ kinds if endings else '' -%}
    {%- set found = file_exists(path) or (execute and below != '' and run_query(below ~ ' limit 1').rows | length > 0) -%}
    {%- if execute and not found -%}
        {%- do log(name ~ ': no file at ' ~ path ~ '; what needs it is left empty', info=true) -%}
    {%- endif -%}
    {{ return(found) }}
{% endmacro %}
