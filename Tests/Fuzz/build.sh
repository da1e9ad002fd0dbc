#!/bin/sh
# Builds the fuzz targets. Optimised, for executions per second; with the checks of a debug build all the same (the
# bounds of UnsafeBufferPointer are checked in no other) and the address sanitizer for what those do not see.
set -eu
cd "$(dirname "$0")/../.."
SIGNPOST_FUZZ=1 exec "${SWIFT:-swift}" build -c release --product signpost-fuzz --scratch-path .build-fuzz \
	--sanitize=address -Xswiftc -sanitize=fuzzer -Xswiftc -parse-as-library -Xswiftc -use-ld=lld \
	-Xswiftc -enable-testing -Xswiftc -assert-config -Xswiftc Debug
