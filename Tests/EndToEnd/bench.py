"""The workbench of the tests: one MTA, and Signpost before it as each test wants it."""

import contextlib
import itertools
import pathlib
import subprocess
import tempfile

from mta.postfix import Postfix
from mta.sendmail import Sendmail
from signpost import Signpost

HERE = pathlib.Path(__file__).resolve().parent
#: The configuration of every scenario that brings none of its own.
USUAL = HERE / "scenarios/usual"
MTAS = {mta.name: mta for mta in (Postfix, Sendmail)}


class Bench:
    """`with Bench(program) as bench:` has the MTA running at `mta`; everything is gone when left."""

    def __init__(self, program, mta="postfix"):
        self.program = program
        self._kind = MTAS[mta]
        self._everything = contextlib.ExitStack()
        self._numbers = itertools.count(1)

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="signpost-e2e-")))
            self.mta = stack.enter_context(self._kind(self.folder))
            self.sink = self.mta.sink
            self._everything = stack.pop_all()
        return self

    def __exit__(self, *what):
        return self._everything.__exit__(*what)

    def signpost(self, configuration=USUAL, edit=None, address=None):
        """The filter, to be entered."""
        folder = self.folder / f"signpost{next(self._numbers)}"
        return Signpost(self.program, folder, self.mta.milter, configuration, edit, address)

    def recipient(self):
        """An address that nobody had before."""
        return f"reader-{next(self._numbers)}@inbox.example"

    def client(self, port="relay", source="127.0.0.1", client=None, login=None, timeout=120):
        """A connection to one of the MTA's ports: from `source`, an address of the loopback net, or from `client`, any
        address there is; logged in as `login`."""
        connection = self.mta.connect(port, source, client, timeout)
        if login:
            connection.login(login)
        return connection

    def delivered(self, recipient, seconds=30):
        """What the recipient got, without what the MTA itself adds."""
        return self.mta.own_fields_removed(self.sink.wait_for(recipient, seconds).content)

    def mail(self, sender, message, **how):
        """Send on a connection of its own. Returns (queue id, what was delivered)."""
        recipient = self.recipient()
        with self.client(**how) as connection:
            queue_id = connection.mail(sender, [recipient], message)
        return queue_id, self.delivered(recipient)

    def baseline(self, sender, message, **how):
        """What the same MTA delivers where it does not ask the filter."""
        return self.mail(sender, message, **{**how, "port": "plain"})[1]

    def command(self, *arguments, message=b""):
        """Run the program once. Returns the finished process; its output is bytes."""
        return subprocess.run([self.program, *arguments], input=message, capture_output=True, timeout=60)

    def rewrite(self, signpost, sender, message, source=None, client=None, login=None, port=None):
        """What `signpost rewrite` makes of a message sent in this way."""
        options = ["--client", client or source] if client or source else []
        options += ["--login", login] if login else []
        # With a login but no address the command takes the client for no one of ours; the MTA has always seen one.
        options += ["--client", "127.0.0.1"] if login and not (client or source) else []
        options += ["--daemon", "ORIGINATING"] if port == "originating" else []
        return self.command("rewrite", "--config", signpost.config, "--from", sender, *options, message=message)
