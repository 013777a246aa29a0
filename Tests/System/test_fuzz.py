"""A short run of Scripts/fuzz-enforce, so that it finds leaks on the day somebody needs it."""

import subprocess

from instance import PROJECT


def test_a_third_of_a_minute_finds_no_leak():
    done = subprocess.run(
        [PROJECT / "Scripts/fuzz-enforce", "--minutes", "0.35", "--seed", "0"],
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no leak" in done.stdout and "TROUBLE" not in done.stdout, done.stdout
    # It must have got at something: an instance that refuses everything proves nothing.
    told = {line.split()[0]: line.split() for line in done.stdout.splitlines() if line.startswith(("search ", "read "))}
    assert all(line[2] != "0%" and line[3] != "0%" for line in told.values()) and len(told) == 2, done.stdout
