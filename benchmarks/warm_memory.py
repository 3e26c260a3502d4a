#!/usr/bin/env python3
"""Touches so many MiB in huge pages and gives them back, so that the program that runs next finds them in hand.

A virtual machine gets new memory from its host slowly, and whoever comes first pays for it: without this, the order of the programs shows in
their times more than what they do.
"""
import mmap
import sys

size = int(sys.argv[1]) << 20
memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
memory.madvise(mmap.MADV_HUGEPAGE)
for at in range(0, size, mmap.PAGESIZE):
    memory[at] = 1
