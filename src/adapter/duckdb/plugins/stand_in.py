"""What plugins of dbt-duckdb are written against, for interpreters in which dbt-duckdb is not installed."""


def stand_in():
    import importlib
    import sys
    import types
    from dataclasses import dataclass
    from typing import Any, Optional

    class PluginConfig:
        pass

    class BasePlugin:
        @classmethod
        def create(cls, module, *, config=None, alias=None, credentials=None):
            try:
                found = importlib.import_module(module)
            except ImportError as error:
                raise ImportError(f"Unable to import module '{module}': {error} (dbt-duckdb and its own plugins are not installed)")
            if not hasattr(found, "Plugin"):
                raise ImportError(f"Module '{module}' does not have a Plugin class.")
            return found.Plugin(name=alias or module.split(".")[-1], plugin_config=config or {}, credentials=credentials)

        def __init__(self, name, plugin_config, credentials=None):
            self.name = name
            self.creds = credentials
            self.initialize(plugin_config)

        def initialize(self, plugin_config):
            pass

        def update_connection_config(self, creds, config):
            pass

        def configure_connection(self, conn):
            pass

        def configure_cursor(self, cursor):
            pass

        def load(self, source_config):
            raise NotImplementedError(f"load method not implemented for {self.name}")

        def store(self, target_config):
            raise NotImplementedError(f"store method not implemented for {self.name}")

        def default_materialization(self):
            return "table"

    @dataclass
    class SourceConfig:
        name: str
        identifier: str
        schema: str
        database: Optional[str]
        meta: dict
        tags: list

        def get(self, key, default=None):
            return self.meta.get(key, default)

        def __getitem__(self, key):
            return self.meta[key]

        def __contains__(self, key):
            return key in self.meta

        def table_name(self):
            return ".".join(part for part in (self.database, self.schema, self.identifier) if part)

        def as_dict(self):
            own = {key: getattr(self, key) for key in ("name", "identifier", "schema", "database", "tags")}
            return {**own, **self.meta}

    @dataclass
    class TargetLocation:
        path: str
        format: str

        def as_dict(self):
            return {"path": self.path, "format": self.format}

    @dataclass
    class TargetConfig:
        relation: Any
        column_list: Any
        config: Any
        location: Optional[TargetLocation] = None

        def as_dict(self):
            columns = [{"column": column.column, "dtype": column.dtype} for column in self.column_list]
            values = {"relation": self.relation.to_dict(), "column_list": columns, "config": self.config}
            if self.location:
                values["location"] = self.location.as_dict()
            return values

    def module(name, **values):
        try:
            made = importlib.import_module(name)
        except ImportError:
            made = types.ModuleType(name)
            made.__path__ = []
            sys.modules[name] = made
        for key, value in values.items():
            setattr(made, key, value)
        return made

    module("dbt")
    module("dbt.adapters")
    module("dbt.adapters.duckdb")
    module("dbt.adapters.duckdb.credentials", DuckDBCredentials=types.SimpleNamespace)
    module("dbt.adapters.duckdb.utils", SourceConfig=SourceConfig, TargetConfig=TargetConfig, TargetLocation=TargetLocation)
    return module("dbt.adapters.duckdb.plugins", BasePlugin=BasePlugin, PluginConfig=PluginConfig)
