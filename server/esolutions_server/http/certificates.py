"""A test authority and a server certificate, made once and kept in the data directory.

For tests and demonstrations: a program that reads the keys can be this server, so
the files are the owner's alone. Real installations bring their own.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import trustme

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["LocalCertificates", "local_certificates"]

LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class LocalCertificates:
    """Where the certificate of the server, its key, and the authority to trust are."""

    certificate: Path
    key: Path
    authority: Path


def local_certificates(directory: Path, host: str) -> LocalCertificates:
    """Return certificates for `host` and this machine's own names, made now if the directory has none yet."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    names = list(dict.fromkeys((host, *LOCAL_NAMES)))
    wanted = directory / "names"
    made = LocalCertificates(directory / "server.pem", directory / "server.key", directory / "authority.pem")
    if wanted.exists() and wanted.read_text("ascii").split() == names:
        return made
    authority = _authority(directory, made.authority)
    issued = authority.issue_cert(*names)
    _write(made.certificate, b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    _write(made.key, issued.private_key_pem.bytes())
    _write(wanted, "\n".join(names).encode("ascii"))
    return made


def _authority(directory: Path, certificate: Path) -> trustme.CA:
    key = directory / "authority.key"
    if key.exists() and certificate.exists():
        return trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
    authority = trustme.CA()
    _write(key, authority.private_key_pem.bytes())
    _write(certificate, authority.cert_pem.bytes())
    return authority


def _write(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
