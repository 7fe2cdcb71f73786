"""What the ORM asks of a backend: select, aggregate, insert, update, delete. No SQL is made.

Django finds these classes by name. They use of ``SQLCompiler`` what works out *which* columns are
wanted and in which order (``setup_query``, ``_order_by_pairs``, ``results_iter``).
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from django.db import IntegrityError, NotSupportedError, models
from django.db.models.aggregates import Aggregate, Count
from django.db.models.constants import OnConflict
from django.db.models.expressions import Col, OrderBy, Value
from django.db.models.functions.datetime import TruncBase
from django.db.models.sql import Query, compiler
from django.db.models.sql.constants import MULTI, SINGLE

from lantern_pro.store.backend import store
from lantern_pro.store.backend.aggregates import aggregate, column_of, source_of
from lantern_pro.store.backend.dates import buckets
from lantern_pro.store.backend.encoding import Kind, decode
from lantern_pro.store.backend.lookups import missing_index
from lantern_pro.store.backend.plan import Plan
from lantern_pro.store.backend.planner import Aliases, Planner
from lantern_pro.store.backend.records import Record, Records, Term, value_of
from lantern_pro.store.backend.selection import Selection
from lantern_pro.store.backend.shape import Index, Row, Shape, shape_of
from lantern_pro.store.models import DomainModel, WrittenByServicesOnly

Values = tuple[Any, ...]


class SQLCompiler(compiler.SQLCompiler):
    """Selects rows, values, counts and extremes."""

    def compile(self, node: Any) -> tuple[str, Values]:
        """Make nothing of an expression: there is no SQL here."""
        del node
        return "", ()

    def execute_sql(  # type: ignore[override]  # stubs: an overload a result type
        self,
        result_type: str = MULTI,
        chunked_fetch: bool = False,  # noqa: FBT001, FBT002 - Django's signature
        chunk_size: int = 0,
    ) -> Any:
        """Run the query: all rows in chunks for ``MULTI``, else the first row or None."""
        del chunked_fetch, chunk_size
        self._refuse_what_is_not_served()
        self.setup_query()
        answer = self._answer()
        if result_type == MULTI:
            return answer
        return next(chain.from_iterable(answer), None)

    def _refuse_what_is_not_served(self) -> None:
        query = self.query
        asked = {
            "a union of queries": query.combinator,
            "extra()": query.extra or query.extra_order_by,
            "distinct() on fields": query.distinct_fields,
            "grouping": query.group_by is not None,
        }
        for what, is_asked in asked.items():
            if is_asked:
                message = f"{what} is not served by Redis"
                raise NotSupportedError(message)

    def _answer(self) -> Iterator[list[Values]]:
        wanted = [source_of(expression) for expression, _, _ in self.select]
        plan = Planner(self.query).plan()
        if wanted and all(isinstance(one, Aggregate) for one in wanted):
            return iter([[tuple(aggregate(one, self.query, plan) for one in wanted)]])
        if self.query.distinct and not self.names_rows(wanted):
            return iter([self._sliced(self._distinct(wanted, plan))])
        return self._rows(wanted, plan)

    def _rows(self, wanted: list[Any], plan: Plan) -> Iterator[list[Values]]:
        terms = self._terms()
        aliases = Aliases(self.query)
        needed = {one.alias for one in wanted if isinstance(one, Col)}
        records = Records(aliases, sorted(needed | {term.alias for term in terms}))
        page = records.page(plan, terms, self.query.low_mark, self.query.high_mark)
        for chunk in page:
            yield [tuple(_value(record, one) for one in wanted) for record in chunk]

    def _terms(self) -> list[Term]:
        aliases = Aliases(self.query)
        terms = []
        ordering: Any = super()
        for pair, _ in ordering._order_by_pairs():  # noqa: SLF001 - SQLCompiler's own hook
            term: OrderBy = pair.resolve_expression(self.query, allow_joins=True, reuse=None)
            column = source_of(term.expression)
            if not isinstance(column, Col):
                message = f"ordering by {type(column).__name__} is not served by Redis"
                raise NotSupportedError(message)
            shape = aliases.shape(column.alias)
            terms.append(Term(column.alias, shape.column(column.target), term.descending))
        return terms

    def names_rows(self, wanted: list[Any]) -> bool:
        """Whether what is selected tells every row apart, so that distinct() changes nothing."""
        base = Aliases(self.query).base
        return any(
            isinstance(one, Col) and one.alias == base and one.target.primary_key for one in wanted
        )

    def _distinct(self, wanted: list[Any], plan: Plan) -> list[Values]:
        shape = Planner(self.query).shape
        one = wanted[0] if len(wanted) == 1 else None
        if isinstance(one, TruncBase):
            column = column_of(shape, one.lhs)
            moments = [(moment,) for moment in buckets(Selection(shape, plan), column, one)]
            return moments[::-1] if _descends(self.query) else moments
        if shape.rows_at_most is not None:
            rows = chain.from_iterable(self._rows_unsliced(wanted, plan))
            return list(dict.fromkeys(rows))
        column = column_of(shape, one)
        if column.index is not Index.NUMBER or column.kind in {Kind.DECIMAL, Kind.FLOAT}:
            raise missing_index(shape, column, "distinct values")
        numbers = Selection(shape, plan).leaps(column, lambda number: f"({number}")
        values = [(decode(column.kind, str(number)),) for number in numbers]
        return values[::-1] if _descends(self.query) else values

    def _rows_unsliced(self, wanted: list[Any], plan: Plan) -> Iterator[list[Values]]:
        low, high = self.query.low_mark, self.query.high_mark
        self.query.clear_limits()
        yield from self._rows(wanted, plan)
        self.query.low_mark, self.query.high_mark = low, high

    def _sliced(self, rows: list[Values]) -> list[Values]:
        return rows[self.query.low_mark : self.query.high_mark]


class SQLAggregateCompiler(SQLCompiler):
    """Aggregates over a slice, or over distinct rows."""

    def execute_sql(  # type: ignore[override]  # stubs: an overload a result type
        self,
        result_type: str = SINGLE,
        chunked_fetch: bool = False,  # noqa: FBT001, FBT002 - Django's signature
        chunk_size: int = 0,
    ) -> Any:
        """Count what the inner query gives; extremes are served without a slice only."""
        del result_type, chunked_fetch, chunk_size
        inner: Query = self.query.inner_query  # type: ignore[attr-defined]  # an AggregateQuery
        annotations = list(self.query.annotation_select.values())
        if not inner.is_sliced and not inner.distinct:
            plan = Planner(inner).plan()
            return tuple(aggregate(one, inner, plan) for one in annotations)
        if not all(isinstance(one, Count) for one in annotations):
            message = "an extreme over a slice is not served by Redis"
            raise NotSupportedError(message)
        return (self._rows_in(inner),) * len(annotations)

    def _rows_in(self, inner: Query) -> int:
        inner_compiler = inner.get_compiler(self.using)
        inner_compiler.setup_query()
        wanted = [source_of(expression) for expression, _, _ in inner_compiler.select]
        if inner.distinct and not inner_compiler.names_rows(wanted):
            return sum(map(len, inner_compiler.execute_sql(MULTI)))
        total = Selection(Planner(inner).shape, Planner(inner).plan()).count()
        high = total if inner.high_mark is None else min(total, inner.high_mark)
        return max(0, high - inner.low_mark)


class SQLInsertCompiler(compiler.SQLInsertCompiler):
    """Inserts rows, one script each."""

    query: Any

    def execute_sql(  # type: ignore[override]  # as Django's own differs
        self, returning_fields: Iterable[Any] | None = None
    ) -> list[Values]:
        """Insert the objects; ``IntegrityError`` at the first that is a duplicate."""
        model = self.query.get_meta().model
        _refuse_domain_models(model)
        shape = shape_of(model)
        rows = [self._insert(shape, made) for made in self.query.objs]
        fields = list(returning_fields or ())
        return [
            tuple(decode(shape.column(one).kind, row.get(one.column)) for one in fields)
            for row in rows
            if fields
        ]

    def _insert(self, shape: Shape, made: models.Model) -> Row:
        row: dict[str, str] = {}
        for field in self.query.fields:
            value = self._saved(field, made)
            if value is not None:
                row[str(field.column)] = shape.column(field).encode(value)
        numbered = shape.pk.name not in row
        while True:
            if numbered:
                row[shape.pk.name] = store.next_number(shape)
            try:
                store.insert(shape, row)
            except IntegrityError as error:
                # A number that somebody chose by hand: the next one may be free.
                if numbered and str(error).endswith(f"of {shape.pk.name} is taken already"):
                    continue
                if self.query.on_conflict != OnConflict.IGNORE:
                    raise
            return row

    def _saved(self, field: "models.Field[Any, Any]", made: models.Model) -> Any:
        value = getattr(made, field.attname) if self.query.raw else field.pre_save(made, add=True)
        return _plain(field, field.get_db_prep_save(value, connection=self.connection))


class SQLUpdateCompiler(SQLCompiler):
    """Updates rows, one script each: an update is atomic row by row, not as a whole."""

    query: Any

    def execute_sql(  # type: ignore[override]  # stubs: an overload a result type
        self,
        result_type: str = MULTI,
        chunked_fetch: bool = False,  # noqa: FBT001, FBT002 - Django's signature
        chunk_size: int = 0,
    ) -> Any:
        """Set the values in every row that the conditions select; give the number of rows."""
        del result_type, chunked_fetch, chunk_size
        model = self.query.get_meta().model
        _refuse_domain_models(model)
        shape = shape_of(model)
        if not self.query.values:
            return 0
        values = {
            field.column: self._encoded(shape, field, value)
            for field, _, value in self.query.values
        }
        pks = Selection(shape, Planner(self.query).plan()).page()
        return sum(store.update(shape, pk, values) for pk in pks)

    def execute_returning_sql(self, returning_fields: Iterable[Any]) -> list[Values]:
        """Update, and give an empty row for each: the store computes no column by itself."""
        del returning_fields
        return [()] * self.execute_sql()

    def _encoded(self, shape: Shape, field: "models.Field[Any, Any]", value: Any) -> str | None:
        if hasattr(value, "prepare_database_save"):
            value = value.prepare_database_save(field)
        saved = _plain(field, field.get_db_prep_save(_plain(field, value), self.connection))
        return None if saved is None else shape.column(field).encode(saved)


class SQLDeleteCompiler(SQLCompiler):
    """Deletes rows, one script each."""

    def execute_sql(  # type: ignore[override]  # stubs: an overload a result type
        self,
        result_type: str = MULTI,
        chunked_fetch: bool = False,  # noqa: FBT001, FBT002 - Django's signature
        chunk_size: int = 0,
    ) -> Any:
        """Delete every row that the conditions select; give the number of rows."""
        del result_type, chunked_fetch, chunk_size
        model = self.query.get_meta().model
        _refuse_domain_models(model)
        shape = shape_of(model)
        pks = Selection(shape, Planner(self.query).plan()).page()
        return sum(store.delete(shape, pk) for pk in pks)


def _refuse_domain_models(model: type[models.Model]) -> None:
    if issubclass(model, DomainModel):
        raise WrittenByServicesOnly(model)


def _plain(field: "models.Field[Any, Any]", value: Any) -> Any:
    """A value as it is; expressions are refused, for nothing here could compute them."""
    if isinstance(value, Value):
        return value.value
    if hasattr(value, "resolve_expression"):
        message = (
            f"{field.model._meta.label}.{field.name}: {type(value).__name__} is not served by "
            "Redis; read the row and save a value, or write a script"
        )
        raise NotSupportedError(message)
    return value


def _value(record: Record, expression: Any) -> Any:
    if isinstance(expression, Col):
        return value_of(record, expression.alias, expression.target)
    if isinstance(expression, Value):
        return expression.value
    message = f"{type(expression).__name__} cannot be computed by Redis: do it in Python"
    raise NotSupportedError(message)


def _descends(query: Query) -> bool:
    first = str(query.order_by[0]) if query.order_by else ""
    return first.startswith("-") == bool(query.standard_ordering)
