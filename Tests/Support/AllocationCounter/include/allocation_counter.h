/* Counts what the process asks the allocator for. For benchmarks: linking it puts its malloc before glibc's. */
#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

#include <stddef.h>

/* So far: how many blocks, and how many bytes in all. One thread is counted on, not many. */
size_t allocation_counter_blocks(void);
size_t allocation_counter_bytes(void);

#endif
