"""The information schema and ``SHOW`` of MySQL and MariaDB, filled from the catalogue.

Source: MySQL's manual, "INFORMATION_SCHEMA Tables" and "SHOW Statements". Only what migrations are
known to look at; a column that is not there makes a query one that cannot be answered.
"""

from __future__ import annotations
