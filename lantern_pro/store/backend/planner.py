"""A query's ``where`` -> a plan.

A join is a semi-join: the far side is selected first, then mapped back, so no row ever comes
twice and ``distinct()`` has nothing to do.
"""

from collections.abc import Iterable
from typing import Any, Final

from django.db import NotSupportedError
from django.db.models.expressions import Col, Exists, Expression, NegatedExpression, Value
from django.db.models.functions import Cast
from django.db.models.lookups import Lookup
from django.db.models.sql import Query
from django.db.models.sql.datastructures import Join
from django.db.models.sql.where import AND, NothingNode, WhereNode

from lantern_pro.store.backend.encoding import decode
from lantern_pro.store.backend.lookups import plan_lookup
from lantern_pro.store.backend.plan import (
    NOTHING,
    Everything,
    Members,
    Plan,
    all_of,
    any_of,
    none_of,
)
from lantern_pro.store.backend.selection import Selection
from lantern_pro.store.backend.shape import Shape, shape_of_table
from lantern_pro.store.backend.store import read_rows

JOINED_AT_MOST: Final = 1_000
"""The most rows of another table that a condition across a reference may select."""


class Aliases:
    """The tables of a query, and how each is reached from the first."""

    def __init__(self, query: Query) -> None:
        """Read them off the query. Its first table is the first that is still in use."""
        used = (alias for alias in query.alias_map if query.alias_refcount[alias])
        self.base: str = next(used, None) or query.get_initial_alias()
        self._query = query

    def shape(self, alias: str) -> Shape:
        """The shape of the table behind an alias."""
        return shape_of_table(self._query.alias_map[alias].table_name)

    def join(self, alias: str) -> Join:
        """The join that leads to an alias."""
        join = self._query.alias_map[alias]
        if not isinstance(join, Join) or len(join.join_cols) != 1:
            message = f"the join to {join.table_name} is not by one column"
            raise NotSupportedError(message)
        return join

    def hop(self, alias: str, root: str) -> str | None:
        """The first step on the way from ``root`` to ``alias``; None when they are the same."""
        step = None
        while alias != root:
            if alias == self.base:
                message = "a condition refers to a table outside its query"
                raise NotSupportedError(message)
            step, alias = alias, self.join(alias).parent_alias
        return step


class Planner:
    """Plans the conditions of one query."""

    def __init__(self, query: Query) -> None:
        """Take the query as Django has built it."""
        self._aliases = Aliases(query)
        self._query = query
        self._joined: set[str] = set()

    def plan(self, *conditions: WhereNode) -> Plan:
        """Plan the query's ``where``, and further conditions on the same tables."""
        parts = [
            self._node(where, self._aliases.base) for where in (self._query.where, *conditions)
        ]
        return all_of(parts)

    def _node(self, node: Any, root: str) -> Plan:
        if isinstance(node, WhereNode):
            return self._tree(node, root)
        if isinstance(node, NothingNode):
            return NOTHING
        if isinstance(node, NegatedExpression):
            return none_of(self._node(node.expression, root))
        if isinstance(node, Exists):
            return self._exists(node, root)
        if isinstance(node, Lookup) and _is_truth(node):
            plan = self._node(node.lhs, root)
            return plan if node.rhs else none_of(plan)
        if isinstance(node, Lookup):
            return self._lookup(node, root)
        message = f"a condition of the kind {type(node).__name__} is not served by Redis"
        raise NotSupportedError(message)

    def _tree(self, node: WhereNode, root: str) -> Plan:
        if node.connector not in {AND, "OR"}:
            message = f"conditions joined by {node.connector} are not served by Redis"
            raise NotSupportedError(message)
        combine = all_of if node.connector == AND else any_of
        parts: list[Plan] = []
        beyond: dict[str, list[Any]] = {}
        for child in node.children:
            hop = self._common_hop(child, root)
            if hop is None:
                parts.append(self._node(child, root))
            else:
                beyond.setdefault(hop, []).append(child)
        for hop, children in beyond.items():
            # Conditions on one joined table are about the same row of it.
            parts.append(self._semi_join(hop, _where(children, node.connector)))
        plan = combine(parts) if node.children else Everything()
        return none_of(plan) if node.negated else plan

    def _common_hop(self, child: Any, root: str) -> str | None:
        """The table that a condition is wholly about, if its truth there is its truth here."""
        if not _is_positive(child):
            return None
        hops = {self._aliases.hop(alias, root) for alias in _aliases_in(child)}
        return hops.pop() if len(hops) == 1 else None

    def _semi_join(self, hop: str, where: WhereNode) -> Plan:
        """The rows that reach, over one join, a row of which ``where`` holds."""
        join = self._aliases.join(hop)
        here, there = self._aliases.shape(join.parent_alias), self._aliases.shape(hop)
        near, far = join.join_cols[0]
        if hop in self._joined and far != there.pk.name:
            message = (
                f"conditions on one row of {there.label} stand in different places of a query on "
                f"{here.label}: use a subquery"
            )
            raise NotSupportedError(message)
        self._joined.add(hop)
        return _mapped(here, near, there, far, self._node(where, hop))

    def _lookup(self, lookup: "Lookup[Any]", root: str) -> Plan:
        column = _column_of(lookup)
        hop = self._aliases.hop(column.alias, root)
        name, value = str(lookup.lookup_name), _given(lookup)
        if hop is not None:
            if name == "isnull" and value:
                opposite = type(lookup)(lookup.lhs, False)
                return none_of(self._semi_join(hop, _where([opposite])))
            return self._semi_join(hop, _where([lookup]))
        shape = self._aliases.shape(root)
        return plan_lookup(shape, shape.column(column.target), name, value)

    def _exists(self, node: Exists, root: str) -> Plan:
        """``EXISTS (... inner.a = outer.b ...)``: the outer rows whose b is an a of inner rows."""
        inner: Query = node.query
        planner = Planner(inner)
        links: list[Any] = [child for child in inner.where.children if planner.links_out(child)]
        others = [child for child in inner.where.children if child not in links]
        if len(links) != 1 or inner.where.connector != AND or inner.where.negated:
            message = "EXISTS is served for one equality between inner and outer query"
            raise NotSupportedError(message)
        near, far = _both_sides(links[0], inner)
        there, here = planner.shape, self._aliases.shape(root)
        selected = planner.plan_alone(others)
        return _mapped(here, str(near.target.column), there, str(far.target.column), selected)

    @property
    def shape(self) -> Shape:
        """The shape of the query's own model."""
        return self._aliases.shape(self._aliases.base)

    def links_out(self, child: Any) -> bool:
        """Whether a condition compares with a column of the query around this one."""
        if not isinstance(child, Lookup):
            return False
        columns = [side for side in (child.lhs, child.rhs) if isinstance(side, Col)]
        return any(column.alias not in self._query.alias_map for column in columns)

    def plan_alone(self, children: list[Any]) -> Plan:
        """Plan some of the conditions."""
        return self._node(_where(children), self._aliases.base)


