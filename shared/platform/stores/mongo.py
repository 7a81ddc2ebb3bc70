"""MongoDB as the store: compare-and-set on single documents, unordered bulks, nothing that a compatible server lacks."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from itertools import batched, groupby
from typing import Any
