#!/usr/bin/env python3
"""Times Martlet against dbt-core with dbt-duckdb on the same projects, in the same run, on the same machine.

usage: measure.py --martlet PROGRAM --dbt PROGRAM [--models 1000] [--large 10000] [--runs 3] [--dbt-large] > FILE.md

Measures start-up (--version), parse and build of the bundled project, and parse and build of a generated project of --models models with two
tests each; of --large models parse only. Each figure is the median of --runs runs, taken in turn (A, B, A, B …): seconds of wall time and peak
memory of the whole process. Raw DuckDB is the same compiled statements through one connection (raw_duckdb.py, run by the Python of --dbt).
"""

import argparse
import datetime
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
ENVIRONMENT = {**os.environ, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DO_NOT_TRACK": "1"}


def timed(command, folder):
    """Runs a command and returns its wall seconds and its peak memory in MiB."""
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{command} failed:\n{output.decode()}")
    return seconds, usage.ru_maxrss / 1024


def clean(folder):
    for path in folder.glob("*.duckdb*"):
        path.unlink()
    for name in ["target", ".martlet", "logs", "exports"]:
        shutil.rmtree(folder / name, ignore_errors=True)


def pair(label, ours, theirs, folders, runs):
    """Runs two commands in turn and prints a row of the table."""
    figures = {"ours": [], "theirs": []}
    for _ in range(runs):
        for who, command in (("ours", ours), ("theirs", theirs)):
            if command:
                clean(folders[who])
                figures[who].append(timed(command, folders[who]))
    median = {
        who: [statistics.median(run[part] for run in list_) for part in (0, 1)] for who, list_ in figures.items() if list_
    }
    a = median["ours"]
    row = [label, f"{a[0]:.3f} s", f"{a[1]:.0f} MiB"]
    if "theirs" in median:
        b = median["theirs"]
        row += [f"{b[0]:.2f} s", f"{b[1]:.0f} MiB", f"{b[0] / a[0]:.0f}x", f"{b[1] / a[1]:.1f}x"]
    else:
        row += ["", "", "", ""]
    print("| " + " | ".join(row) + " |", flush=True)
    return median


def copies(source, folder):
    """Copies a project twice; the copy for dbt has the file name that dbt looks for."""
    kept = ["project.yml", "dbt_project.yml", "profiles.yml", "models", "seeds", "macros", "data", "tests"]
    made = {}
    for who in ("ours", "theirs"):
        made[who] = folder / who
        made[who].mkdir(parents=True)
        for name in kept:
            if (source / name).is_dir():
                shutil.copytree(source / name, made[who] / name)
            elif (source / name).exists():
                shutil.copy(source / name, made[who] / name)
    if (made["theirs"] / "project.yml").exists():
        (made["theirs"] / "project.yml").rename(made["theirs"] / "dbt_project.yml")
    return made


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--martlet", required=True, type=pathlib.Path)
    parser.add_argument("--dbt", required=True, type=pathlib.Path)
    parser.add_argument("--models", type=int, default=1000)
    parser.add_argument("--large", type=int, default=10000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--dbt-large", action="store_true", help="also time dbt on the large project (minutes)")
    wanted = parser.parse_args()
    martlet, dbt = str(wanted.martlet.resolve()), str(wanted.dbt.absolute())
    python = str(wanted.dbt.absolute().parent / "python")
    print(f"Measured on {datetime.date.today()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}, median of {wanted.runs}.\n")
    print("| what | martlet | memory | dbt-core | memory | faster | smaller |\n|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        bundled = copies(ROOT, scratch / "bundled")
        # dbt has nothing that reads mailboxes, and a unit test of its own table needs that table there: both leave these out.
        build_without_mail = ["build", "--exclude", "stg_mails+", "int_tickets_to_label"]
        for label, arguments in [("`--version`", ["--version"]), ("bundled: `parse`", ["parse"]), ("bundled: `build`", build_without_mail)]:
            no_cache = ["--no-partial-parse"] if arguments == ["parse"] else []
            pair(label, [martlet, *arguments], [dbt, *arguments, *no_cache], bundled, wanted.runs)
        subprocess.run([sys.executable, HERE / "generate.py", scratch / "source", str(wanted.models)], check=True)
        generated = copies(scratch / "source", scratch / "generated")
        pair(f"{wanted.models} models: `parse`", [martlet, "parse"], [dbt, "parse", "--no-partial-parse"], generated, wanted.runs)
        build = pair(f"{wanted.models} models: `build`", [martlet, "build"], [dbt, "build"], generated, 1)
        raw = subprocess.run([python, HERE / "raw_duckdb.py", generated["ours"]], check=True, capture_output=True, text=True).stdout
        for models in (wanted.large // 2, wanted.large):
            subprocess.run([sys.executable, HERE / "generate.py", scratch / f"large_{models}", str(models)], check=True)
            large = copies(scratch / f"large_{models}", scratch / f"copies_{models}")
            theirs = [dbt, "parse", "--no-partial-parse"] if wanted.dbt_large and models == wanted.large else None
            pair(f"{models} models: `parse`", [martlet, "parse"], theirs, large, 1)
    total = float(raw.split()[-1].rstrip("s"))
    print(f"\nRaw DuckDB on the {wanted.models} models: {raw.strip()}; `build` takes {build['ours'][0] / total:.2f} times as long.")


main()
