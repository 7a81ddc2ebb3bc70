"""The version of the installed product."""

from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("redress")
except PackageNotFoundError:  # run from a source tree that was not installed
    VERSION = "0.1.0"
