/*
 * A plugin for /x/ links that answers nonsense and sleeps: with the next of some URLs that must not get into a message,
 * 5 milliseconds late and now and then 2 seconds.
 */
#include "signpost_plugin.h"

#include <stdatomic.h>
#include <string.h>
#include <time.h>

static const char *const nonsense[] = {
    "", "javascript:alert(1)", "https://", "https://a b.example/", "https://evil.example/\"><script>", "\xff\xfe",
    "https://user:secret@evil.example/", "https://evil.example:99999/", "x\r\nBcc: everybody@evil.example\r\n",
};
static atomic_uint turn;

static int claim(void *context, const signpost_link *link, const signpost_sender *sender, const signpost_sink *answer)
{
    (void)context, (void)sender;
    size_t rest = link->rest.end - link->rest.begin;
    if (rest < 3 || memcmp(link->url.bytes + link->rest.begin, "/x/", 3) != 0) return SIGNPOST_NOT_MINE;
    unsigned number = atomic_fetch_add(&turn, 1);
    struct timespec late = number % 64 ? (struct timespec){.tv_nsec = 5000000} : (struct timespec){.tv_sec = 2};
    nanosleep(&late, NULL);
    number %= 12;
    if (number >= sizeof nonsense / sizeof nonsense[0]) return 77; /* no such answer */
    answer->write(answer, nonsense[number], strlen(nonsense[number]));
    return SIGNPOST_MOVE;
}

static const signpost_plugin table = {
    .size = sizeof(signpost_plugin),
    .abi_version = SIGNPOST_PLUGIN_ABI,
    .name = "odd",
    .version = "0",
    .description = "Answers nonsense, late",
    .claim = claim,
};

const signpost_plugin *signpost_plugin_entry(void) { return &table; }
