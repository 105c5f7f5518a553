"""Where the embedded servers lie and whom they run as.

PostgreSQL refuses to run as root. Started by root, both servers therefore run as an unprivileged
user that the machine already has: the owner of data that are already there, else `nobody`. Such a
user can neither enter a home directory closed with 0700 nor run programs below it, and opening it
is not ours to do. What it cannot reach goes to a directory of its own under the system's temporary
directory, named after the checkout and written down in the file `elsewhere` beside the log.

Nothing outside the given directory and that one is ever created, chmod-ed or chown-ed.
"""

import hashlib
import os
import pwd
import shutil
import stat
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from market.db.processes import ProgramNotStarted, User

UNPRIVILEGED = "nobody"
ELSEWHERE = "elsewhere"
# A unix socket's address has 108 bytes on Linux and 104 on macOS; "/.s.PGSQL.5432.lock" is added.
LONGEST_SOCKET_DIRECTORY = 80
SECOND_TRY = Path("/var/tmp")  # noqa: S108 - only a folder in it that is proven ours is used


@dataclass(frozen=True, slots=True)
class Place:
    """`directory` is the one asked for, `root` holds the data, `sockets` the unix socket.

    `user` is whom the servers run as; None means ourselves.
    """

    directory: Path
    root: Path
    sockets: Path
    user: User | None


@dataclass(frozen=True, slots=True)
class Programs:
    """Programs of a wheel: `parts` of the folder `base`, found by each other by relative paths."""

    name: str
    base: Path
    parts: tuple[str, ...]

    def may_be_run_by(self, user: User) -> bool:
        """Whether `user` may enter and read every part."""
        return all(may_run(self.base / part, user) for part in self.parts)

    def within_reach(self, place: Place) -> Path:
        """The folder in which the parts lie where the place's user can run them.

        That is `base` itself, or a copy in the place, made once for each `name`. The copy belongs
        to root and everybody may read it: the user runs it and cannot change it.
        """
        if place.user is None or self.may_be_run_by(place.user):
            return self.base
        target = place.root / "programs" / self.name
        if not target.exists():
            target.parent.mkdir(mode=0o755, exist_ok=True)
            target.parent.chmod(0o755)
            fresh = Path(tempfile.mkdtemp(dir=target.parent, prefix=".new-"))
            for part in self.parts:
                _copy(self.base / part, fresh / part)
            for copied in (fresh, *fresh.rglob("*")):
                runs = copied.is_dir() or copied.stat().st_mode & stat.S_IXUSR
                copied.chmod(0o755 if runs else 0o644)
            fresh.rename(target)
        return target


def choose(directory: Path, programs: Sequence[Programs]) -> Place:
    """A place for the servers of `directory`, which is made if it is missing.

    Where the user cannot run the `programs` as they lie they are to be copied into the place, which
    then may not be mounted noexec.
    """
    directory.mkdir(parents=True, exist_ok=True)
    directory = directory.resolve()
    user = _user_for(directory)
    root = directory
    if user is not None:
        copied = not all(wheel.may_be_run_by(user) for wheel in programs)
        if not (may_enter(directory, user) and _gives_away(directory, user)) or (
            copied and _forbids_programs(directory)
        ):
            root = _elsewhere(directory, user, copied=copied)
    sockets = root / "run"
    if len(os.fsencode(sockets)) > LONGEST_SOCKET_DIRECTORY:
        sockets = _elsewhere(directory, user, copied=False) / "run"
    make_private(sockets, user)
    return Place(directory, root, sockets, user)


def make_private(folder: Path, user: User | None) -> None:
    """Make `folder`, 0700, for `user` alone; refuses one that belongs to somebody else."""
    folder.mkdir(mode=0o700, exist_ok=True)
    owner = os.geteuid() if user is None else user.uid
    if user is not None and not folder.is_symlink() and folder.stat().st_uid == 0:
        os.chown(folder, user.uid, user.gid)
    if folder.is_symlink() or folder.stat().st_uid != owner:
        raise ProgramNotStarted(
            f"{folder} belongs to user {folder.stat().st_uid} and not to {owner}: "
            "start as the user who made it, or remove it"
        )
    folder.chmod(0o700)


def write_private(file: Path, text: str, user: User | None = None) -> None:
    """Write `file` anew, 0600, for `user` alone; a link laid in its way is never followed."""
    fresh = file.with_name(file.name + ".new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w") as words:
        if user is not None:
            os.fchown(handle, user.uid, user.gid)
        words.write(text)
    fresh.replace(file)


