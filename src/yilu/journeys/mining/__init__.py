"""
Process mining on the journal, twice: ``columns`` in memory, as fast as the machine goes; ``expressions``
in Ibis, the same on DuckDB, PostgreSQL and whatever the journal outgrows one machine to.

Loaded in the worker, the console and the benchmarks only: numpy and Ibis stay out of the web process.
"""
