"""A server that is restored is what it was when it was backed up; one that is lost is empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_scenarios.faults.server import ServerLost, ServerRestored

if TYPE_CHECKING:
    from collections.abc import Callable

    from esolutions_scenarios.testbed.testbed import Testbed

    OpenTestbed = Callable[..., Testbed]


def _accounts(bed: Testbed) -> list[str]:
    return [account.name for account in bed.administration.every.accounts()]


def test_a_restored_server_has_forgotten_what_came_after_its_backup(testbed: OpenTestbed) -> None:
    """And knows what came before, as often as it is restored; two backups are two."""
    bed = testbed()
    bed.administration.add_account("Before", "key.user@customer.example")
    restore = ServerRestored()(bed.world)
    bed.administration.add_account("Between", "key.user@customer.example")
    restore_later = ServerRestored()(bed.world)
    bed.administration.add_account("After", "key.user@customer.example")
    restore_later()
    assert _accounts(bed) == ["Before", "Between"]
    restore()
    assert _accounts(bed) == ["Before"]


def test_a_lost_server_starts_with_nothing(testbed: OpenTestbed) -> None:
    """It works: an account that is entered is there."""
    bed = testbed()
    bed.administration.add_account("Before", "key.user@customer.example")
    ServerLost()(bed.world)()
    assert _accounts(bed) == []
    bed.administration.add_account("After", "key.user@customer.example")
    assert _accounts(bed) == ["After"]
