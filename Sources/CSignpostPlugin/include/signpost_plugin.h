/*
 * signpost_plugin.h: what Signpost and a plugin say to each other.
 *
 * A plugin is a shared library, <name>.so or lib<name>.so, in the plugin
 * directory. It exports one function, signpost_plugin_entry(), that returns a
 * table. Signpost shows the plugin links, one at a time, and it says of each:
 * not mine, leave it, or this URL instead. docs/PLUGINS.md has a whole plugin
 * in C and one in Swift, each on a page.
 *
 * THREADS. claim() is called from many threads at once, with the same context.
 * What a context holds after open() is best never changed; what changes needs a
 * lock of the plugin's own. open() and close() may run on any thread, and
 * while other contexts are in use.
 *
 * LIFETIMES. Nothing changes owner.
 *   - The table, and all that it points to, belongs to the plugin and stays
 *     valid and unchanged until the process ends. A library is never closed:
 *     a new version of the file is seen after a restart, not after a reload.
 *   - What open() and claim() are given is borrowed until they return: strings,
 *     structs, sinks. Copy what you keep.
 *   - A context belongs to the plugin. open() makes it, and each context whose
 *     open() returned 0 gets one close(), after the last claim() with it.
 *     There is one context for the global settings, and one more for each
 *     sender that overrides some of them; a reload makes new ones.
 *
 * STRINGS. UTF-8 with a length. No NUL follows them. Only the strings of the
 * table (name, help, ...) are C strings.
 *
 * LIMITS. An answer is at most SIGNPOST_MAX_GROWTH bytes longer than the link,
 * a reason or an error at most SIGNPOST_MAX_TEXT bytes long. What is longer is refused.
 *
 * MISTAKES. Signpost checks each answer before it touches a message (see
 * SIGNPOST_MOVE). A wrong one costs a line in the log; the link stays as it
 * was. Memory errors are beyond that check: a plugin runs inside the filter.
 * Do not let a C++ exception or a longjmp() leave a function of the table.
 *
 * VERSIONS. Every struct that is passed by pointer begins with its size.
 *   - Within one ABI version a struct grows only at its end, and only by members
 *     that may be absent. A member beyond the ABI's first edition is there if
 *     `size` reaches behind it: look before you use it. So does Signpost.
 *   - signpost_string, signpost_range, signpost_setting and
 *     signpost_setting_value stand in arrays or inside other structs: they never
 *     grow within a version.
 *   - New types of settings, new flags and new answers may appear. Signpost refuses to
 *     load a plugin with a flag or a type of setting that it does not know.
 *   - Anything else is a new SIGNPOST_PLUGIN_ABI, and a plugin for the old one is refused
 *     by name. A plugin built today loads as long as that number stays.
 */
#ifndef SIGNPOST_PLUGIN_H
#define SIGNPOST_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version that this header describes. */
#define SIGNPOST_PLUGIN_ABI 1

/* How many bytes an answer may be longer than its link. */
#define SIGNPOST_MAX_GROWTH 8192

/* How many bytes a reason or an error may have. */
#define SIGNPOST_MAX_TEXT 1024

/* UTF-8, without a NUL behind it. `bytes` is NULL where there is no such string. */
typedef struct signpost_string {
    const char *bytes;
    size_t length;
} signpost_string;

/* The bytes from `begin` up to, but not including, `end`. */
typedef struct signpost_range {
    size_t begin;
    size_t end;
} signpost_range;

/*
 * Where a plugin writes text. write() may be called several times; the pieces
 * are joined. It returns 0, or another value where the text has grown too long:
 * it will be refused whole, and there is no point in going on.
 * The sink is good until the function that was given it returns, on that thread alone.
 */
typedef struct signpost_sink {
    size_t size;
    void *host; /* Signpost's own */
    int (*write)(const struct signpost_sink *sink, const char *bytes, size_t length);
} signpost_sink;

/* ---- settings ---- */

enum {
    SIGNPOST_STRING = 1,      /* name: text */
    SIGNPOST_STRING_LIST = 2, /* name: [text, text] */
    SIGNPOST_BOOLEAN = 3,     /* name: on | off */
    SIGNPOST_INTEGER = 4      /* name: 42 */
};

/*
 * A setting that the plugin understands, for `plugins.load` and, per sender, for a
 * sender's `plugins`. The names `tracking_domain` and `scheme` are Signpost's own.
 */
