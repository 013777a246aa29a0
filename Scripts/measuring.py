"""What the benchmarks read of processes."""

import os
import pathlib

TICK = os.sysconf("SC_CLK_TCK")


def cpu(pids):
    """Seconds of processor time that these processes have used."""
    total = 0
    for pid in pids:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICK


def with_children(pid):
    """A process and those that it has started, as nginx's workers."""
    return [pid, *map(int, pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
