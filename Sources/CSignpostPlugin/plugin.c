/* The ABI is its header; this file shows that it compiles as C. */
#include "signpost_plugin.h"
