"""Both SNMP engines, in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esolutions_client.snmp.engines.native_port import NativePort
from esolutions_client.snmp.engines.pysnmp_port import PysnmpPort

if TYPE_CHECKING:
    from esolutions_client.snmp.ports import SnmpPort


@pytest.fixture(params=["native", "pysnmp"])
def port(request: pytest.FixtureRequest) -> SnmpPort:
    """Each of the engines in turn."""
    return NativePort() if request.param == "native" else PysnmpPort()
