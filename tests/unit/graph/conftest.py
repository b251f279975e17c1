from __future__ import annotations

from tests.unit.history.drawing import set_up_django

set_up_django()
