"""What the filter takes, second by second; how long its messages take it, and why they pass as they came, by its log."""

import collections
import os
import pathlib
import re
import statistics
import threading

LINE = re.compile(rb"size=(\d+) time=([\d.]+)(ms|s)")
#: No link to move, or a reason against it.
PASSED = re.compile(rb"(?:(rewritten=0) |unchanged: ([a-z ]+[a-z]))")
#: The log is cut when it gets larger, for it is on a small disk.
LOG_LIMIT = 24_000_000


class Watch(threading.Thread):
    """Samples of the filter `stage.filter`: (process, kB of its own memory, threads, open files) each second."""

    def __init__(self, stage):
        super().__init__(daemon=True)
        self.stage, self.samples, self.times = stage, [], []
        self.passed = collections.Counter()
        self._ends = threading.Event()
        self._position = 0

    def run(self):
        while not self._ends.wait(1):
            try:
                self.samples.append(self.sample())
                self._read_log()
            except (OSError, AttributeError):
                pass  # between two processes

    def end(self):
        self._ends.set()
        self.join()

    def sample(self):
        filter = self.stage.filter
        return filter.process.pid, filter.memory("RssAnon"), filter.memory("Threads"), filter.open_files()

    def _read_log(self):
        path = pathlib.Path(self.stage.filter.log)
        with open(path, "rb") as log:
            log.seek(self._position)
            text = log.read()
        for size, time, unit in LINE.findall(text):
            if 90_000 < int(size) < 180_000:
                self.times.append(float(time) * (1000 if unit == b"s" else 1) / int(size) * 100_000)
        for no_link, reason in PASSED.findall(text):
            self.passed[(reason or no_link).decode()] += 1
        self._position += len(text)
        if self._position > LOG_LIMIT:
            os.truncate(path, 0)
            self._position = 0

    def of_last_process(self):
        """The samples of the process that is there at the end."""
        return [sample for sample in self.samples if sample[0] == self.samples[-1][0]]

    def growth(self):
        """Memory (kB) of the last process in the second quarter of its time, and in the last quarter; medians."""
        memory = [sample[1] for sample in self.of_last_process()]
        quarter = max(1, len(memory) // 4)
        return statistics.median(memory[quarter:2 * quarter] or memory), statistics.median(memory[-quarter:])

    def percentile(self, share):
        """Of the milliseconds that 100 KB take, by the filter's own account."""
        times = sorted(self.times)
        return times[min(len(times) - 1, int(len(times) * share))] if times else float("nan")
