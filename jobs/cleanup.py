"""Old runs make room for new ones: what has ended goes after a while, and sooner when the disk's share is used up."""

import json
import logging
import shutil
import sqlite3
import time
from pathlib import Path

from core.files import pictures_folder
from jobs.home import run_folder, runs_folder
from jobs.limits import Limits
from jobs.store import ACTIVE, ENDED, WAITING, one_of, transaction

DAY_S = 86_400.0
UPLOAD_DAYS = 1.0                                  # a folder that no run names: an upload, or what a deletion left
UPLOAD_SHARE = 0.25                                # of what all runs may take, beside them

log = logging.getLogger(__name__)


def forget(db: sqlite3.Connection, run: str) -> bool:
    """Remove an ended run: its rows, then its files. False when it has not ended, or goes on again."""
    with transaction(db):
        row = db.execute(f"SELECT learner, turn, attempt FROM runs WHERE id = ? AND state IN {one_of(ENDED)}", (run,)).fetchone()
        if row is None:
            return False
        if row["attempt"]:                         # its learner's other run may not forget with it whose turn it was last
            db.execute(
                f"UPDATE runs SET turn = max(turn, ?) WHERE learner = ? AND state IN {one_of(WAITING)}", (row["turn"], row["learner"])
            )
        for table, column in (("events", "run"), ("commands", "run"), ("runs", "id")):
            db.execute(f"DELETE FROM {table} WHERE {column} = ?", (run,))
    shutil.rmtree(run_folder(run), ignore_errors=True)
    return True


def make_room(db: sqlite3.Connection, limits: Limits) -> None:
    """Stop what nobody comes back for; forget ended runs and uploads that are too old; then the oldest of each, until they fit.

    Uploads have a share of their own, so that nobody's uploads drive out anybody's runs.
    """
    now = time.time()
    cause = json.dumps({"code": "owner_away", "minutes": round((limits.away_s or DAY_S) / 60)})
    db.execute("UPDATE runs SET state = 'stopped', cause = ?, ended = ? WHERE state = 'parked' AND coalesce(seen, created) < ?",
               (cause, now, now - (limits.away_s or DAY_S)))
    ended = db.execute(f"SELECT id, ended FROM runs WHERE state IN {one_of(ENDED)} ORDER BY ended").fetchall()
    known = {row["id"] for row in db.execute("SELECT id FROM runs")}
    sizes = {folder.name: _size(folder) for folder in runs_folder().glob("*") if folder.is_dir()}
    _forget_uploads(db, {name: size for name, size in sizes.items() if name not in known}, limits.disk_mb * UPLOAD_SHARE * 1_000_000)
    left = sum(size for name, size in sizes.items() if name in known)
    for row in ended:
        if now - (row["ended"] or 0.0) < limits.keep_days * DAY_S and left <= limits.disk_mb * 1_000_000:
            break
        if forget(db, row["id"]):
            log.info("run %s: forgotten to make room", row["id"])
            left -= sizes.get(row["id"], 0)


def _forget_uploads(db: sqlite3.Connection, folders: dict[str, float], most: float) -> None:
    """Uploaded files, and the pictures that were read from them, unless a run that has not ended needs them. most: bytes."""
    asked = " ".join(row["spec"] for row in db.execute(f"SELECT spec FROM runs WHERE state IN {one_of(ACTIVE)}"))
    found = [(_changed(run_folder(name)), size, run_folder(name)) for name, size in folders.items() if name not in asked]
    found += [(_stat(path, "st_mtime"), _stat(path, "st_size"), path) for path in pictures_folder().glob("zip.*") if path.stem not in asked]
    left = sum(size for _, size, _ in found)
    for changed, size, path in sorted(found):
        if time.time() - changed <= UPLOAD_DAYS * DAY_S and left <= most:
            break
        left -= size
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _size(folder: Path) -> int:
    return sum(_stat(path, "st_size") for path in _files(folder))


def _changed(folder: Path) -> float:
    return max((_stat(path, "st_mtime") for path in (folder, *_files(folder))), default=0.0)


def _files(folder: Path) -> list[Path]:
    """None in a folder that has gone in the meantime."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _stat(path: Path, what: str) -> float:
    """0 for a file that has gone in the meantime."""
    try:
        return getattr(path.stat(), what)
    except OSError:
        return 0
