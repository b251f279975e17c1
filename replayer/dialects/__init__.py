"""Offline servers: Django's own backends, with no connection behind them."""

from __future__ import annotations
