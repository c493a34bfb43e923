"""Read and keep a learner's own pictures: kind "gather", spec = {"dataset": "folder.NAME"} or {"dataset": "zip.ID", "upload", "name"}."""

from collections.abc import Iterator
from pathlib import Path

from core.data import gather, kept
from core.errors import SpecError
from jobs.artifacts import artifact
from jobs.kinds import Job

TOLD = 20                                            # skipped files in the record; the description has them all


class GatherJob(Job):
    def __init__(self, spec: dict, resume: Path | None = None) -> None:
        self.key, self.upload, self.name = (str(spec.get(name, "")) for name in ("dataset", "upload", "name"))
        if not kept.is_key(self.key):
            raise SpecError("unknown_dataset", value=self.key, known="folder.NAME, zip.ID")
        self.done, self.total = 0, 1

    def records(self) -> Iterator[dict | None]:
        gathered = yield from self.read()
        known = yield from kept.keep(self.key, self.title(), gathered.train, gathered.test, gathered.skipped, gathered.folders)
        yield {"type": "gathered", "dataset": self.key, "classes": len(known.classes), "train": known.train, "test": known.test,
               "skipped": len(known.skipped), "files": known.skipped[:TOLD]}

    def read(self) -> Iterator[None]:
        """Signs of life while files are read; returns what was gathered."""
        if self.key.startswith("folder."):
            reading = gather.from_folder(self.title())
        else:
            file = artifact(self.upload, self.name)
            if file is None:
                raise SpecError("upload_gone")
            reading = gather.from_zip(file.read_bytes())
        while True:
            try:
                self.done, self.total = next(reading)
            except StopIteration as end:
                return end.value
            yield None

    def title(self) -> str:
        return self.name or self.key.partition(".")[2]

    def progress(self) -> tuple[int, int]:
        return self.done, self.total
