"""Django finds `manage.py replayer` below this package."""
