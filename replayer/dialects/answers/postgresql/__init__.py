"""The system catalogue and the information schema of PostgreSQL, filled from the catalogue.

Source: PostgreSQL's manual, "System Catalogs" and "The Information Schema". Only what migrations
are known to look at; a column that is not there makes a query one that cannot be answered.
"""

from __future__ import annotations
