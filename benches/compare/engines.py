#!/usr/bin/env python3
"""Runs one dbt project through dbt-core and through Martlet and prints every difference as a Markdown section.

usage: engines.py PROJECT --martlet PROGRAM --dbt PROGRAM [--name NAME] [--run "build --full-refresh"]... [--root FOLDER] [--keep FOLDER] [--brief]

PROJECT is a folder with dbt_project.yml, a profiles.yml whose database file is relative, and its packages in dbt_packages. It is copied twice, so
that each engine has its own files, target folder and database. --root copies a folder above PROJECT instead, for projects that take a package from "../".
Every --run (default: build) is one command line for both. Compared after each: the exit code, and for every node the status, the failures and the
message. Compared before: manifest.json of `parse`, ids and the fields that tools read. Compared at the end: compiled code without its white space,
and all tables and views row by row, without order.
Exit code 1 when anything differs. Needs the Python package duckdb; the Python beside --dbt is taken when this one has none.
"""

import argparse
import datetime
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

ENVIRONMENT = {**os.environ, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DO_NOT_TRACK": "1", "NO_COLOR": "1"}
LEFT_OUT = ["target", ".martlet", "logs", "*.duckdb", "*.duckdb.wal", ".git"]
KINDS = ["nodes", "sources", "exposures", "metrics", "groups", "semantic_models", "saved_queries", "unit_tests", "functions", "macros", "docs", "disabled"]
FIELDS = ["name", "resource_type", "alias", "schema", "database", "relation_name", "fqn", "tags", "checksum", "path", "original_file_path", "package_name",
          "description", "language", "version", "latest_version", "access", "group", "meta", "refs", "sources", "columns", "test_metadata", "attached_node",
          "column_name", "identifier", "source_name", "config", "raw_code", "depends_on", "macro_sql", "arguments"]


class Side:
    """One engine with its copy of the project."""

    def __init__(self, name, program, project, wanted, scratch):
        self.name, self.program = name, str(program)
        source = wanted.root or project
        copied = scratch / name / source.name
        shutil.rmtree(scratch / name, ignore_errors=True)
        shutil.copytree(source, copied, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
        self.folder = copied / project.relative_to(source)

    def run(self, line):
        """Runs one command line and returns its exit code and results by unique id."""
        target = self.folder / "target" / "run_results.json"
        target.unlink(missing_ok=True)
        done = subprocess.run([self.program, *shlex.split(line)], cwd=self.folder, env=ENVIRONMENT, capture_output=True, text=True, errors="replace")
        self.output = done.stdout + done.stderr
        (self.folder / f"output-{shlex.split(line)[0]}.txt").write_text(self.output)
        results = json.loads(target.read_text())["results"] if target.exists() else []
        return done.returncode, {result["unique_id"]: result for result in results}

    def manifest(self):
        path = self.folder / "target" / "manifest.json"
        return json.loads(path.read_text()) if path.exists() else {}

    def version(self):
        words = subprocess.run([self.program, "--version"], capture_output=True, text=True, env=ENVIRONMENT, cwd=self.folder)
        text = words.stdout + words.stderr
        found = re.findall(r"(installed|duckdb|martlet|DuckDB|dbt language):?\s+v?(\d+\.\d+\.\d+\S*)", text)
        return ", ".join(f"{name.replace('installed', 'core').replace('martlet', '')} {number}".strip() for name, number in found)

    def relations(self):
        """Returns kind, columns, row count and a hash without order for every table and view of the databases."""
        import duckdb

        made = {}
        for path in sorted(self.folder.rglob("*.duckdb")):
            connection = duckdb.connect(str(path), read_only=True)
            connection.execute("set threads = 1")
            connection.execute("set TimeZone = 'UTC'")
            listing = "select table_schema, table_name, table_type from information_schema.tables where table_catalog = current_database() order by all"
            for schema, name, kind in connection.execute(listing).fetchall():
                made[f"{path.stem}.{schema}.{name}"] = content(connection, f'"{schema}"."{name}"', kind)
            connection.close()
        return made


def content(connection, relation, kind):
    try:
        columns = [(row[0], row[1]) for row in connection.execute(f"describe select * from {relation}").fetchall()]
        names = ", ".join('"' + name.replace('"', '""') + '"' for name, _ in columns)
        hashed = f"select count(*), coalesce(sum(hash({names})::hugeint), 0)::varchar from {relation}"
        rows, digest = connection.execute(hashed).fetchone()
        return {"kind": kind, "columns": columns, "rows": rows, "content": digest}
    except Exception as error:  # a view that cannot be read is a finding, too
        return {"kind": kind, "columns": [], "rows": None, "content": str(error).split("\n")[0]}


def plain(text, side):
    """Takes what differs by construction out of a message: folders, times, and spaces at ends of lines."""
    text = str(text or "").replace(str(side.folder.resolve()), ".").replace(str(side.folder), ".")
    text = re.sub(r"\b\d+\.\d+(?=s\b)", "N", text)
    # The excerpt of a database error shows the statement around the compiled code, which is each engine's own.
    text = re.sub(r"\n\s*\n\s*LINE \d+:.*\n.*\^", "", text)
    return "\n".join(line.rstrip() for line in text.strip().split("\n"))


def short(value, length=160):
    text = json.dumps(value, default=str) if not isinstance(value, str) else value
    text = " ".join(text.split()).replace("|", "\\|")
    return text if len(text) <= length else text[:length] + " …"


def both(one, other):
    """Shortens two values, beginning a little before the place where they differ."""
    one, other = (" ".join((v if isinstance(v, str) else json.dumps(v, default=str)).split()) for v in (one, other))
    start = max(0, len(os.path.commonprefix([one, other])) - 60)
    return [("… " if start else "") + short(text[start:]) for text in (one, other)]


def apart(one, other):
    """Returns the innermost places where two JSON values differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        found = []
        for key in sorted(set(one) | set(other)):
            if one.get(key) != other.get(key):
                found += [(f"{key}.{rest}" if rest else key, a, b) for rest, a, b in apart(one.get(key), other.get(key))]
        return found
    return [("", one, other)]


def compare_results(line, sides, differences):
    ran = {side.name: side.run(line) for side in sides}
    (a_code, a), (b_code, b) = (ran[side.name] for side in sides)
    if a_code != b_code:
        differences.append(("exit code", f"`{line}`", a_code, b_code))
    for unique_id in sorted(set(a) | set(b)):
        x, y = a.get(unique_id), b.get(unique_id)
        if x is None or y is None:
            differences.append(("result", unique_id, x and x["status"], y and y["status"]))
            continue
        for field in ["status", "failures"]:
            if x.get(field) != y.get(field):
                differences.append((field, unique_id, x.get(field), y.get(field)))
        messages = [plain(result.get("message"), side) for result, side in zip((x, y), sides)]
        if messages[0] != messages[1]:
            differences.append(("message", unique_id, *messages))
    counts = {}
    for result in b.values():
        counts[result["status"]] = counts.get(result["status"], 0) + 1
    return f"`{line}`: exit {a_code}, {len(a)} results (" + ", ".join(f"{n} {status}" for status, n in sorted(counts.items())) + ")"


def users_macros(depends_on):
    """Leaves the engine's own macros out: which of them call which is each engine's affair."""
    own = ("macro.dbt.", "macro.dbt_duckdb.")
    return {key: sorted(name for name in value if not name.startswith(own)) for key, value in depends_on.items()}


def leave_out_engine(entries):
    """Leaves out the macros and docs that come with an engine: each engine has its own text for them."""
    return {key: value for key, value in entries.items() if key.split(".")[1] not in ("dbt", "dbt_duckdb")}


def compare_compiled(sides, differences):
    a, b = (side.manifest().get("nodes") or {} for side in sides)
    for unique_id in sorted(set(a) & set(b)):
        left, right = ("".join(plain(nodes[unique_id].get("compiled_code"), side).split()) for nodes, side in zip((a, b), sides))
        if left != right:
            differences.append(("compiled code", unique_id, left, right))


def compare_manifests(sides, differences):
    for side in sides:
        side.run("parse")
    a, b = (side.manifest() for side in sides)
    counts = []
    for kind in KINDS:
        one, other = (leave_out_engine(side.get(kind) or {}) for side in (a, b))
        if one or other:
            counts.append(f"{len(one)} {kind}")
        for unique_id in sorted(set(one) | set(other)):
            if unique_id not in one or unique_id not in other:
                differences.append((f"manifest {kind}", unique_id, "there" if unique_id in one else "missing", "there" if unique_id in other else "missing"))
                continue
            x, y = one[unique_id], other[unique_id]
            if kind == "disabled":
                continue
            for field in FIELDS:
                left, right = x.get(field), y.get(field)
                if field == "sources" and left and right:
                    # dbt takes them out of a set, in another order every time.
                    left, right = sorted(left), sorted(right)
                if field == "depends_on" and left and right:
                    left, right = (users_macros(value) for value in (left, right))
                if left != right:
                    differences += [(f"manifest {field}" + (f".{key}" if key else ""), unique_id, p, q) for key, p, q in apart(left, right)]
    return "manifest: " + ", ".join(counts)


def compare_relations(sides, differences):
    a, b = (side.relations() for side in sides)
    rows = 0
    for name in sorted(set(a) | set(b)):
        if name not in a or name not in b:
            differences.append(("relation", name, "there" if name in a else "missing", "there" if name in b else "missing"))
            continue
        rows += a[name]["rows"] or 0
        for field in ["kind", "columns", "rows", "content"]:
            if a[name][field] != b[name][field]:
                differences.append((f"relation: {field}", name, a[name][field], b[name][field]))
                break
    return f"database: {len(a)} tables and views, {rows} rows"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("project", type=pathlib.Path)
    parser.add_argument("--martlet", required=True, type=pathlib.Path)
    parser.add_argument("--dbt", required=True, type=pathlib.Path)
    parser.add_argument("--name", help="the heading; default: the folder's name")
    parser.add_argument("--run", action="append", help="a command line; may be given several times")
    parser.add_argument("--root", type=pathlib.Path, help="the folder to copy, above the project")
    parser.add_argument("--keep", type=pathlib.Path, help="where the two copies stay afterwards")
    parser.add_argument("--brief", action="store_true", help="only the first two differences of a kind")
    wanted = parser.parse_args()
    try:
        import duckdb  # noqa: F401
    except ImportError:
        python = wanted.dbt.absolute().parent / "python"
        os.execv(python, [str(python), *sys.argv])
    project = wanted.project.resolve()
    wanted.root = wanted.root and wanted.root.resolve()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = wanted.keep.resolve() if wanted.keep else pathlib.Path(scratch)
        sides = [Side("dbt", wanted.dbt.absolute(), project, wanted, scratch), Side("martlet", wanted.martlet.absolute(), project, wanted, scratch)]
        differences = []
        lines = [compare_manifests(sides, differences)]
        lines += [compare_results(line, sides, differences) for line in wanted.run or ["build"]]
        compare_compiled(sides, differences)
        lines.append(compare_relations(sides, differences))
        print(f"### {wanted.name or project.name}\n")
        print(f"{datetime.date.today()}; " + "; ".join(f"{side.name} {side.version()}" for side in sides) + ".\n")
        print("\n".join(f"- {line}" for line in lines))
        print(f"- differences: {len(differences)}")
    if differences:
        print("\n| what | where | dbt | martlet |\n|---|---|---|---|")
        shown = {}
        for what, where, one, other in differences:
            shown[what] = shown.get(what, 0) + 1
            if not wanted.brief or shown[what] <= 2:
                print("| " + " | ".join([what, where, *both(one, other)]) + " |")
        if wanted.brief:
            print("\nCounts: " + ", ".join(f"{what} {count}" for what, count in shown.items()))
    sys.exit(bool(differences))


main()
