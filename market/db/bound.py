"""Becomes another program whose life is bound to the program that started it.

Run as a script by `market.db.processes.start`, never imported: between fork and the new program
there must run as little as possible, so it knows the standard library alone. Arguments: the pid of
the starter, the number of the signal that the starter's death sends, uid and gid to drop to
(``-`` for none), then the program with its own arguments.

Linux only sends that signal when the *thread* that started us ends; elsewhere nothing is sent and
the next start ends what was left over.
"""

import ctypes
import os
import sys

SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of <linux/prctl.h>
CANNOT_RUN = 127  # what a shell answers for a program that it cannot run


def main(arguments: list[str]) -> int:
    """Drop to the user, ask for the death signal, become the program; a number if that failed."""
    parent, death_signal, uid, gid, *argv = arguments
    if uid != "-":
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))
    # After the change of user: the kernel forgets the death signal when credentials change.
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(SET_DEATH_SIGNAL, int(death_signal), 0, 0, 0) != 0:
            sys.stderr.write(f"prctl: {os.strerror(ctypes.get_errno())}\n")
            return CANNOT_RUN
    if os.getppid() != int(parent):  # it died before the signal was asked for
        return CANNOT_RUN
    try:
        os.execvp(argv[0], argv)  # noqa: S606 - no shell on purpose; argv is the starter's
    except OSError as problem:
        sys.stderr.write(f"{argv[0]}: {problem.strerror}\n")
    return CANNOT_RUN


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
