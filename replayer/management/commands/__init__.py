"""The `manage.py replayer` command stands here."""
