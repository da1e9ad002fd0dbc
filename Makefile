# make demo: what Signpost does, shown in a real Postfix. make test: everything that is tested.
# Both install what is missing on Debian and Ubuntu; a Swift toolchain (6.2 or later) has to be there.

SWIFT ?= swift
PYTHON ?= python3
PREFIX ?= /usr/local
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
BUILT := .build/release

# What the build needs; what the demo needs; the servers of the tests, and html5lib for the judges of a corpus.
PACKAGES := libmilter-dev libidn2-dev libpsl-dev publicsuffix libc-ares-dev libssl-dev libpq-dev libmicrohttpd-dev \
	pkg-config
demo: PACKAGES += python3 postfix
test: PACKAGES += python3 python3-venv postfix opendkim opendkim-tools rspamd knot unbound openssl postgresql
# What Sendmail needs; its own packages, which exclude Postfix, the tests unpack.
test: PACKAGES += m4 iproute2 libwrap0 libnsl2 libsasl2-modules
test: PACKAGES += gcc libc6-dev libfaketime
test: PACKAGES += $(if $(SIGNPOST_CORPUS),python3-html5lib)
# What the package is made with, and what it is tried in and looked at with.
test deb: PACKAGES += dpkg-dev patchelf
test: PACKAGES += debootstrap debian-archive-keyring systemd-container man-db groff mandoc
bench: PACKAGES += python3 python3-venv
soak: PACKAGES += python3 postfix postgresql gcc libc6-dev knot unbound openssl libfaketime
bench-milter: PACKAGES += python3 postfix gcc libc6-dev
fuzz: PACKAGES += python3

# What Python does the benchmarks' job with, from PyPI.
YARDSTICKS := selectolax==1.0.2 python-lolhtml==0.1.0

.PHONY: build test fuzz bench bench-instructions bench-milter soak demo deb install install-deps lint clean

build: install-deps
	$(SWIFT) build -c release

test: install-deps
	@$(PYTHON) -B Tests/all.py --swift "$(SWIFT)"

# make fuzz TIME=60 [TARGET=html]: libFuzzer over each target of Tests/Fuzz, or over one, TIME seconds each.
TIME ?= 60
fuzz: install-deps
	@PYTHON="$(PYTHON)" SWIFT="$(SWIFT)" Tests/Fuzz/run.sh $(TIME) $(TARGET)

# Speed, beside what the machine does at best and what Python does; the latter in an environment of its own.
bench: install-deps
	$(SWIFT) build -c release --product Benchmarks
	@$(PYTHON) -m venv .build/yardsticks && .build/yardsticks/bin/pip install -q $(YARDSTICKS) && \
		rm -rf .build/messages && $(BUILT)/Benchmarks dump .build/messages && \
		.build/yardsticks/bin/python Tests/Benchmarks/yardsticks.py .build/messages > .build/yardsticks.tsv || \
		echo "without Python's numbers"
	@$(BUILT)/Benchmarks $(BENCHMARKS) --python .build/yardsticks.tsv
	@command -v valgrind >/dev/null || echo "without instructions per byte: no valgrind"
	@! command -v valgrind >/dev/null || { echo; $(PYTHON) Tests/Benchmarks/instructions.py $(BUILT)/Benchmarks; }

# The whole filter through the milter protocol, beside C filters on libmilter.
bench-milter: install-deps
	$(SWIFT) build -c release
	@rm -rf .build/messages && $(BUILT)/Benchmarks dump .build/messages
	@$(PYTHON) -B Tests/Benchmarks/milter.py .build/messages

# The filter with a real Postfix under load and faults; make soak TIME=600 for ten minutes instead of thirty.
soak: TIME := $(if $(filter command line environment,$(origin TIME)),$(TIME),1800)
soak: install-deps
	$(SWIFT) build -c release
	@$(PYTHON) -B Tests/Soak/soak.py --seconds $(TIME)

# For a noisy machine: instructions per byte alone (needs valgrind).
bench-instructions:
	$(SWIFT) build -c release --product Benchmarks
	@$(PYTHON) Tests/Benchmarks/instructions.py $(BUILT)/Benchmarks

demo: build
	@$(PYTHON) -B Tests/EndToEnd/demo.py

# signpost_<version>_<architecture>.deb, beside this file.
deb: build
	@conf/debian/deb.sh .

# The program, its plugins where it looks for them, the units, man pages and shell completions. The configuration is
# the operator's: nothing is put into /etc; conf/ has examples.
SHARE := $(DESTDIR)$(PREFIX)/share
install:
	install -D -m 755 $(BUILT)/signpost $(DESTDIR)$(PREFIX)/bin/signpost
	install -d $(DESTDIR)$(PREFIX)/lib/signpost/plugins
	for plugin in click-tracking open-tracking forward-to-friend subscription hosted-content; do \
		install -m 755 $(BUILT)/lib$$plugin.so $(DESTDIR)$(PREFIX)/lib/signpost/plugins/ || exit 1; done
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/lib/systemd/system conf/signpost.service conf/signpost.socket
	sed -i 's#/usr/local/bin/#$(PREFIX)/bin/#' $(DESTDIR)$(PREFIX)/lib/systemd/system/signpost.service
	for section in 1 3 5; do \
		install -D -m 644 -t $(SHARE)/man/man$$section docs/man/*.$$section || exit 1; done
	install -d $(SHARE)/bash-completion/completions $(SHARE)/zsh/site-functions $(SHARE)/fish/vendor_completions.d
	$(BUILT)/signpost --generate-completion-script bash > $(SHARE)/bash-completion/completions/signpost
	$(BUILT)/signpost --generate-completion-script zsh > $(SHARE)/zsh/site-functions/_signpost
	$(BUILT)/signpost --generate-completion-script fish > $(SHARE)/fish/vendor_completions.d/signpost.fish

# Servers are for the tests and the demo, which start their own: Postfix comes without a configuration, and the
# policy (man invoke-rc.d) keeps the others from being started by their packages.
install-deps:
	@command -v apt-get >/dev/null || exit 0; \
	missing=$$(for package in $(PACKAGES); do \
		dpkg-query -W -f '$${db:Status-Status}\n' $$package 2>/dev/null | grep -qx installed || echo $$package; done); \
	[ -n "$$missing" ] || exit 0; \
	echo "installing" $$missing; \
	case " $$missing " in *postfix*) \
		echo "postfix postfix/main_mailer_type select No configuration" | $(SUDO) debconf-set-selections;; esac; \
	policy=/usr/sbin/policy-rc.d; \
	[ -e $$policy ] || { printf '#!/bin/sh\nexit 101\n' | $(SUDO) tee $$policy && $(SUDO) chmod 755 $$policy && \
		trap "$(SUDO) rm -f $$policy" EXIT; } >/dev/null; \
	$(SUDO) apt-get update -qq && \
	$(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Plugins Tests
	PYTHONPYCACHEPREFIX=.build/pycache $(PYTHON) -m compileall -q -f Tests

clean:
	$(SWIFT) package clean
	rm -f signpost_*.deb
	find Tests -name __pycache__ -prune -exec rm -rf {} +
