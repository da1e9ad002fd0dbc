// GNU functions of the C library that <string.h> declares only under _GNU_SOURCE, which Swift's Glibc
// module does not define.
#include <stddef.h>
void *_Nullable memmem(const void *_Nonnull haystack, size_t haystack_length,
                       const void *_Nonnull needle, size_t needle_length);
