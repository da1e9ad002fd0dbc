// What Swift's SIMD types cannot say: a mask of lanes as the bits of a number, and loops in the widest instructions
// that the machine has, which is known when the program runs. Written without any machine's own names, so that the
// compiler picks the instructions.
#ifndef CVECTORS_H
#define CVECTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int8_t signpost_lanes __attribute__((ext_vector_type(16)));
typedef bool signpost_bits __attribute__((ext_vector_type(16)));

// A bit for each lane, the first one's the lowest, of lanes that are 0 or -1.
static inline __attribute__((always_inline)) uint16_t bits_of_lanes(signpost_lanes lanes) {
    signpost_bits bits = __builtin_convertvector(lanes < 0, signpost_bits);
    uint16_t number;
    __builtin_memcpy(&number, &bits, sizeof number);
    return number;
}

// Where `first` stands with `second` behind it, or where the last byte stands if that is nowhere.
size_t index_of_pair(const uint8_t *bytes, size_t count, uint8_t first, uint8_t second);

// What stands before the dots that are looked for: a byte that is `one` or `other` where the bits of `mask` are left.
typedef struct before_dot {
    uint8_t mask;
    uint8_t one;
    uint8_t other;
} before_dot;

// Finds the bytes that HostTraces has to look at, a bit for each byte of a block of 64, the first one's the lowest:
// the dots behind such a byte; backslashes; `&`, but for `&a` and `&n`, with which no telling reference begins and
// nearly all others do; and, unless a slash comes next, `@`, `/` and `:` behind what they follow in a URL. The byte
// before the first block and the one behind the last are read as well.
void find_host_traces(const uint8_t *bytes, size_t blocks, before_dot before, uint64_t *found);

// What Base64Search looks for: for each digit of a group, what it is and what the next one is, as one of two.
typedef struct digit_pairs {
    uint8_t first[4];
    uint8_t second[4];
    uint8_t other_second[4];
} digit_pairs;

// Counts the lines behind `line` that are like it and in which there is nothing to be found: `length` bytes, of which
// `digits` are digits of whole groups, none of them the first of a pair, and the rest is the same line end. No more than
// `lines`, which all are there. 0 where they are too short for this.
size_t count_quiet_base64_lines(const uint8_t *line, size_t digits, size_t length, size_t lines,
                                const digit_pairs *pairs, size_t pair_count);

#endif
