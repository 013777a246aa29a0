"""A PostgreSQL server of the tests' own: a unix socket in a folder, both gone with the block."""

import contextlib
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile

from instance import until

SETTINGS = {"listen_addresses": "", "fsync": "off", "max_connections": 300}


def programs():
    """The folder of the newest server that Debian's package has installed."""
    found = pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max(found, key=lambda path: int(path.parts[-3])).parent


def servant():
    """The user under whom the server runs, which refuses to be root's."""
    if os.getuid() != 0:
        return pwd.getpwuid(os.getuid())
    return next(each for name in ("postgres", "nobody") for each in pwd.getpwall() if each.pw_name == name)


@contextlib.contextmanager
def cluster():
    """Gives the URL of an empty database, for its owner; whoever may open the socket may be anybody."""
    folder, user = pathlib.Path(tempfile.mkdtemp(prefix="vestibule-pg-")), servant()
    options = {"cwd": folder, "stdin": subprocess.DEVNULL, "start_new_session": True}
    if os.getuid() == 0:
        os.chown(folder, user.pw_uid, user.pw_gid)
        options.update(user=user.pw_uid, group=user.pw_gid, extra_groups=[])
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder)
        log = options["stdout"] = options["stderr"] = stack.enter_context((folder / "log").open("w"))
        initdb = [programs() / "initdb", "-D", "data", "-U", "owner", "-A", "trust", "-E", "UTF8", "--locale=C"]
        subprocess.run([*initdb, "--no-sync"], check=True, **options)
        settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        server = subprocess.Popen([programs() / "postgres", "-D", "data", "-k", folder, *settings], **options)
        stack.callback(server.wait, 60)
        # SIGINT is its fast shutdown: it waits for nobody.
        stack.callback(server.send_signal, signal.SIGINT)
        url = f"postgresql:///postgres?host={folder}&user=owner"
        until(lambda: subprocess.run([programs() / "pg_isready", "-q", "-d", url]).returncode == 0, 60)
        yield url


def as_role(url, role):
    """The same database as another role sees it."""
    return url.replace("user=owner", f"user={role}")
