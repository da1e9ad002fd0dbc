/* A plugin for Signpost: moves the links of a web shop, and leaves those to its internal pages. */
#include "signpost_plugin.h"

#include <stdlib.h>
#include <string.h>

/* What open() makes of the settings, for claim() to read; nobody changes it. */
struct shop {
    char *path;
    size_t length;
};

static int shop_open(const signpost_plugin *plugin, const signpost_settings *settings, void **context,
                     const signpost_sink *error)
{
    (void)plugin;
    const signpost_string path = settings->values[0].text; /* in the order of `settings` below */
    struct shop *shop = malloc(sizeof *shop);
    if (shop == NULL || path.length == 0 || path.bytes[0] != '/') {
        static const char message[] = "path has to begin with /";
        error->write(error, message, sizeof message - 1);
        free(shop);
        return 1;
    }
    shop->path = malloc(path.length);
    shop->length = path.length;
    memcpy(shop->path, path.bytes, path.length); /* it is borrowed: copy what you keep */
    *context = shop;
    return 0;
}

static int shop_claim(void *context, const signpost_link *link, const signpost_sender *sender,
                      const signpost_sink *answer)
{
    const struct shop *shop = context;
    if (!signpost_path_matches(link, shop->path, shop->length)) return SIGNPOST_NOT_MINE;
    if (signpost_path_matches(link, "*/internal/*", 12)) {
        answer->write(answer, "internal page", 13);
        return SIGNPOST_LEAVE;
    }
    return signpost_move(link, sender, answer);
}

static void shop_close(void *context)
{
    struct shop *shop = context;
    free(shop->path);
    free(shop);
}

static const signpost_setting settings[] = {
    {"path", SIGNPOST_STRING, "/shop/*", NULL, "Path and query of the shop's links; * is any run."},
};

static const signpost_plugin shop = {
    .size = sizeof(signpost_plugin),
    .abi_version = SIGNPOST_PLUGIN_ABI,
    .name = "shop",
    .version = "1.0",
    .description = "Moves the links of the shop",
    .settings = settings,
    .setting_count = sizeof settings / sizeof settings[0],
    .open = shop_open,
    .claim = shop_claim,
    .close = shop_close,
};

const signpost_plugin *signpost_plugin_entry(void) { return &shop; }
