"""Noise: drift that no migration of the user's cures, so that it must be told apart from his own."""

# ruff: noqa: E501 - the texts are prose, one paragraph a line.
from __future__ import annotations

from replayer.rules.rule import Rule, Severity

RULES = (
    Rule(
        id="R201",
        name="flicker-order",
        severity=Severity.WARNING,
        summary="A field's arguments are in another order at every run",
        problem="The list comes from a set, so it follows the hash seed: `makemigrations` finds a change at some runs and none at others.",
        example="choices = [(c, c) for c in {'red', 'green'}]",
        cure="Sort it where it is made: sorted({'red', 'green'})",
    ),
    Rule(
        id="R202",
        name="flicker-equality",
        severity=Severity.WARNING,
        summary="A field's argument is never equal to itself",
        problem="An object without `__eq__` is compared by identity, so `makemigrations` writes the same AlterField again at every run.",
        example="validators = [MyValidator(3)]  # class MyValidator: no __eq__",
        cure="Give its class `__eq__` (and @deconstructible), or use a plain function",
    ),
    Rule(
        id="R203",
        name="flicker-callable",
        severity=Severity.WARNING,
        summary="A field's argument is a function that is made anew at every run",
        problem="A lambda, a nested function or a partial can't be written in a migration, nor be equal to the one in it.",
        example="upload_to = lambda instance, name: name",
        cure="Make it a function of the module: def upload_to(instance, name): ...",
    ),
    Rule(
        id="R204",
        name="third-party-drift",
        severity=Severity.NOTE,
        summary="An app that is not the project's differs from its own migrations",
        problem="`makemigrations` would write the migration into the installed package, where the next install loses it.",
        example="taggit.Tag: verbose_name differs  # in site-packages",
        cure="Tell its maintainers, or pin another version. Never run makemigrations for it. To fail on it: --fail-on any",
    ),
    Rule(
        id="R205",
        name="third-party-auto-field",
        severity=Severity.NOTE,
        summary="An app that is not the project's drifts by DEFAULT_AUTO_FIELD",
        problem="Its migrations say AutoField and the project's setting says BigAutoField: the keys stay as the migrations made them.",
        example="DEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'  # and an app whose 0001 has AutoField",
        cure="In INSTALLED_APPS name a subclass of its AppConfig with default_auto_field = 'django.db.models.AutoField'",
    ),
    Rule(
        id="R206",
        name="swapped-model",
        severity=Severity.NOTE,
        summary="A difference comes from a swappable model that the project swaps",
        problem="A foreign key to a swapped model points at another table than the one its migration was written for. "
        "Changing the setting after `migrate` changes no table.",
        example="AUTH_USER_MODEL = 'accounts.User'  # set after the first migrate",
        cure="Let migrations depend on migrations.swappable_dependency(settings.AUTH_USER_MODEL); see 'Changing to a "
        "custom user model mid-project' in Django's documentation",
    ),
)
