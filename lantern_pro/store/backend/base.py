"""The wrapper by which Django reaches Redis: ``ENGINE = "lantern_pro.store.backend"``.

What a database would do and Redis does not: there is no transaction over several writes
(``atomic`` is a block without a roll-back; each write is one script, whole or not at all), there
is no table to make or migrate, and there is no SQL: the cursor refuses it.
"""

from typing import Any, ClassVar, NoReturn, Self

import redis
from django.db import NotSupportedError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.client import BaseDatabaseClient
from django.db.backends.base.creation import BaseDatabaseCreation
from django.db.backends.base.features import BaseDatabaseFeatures
from django.db.backends.base.introspection import BaseDatabaseIntrospection
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from lantern_pro.store.client import text_client


class Cursor:
    """A cursor that refuses every statement."""

    def __enter__(self) -> Self:
        """Open nothing."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """Close nothing."""

    def close(self) -> None:
        """Close nothing."""

    def execute(self, sql: str, params: Any = None) -> NoReturn:
        """Refuse: the store is Redis."""
        del params
        message = f"the store is Redis and takes no SQL: {str(sql)[:80]!r}"
        raise NotSupportedError(message)

    executemany = execute
    callproc = execute


class DatabaseFeatures(BaseDatabaseFeatures):
    """What the store can do, for Django to ask."""

    can_return_columns_from_insert = True
    can_return_rows_from_bulk_insert = True
    has_bulk_insert = True
    supports_ignore_conflicts = True
    supports_microsecond_precision = False
    supports_transactions = False
    supports_foreign_keys = False
    uses_savepoints = False
    has_select_for_update = False
    has_native_uuid_field = True
    has_native_duration_field = True
    supports_expression_indexes = False
    supports_partial_indexes = False
    supports_table_check_constraints = False
    supports_column_check_constraints = False
    supports_paramstyle_pyformat = False
    supports_json_field = True
    supports_order_by_nulls_modifier = False


class DatabaseOperations(BaseDatabaseOperations):
    """Where Django finds the compilers, and what it would ask of SQL."""

    compiler_module = "lantern_pro.store.backend.compiler"

    def quote_name(self, name: str) -> str:
        """Leave names alone: they are only labels here."""
        return name

    def adapt_datetimefield_value(self, value: Any) -> Any:
        """Leave moments as they are; ``encoding`` writes them."""
        return value

    def adapt_datefield_value(self, value: Any) -> Any:
        """Leave days as they are."""
        return value

    def adapt_timefield_value(self, value: Any) -> Any:
        """Leave times of day as they are."""
        return value

    def adapt_decimalfield_value(self, value: Any, *_precision: Any, **_names: Any) -> Any:
        """Leave decimals as they are."""
        return value

    def bulk_batch_size(self, fields: Any, objs: Any) -> int:
        """Take all objects at once: each is a script of its own."""
        del fields
        return len(objs)

    def sql_flush(self, *_: Any, **__: Any) -> list[str]:
        """Flush nothing: who wants an empty store empties Redis, on purpose."""
        return []

    def execute_sql_flush(self, sql_list: Any) -> None:
        """Flush nothing."""


class DatabaseCreation(BaseDatabaseCreation):
    """Test databases: the Redis that the settings name, which the tests start for themselves."""

    def create_test_db(self, *_: Any, **__: Any) -> str:
        """Make nothing."""
        return str(self.connection.settings_dict["NAME"])

    def destroy_test_db(self, *_: Any, **__: Any) -> None:
        """Remove nothing."""

    def serialize_db_to_string(self) -> str:
        """Keep nothing of the data."""
        return "[]"


class DatabaseIntrospection(BaseDatabaseIntrospection):
    """There are no tables to look at."""

    def get_table_list(self, cursor: Any) -> list[Any]:
        """No tables."""
        del cursor
        return []


class DatabaseSchemaEditor(BaseDatabaseSchemaEditor):
    """There is no schema to edit."""

    def execute(self, sql: Any, params: Any = ()) -> None:
        """Refuse, as the cursor does."""
        Cursor().execute(str(sql), params)


class DatabaseClient(BaseDatabaseClient):
    """``dbshell`` is redis-cli."""

    executable_name = "redis-cli"


class DatabaseWrapper(BaseDatabaseWrapper):
    """The connection. It holds nothing: ``lantern_pro.store.client`` keeps the pool."""

    vendor = "redis"
    display_name = "Redis"
    Database = redis
    SchemaEditorClass = DatabaseSchemaEditor
    client_class = DatabaseClient
    creation_class = DatabaseCreation
    features_class = DatabaseFeatures
    introspection_class = DatabaseIntrospection
    ops_class = DatabaseOperations
    operators: ClassVar[dict[str, str]] = {}

    def __init__(self, *args: Any, **named: Any) -> None:
        """Begin in autocommit: each write stands as soon as it is made."""
        super().__init__(*args, **named)
        self.autocommit = True

    def ensure_connection(self) -> None:
        """Do nothing: the pool connects when it must."""

    def connect(self) -> None:
        """Do nothing."""

    def is_usable(self) -> bool:
        """Whether Redis answers."""
        return bool(text_client().ping())

    def get_database_version(self) -> tuple[int, ...]:
        """The server's version."""
        version = str(text_client().info("server")["redis_version"])
        return tuple(int(part) for part in version.split("."))

    def cursor(self) -> Any:
        """A cursor that refuses SQL."""
        return Cursor()

    def chunked_cursor(self) -> Any:
        """A cursor that refuses SQL."""
        return Cursor()

    def _set_autocommit(self, autocommit: bool) -> None:  # noqa: FBT001 - Django's signature
        pass

    def _commit(self) -> None:
        pass

    def _rollback(self) -> None:
        pass

    def _close(self) -> None:
        pass
