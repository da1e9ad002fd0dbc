#define _GNU_SOURCE
#include <sys/mman.h>

#include "CFuzzer.h"

int fuzzer_memory_file(void) { return memfd_create("signpost-fuzz", MFD_CLOEXEC); }
