"""Ports for programs that are told where to listen."""
import pathlib
import random
import socket


def free_port():
    """A port that is free, and that the kernel does not give to somebody's connection before the program listens on it."""
    first_of_connections = int(pathlib.Path('/proc/sys/net/ipv4/ip_local_port_range').read_text().split()[0])
    for _ in range(1000):
        port = random.randrange(10_000, first_of_connections) if first_of_connections > 11_000 else 0
        with socket.socket() as any_socket:
            try:
                any_socket.bind(('127.0.0.1', port))
                return any_socket.getsockname()[1]
            except OSError:
                pass
    raise RuntimeError('no port is free')
