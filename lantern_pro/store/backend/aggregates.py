"""Counts, and the extremes that the two ends of an index tell."""

from typing import Any

from django.db import NotSupportedError
from django.db.models.aggregates import Aggregate, Count, Max, Min
from django.db.models.expressions import Col, Ref, Star, Value
from django.db.models.sql import Query
from django.db.models.sql.where import WhereNode

from lantern_pro.store.backend.encoding import decode
from lantern_pro.store.backend.lookups import missing_index
from lantern_pro.store.backend.plan import Plan, all_of, present
from lantern_pro.store.backend.planner import Planner
from lantern_pro.store.backend.selection import Order, Selection
from lantern_pro.store.backend.shape import Column, Index, Row, Shape
from lantern_pro.store.backend.store import read_rows


def aggregate(asked: Aggregate, query: Query, plan: Plan) -> Any:
    """Work out one aggregate over the rows of a plan; ``filter=`` narrows them further."""
    planner = Planner(query)
    condition = getattr(asked, "filter", None)
    if condition is not None:
        plan = planner.plan(_as_where(condition))
    source = source_of(asked.get_source_expressions()[0])
    if isinstance(asked, Count):
        return _count(planner.shape, source, plan)
    if isinstance(asked, Min | Max):
        column = column_of(planner.shape, source)
        return _extreme(planner.shape, Order(column, descending=isinstance(asked, Max)), plan)
    message = f"{type(asked).__name__} is not served by Redis"
    raise NotSupportedError(message)


def source_of(expression: Any) -> Any:
    """What an expression refers to in the end."""
    while isinstance(expression, Ref):
        expression = expression.source  # type: ignore[attr-defined]  # the stubs lack it
    return expression


def column_of(shape: Shape, expression: Any) -> Column:
    """The column of the query's own model that an expression is."""
    if isinstance(expression, Col) and expression.target.model is shape.model:
        return shape.column(expression.target)
    message = (
        f"{type(expression).__name__} is not served by Redis here: name a column of {shape.label}"
    )
    raise NotSupportedError(message)


def _count(shape: Shape, source: Any, plan: Plan) -> int:
    if isinstance(source, Col) and source.target.null:
        column = column_of(shape, source)
        if column.index is None:
            raise missing_index(shape, column, "a count of its values")
        plan = all_of([plan, present(column)])
    elif not isinstance(source, Star | Value | Col):
        message = f"a count of {type(source).__name__} is not served by Redis"
        raise NotSupportedError(message)
    return Selection(shape, plan).count()


def _extreme(shape: Shape, order: Order, plan: Plan) -> Any:
    column = order.column
    if column.index not in {Index.NUMBER, Index.TEXT}:
        raise missing_index(shape, column, "an extreme")
    first = Selection(shape, plan).first(order)
    row: Row = {} if first is None else read_rows(shape, [first]).get(first, {})
    return decode(column.kind, row.get(column.name))


def _as_where(condition: Any) -> WhereNode:
    inner = getattr(condition, "condition", condition)
    return inner if isinstance(inner, WhereNode) else WhereNode([inner])
