// GNU functions of the C library that Swift's Glibc module does not have: <string.h> declares memmem only under
// _GNU_SOURCE, and <malloc.h> and <sys/xattr.h> are not part of the module.
#include <stddef.h>
#include <sys/types.h>
void *_Nullable memmem(const void *_Nonnull haystack, size_t haystack_length,
                       const void *_Nonnull needle, size_t needle_length);
int malloc_trim(size_t pad);
int mallopt(int parameter, int value);
/* mallopt(3) */
static const int arena_max = -8;
ssize_t getxattr(const char *_Nonnull path, const char *_Nonnull name, void *_Nullable value, size_t size);
