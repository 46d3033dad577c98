"""Holds the plugins of a profile: reads requests, one JSON text a line, and answers each with one."""

import importlib
import json
import os
import sys
import traceback
import types

# The first word of statements that only ask; every other one is for the database of the program.
ASKING = ("select", "from", "with", "show", "describe", "values", "table", "explain")


def quote(name):
    return '"' + name.replace('"', '""') + '"'


def base_classes():
    """Returns dbt-duckdb's module of plugins; where it is not installed, one that plugins can be written for as well."""
    try:
        return importlib.import_module("dbt.adapters.duckdb.plugins"), True
    except ImportError:
        return stand_in(), False  # noqa: F821 (defined by the file that stands before this one)


class Recorder:
    """Passes for the connection that a plugin configures: keeps its statements, to be run in the program's database."""

    def __init__(self, plugin, statements):
        self._plugin = plugin
        self._statements = statements
        self._own = None

    def _connection(self):
        if self._own is None:
            import duckdb

            self._own = duckdb.connect(":memory:")
        return self._own

    def _without_effect(self, what):
        print(f"warning: plugin {self._plugin}: {what} has no effect: the database is not in Python's process", file=sys.stderr)
        return self

    def execute(self, query, parameters=None, **_):
        text = query if isinstance(query, str) else str(query)
        if parameters or text.strip().split(None, 1)[0].lower().rstrip("(") in ASKING:
            return self._connection().execute(query, parameters)
        self._statements.append(text)
        return self

    def sql(self, query, **_):
        return self.execute(query)

    query = sql

    def install_extension(self, extension, repository=None, repository_url=None, **_):
        source = f" from {repository}" if repository else f" from '{repository_url}'" if repository_url else ""
        return self.execute(f"install '{extension}'{source}")

    def load_extension(self, extension):
        return self.execute(f"load '{extension}'")

    def create_function(self, name, *_, **__):
        return self._without_effect(f"create_function of {name!r}")

    def register(self, name, *_, **__):
        return self._without_effect(f"register of {name!r}")

    def register_filesystem(self, *_, **__):
        return self._without_effect("register_filesystem")

    def fetchall(self):
        return []

    def fetchone(self):
        return None

    def cursor(self):
        return self

    def close(self):
        return None

    def commit(self):
        return self

    begin = rollback = commit

    def __getattr__(self, name):
        return getattr(self._connection(), name)


class Config:
    """The configuration of a model, as a plugin asks for it."""

    def __init__(self, values):
        self.values = values

    def get(self, key, default=None, validator=None):
        value = self.values.get(key)
        return default if value is None else value

    def __getitem__(self, key):
        return self.values[key]

    def __contains__(self, key):
        return key in self.values

    def require(self, key, validator=None):
        if key not in self.values:
            raise KeyError(key)
        return self.values[key]


def credentials(written):
    """Returns the profile's output, as dbt-duckdb's own class where there is one."""
    values = {key: value for key, value in written.items() if key not in ("type", "threads")}
    try:
        from dbt.adapters.duckdb.credentials import DuckDBCredentials

        return DuckDBCredentials.from_dict(json.loads(json.dumps(values)))
    except Exception:
        defaults = {"path": ":memory:", "schema": "main", "settings": {}, "config_options": None, "external_root": "."}
        return types.SimpleNamespace(**{**defaults, **values})


class Host:
    def __init__(self, spec):
        module, self.is_complete = base_classes()
        sys.path.extend(path for path in spec["module_paths"] if path not in sys.path)
        written = spec["credentials"]
        creds = credentials(written)
        self.plugins = {}
        for item in spec["plugins"]:
            config = dict(written.get("settings") or {})
            config.update(item.get("config") or {})
            plugin = module.BasePlugin.create(item["module"], config=config, alias=item.get("alias"), credentials=creds)
            self.plugins[plugin.name] = plugin
        self.config, self.connection, self.cursor = {}, [], []
        options = dict(written.get("config_options") or {})
        for plugin in self.plugins.values():
            plugin.update_connection_config(creds, options)
        self.config = {key: value if isinstance(value, str) else json.dumps(value) for key, value in options.items()}
        for name, plugin in self.plugins.items():
            plugin.configure_connection(Recorder(name, self.connection))
        for name, plugin in self.plugins.items():
            plugin.configure_cursor(Recorder(name, self.cursor))

    def facts(self):
        kinds = {name: plugin.default_materialization() for name, plugin in self.plugins.items()}
        return {"config": self.config, "connection": self.connection, "cursor": self.cursor, "plugins": kinds}

    def load(self, request):
        from dbt.adapters.duckdb.utils import SourceConfig

        df = self.plugins[request["plugin"]].load(SourceConfig(**request["source"]))
        if df is None:
            raise ValueError(f"plugin {request['plugin']} loaded nothing for the source {request['source']['name']}")
        return {"columns": write(df, request["path"])}

    def store(self, request):
        from dbt.adapters.duckdb.utils import TargetConfig, TargetLocation

        target = request["target"]
        config = TargetConfig(
            relation=relation(target["relation"]),
            column_list=[column(item) for item in target["columns"]],
            config=Config(target["config"]),
            location=TargetLocation(path=target["path"], format=target["format"]),
        )
        self.plugins[request["plugin"]].store(config)
        return {}


def relation(values):
    path = {key: values[key] for key in ("database", "schema", "identifier")}
    try:
        from dbt.adapters.duckdb.relation import DuckDBRelation

        return DuckDBRelation.create(**path, type=values["type"])
    except ImportError:
        return Relation(**path, type=values["type"], text=values["text"])


class Relation(types.SimpleNamespace):
    def __str__(self):
        return self.text

    render = __str__

    @property
    def name(self):
        return self.identifier

    table = name

    def to_dict(self, **_):
        return {"path": {key: getattr(self, key) for key in ("database", "schema", "identifier")}, "type": self.type}


def column(values):
    try:
        from dbt.adapters.duckdb.column import DuckDBColumn

        return DuckDBColumn(column=values["name"], dtype=values["dtype"])
    except ImportError:
        return types.SimpleNamespace(name=values["name"], column=values["name"], dtype=values["dtype"], data_type=values["dtype"])


def write(df, path):
    """Writes rows into a Parquet file; returns the columns with the types that they had, which Parquet does not keep all of."""
    import duckdb

    if isinstance(df, duckdb.DuckDBPyRelation):
        rows = df
    else:
        session = duckdb.connect(":memory:")
        session.register("loaded", df)
        rows = session.sql("select * from loaded")
    columns = [{"name": name, "type": "INTEGER" if str(kind) == '"NULL"' else str(kind)} for name, kind in zip(rows.columns, rows.types)]
    shown = [f"cast({quote(c['name'])} as varchar) as {quote(c['name'])}" if "HUGEINT" in c["type"] else quote(c["name"]) for c in columns]
    rows.project(", ".join(shown)).write_parquet(path)
    return columns


def words(error):
    return str(error) or type(error).__name__


def serve():
    # What plugins print is for people; the answers go where only the program reads.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    host = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if host is None:
                host = Host(request)
                answer = host.facts()
            else:
                answer = getattr(host, request["do"])(request)
        except BaseException as error:
            answer = {"error": words(error), "trace": traceback.format_exc()}
        answers.write(json.dumps(answer, default=str) + "\n")
        answers.flush()


serve()
