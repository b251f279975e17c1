"""The user's project: where it is, how it is booted, and how it is kept from doing harm."""

from __future__ import annotations