def may_enter(path: Path, user: User) -> bool:
    """Whether `user` may pass through `path` and every directory above it, by their modes."""
    resolved = path.resolve()
    return all(_may(part, user, execute=True) for part in (resolved, *resolved.parents))


def may_run(path: Path, user: User) -> bool:
    """Whether `user` may enter `path` and read what lies directly in it."""
    resolved = path.resolve()
    inside = tuple(resolved.iterdir()) if resolved.is_dir() else ()
    return may_enter(resolved, user) and all(
        _may(part, user, execute=False) for part in (resolved, *inside)
    )


def remove(directory: Path) -> None:
    """Remove `directory` and what it keeps elsewhere."""
    if not directory.exists():
        return
    other = _name_elsewhere(directory.resolve())
    if other.is_dir() and not other.is_symlink() and other.stat().st_uid == os.geteuid():
        shutil.rmtree(other)
    shutil.rmtree(directory)


def _copy(source: Path, target: Path) -> None:
    """Copy a folder or a file, without what serves only for building programs."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.a", "include", "doc"))
    else:
        shutil.copy2(source, target)


def _user_for(directory: Path) -> User | None:
    """Whom to run as: None (ourselves) unless we are root."""
    if os.geteuid() != 0:
        return None
    data = directory / "postgres"
    if data.exists() and data.stat().st_uid != 0:
        return User(data.stat().st_uid, data.stat().st_gid)
    try:
        found = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise ProgramNotStarted(
            "PostgreSQL does not run as root and this machine has no user "
            f"{UNPRIVILEGED!r}: start as an ordinary user"
        ) from None
    return User(found.pw_uid, found.pw_gid)


def _may(path: Path, user: User, *, execute: bool) -> bool:
    """Whether the mode of `path` lets `user` read it (and, if asked, pass or run it)."""
    known = path.stat()
    wanted = stat.S_IXOTH if execute else stat.S_IROTH
    if known.st_uid == user.uid:
        wanted <<= 6
    elif known.st_gid == user.gid:
        wanted <<= 3
    return bool(known.st_mode & wanted)


def _gives_away(directory: Path, user: User) -> bool:
    """Whether a folder made here can be given to `user`: some shared folders ignore chown."""
    trial = Path(tempfile.mkdtemp(dir=directory, prefix=".trial-"))
    try:
        os.chown(trial, user.uid, user.gid)
        return trial.stat().st_uid == user.uid
    except OSError:
        return False
    finally:
        trial.rmdir()


def _forbids_programs(path: Path) -> bool:
    """Whether `path` lies on something mounted noexec."""
    return bool(os.statvfs(path).f_flag & getattr(os, "ST_NOEXEC", 0))


def _elsewhere(directory: Path, user: User | None, *, copied: bool) -> Path:
    """The directory outside, made at first use: `user` may pass through it, only we may change it.

    Where the temporary directory cannot be entered or forbids programs, /var/tmp is the second try.
    """
    name = _name_elsewhere(directory)
    parents = (name.parent,) if name.exists() else (name.parent, SECOND_TRY)
    for parent in parents:
        if (user is None or may_enter(parent, user)) and not (copied and _forbids_programs(parent)):
            place = parent / name.name
            break
    else:
        raise ProgramNotStarted(
            f"the servers can lie neither below {directory} nor in "
            f"{' or '.join(map(str, parents))}: name in TMPDIR a directory that every user may "
            "enter and that may hold programs, or start as an ordinary user"
        )
    place.mkdir(mode=0o711, exist_ok=True)
    if place.is_symlink() or not place.is_dir() or place.stat().st_uid != os.geteuid():
        raise ProgramNotStarted(f"{place} is in the way and not ours: remove it and start again")
    place.chmod(0o711)
    (directory / ELSEWHERE).write_text(f"{place}\n")
    return place


def _name_elsewhere(directory: Path) -> Path:
    """What an earlier start of this very directory wrote down, else the temporary directory.

    The key ties it to the path: a checkout copied with its `var/` must not reach for the
    servers of the one it was copied from.
    """
    name = "yangguang-" + hashlib.sha256(os.fsencode(directory)).hexdigest()[:12]
    note = directory / ELSEWHERE
    if note.exists():
        noted = Path(note.read_text().strip())
        if noted.name == name:
            return noted
    return Path(tempfile.gettempdir()) / name
