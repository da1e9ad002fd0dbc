/* A plugin with one thing wrong; which, says the macro. Without one there is nothing wrong. */
#include "signpost_plugin.h"

static int claim(void *context, const signpost_link *link, const signpost_sender *sender,
                 const signpost_sink *answer)
{
    (void)context, (void)link, (void)sender, (void)answer;
    return SIGNPOST_NOT_MINE;
}

static const signpost_setting settings[] = {
#if defined TYPE_OF_SETTING
    {"later", 99, "", NULL, ""},
#elif defined BAD_DEFAULT
    {"many", SIGNPOST_INTEGER, "lots", NULL, ""},
#elif defined OUR_SETTING
    {"scheme", SIGNPOST_STRING, "", NULL, ""},
#elif defined TWO_SETTINGS
    {"one", SIGNPOST_STRING, "", NULL, ""},
    {"one", SIGNPOST_STRING, "", NULL, ""},
#else
    {"needed", SIGNPOST_INTEGER, NULL, NULL, "Has no default."},
#endif
};

static const signpost_plugin table = {
#ifdef SHORT
    .size = sizeof(signpost_plugin) - sizeof(void *),
#elif defined TINY
    .size = 4,
#else
    .size = sizeof(signpost_plugin) + 64, /* of a later edition: fine */
#endif
#ifdef WRONG_ABI
    .abi_version = 7,
#else
    .abi_version = SIGNPOST_PLUGIN_ABI,
#endif
#ifdef FLAGS
    .flags = 1u << 20,
#endif
#ifdef OTHER_NAME
    .name = "somebody-else",
#elif !defined NO_NAME
    .name = "broken",
#endif
#ifdef MANY_SETTINGS
    .setting_count = (size_t)-1,
#elif defined NULL_SETTINGS
    .setting_count = 1,
    .settings = NULL,
#else
    .setting_count = sizeof settings / sizeof settings[0],
#endif
#ifndef NULL_SETTINGS
    .settings = settings,
#endif
#ifndef NO_CLAIM
    .claim = claim,
#endif
};

#ifdef NO_ENTRY
const signpost_plugin *another_entry(void) { return &table; }
#elif defined NULL_TABLE
const signpost_plugin *signpost_plugin_entry(void) { (void)table; return NULL; }
#else
const signpost_plugin *signpost_plugin_entry(void) { return &table; }
#endif
