// GNU functions of the C library that Swift's Glibc module does not have: <string.h> declares memmem only under
// _GNU_SOURCE, and <malloc.h> is not part of the module.
#include <stddef.h>
void *_Nullable memmem(const void *_Nonnull haystack, size_t haystack_length,
                       const void *_Nonnull needle, size_t needle_length);
int malloc_trim(size_t pad);
int mallopt(int parameter, int value);
/* mallopt(3) */
static const int arena_max = -8;
