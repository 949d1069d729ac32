"""The addresses that the client of the admin API asks."""

from __future__ import annotations

import pytest

from esolutions_server.client import TestbedClient, TestbedRefusedError
from esolutions_server.client.transport import AdminTransport

NOWHERE = "http://127.0.0.1:1/admin/api"


@pytest.mark.parametrize("name", ["..", ".", "a/b", "../reset", "/"])
def test_a_name_leads_to_no_other_place(name: str) -> None:
    """The namespace `..` is not the default one, which a reset would empty; it is refused before anything is sent."""
    with TestbedClient(NOWHERE, "token", name) as elsewhere, pytest.raises(TestbedRefusedError, match="in an address"):
        elsewhere.reset()
    with TestbedClient(NOWHERE, "token") as testbed:
        for use in (testbed.restore, testbed.remove_snapshot, testbed.remove_namespace, testbed.state.device):
            with pytest.raises(TestbedRefusedError, match="in an address"):
                use(name)


def test_a_namespace_has_its_own_address() -> None:
    """Whatever is in its name is quoted."""
    assert AdminTransport(NOWHERE, "token", "a?b").url_of("clock") == "http://127.0.0.1:1/ns/a%3Fb/admin/api/clock"
