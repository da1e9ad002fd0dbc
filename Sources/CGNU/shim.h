// GNU functions of the C library that Swift's Glibc module does not have: <string.h> declares memmem only under
// _GNU_SOURCE, as <stdlib.h> does mkostemp, and <malloc.h> and <sys/xattr.h> are not part of the module.
#include <stddef.h>
#include <sys/xattr.h>
void *_Nullable memmem(const void *_Nonnull haystack, size_t haystack_length,
                       const void *_Nonnull needle, size_t needle_length);
int mkostemp(char *_Nonnull template, int flags);
int malloc_trim(size_t pad);
int mallopt(int parameter, int value);
/* mallopt(3) */
static const int arena_max = -8, mmap_threshold = -3, trim_threshold = -1;