def _where(children: list[Any], connector: str = AND) -> WhereNode:
    return WhereNode(children, connector)


def _mapped(here: Shape, near: str, there: Shape, far: str, selected: Plan) -> Plan:
    """The rows here whose column ``near`` is the column ``far`` of a row selected there."""
    if selected == NOTHING:
        return NOTHING
    if here.model is there.model and near == far == here.pk.name:
        return selected
    if isinstance(selected, Members) and far == there.pk.name:
        values: Iterable[str] = read_rows(there, selected.pks)
    else:
        pks = Selection(there, selected).page(high=_limit(there) + 1)
        if len(pks) > _limit(there):
            message = (
                f"a condition on {here.label} goes by way of over {_limit(there)} rows of "
                f"{there.label}: narrow it"
            )
            raise NotSupportedError(message)
        rows = read_rows(there, pks)
        values = dict.fromkeys(row[far] for row in rows.values() if far in row)
    column = here.columns[near]
    return plan_lookup(here, column, "in", [decode(column.kind, value) for value in values])


def _limit(shape: Shape) -> int:
    return shape.rows_at_most or JOINED_AT_MOST


def _column_of(lookup: "Lookup[Any]") -> Col:
    left = lookup.lhs
    if isinstance(left, Cast):
        # The admin's way of searching a number for an exact text.
        left = left.get_source_expressions()[0]
    if not isinstance(left, Col):
        message = f"a condition on {type(left).__name__} is not served by Redis: name a column"
        raise NotSupportedError(message)
    return left


def _given(lookup: "Lookup[Any]") -> Any:
    value = lookup.rhs
    if isinstance(value, Query):
        return _values_of(value, several=lookup.lookup_name == "in")
    if isinstance(value, Value):
        return value.value
    if isinstance(value, Expression):
        message = f"a comparison with {type(value).__name__} is not served by Redis: give a value"
        raise NotSupportedError(message)
    return value


def _values_of(query: Query, *, several: bool) -> Any:
    if not query.has_select_fields:
        query = query.clone()
        query.clear_select_clause()
        query.add_fields(["pk"])
    values = [row[0] for row in query.get_compiler("default").results_iter()]
    return values if several else next(iter(values), None)


def _both_sides(link: "Lookup[Any]", inner: Query) -> tuple[Col, Col]:
    """The outer and the inner column of an equality."""
    left, right = link.lhs, link.rhs
    if link.lookup_name != "exact" or not isinstance(left, Col) or not isinstance(right, Col):
        message = "EXISTS is served for an equality of two columns only"
        raise NotSupportedError(message)
    return (right, left) if left.alias in inner.alias_map else (left, right)


def _is_truth(lookup: "Lookup[Any]") -> bool:
    """Whether this only says that a condition is true or false: so Django wraps ``Exists``."""
    return isinstance(lookup.lhs, Exists | NegatedExpression) and lookup.lookup_name == "exact"


def _is_positive(node: Any) -> bool:
    if isinstance(node, WhereNode):
        return not node.negated and all(map(_is_positive, node.children))
    if isinstance(node, Lookup) and not _is_truth(node):
        return not (node.lookup_name == "isnull" and node.rhs)
    return False


def _aliases_in(node: Any) -> Iterable[str]:
    if isinstance(node, WhereNode):
        return {alias for child in node.children for alias in _aliases_in(child)}
    return {_column_of(node).alias}
