"""Prove and hide messages with a user's passwords, by pysnmp's protocols of the User-based Security Model.

The key of a user is another at each engine (RFC 3414, section 2.6): it is made
of the password once, which hashes a megabyte, and kept.
"""

import hmac
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pyasn1.type import univ  # type: ignore[import-untyped]  # what pysnmp's protocols take
from pysnmp.error import PySnmpError
from pysnmp.proto.secmod.rfc3414.service import SnmpUSMSecurityModel

from esolutions_simulators.usm.users import User

__all__ = ["UserKeys", "keys_of"]

# SNMP-USER-BASED-SM-MIB and SNMP-USM-HMAC-SHA2-MIB: snmpAuthProtocols 2 to 7.
_AUTH_IDS = {
    name: (1, 3, 6, 1, 6, 3, 10, 1, 1, number)
    for number, name in enumerate(("md5", "sha", "sha224", "sha256", "sha384", "sha512"), start=2)
}
# snmpPrivProtocols 2 and 4; long keys are made as draft-blumenthal-aes-usm-04 has it, which is what net-snmp calls
# AES-192 and AES-256, under Cisco's numbers.
_PRIV_IDS = {
    "des": (1, 3, 6, 1, 6, 3, 10, 1, 2, 2),
    "aes128": (1, 3, 6, 1, 6, 3, 10, 1, 2, 4),
    "aes192": (1, 3, 6, 1, 4, 1, 9, 12, 6, 1, 1),
    "aes256": (1, 3, 6, 1, 4, 1, 9, 12, 6, 1, 2),
}
_AUTH: dict[str, Any] = {name: SnmpUSMSecurityModel.AUTH_SERVICES[number] for name, number in _AUTH_IDS.items()}
_PRIV: dict[str, Any] = {name: SnmpUSMSecurityModel.PRIV_SERVICES[number] for name, number in _PRIV_IDS.items()}
_SALT_OCTETS = 8


@dataclass(frozen=True, slots=True)
class UserKeys:
    """What one user proves and hides messages with at one engine."""

    _auth: Any = None
    _auth_key: Any = None
    _priv: Any = None
    _priv_key: Any = None

    @property
    def is_proving(self) -> bool:
        """Whether there is a key to prove messages with."""
        return self._auth is not None

    @property
    def is_hiding(self) -> bool:
        """Whether there is a key to hide messages with."""
        return self._priv is not None

    @property
    def digest_octets(self) -> int:
        """How long the proof of a message is."""
        return 0 if self._auth is None else int(self._auth.digest_length)

    def signed(self, message: bytes, at: int) -> bytes:
        """Return a message with its proof at ``at``, where zeros hold its place (RFC 3414, section 6.3.1)."""
        before, after = message[:at], message[at + self.digest_octets :]
        blank = before + bytes(self.digest_octets) + after
        proven: bytes = self._auth.authenticate_outgoing_message(self._auth_key, blank)
        # pysnmp puts the proof where it finds the first zeros, which a stranger may have put elsewhere.
        first = blank.index(bytes(self.digest_octets))
        return before + proven[first : first + self.digest_octets] + after

    def is_proven(self, message: bytes, at: int, digest: bytes) -> bool:
        """Tell whether a message that has ``digest`` at ``at`` is the user's own (RFC 3414, section 6.3.2)."""
        if len(digest) != self.digest_octets:
            return False
        signed = self.signed(message, at)
        return hmac.compare_digest(signed[at : at + self.digest_octets], digest)

    def hidden(self, octets: bytes, boots: int, time: int) -> tuple[bytes, bytes]:
        """Return the octets encrypted, and the salt that goes with them (RFC 3414, section 8.3.1)."""
        encrypted, salt = self._priv.encrypt_data(self._priv_key, (boots, time, None), octets)
        return bytes(encrypted), bytes(salt)

    def shown(self, octets: bytes, boots: int, time: int, salt: bytes) -> bytes | None:
        """Return the octets decrypted, perhaps with padding behind them; None where that cannot be (section 8.3.2)."""
        if len(salt) != _SALT_OCTETS or not octets:
            return None
        parameters = (boots, time, univ.OctetString(salt))
        try:
            return bytes(self._priv.decrypt_data(self._priv_key, parameters, univ.OctetString(octets)))
        except PySnmpError:
            return None


@lru_cache(maxsize=4_096)
def keys_of(user: User, engine_id: bytes) -> UserKeys:
    """Return the keys of ``user`` at the engine called ``engine_id``."""
    engine = univ.OctetString(engine_id)
    if user.auth is None:
        return UserKeys()
    auth = _AUTH[user.auth]
    auth_key = auth.localize_key(_master_key(user.auth, str(user.auth_password)), engine)
    if user.priv is None:
        return UserKeys(auth, auth_key)
    priv = _PRIV[user.priv]
    master = _master_key(user.auth, str(user.priv_password))
    return UserKeys(auth, auth_key, priv, priv.localize_key(_AUTH_IDS[user.auth], master, engine))


@lru_cache(maxsize=256)
def _master_key(protocol: str, password: str) -> Any:
    """Return what RFC 3414, appendix A.2, makes of a password."""
    return _AUTH[protocol].hash_passphrase(password.encode())
