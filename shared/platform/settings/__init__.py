"""Settings from `REDRESS_…` variables, files with secrets, and `.env`: read once, checked together, frozen.

`fields.py` has every setting, `load.py` reads them, `rules.py` checks what fits together, `words.py` shows them.
"""

from shared.platform.settings.errors import SettingsError
from shared.platform.settings.fields import Settings
from shared.platform.settings.load import load_settings, unknown_variables
from shared.platform.settings.rules import check_run
from shared.platform.settings.words import describe, env_example

__all__ = ["Settings", "SettingsError", "check_run", "describe", "env_example", "load_settings", "unknown_variables"]
