"""Share the datagrams of one port among sockets by the address they came to, in the kernel.

Linux asks a program of ours which socket of a group shall hear a datagram
(SO_ATTACH_REUSEPORT_CBPF, socket(7)); it compares the destination with the first
address of each share. Which process answers for a printer is so always the same.
"""

import ctypes
import socket
import struct
from collections.abc import Sequence

__all__ = ["share_by_address"]

_SO_ATTACH_REUSEPORT_CBPF = 51
# struct sock_filter: code, steps if true, steps if not, operand.
_INSTRUCTION = struct.Struct("=HBBI")
# struct sock_fprog: how many, and where they are.
_PROGRAM = struct.Struct("@HP")
_LOAD_WORD, _IF_AT_LEAST, _RETURN = 0x20, 0x35, 0x06
# linux/filter.h, SKF_NET_OFF: from the header of IP on; its destination is the seventeenth octet.
_DESTINATION = (-0x100000 + 16) & 0xFFFFFFFF


def share_by_address(sockets: Sequence[socket.socket], firsts: Sequence[str]) -> None:
    """Let each of ``sockets``, bound to one port in this order, hear what comes to addresses from its first one on.

    Args:
        sockets: bound with SO_REUSEPORT, in this order.
        firsts: the lowest address of each, rising; what lies below the first is heard by the first, too.

    Raises:
        OSError: the kernel does not take it.
    """
    if len(sockets) < 2:
        return
    program = [_INSTRUCTION.pack(_LOAD_WORD, 0, 0, _DESTINATION)]
    for number, first in reversed(tuple(enumerate(firsts))[1:]):
        lowest = int.from_bytes(socket.inet_aton(first), "big")
        program += [_INSTRUCTION.pack(_IF_AT_LEAST, 0, 1, lowest), _INSTRUCTION.pack(_RETURN, 0, 0, number)]
    program.append(_INSTRUCTION.pack(_RETURN, 0, 0, 0))
    octets = ctypes.create_string_buffer(b"".join(program))
    attached = _PROGRAM.pack(len(program), ctypes.addressof(octets))
    sockets[0].setsockopt(socket.SOL_SOCKET, _SO_ATTACH_REUSEPORT_CBPF, attached)
