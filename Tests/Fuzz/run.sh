#!/bin/sh
# Runs every fuzz target, or those that are named: run.sh SECONDS [TARGET…]. What it learns stays in
# .build-fuzz/corpus, what it finds in .build-fuzz/findings; both are ours to throw away.
set -u
cd "$(dirname "$0")/../.." || exit 1
seconds=$1
shift
all="mime qp base64 identity charset html url css json srcset text header config dns pipeline newsletter"
Tests/Fuzz/build.sh || exit 1
"${PYTHON:-python3}" Tests/Fuzz/seeds.py .build-fuzz/seeds || exit 1
# Swift's own backtraces take minutes under the sanitizer; the sanitizer prints one itself. Its leak check takes
# pointers for lost that Swift keeps in enum payloads. The other options make it faster.
export SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0:malloc_context_size=1:quarantine_size_mb=8:max_malloc_fill_size=0
failed=""
for target in ${*:-$all}; do
	corpus=.build-fuzz/corpus/$target
	findings=.build-fuzz/findings/$target
	log=.build-fuzz/$target.log
	mkdir -p "$corpus" "$findings"
	regressions=$(ls -d "Tests/Fuzz/Regressions/$target" 2>/dev/null)
	FUZZ_TARGET=$target .build-fuzz/release/signpost-fuzz "$corpus" ".build-fuzz/seeds/$target" $regressions \
		-max_total_time="$seconds" -dict=Tests/Fuzz/mail.dict -max_len=8192 -timeout=20 -rss_limit_mb=2048 \
		-artifact_prefix="$findings/" -print_final_stats=1 >"$log" 2>&1
	status=$?
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
	echo "$target: ${runs:-0} executions in at most $seconds s, $([ $status = 0 ] && echo no finding || echo "FINDING, see $log")"
	[ $status = 0 ] || failed="$failed $target"
done
[ -z "$failed" ]
