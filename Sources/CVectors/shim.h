// What Swift's SIMD types cannot say: a mask of lanes as the bits of a number, which is one instruction on most
// machines. Written without any machine's own names, so that the compiler picks it.
#include <stdbool.h>
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
