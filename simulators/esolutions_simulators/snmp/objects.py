"""Tell a name of which there is no instance from one that is about nothing, as RFC 3416, section 4.2.1, has it."""

from esolutions_simulators.mib.oids import tree_of
from esolutions_simulators.printers.agent import SimulatedAgent
from esolutions_simulators.printers.print_server import PrintServerAgent

__all__ = ["is_of_an_object"]


def is_of_an_object(agent: SimulatedAgent | PrintServerAgent, oid: str, at_epoch: float) -> bool:
    """Tell whether a name stands in a tree that the printer has rows of at that time."""
    tree = tree_of(oid)
    following = agent.get_next((tree,), at_epoch) if tree else None
    return any(value is not None and name.startswith(f"{tree}.") for name, value in following or ())
