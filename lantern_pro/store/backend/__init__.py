"""A Django database backend over Redis: rows are hashes, indexes are sorted sets, nothing scans.

``encoding``  how a value becomes text, a number or a member of an index
``shape``     what a model's declarations ask of the store: columns, indexes, cells
``stock``     what Django's own models would have to declare, declared for them
``store``     rows: read in bulk; inserted, updated and deleted by one script each
``plan``      a selection of rows as an expression over sets
``lookups``   one condition -> a plan
``planner``   a query's ``where`` -> a plan, joins as semi-joins
``selection`` a plan -> counts and pages, by Redis's set algebra
``records``   the rows of a page together with the rows they refer to
``compiler``  what the ORM asks for: select, aggregate, insert, update, delete
``base``      the wrapper: no transactions, nothing to migrate, a cursor that refuses SQL
"""