typedef struct signpost_setting {
    const char *name;
    uint32_t type; /* SIGNPOST_STRING ... */
    /* The default as it would be written in the configuration; NULL: the setting has to be given. */
    const char *default_text;
    /* The default of a SIGNPOST_STRING_LIST, ended by NULL (default_text is ignored then). */
    const char *const *default_list;
    const char *help; /* one sentence */
} signpost_setting;

/* The value of a setting: the member that `type` names is set, the others are 0. */
typedef struct signpost_setting_value {
    const char *name; /* the pointer from the plugin's own table */
    uint32_t type;
    int32_t boolean;
    int64_t integer;
    signpost_string text;
    const signpost_string *list;
    size_t list_count;
} signpost_setting_value;

/* All settings in the order of the table, each as configured or with its default. */
typedef struct signpost_settings {
    size_t size;
    const signpost_setting_value *values;
    size_t count;
} signpost_settings;

/* ---- what a plugin is asked ---- */

/* A link in a message. */
typedef struct signpost_link {
    size_t size;
    /*
     * The URL as a browser would read it: entities, soft breaks and escapes resolved;
     * leading and trailing white space, tabs and line ends removed. http, https
     * or scheme-relative (//host/...). It has no user or password.
     */
    signpost_string url;
    /* Where the components stand in `url`. What separates them is outside the ranges. */
    signpost_range scheme; /* without the colon; empty: scheme-relative */
    signpost_range host;   /* as written: maybe upper case, an IDN, with a trailing dot */
    signpost_range port;   /* the digits; empty: none */
    signpost_range rest;   /* path, query and fragment: all that follows */
    /* Where it was found, e.g. `a[href]`, `img[srcset]`, `text`, `header`. */
    signpost_string place;
    /* The IMAP part number, or `header:` and the field's name. */
    signpost_string part;
    /* The header field's name as the message writes it; bytes is NULL where it is not in a header. */
    signpost_string header;
    /* Not 0: the host is a default tracking domain. Always so without SIGNPOST_WANTS_ALL_LINKS. */
    int32_t on_default_domain;
} signpost_link;

enum {
    SIGNPOST_SCHEME_KEEP = 0,
    SIGNPOST_SCHEME_HTTPS = 1,
    SIGNPOST_SCHEME_HTTP = 2
};

/* Whose message it is, with what the sender's file says for this plugin. */
typedef struct signpost_sender {
    size_t size;
    signpost_string id;              /* the name of the sender's file */
    signpost_string tracking_domain; /* A-labels in lower case, no trailing dot */
    uint16_t port;                   /* the port to use; 0: none configured */
    uint16_t reserved;
    uint32_t scheme;                 /* SIGNPOST_SCHEME_KEEP ... */
} signpost_sender;

enum {
    /* Not this plugin's link: the next plugin is asked. */
    SIGNPOST_NOT_MINE = 0,
    /* It is mine and stays as it is. Write the reason, a few words, to `answer`. No later plugin is asked. */
    SIGNPOST_LEAVE = 1,
    /*
     * It is mine and becomes the URL that was written to `answer`. No later plugin is asked.
     * The URL is http or https with a host (or scheme-relative, if the link was), in UTF-8. Its host is
     * a domain name in ASCII (A-labels), no IP address; its port, if any, 1 to 65535; no user and no
     * password. What follows may differ from the link's (in all but the longest common beginning and
     * end) by printable ASCII without space " ' ` < > ( ) \ : percent-encode those.
     */
    SIGNPOST_MOVE = 2
};

/* ---- the table ---- */

enum {
    /* Show this plugin the links on all hosts, not on the default tracking domains alone. */
    SIGNPOST_WANTS_ALL_LINKS = 1
};

typedef struct signpost_plugin signpost_plugin;

struct signpost_plugin {
    size_t size;          /* sizeof(signpost_plugin) */
    uint32_t abi_version; /* SIGNPOST_PLUGIN_ABI */
    uint32_t flags;       /* SIGNPOST_WANTS_ALL_LINKS or 0 */

    const char *name;        /* as in `plugins.load` and as the file: letters, digits, . _ - */
    const char *version;     /* the plugin's own, for a person */
    const char *description; /* one sentence, for a person */

    const signpost_setting *settings;
    size_t setting_count;

    /* The plugin's own; Signpost never looks at it. */
    void *data;

    /*
     * Makes a context from settings that have the right types. Returns 0 and sets *context (NULL
     * is a context like any other), or returns another value and writes what is wrong to
     * `error`: one sentence, which is shown with file and line. May be NULL: all contexts are NULL.
     */
    int (*open)(const signpost_plugin *plugin, const signpost_settings *settings, void **context,
                const signpost_sink *error);

