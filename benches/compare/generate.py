#!/usr/bin/env python3
"""Writes a dbt project of N models over DuckDB, for timing engines side by side.

usage: generate.py FOLDER N_MODELS [--rows R] [--tests T]

Five seeds; 15 % staging views, 45 % intermediate models (one in three a view), 40 % marts (tables). A model joins one to three earlier ones.
Every model has a description and T data tests; one in ten staging models calls a macro, one in ten others unrolls a loop.
The same arguments give the same files.
"""

import argparse
import pathlib
import random

PROJECT = """name: bench
version: '1.0'
config-version: 2
profile: bench
flags:
  send_anonymous_usage_stats: false
models:
  bench:
    intermediate:
      +materialized: table
    marts:
      +materialized: table
"""
PROFILES = """bench:
  target: dev
  outputs:
    dev: {type: duckdb, path: bench.duckdb, threads: 2}
"""
MACRO = """{% macro as_units(column, scale=2) %}
    ({{ column }} / 100)::decimal(16, {{ scale }})
{% endmacro %}
"""
STATES = ["open", "pending", "resolved", "escalated"]
COLUMNS = "id, parent_id, state, amount, created_at"
TESTS = [
    "      - name: id\n        data_tests: [not_null, unique]\n",
    "      - name: id\n        data_tests: [not_null]\n      - name: state\n        data_tests:\n"
    "          - accepted_values:\n              arguments:\n                values: [open, pending, resolved, escalated]\n",
]


def seed(rnd, rows):
    lines = ["id,parent_id,state,amount,created_at"]
    for number in range(rows):
        day = f"2025-{1 + number % 12:02d}-{1 + number % 28:02d}"
        lines.append(f"{number},{rnd.randrange(rows)},{STATES[number % 4]},{rnd.randrange(100000)},{day}")
    return "\n".join(lines) + "\n"


def staging(number):
    amount = "{{ as_units('amount') }}" if number % 10 == 0 else "amount / 100.0"
    return (
        f"with source as (\n    select * from {{{{ ref('raw_{number % 5}') }}}}\n)\n\nselect\n    id::integer as id,\n"
        f"    parent_id::integer as parent_id,\n    state,\n    {amount} as amount,\n    created_at::date as created_at\nfrom source\n"
    )


def joined(number, parents, layer):
    head = "{{ config(materialized='view') }}\n\n" if layer == "intermediate" and number % 3 == 0 else ""
    inputs = ",\n".join(f"input_{k} as (\n    select {COLUMNS} from {{{{ ref('{name}') }}}}\n)" for k, name in enumerate(parents))
    joins = "".join(f"\nleft join input_{k} on input_0.id = input_{k}.id" for k in range(1, len(parents)))
    loop = ""
    if number % 10 == 3:
        loop = (
            "\n    {% for state in ['open', 'resolved'] %}"
            f"count(*) filter (where input_0.state = '{{{{ state }}}}') over () as n_{{{{ state }}}}_{number},"
            "{% endfor %}"
        )
    return (
        f"{head}with {inputs}\n\nselect{loop}\n    input_0.id,\n    input_0.parent_id,\n    input_0.state,\n"
        f"    input_0.amount + {number % 7} as amount,\n    input_0.created_at\nfrom input_0{joins}\n"
    )


def properties(names, tests):
    entries = []
    for place, name in enumerate(names):
        columns = "    columns:\n" + TESTS[place % 2] if tests else ""
        entries.append(f"  - name: {name}\n    description: Model {name} of the generated project.\n{columns}")
    return "version: 2\nmodels:\n" + "".join(entries)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("models", type=int)
    parser.add_argument("--rows", type=int, default=200)
    parser.add_argument("--tests", type=int, default=2)
    wanted = parser.parse_args()
    rnd = random.Random(7)
    root = wanted.folder

    def write(path, text):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)

    write("dbt_project.yml", PROJECT)
    write("profiles.yml", PROFILES)
    write("macros/as_units.sql", MACRO)
    for number in range(5):
        write(f"seeds/raw_{number}.csv", seed(rnd, wanted.rows))
    n_staging = max(5, wanted.models * 15 // 100)
    n_intermediate = wanted.models * 45 // 100
    sizes = {"staging": n_staging, "intermediate": n_intermediate, "marts": wanted.models - n_staging - n_intermediate}
    earlier = []
    for layer, size in sizes.items():
        names = []
        for number in range(size):
            name = f"{layer}_{number:05d}"
            pool = earlier[-400:]
            sql = staging(number) if layer == "staging" else joined(number, rnd.sample(pool, min(len(pool), 1 + number % 3)), layer)
            write(f"models/{layer}/group_{number // 100:03d}/{name}.sql", sql)
            names.append(name)
            earlier.append(name)
        for start in range(0, size, 100):
            write(f"models/{layer}/group_{start // 100:03d}/models.yml", properties(names[start : start + 100], wanted.tests))


main()
