#include "signpost_plugin.h"
