/* Answers what its settings say, and shows what it was given: the ABI seen from the other side. */
#include "signpost_plugin.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct echo {
    int code;
    int flag;
    size_t padding;
    size_t count;
    char answer[512];
    size_t length;
    char list[128];
};

static atomic_int opened, closed;

/* For the test, to see that each context is closed once. */
SIGNPOST_EXPORT int echo_balance(void) { return atomic_load(&opened) - atomic_load(&closed); }
SIGNPOST_EXPORT int echo_opened(void) { return atomic_load(&opened); }

static int nibble(char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; }

static int echo_open(const signpost_plugin *plugin, const signpost_settings *settings, void **context,
                     const signpost_sink *error)
{
    (void)plugin;
    const signpost_setting_value *v = settings->values;
    if (settings->size < sizeof *settings || settings->count != 5) return 1;
    if (v[0].type != SIGNPOST_INTEGER || strcmp(v[0].name, "code") != 0) return 2;
    if (v[0].integer == -1) {
        error->write(error, "code -1 ", 8);
        error->write(error, "is no good", 10);
        return 3;
    }
    struct echo *echo = calloc(1, sizeof *echo);
    echo->code = (int)v[0].integer;
    /* \xx is a byte */
    for (size_t i = 0; i < v[1].text.length && echo->length < sizeof echo->answer; i++) {
        const char *at = v[1].text.bytes + i;
        if (*at == '\\') {
            echo->answer[echo->length++] = (char)(nibble(at[1]) << 4 | nibble(at[2]));
            i += 2;
        } else {
            echo->answer[echo->length++] = *at;
        }
    }
    echo->padding = (size_t)v[2].integer;
    echo->flag = v[3].boolean;
    echo->count = v[4].list_count;
    for (size_t i = 0; i < v[4].list_count; i++) {
        strncat(echo->list, v[4].list[i].bytes, v[4].list[i].length);
        strcat(echo->list, "|");
    }
    *context = echo;
    atomic_fetch_add(&opened, 1);
    return 0;
}

#define TEXT(s) (int)(s).length, (s).bytes
#define PART(l, r) (int)((l)->r.end - (l)->r.begin), (l)->url.bytes + (l)->r.begin

static int echo_claim(void *context, const signpost_link *link, const signpost_sender *sender,
                      const signpost_sink *answer)
{
    const struct echo *echo = context;
    if (echo->code == SIGNPOST_LEAVE && echo->length == 0 && echo->flag) {
        char text[900];
        int length = snprintf(
            text, sizeof text,
            "sizes=%d url=%.*s scheme=%.*s host=%.*s port=%.*s rest=%.*s place=%.*s part=%.*s header=%.*s "
            "default=%d id=%.*s domain=%.*s to=%u policy=%u list=%s",
            link->size == sizeof *link && sender->size == sizeof *sender && answer->size == sizeof *answer,
            TEXT(link->url), PART(link, scheme), PART(link, host), PART(link, port), PART(link, rest),
            TEXT(link->place), TEXT(link->part),
            link->header.bytes ? (int)link->header.length : 4, link->header.bytes ? link->header.bytes : "NULL",
            link->on_default_domain, TEXT(sender->id), TEXT(sender->tracking_domain), sender->port,
            sender->scheme, echo->list);
        answer->write(answer, text, (size_t)length);
        return SIGNPOST_LEAVE;
    }
#ifdef BAD_PIECE
    answer->write(answer, NULL, 1);
    return echo->code;
#endif
    answer->write(answer, echo->answer, echo->length);
    for (size_t i = 0; i < echo->padding; i++) {
        if (answer->write(answer, "x", 1) != 0) break;
    }
    return echo->code;
}

static void echo_close(void *context)
{
    atomic_fetch_add(&closed, 1);
    free(context);
}

static const char *const none[] = {NULL};
static const signpost_setting settings[] = {
    {"code", SIGNPOST_INTEGER, "2", NULL, "What claim returns."},
    {"answer", SIGNPOST_STRING, "", NULL, "What claim writes."},
    {"padding", SIGNPOST_INTEGER, "0", NULL, "How many x follow."},
    {"flag", SIGNPOST_BOOLEAN, "off", NULL, "With code 1: show what was given."},
    {"list", SIGNPOST_STRING_LIST, NULL, none, "Shown."},
};

static const signpost_plugin echo = {
    .size = sizeof(signpost_plugin),
    .abi_version = SIGNPOST_PLUGIN_ABI,
#ifdef ALL_LINKS
    .flags = SIGNPOST_WANTS_ALL_LINKS,
#endif
    .name = "echo",
    .version = "2.1",
    .description = "Answers what it is told to",
    .settings = settings,
    .setting_count = sizeof settings / sizeof settings[0],
    .open = echo_open,
    .claim = echo_claim,
    .close = echo_close,
};

const signpost_plugin *signpost_plugin_entry(void) { return &echo; }
