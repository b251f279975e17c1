"""The command line: streams, options, exit status. Only here is anything printed."""

from __future__ import annotations
