"""The routes of the admin API, one module a noun: adding one is adding a blueprint here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_server.admin.resources import breakpoints, clock, faults, journal, namespaces, snapshots, verification
from esolutions_server.admin.resources.state import billing, customers, devices

if TYPE_CHECKING:
    from flask_smorest import Blueprint

__all__ = ["BLUEPRINTS"]

BLUEPRINTS: tuple[Blueprint, ...] = (
    breakpoints.breakpoints,
    breakpoints.held,
    clock.blueprint,
    faults.blueprint,
    journal.blueprint,
    namespaces.blueprint,
    snapshots.forks,
    snapshots.reset,
    snapshots.snapshots,
    verification.blueprint,
    *billing.BLUEPRINTS,
    *customers.BLUEPRINTS,
    *devices.BLUEPRINTS,
)
