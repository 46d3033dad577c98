#!/usr/bin/env python3
"""The limit: runs what an engine compiled through one DuckDB connection, in the same order, and nothing else.

usage: raw_duckdb.py PROJECT [TARGET_FOLDER [MEMORY_LIMIT]]

PROJECT was built before by an engine that wrote manifest.json and run_results.json into TARGET_FOLDER (default: target).
Prints the seconds of seeds, models, tests, of closing the file, and their sum. Needs the Python package duckdb.
"""

import json
import pathlib
import os
import sys
import tempfile
import time

import duckdb


def main():
    os.chdir(sys.argv[1])
    target = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else "target")
    limits = {"memory_limit": sys.argv[3]} if len(sys.argv) > 3 else {}
    nodes = json.loads((target / "manifest.json").read_text())["nodes"]
    results = json.loads((target / "run_results.json").read_text())["results"]
    database = next(node["database"] for node in nodes.values())
    seconds = dict.fromkeys(["seed", "model", "test"], 0.0)
    counts = dict.fromkeys(seconds, 0)
    with tempfile.TemporaryDirectory() as folder:
        connection = duckdb.connect(os.path.join(folder, "raw.duckdb"), config={"threads": 2, **limits})
        for result in results:
            kind = result["unique_id"].split(".")[0]
            if kind not in seconds:
                continue
            node = nodes[result["unique_id"]]
            sql = (result.get("compiled_code") or "").replace(f'"{database}".', "")
            name = f'"{node["schema"]}"."{node["alias"]}"'
            started = time.perf_counter()
            connection.execute(f'create schema if not exists "{node["schema"]}"') if node["schema"] != "main" else None
            if kind == "seed":
                connection.execute(f"create or replace table {name} as select * from read_csv('{node['original_file_path']}')")
            elif kind == "model":
                made = "view" if node["config"]["materialized"] == "view" else "table"
                connection.execute(f"create or replace {made} {name} as {sql}")
            else:
                connection.execute(f"select count(*) from ({sql}) as rows").fetchall()
            seconds[kind] += time.perf_counter() - started
            counts[kind] += 1
        started = time.perf_counter()
        connection.close()
        closing = time.perf_counter() - started
    parts = [f"{kind}s {counts[kind]} {seconds[kind]:.2f}s" for kind in seconds]
    print(*parts, f"close {closing:.2f}s", f"total {sum(seconds.values()) + closing:.2f}s")


main()
