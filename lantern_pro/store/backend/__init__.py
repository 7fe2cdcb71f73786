"""A Django database backend over Redis: rows are hashes, indexes are sorted sets, nothing scans.

``encoding``  how a value becomes text, a number or a member of an index
``shape``     what a model's declarations ask of the store: columns, indexes, cells
``stock``     what Django's own models would have to declare, declared for them
``store``     rows: read in bulk; inserted, updated and deleted by one script each
``plan``      a selection of rows as an expression over sets
``lookups``   one condition -> a plan
``planner``   a query's ``where`` -> a plan, joins as semi-joins
``algebra``   a plan -> sets that Redis combines
``walk``      a page by going along the index of its order
``selection`` a plan -> counts and pages, by the cheapest of these
``dates``     which years, months, days occur
``records``   the rows of a page together with the rows they refer to
``aggregates`` counts and extremes
``compiler``  what the ORM asks for: select, aggregate, insert, update, delete
``base``      the wrapper: no transactions, nothing to migrate, a cursor that refuses SQL
"""
