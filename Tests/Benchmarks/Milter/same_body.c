/*
 * The yardstick: a filter on libmilter that puts the body in the place of itself (`same_body replace SOCKET`), or does
 * nothing at all (`same_body nothing SOCKET`). It negotiates what Signpost does: no reply to header fields and pieces
 * of the body, an answer at MAIL and at the end of the header. SOCKET is in libmilter's notation.
 */
#include <libmilter/mfapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct message {
    unsigned char *body;
    size_t count, capacity;
};

static int replaces;

static sfsistat negotiate(SMFICTX *context, unsigned long actions, unsigned long steps, unsigned long unused2,
                          unsigned long unused3, unsigned long *wanted_actions, unsigned long *wanted_steps,
                          unsigned long *zero2, unsigned long *zero3) {
    (void)context, (void)actions, (void)unused2, (void)unused3;
    *wanted_actions = SMFIF_CHGBODY | SMFIF_CHGHDRS;
    *wanted_steps = (SMFIP_NOCONNECT | SMFIP_NOHELO | SMFIP_NORCPT | SMFIP_NODATA | SMFIP_NOUNKNOWN | SMFIP_NR_HDR |
                     SMFIP_NR_BODY | SMFIP_HDR_LEADSPC) & steps;
    *zero2 = *zero3 = 0;
    return SMFIS_CONTINUE;
}

static struct message *message_of(SMFICTX *context) {
    struct message *message = smfi_getpriv(context);
    if (!message && (message = calloc(1, sizeof *message))) smfi_setpriv(context, message);
    return message;
}

static sfsistat sender(SMFICTX *context, char **arguments) {
    (void)arguments;
    struct message *message = message_of(context);
    if (message) message->count = 0;
    return SMFIS_CONTINUE;
}

static sfsistat header(SMFICTX *context, char *name, char *value) {
    (void)context, (void)name, (void)value;
    return SMFIS_NOREPLY;
}

static sfsistat end_of_header(SMFICTX *context) {
    (void)context;
    return SMFIS_CONTINUE;
}

static sfsistat body(SMFICTX *context, unsigned char *piece, size_t count) {
    struct message *message = message_of(context);
    if (!replaces || !message) return SMFIS_NOREPLY;
    if (message->count + count > message->capacity) {
        size_t capacity = 2 * (message->count + count);
        unsigned char *larger = realloc(message->body, capacity);
        if (!larger) abort();
        message->body = larger;
        message->capacity = capacity;
    }
    memcpy(message->body + message->count, piece, count);
    message->count += count;
    return SMFIS_NOREPLY;
}

static sfsistat end_of_message(SMFICTX *context) {
    struct message *message = message_of(context);
    if (replaces && message) {
        smfi_replacebody(context, message->body, (int)message->count);
        free(message->body);
        *message = (struct message){0};
    }
    return SMFIS_CONTINUE;
}

static sfsistat closed(SMFICTX *context) {
    struct message *message = smfi_getpriv(context);
    if (message) {
        free(message->body);
        free(message);
        smfi_setpriv(context, NULL);
    }
    return SMFIS_CONTINUE;
}

int main(int count, char **arguments) {
    if (count != 3) return 64;
    replaces = strcmp(arguments[1], "replace") == 0;
    struct smfiDesc description = {
        .xxfi_name = "same_body", .xxfi_version = SMFI_VERSION, .xxfi_flags = SMFIF_CHGBODY | SMFIF_CHGHDRS,
        .xxfi_envfrom = sender, .xxfi_header = header, .xxfi_eoh = end_of_header, .xxfi_body = body,
        .xxfi_eom = end_of_message, .xxfi_close = closed, .xxfi_negotiate = negotiate,
    };
    if (smfi_register(description) != MI_SUCCESS || smfi_setconn(arguments[2]) != MI_SUCCESS ||
        smfi_opensocket(1) != MI_SUCCESS)
        return 69;
    return smfi_main() == MI_SUCCESS ? 0 : 71;
}