    /* Decides about a link: SIGNPOST_NOT_MINE, SIGNPOST_LEAVE or SIGNPOST_MOVE. Required. Keep it quick. */
    int (*claim)(void *context, const signpost_link *link, const signpost_sender *sender,
                 const signpost_sink *answer);

    /* Ends a context. May be NULL. */
    void (*close)(void *context);
};

#if defined(__GNUC__)
#define SIGNPOST_EXPORT __attribute__((visibility("default")))
#else
#define SIGNPOST_EXPORT
#endif

/* The one function that a plugin exports. Returns the same table each time, or NULL if it cannot work here. */
SIGNPOST_EXPORT const signpost_plugin *signpost_plugin_entry(void);

/* ---- two rules, so that no plugin has to write them again ---- */

/*
 * Moves a link to the sender's domain: writes it to `answer` and returns SIGNPOST_MOVE.
 * The host is replaced, and the port where the sender has one; the scheme is
 * changed where the policy says so, and the link's port is dropped then (it was the old scheme's).
 * All other bytes stay as they are. A scheme-relative link stays scheme-relative, and an https link in
 * a header field stays https: one-click unsubscription requires it (RFC 8058 section 3.1).
 */
static inline int signpost_move(const signpost_link *link, const signpost_sender *sender,
                                const signpost_sink *answer)
{
    static const char *const names[] = {"", "https", "http"};
    const char *url = link->url.bytes;
    const char *wanted = sender->scheme <= SIGNPOST_SCHEME_HTTP ? names[sender->scheme] : "";
    size_t had = link->scheme.end - link->scheme.begin;
    size_t want = 0;
    int keep = 1;
    if (had == 5 && link->header.bytes != 0) wanted = names[SIGNPOST_SCHEME_KEEP];
    if (had != 0 && wanted[0] != 0) {
        while (wanted[want] != 0) want++;
        keep = had == want;
        for (size_t i = 0; keep && i < had; i++)
            keep = (url[link->scheme.begin + i] | 0x20) == wanted[i];
    }
    if (keep) {
        answer->write(answer, url, link->host.begin);
    } else {
        answer->write(answer, wanted, want);
        answer->write(answer, url + link->scheme.end, link->host.begin - link->scheme.end);
    }
    answer->write(answer, sender->tracking_domain.bytes, sender->tracking_domain.length);
    if (sender->port != 0) {
        char digits[6];
        size_t first = sizeof digits;
        for (unsigned rest = sender->port; rest != 0; rest /= 10)
            digits[--first] = (char)('0' + rest % 10);
        digits[--first] = ':';
        answer->write(answer, digits + first, sizeof digits - first);
    } else if (keep) {
        answer->write(answer, url + link->host.end, link->rest.begin - link->host.end);
    }
    answer->write(answer, url + link->rest.begin, link->rest.end - link->rest.begin);
    return SIGNPOST_MOVE;
}

/*
 * Whether path and query of a link match a pattern: `*` stands for any run of characters, also an
 * empty one, everything else for itself, in its case. The fragment does not count. An empty path
 * is `/`, and a `\` in it is `/`, as in a browser.
 * At most (length of the URL) x (length of the pattern) steps: a `*` is never tried again once
 * the next one is reached.
 */
static inline int signpost_path_matches(const signpost_link *link, const char *pattern, size_t length)
{
    const char *rest = link->url.bytes + link->rest.begin;
    size_t end = link->rest.end - link->rest.begin, query = end;
    size_t lead = end == 0 || rest[0] == '?' || rest[0] == '#'; /* the `/` that an empty path is read as */
    size_t at = 0, p = 0, star = 0, retry = 0;
    int starred = 0;
    while (at < end + lead) {
        char c = at < lead ? '/' : rest[at - lead];
        if (c == '#') {
            end = at - lead;
            break;
        }
        if (c == '?' && at - lead < query) query = at - lead;
        if (c == '\\' && at - lead < query) c = '/';
        if (p < length && pattern[p] == '*') {
            if (p + 1 == length) return 1;
            star = p++;
            retry = at;
            starred = 1;
        } else if (p < length && pattern[p] == c) {
            p++;
            at++;
        } else if (starred) {
            p = star + 1;
            at = ++retry;
        } else {
            return 0;
        }
    }
    while (p < length && pattern[p] == '*') p++;
    return p == length;
}

#ifdef __cplusplus
}
#endif

#endif
