#pragma once

#include <stddef.h>
#include <stdint.h>

/// libFuzzer's own main (compiler-rt, lib/fuzzer/FuzzerInterface.h), for programs that have one themselves.
int LLVMFuzzerRunDriver(
    int *argc, char ***argv, int (*target)(const uint8_t *data, size_t size));

/// A file in memory (memfd_create(2), which Swift does not see); -1 where that fails.
int fuzzer_memory_file(void);
