"""Runs one Python model: reads its inputs from Parquet files, calls `model(dbt, session)`, writes the result as a Parquet file."""

import importlib.util
import json
import os
import sys
import traceback

# Numbers of these types have no place in Parquet, so they travel as text.
AS_TEXT = ("HUGEINT", "UHUGEINT")


def quote(name):
    return '"' + name.replace('"', '""') + '"'


class Config:
    def __init__(self, values):
        self.values = values

    def __call__(self, *args, **kwargs):
        return None

    def get(self, key, default=None):
        value = self.values.get(key)
        if value is None:
            value = self.values.get("meta", {}).get(key)
        return default if value is None else value

    def meta_get(self, key, default=None):
        return self.values.get("meta", {}).get(key, default)


class This:
    def __init__(self, spec):
        self.database = spec["database"]
        self.schema = spec["schema"]
        self.identifier = spec["identifier"]
        self.name = self.identifier
        self.text = spec["text"]

    def __repr__(self):
        return self.text

    __str__ = __repr__


class Dbt:
    def __init__(self, spec, load):
        self.spec = spec
        self.load = load
        self.config = Config(spec["config"])
        self.this = This(spec["this"])
        self.is_incremental = spec["is_incremental"]

    def ref(self, *names, **kwargs):
        version = kwargs.get("version", kwargs.get("v"))
        key = ".".join(names) + ("" if version is None else f".v{version}")
        return self.load(self.spec["refs"][key])

    def source(self, *names):
        return self.load(self.spec["sources"][".".join(names)])


def prepare(session, inputs):
    for item in inputs:
        database, schema, identifier = quote(item["database"]), quote(item["schema"]), quote(item["identifier"])
        session.execute(f"attach if not exists ':memory:' as {database}")
        session.execute(f"create schema if not exists {database}.{schema}")
        columns = ", ".join(
            f"cast({quote(c['name'])} as {c['type']}) as {quote(c['name'])}" if c["type"] in AS_TEXT else quote(c["name"])
            for c in item["columns"]
        )
        path = item["path"].replace("'", "''")
        session.execute(
            f"create or replace view {database}.{schema}.{identifier} as select {columns} from read_parquet('{path}')"
        )


class NoRows(Exception):
    """The model returned nothing: a mistake, unless its materialization makes no use of it."""


def write(session, df, spec):
    import duckdb

    if df is None:
        raise NoRows(f"{type(df)} is not a supported type for dbt Python materialization")
    # What is read in batches may still come out of the session, so that another cursor has to take them.
    relation = df if isinstance(df, duckdb.DuckDBPyRelation) else session.cursor().sql("select * from df")
    columns = [{"name": n, "type": str(t)} for n, t in zip(relation.columns, relation.types)]
    shown = ", ".join(
        f"cast({quote(c['name'])} as varchar) as {quote(c['name'])}" if c["type"] in AS_TEXT else quote(c["name"])
        for c in columns
    )
    relation.project(shown).write_parquet(spec["output"])
    with open(spec["columns"], "w", encoding="utf-8") as file:
        json.dump(columns, file)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        spec = json.load(file)
    sys.stdout = sys.stderr
    try:
        import duckdb
    except ImportError:
        sys.exit(3)
    sys.path.insert(0, os.getcwd())
    sys.path.extend(spec["module_paths"])
    try:
        session = duckdb.connect(":memory:")
        session.execute(f"attach ':memory:' as {quote(spec['this']['database'])}; use {quote(spec['this']['database'])}")
        prepare(session, spec["inputs"])
        module_spec = importlib.util.spec_from_file_location(spec["this"]["identifier"], spec["code"])
        module = importlib.util.module_from_spec(module_spec)
        module_spec.loader.exec_module(module)
        dbt = Dbt(spec, lambda name: session.sql(f"select * from {name}"))
        write(session, module.model(dbt, session), spec)
    except BaseException as error:
        with open(spec["error"], "w", encoding="utf-8") as file:
            file.write(traceback.format_exc())
        sys.exit(4 if isinstance(error, NoRows) else 1)


main()
