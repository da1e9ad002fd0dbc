"""Mail that flows while the soak lasts, each message with an id of its own, and the account of it."""

import json
import subprocess
import threading
import time

import letters
from mta import processes, smtp


class Direct:
    """Connections of the driver in C, which plays the MTA: it compares every body, and sends again what got lost."""

    def __init__(self, stage, program, connections, pause, seconds, mails):
        path = stage.folder / f"list{connections}"
        folder = stage.folder / f"mails{connections}"
        folder.mkdir()
        lines = []
        for number, mail in enumerate(mails):
            before, after = folder / f"{number}.eml", folder / f"{number}.after"
            before.write_bytes(mail)
            with open(after, "wb") as output:
                subprocess.run(
                    [stage.program, "rewrite", "--config", stage.filter.config, "--from", "news@acme.example", before],
                    stdout=output, stderr=subprocess.DEVNULL, check=True)
            lines.append(f"{before}\t{after}\n")
        path.write_text("".join(lines))
        self.connections = connections
        self._output = open(stage.folder / f"load{connections}", "w+b")
        self._child = processes.spawn(
            [program, "-c", str(connections), "-s", str(seconds), "-w", str(int(pause * 1e6)), "-i", "-r",
             stage.bench.mta.milter, path], stdout=self._output, stderr=self._output)

    def account(self, seconds):
        """Wait for the end; what the driver has counted."""
        try:
            self._child.wait(seconds)
        finally:
            processes.stop(self._child)
        self._output.seek(0)
        text = self._output.read().decode()
        assert text.startswith("{"), f"the driver of {self.connections} connections: {text}"
        return json.loads(text)


class ThroughPostfix(threading.Thread):
    """Letters through Postfix, one connection after the other; one that is refused for now is sent again."""

    def __init__(self, bench):
        super().__init__(daemon=True)
        self.bench, self.accepted, self.delayed = bench, {}, 0
        self._ends = threading.Event()

    def run(self):
        number = 0
        while not self._ends.is_set():
            try:
                with self.bench.client(timeout=60) as connection:
                    for _ in range(10):
                        recipient = f"soak-{number}@inbox.example"
                        mail = letters.message(5, 3000 + number % 50 * 400, "8bit")
                        number += 1
                        connection.mail("news@acme.example", [recipient], mail)
                        self.accepted[recipient] = mail
                        time.sleep(0.02)
            except (smtp.Refused, OSError):
                self.delayed += 1
                time.sleep(0.1)

    def account(self, sink, seconds=60):
        """(accepted, lost, doubled, mixed, rewritten), once all is delivered."""
        self._ends.set()
        self.join(90)
        end = time.monotonic() + seconds
        while time.monotonic() < end and len(sink.deliveries) < len(self.accepted):
            time.sleep(0.2)
        got = {}
        for delivery in list(sink.deliveries):
            for recipient in delivery.recipients:
                got.setdefault(recipient, []).append(delivery.content)
        lost = [r for r in self.accepted if r not in got]
        doubled = [r for r, copies in got.items() if len(copies) > 1]
        mixed = rewritten = 0
        for recipient, mail in self.accepted.items():
            for content in got.get(recipient, []):
                content = self.bench.mta.own_fields_removed(content)
                moved = content == mail.replace(letters.DEFAULT, letters.ACME)
                rewritten += moved
                mixed += not moved and content != mail
        return len(self.accepted), len(lost), len(doubled), mixed, rewritten
