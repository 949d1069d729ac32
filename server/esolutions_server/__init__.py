"""The reference Communication Server that the client talks to."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from esolutions_server.reference import ReferenceServer, open_server

__all__ = ["ReferenceServer", "open_server"]


def __getattr__(name: str) -> Any:
    # Opening a server takes spyne and SQLAlchemy; asking the command line for help must not.
    if name in __all__:
        from esolutions_server import reference

        return getattr(reference, name)
    raise AttributeError(name)
