#include "CVectors.h"

#include <string.h>

// Compiled twice, for any machine and for AVX2; the dynamic linker picks the one that the machine can run.
#if defined(__x86_64__) && defined(__GLIBC__)
#define FOR_EACH_MACHINE __attribute__((target_clones("avx2", "default")))
#else
#define FOR_EACH_MACHINE
#endif

#define LANES 32

typedef uint8_t byte_lanes __attribute__((ext_vector_type(LANES)));
typedef uint32_t group_lanes __attribute__((ext_vector_type(LANES / 4)));
typedef char truth_lanes __attribute__((ext_vector_type(LANES)));
typedef bool bit_lanes __attribute__((ext_vector_type(LANES)));

static inline __attribute__((always_inline)) uint32_t bits_of(const truth_lanes *lanes) {
    bit_lanes bits = __builtin_convertvector(*lanes < 0, bit_lanes);
    uint32_t number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

FOR_EACH_MACHINE
size_t index_of_pair(const uint8_t *bytes, size_t count, uint8_t first, uint8_t second) {
    size_t position = 0;
    for (; position + LANES < count; position += LANES) {
        byte_lanes byte, next;
        memcpy(&byte, bytes + position, LANES);
        memcpy(&next, bytes + position + 1, LANES);
        truth_lanes pairs = (byte == first) & (next == second);
        uint32_t bits = bits_of(&pairs);
        if (bits != 0) return position + (size_t)__builtin_ctz(bits);
    }
    while (position + 1 < count && (bytes[position] != first || bytes[position + 1] != second)) position++;
    return position;
}

FOR_EACH_MACHINE
void find_host_traces(const uint8_t *bytes, size_t blocks, before_dot before, uint64_t *found) {
    for (size_t block = 0; block < blocks; block++) {
        uint64_t number = 0;
        for (size_t lane = 0; lane < 64; lane += LANES) {
            byte_lanes byte, previous, next;
            memcpy(&byte, bytes + block * 64 + lane, LANES);
            memcpy(&previous, bytes + block * 64 + lane - 1, LANES);
            memcpy(&next, bytes + block * 64 + lane + 1, LANES);

            byte_lanes masked = previous & before.mask;
            truth_lanes dot = (byte == '.') & ((masked == before.one) | (masked == before.other));

            // TAB to CR, `:` and `;`.
            truth_lanes divided = ((byte_lanes)(previous - '\t') < 5) | ((byte_lanes)(previous - ':') < 2);
            truth_lanes scheme = ((previous | 0x20) == 'p') | ((previous | 0x20) == 's');
            truth_lanes slash = (byte == '/') & (divided | (previous == '/'));
            truth_lanes colon = (byte == ':') & (divided | scheme);
            truth_lanes beginning = (slash | colon | (byte == '@')) & (next != '/');

            truth_lanes reference = (byte == '&') & (next != 'a') & (next != 'n');

            truth_lanes hits = dot | beginning | reference | (byte == '\\');
            number |= (uint64_t)bits_of(&hits) << lane;
        }
        found[block] = number;
    }
}

static inline __attribute__((always_inline)) void repeat(const uint8_t group[4], byte_lanes *lanes) {
    uint32_t number;
    memcpy(&number, group, sizeof number);
    group_lanes groups = number;
    memcpy(lanes, &groups, LANES);
}

FOR_EACH_MACHINE
size_t count_quiet_base64_lines(const uint8_t *line, size_t digits, size_t length, size_t lines,
                                const digit_pairs *pairs, size_t pair_count) {
    if (digits < LANES) return 0;
    const uint8_t *ending = line + digits;
    for (size_t number = 0; number < lines; number++) {
        line += length;
        for (size_t rest = digits; rest < length; rest++)
            if (line[rest] != ending[rest - digits]) return number;
        for (size_t start = 0;;) {
            byte_lanes digit, next;
            memcpy(&digit, line + start, LANES);
            memcpy(&next, line + start + 1, LANES);
            truth_lanes no_letter = (byte_lanes)((digit | 0x20) - 'a') >= 26;
            truth_lanes no_digit = no_letter & ((byte_lanes)(digit - '/') >= 11) & (digit != '+');
            // A number, not lanes, goes through the loop: of those some compilers make bits one by one.
            uint32_t hits = bits_of(&no_digit);
            for (size_t index = 0; index < pair_count; index++) {
                byte_lanes first, second, other_second;
                repeat(pairs[index].first, &first);
                repeat(pairs[index].second, &second);
                repeat(pairs[index].other_second, &other_second);
                truth_lanes pair = (digit == first) & ((next == second) | (next == other_second));
                hits |= bits_of(&pair);
            }
            if (hits != 0) return number;
            if (start + LANES == digits) break;
            // The last step overlaps the one before, by whole groups.
            start = start + 2 * LANES <= digits ? start + LANES : digits - LANES;
        }
    }
    return lines;
}
