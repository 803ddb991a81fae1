"""What a worker gives up before it looks at anything that senders made up: network, writing, files, terminal.

Linux alone has the two locks used here, and both work for any user, also inside containers: a filter of system calls
(seccomp, kernel 3.17) takes the network away, a set of rules (Landlock, kernel 5.13) all writing outside one folder.
They pass on to every program that the worker starts, and nothing takes them off. Where the system lacks one, the worker
works without it; :func:`find_locks` tells.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_MAX_FILE_BYTES = 64 * 1024**2  # of one file; what is unpacked stays in memory, programs write little beside
_MAX_OPEN_FILES = 256
_NO_NEW_PRIVILEGES = 38  # prctl(2), PR_SET_NO_NEW_PRIVS
_NETWORK_ERRNO = 13  # EACCES: what a firewall would say

# seccomp(2): a program of struct sock_filter, run over struct seccomp_data (nr, arch, instruction pointer, arguments)
_SECCOMP_SET_FILTER, _ALL_THREADS = 1, 1
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER_AT, _MACHINE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | _NETWORK_ERRNO
_X32 = 0x40000000  # x86-64 knows each call by a second number
_IO_URING_SETUP = 425  # it opens sockets without the call

# Landlock: landlock_create_ruleset(2), landlock_add_rule(2), landlock_restrict_self(2); the same numbers everywhere
_CREATE_RULES, _ADD_RULE, _RESTRICT = 444, 445, 446
_TELL_VERSION, _BENEATH = 1, 1
_WRITE_FILE, _WRITE_FOLDERS = 1 << 1, sum(1 << bit for bit in range(4, 13))  # remove, make
_REFER, _TRUNCATE = 1 << 13, 1 << 14  # since version 2, 3


@dataclass(frozen=True, slots=True)
class Machine:
    """Numbers by which a processor's kernel knows itself and some calls."""

    audit: int  # AUDIT_ARCH_*, linux/audit.h
    seccomp: int
    socket: int


_MACHINES = {
    "x86_64": Machine(0xC000003E, 317, 41),
    "aarch64": Machine(0xC00000B7, 277, 198),
    "loongarch64": Machine(0xC0000102, 277, 198),
    "riscv64": Machine(0xC00000F3, 277, 198),
}


@dataclass(frozen=True, slots=True)
class Locks:
    """Which locks this system has."""

    network: bool
    writing: bool


def confine(folder: Path, memory_bytes: int) -> Locks:
    """Confines this process for good; ``folder`` is where it may write. Call it while there is one thread."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_MAX_FILE_BYTES, _MAX_FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_MAX_OPEN_FILES, _MAX_OPEN_FILES))
    _leave_the_terminal()
    kernel = ctypes.CDLL(None, use_errno=True)
    if kernel.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return Locks(network=False, writing=False)
    writing = _lock_writing(kernel, folder)
    return Locks(_lock_network(kernel), writing)


def _leave_the_terminal() -> None:
    """Nothing that a library prints or asks reaches people, or the output of a command."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def _lock_network(kernel: ctypes.CDLL) -> bool:
    """No socket but those of this machine's own files (AF_UNIX), which programs use among themselves."""
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        return False
    program = _no_sockets(machine)
    octets = ctypes.create_string_buffer(program, len(program))
    described = ctypes.create_string_buffer(struct.pack("@HP", len(program) // 8, ctypes.addressof(octets)))
    return bool(kernel.syscall(machine.seccomp, _SECCOMP_SET_FILTER, _ALL_THREADS, described) == 0)


def _no_sockets(machine: Machine) -> bytes:
    """Each line: what to do, how many lines to leap over where it is so and where not, its number."""
    lines = (
        (_LOAD, 0, 0, _MACHINE_AT),
        (_EQUAL, 0, 7, machine.audit),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_AT_LEAST, 5, 0, _X32),
        (_EQUAL, 4, 0, _IO_URING_SETUP),
        (_EQUAL, 0, 2, machine.socket),
        (_LOAD, 0, 0, _FIRST_ARGUMENT_AT),
        (_EQUAL, 0, 1, 1),  # AF_UNIX
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    )
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


def _lock_writing(kernel: ctypes.CDLL, folder: Path) -> bool:
    version = kernel.syscall(_CREATE_RULES, None, ctypes.c_size_t(0), _TELL_VERSION)
    if version < 1:
        return False
    rights = _WRITE_FILE | _WRITE_FOLDERS | (_REFER if version >= 2 else 0) | (_TRUNCATE if version >= 3 else 0)
    rules = kernel.syscall(_CREATE_RULES, struct.pack("=Q", rights), ctypes.c_size_t(8), 0)
    if rules < 0:
        return False
    try:
        of_files = rights & (_WRITE_FILE | _TRUNCATE)
        allowed = _allow(kernel, rules, folder, rights) and _allow(kernel, rules, Path(os.devnull), of_files)
        return allowed and kernel.syscall(_RESTRICT, rules, 0) == 0
    finally:
        os.close(rules)


def _allow(kernel: ctypes.CDLL, rules: int, path: Path, rights: int) -> bool:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        return bool(kernel.syscall(_ADD_RULE, rules, _BENEATH, struct.pack("=Qi", rights, place), 0) == 0)
    finally:
        os.close(place)


def find_locks(folder: Path) -> Locks:
    """Which locks a worker would have here, tried out in a process of its own."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            locks = confine(folder, resource.RLIM_INFINITY)
            os.write(writing, bytes([locks.network, locks.writing]))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    return Locks(*map(bool, told)) if len(told) == 2 else Locks(network=False, writing=False)
