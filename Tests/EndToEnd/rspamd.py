"""rspamd as a milter beside Signpost: it looks at each message by itself, asks no DNS, and has one rule of ours."""

import pathlib
import re
import shutil
import subprocess
import time

from mta import processes
from skipped import Skipped

PROGRAM = shutil.which("rspamd", path="/usr/bin:/usr/sbin")

CONFIGURATION = """\
options {{
  pidfile = "{folder}/pid";
  tempdir = "{folder}";
  control_socket = "{folder}/control.sock mode=0600";
  filters = "";
  history_file = "";
  rrd = "";
  # The list that comes with it takes many seconds to read.
  url_tld = "{folder}/tld.dat";
  dns {{ nameserver = ["127.0.0.1:1"]; timeout = 0.1s; retransmits = 1; }}
}}
logging {{ type = "console"; level = "info"; }}
actions {{ reject = 1000; add_header = 500; greylist = null; }}
lua = "{folder}/rules.lua";
worker "rspamd_proxy" {{
  bind_socket = "{folder}/milter.sock mode=0666";
  milter = yes;
  timeout = 20s;
  count = 1;
  upstream "local" {{ default = yes; self_scan = yes; }}
}}
"""

RULES = """\
rspamd_config.MOVED = {
  callback = function(task)
    return string.find(tostring(task:get_rawbody()), '//click.acme.example/', 1, true) ~= nil
  end,
  score = 0.1,
}
"""


class Rspamd:
    """`with Rspamd(folder) as rspamd:` has it at `folder/milter.sock`."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.socket = self.folder / "milter.sock"
        self.log = self.folder / "log"
        self.process = None

    def __enter__(self):
        if not PROGRAM:
            raise Skipped("rspamd is not installed")
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.chown(self.folder, "_rspamd")
        (self.folder / "tld.dat").write_text("example\n")
        (self.folder / "rules.lua").write_text(RULES)
        (self.folder / "rspamd.conf").write_text(CONFIGURATION.format(folder=self.folder))
        with open(self.log, "ab") as log:
            self.process = processes.spawn(
                [PROGRAM, "-f", "-u", "_rspamd", "-g", "_rspamd", "-c", self.folder / "rspamd.conf"], stdout=log,
                stderr=subprocess.STDOUT)
        end = time.monotonic() + 30
        while not self.socket.exists():
            if self.process.poll() is not None or time.monotonic() > end:
                self.__exit__()
                raise AssertionError("rspamd does not start:\n" + self.log.read_text())
            time.sleep(0.05)
        return self

    def __exit__(self, *_):
        if self.process:
            processes.stop(self.process)
        for name in ("milter.sock", "control.sock"):
            (self.folder / name).unlink(missing_ok=True)

    def saw(self, queue_id, seconds=5):
        """The rules that matched the message; waited for."""
        line = re.compile(rf"task_write_log:.* qid: <{queue_id}>.*?\[([^\[\]]*)\]\)", re.MULTILINE)
        end = time.monotonic() + seconds
        while not (found := line.search(self.log.read_text(errors="replace"))):
            if time.monotonic() > end:
                raise AssertionError(f"rspamd has not seen {queue_id}:\n{self.log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.05)
        return found[1]
