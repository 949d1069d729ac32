"""Let every Python import spyne 2.14.

spyne carries a copy of six whose importer of lazy modules has `find_module`,
of which Python 3.11 warns at every import and which later ones no longer call.
It is replaced by one of today; nothing else of spyne is touched.
"""

from __future__ import annotations

import sys
import warnings
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.util import spec_from_loader
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

__all__ = ["import_spyne"]

PREFIX = "spyne.util.six.moves"


class _LazyModules(MetaPathFinder, Loader):
    """Answers for `spyne.util.six.moves` and what is below it."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return a spec for a module that six made."""
        del path, target
        if fullname != PREFIX and not fullname.startswith(f"{PREFIX}."):
            return None
        module = self._known_modules().get(fullname)
        return None if module is None else spec_from_loader(fullname, self, is_package=hasattr(module, "__path__"))

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Return the module that six made."""
        return self._known_modules().get(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: six fills its modules when they are asked."""

    @staticmethod
    def _known_modules() -> dict[str, ModuleType]:
        importer: Any = sys.modules["spyne.util.six"]._importer  # noqa: SLF001 (six gives it no other name)
        return importer.known_modules  # type: ignore[no-any-return]


def import_spyne() -> None:
    """Import spyne, so that an import after this finds it whole."""
    if any(isinstance(finder, _LazyModules) for finder in sys.meta_path):
        return
    sys.meta_path.append(_LazyModules())
    with warnings.catch_warnings():
        # Escape sequences and uses of `cgi` that newer Pythons warn of; spyne 2.14 is frozen upstream.
        warnings.simplefilter("ignore")
        for name in ("spyne", "spyne.protocol.soap", "spyne.interface.wsdl", "spyne.server"):
            import_module(name)
    outdated = sys.modules["spyne.util.six"]._importer  # noqa: SLF001 (six gives it no other name)
    sys.meta_path[:] = [finder for finder in sys.meta_path if finder is not outdated]
