/*
 * The MTA's side of the milter protocol at full speed, to measure filters with.
 *
 *     load [-c CONNECTIONS] [-s SECONDS | -n MESSAGES] [-p PID] [-i] [-r] [-t] [-w MICROSECONDS] SOCKET LIST
 *
 * SOCKET is a path, or a port of 127.0.0.1. LIST is a file with a line `ORIGINAL<tab>EXPECTED` for each message: files of
 * whole messages with CRLF, the second one as the filter should leave it (the same file where it should not change).
 *
 *   -p  the filter, whose CPU time is measured
 *   -i  each message gets an id of its own, as its queue id and in a last line of its body
 *   -r  a connection that is refused or lost is made anew, and the message sent again, as MTAs do
 *   -t  all connections wait for each other before the end of their message
 *   -w  pause after each message
 *
 * Prints one line of JSON. Every body that comes back is compared: `mixed` counts those that are neither the original nor
 * what is expected.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 65535, ID_LINE = 24, NO_REPLY_HEADER = 0x80, NO_REPLY_BODY = 0x80000, NO_REPLY_CONNECT = 0x1000,
       NO_RCPT = 0x8, NO_DATA = 0x200, NO_CONNECT = 0x1 };

struct bytes {
    unsigned char *at;
    size_t count, capacity;
};

struct message {
    struct bytes header; /* as packets */
    int fields;
    struct bytes body, expected;
};

struct connection {
    int socket, greeted;
    uint32_t steps;
    struct bytes packets, input;
    size_t read;
};

static struct message *messages;
static int message_count, connections = 8, with_ids, again, together;
static long pause_after;
static long limit = -1;
static double seconds = 5;
static const char *target;
static pthread_barrier_t barrier;
static atomic_long started, done, rewritten, original, tempfailed, mixed, refused, lost;
static atomic_int stopped;
static _Atomic(uint32_t) *latencies; /* microseconds from the end of the message to the verdict */
enum { LATENCIES = 1 << 22 };

static double now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void die(const char *what) {
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void add(struct bytes *bytes, const void *more, size_t count) {
    if (bytes->count + count > bytes->capacity) {
        bytes->capacity = 2 * (bytes->count + count);
        if (!(bytes->at = realloc(bytes->at, bytes->capacity))) die("memory");
    }
    memcpy(bytes->at + bytes->count, more, count);
    bytes->count += count;
}

static void packet(struct bytes *bytes, char kind, const void *data, size_t count) {
    uint32_t length = htonl((uint32_t)count + 1);
    add(bytes, &length, 4);
    add(bytes, &kind, 1);
    add(bytes, data, count);
}

/* MARK: Messages */

static struct bytes file(const char *path) {
    struct bytes content = {0};
    FILE *stream = fopen(path, "r");
    if (!stream) die(path);
    char buffer[65536];
    size_t count;
    while ((count = fread(buffer, 1, sizeof buffer, stream)) > 0) add(&content, buffer, count);
    fclose(stream);
    return content;
}

static struct bytes body_of(struct bytes content) {
    unsigned char *end = memmem(content.at, content.count, "\r\n\r\n", 4);
    if (!end) die("a message without an empty line");
    size_t start = (size_t)(end + 4 - content.at);
    struct bytes body = {0};
    add(&body, content.at + start, content.count - start);
    /* Room for the line with the id. */
    if (with_ids) add(&body, "\r\nmessage 000000000000\r\n", ID_LINE);
    return body;
}

static void read_header(struct message *message, struct bytes content) {
    char *at = (char *)content.at;
    char *end = memmem(content.at, content.count, "\r\n\r\n", 4);
    while (at < end + 2) {
        char *stop = at;
        do stop = memmem(stop, content.count, "\r\n", 2) + 2; while (*stop == ' ' || *stop == '\t');
        char *colon = memchr(at, ':', (size_t)(stop - at));
        struct bytes field = {0};
        add(&field, at, (size_t)(colon - at));
        add(&field, "", 1);
        for (char *byte = colon + 1; byte < stop - 2; byte++)
            if (*byte != '\r') add(&field, byte, 1);
        add(&field, "", 1);
        packet(&message->header, 'L', field.at, field.count);
        message->fields++;
        free(field.at);
        at = stop;
    }
}

static void read_list(const char *path) {
    FILE *list = fopen(path, "r");
    if (!list) die(path);
    char line[8192];
    while (fgets(line, sizeof line, list)) {
        line[strcspn(line, "\n")] = 0;
        char *tab = strchr(line, '\t');
        if (!tab) die("a line without a tab");
        *tab = 0;
        messages = realloc(messages, (size_t)(message_count + 1) * sizeof *messages);
        struct message *message = &messages[message_count++];
        *message = (struct message){0};
        struct bytes content = file(line), expected = file(tab + 1);
        read_header(message, content);
        message->body = body_of(content);
        message->expected = body_of(expected);
        free(content.at);
        free(expected.at);
    }
    fclose(list);
    if (!message_count) die("no messages");
}

/* MARK: Packets. All are false when the connection is lost. */

static int send_all(struct connection *c, const void *data, size_t count) {
    while (count > 0) {
        ssize_t sent = send(c->socket, data, count, MSG_NOSIGNAL);
        if (sent <= 0) return 0;
        data = (const char *)data + sent;
        count -= (size_t)sent;
    }
    return 1;
}

static int flush(struct connection *c) {
    int good = send_all(c, c->packets.at, c->packets.count);
    c->packets.count = 0;
    return good;
}

static int fill(struct connection *c, size_t count) {
    if (c->read > 0) {
        memmove(c->input.at, c->input.at + c->read, c->input.count - c->read);
        c->input.count -= c->read;
        c->read = 0;
    }
    while (c->input.count < count) {
        if (c->input.capacity < count + 65536) {
            c->input.capacity = count + 131072;
            if (!(c->input.at = realloc(c->input.at, c->input.capacity))) die("memory");
        }
        ssize_t got = recv(c->socket, c->input.at + c->input.count, c->input.capacity - c->input.count, 0);
        if (got <= 0) return 0;
        c->input.count += (size_t)got;
    }
    return 1;
}

/* The next packet, 0 when there is none; its data stays until the next call. */
static char receive(struct connection *c, unsigned char **data, size_t *count) {
    if (c->input.count - c->read < 5 && !fill(c, 5)) return 0;
    uint32_t length;
    memcpy(&length, c->input.at + c->read, 4);
    length = ntohl(length);
    if (length == 0 || length > 1 << 20) return 0;
    if (c->input.count - c->read < 4 + (size_t)length && !fill(c, 4 + (size_t)length)) return 0;
    char kind = (char)c->input.at[c->read + 4];
    *data = c->input.at + c->read + 5;
    *count = length - 1;
    c->read += 4 + (size_t)length;
    return kind;
}

static char answer(struct connection *c) {
    unsigned char *data;
    size_t count;
    return flush(c) ? receive(c, &data, &count) : 0;
}

/* MARK: The dialogue */

static int open_connection(struct connection *c) {
    char *end;
    long port = strtol(target, &end, 10);
    union { struct sockaddr any; struct sockaddr_in inet; struct sockaddr_un unix_; } address = {0};
    socklen_t length;
    if (*end == 0) {
        address.inet.sin_family = AF_INET;
        address.inet.sin_port = htons((uint16_t)port);
        address.inet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        length = sizeof address.inet;
    } else {
        address.unix_.sun_family = AF_UNIX;
        strncpy(address.unix_.sun_path, target, sizeof address.unix_.sun_path - 1);
        length = sizeof address.unix_;
    }
    c->packets.count = c->input.count = c->read = 0;
    c->greeted = 0;
    c->socket = socket(address.any.sa_family, SOCK_STREAM, 0);
    if (c->socket < 0) die("socket");
    if (connect(c->socket, &address.any, length) < 0) {
        close(c->socket);
        c->socket = -1;
        return 0;
    }
    int on = 1;
    if (*end == 0) setsockopt(c->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return 1;
}

static int greet(struct connection *c) {
    uint32_t offer[3] = {htonl(6), htonl(0x1ff), htonl(0x1fffff)};
    packet(&c->packets, 'O', offer, sizeof offer);
    unsigned char *data;
    size_t count;
    if (!flush(c) || receive(c, &data, &count) != 'O' || count < 12) return 0;
    memcpy(&c->steps, data + 8, 4);
    c->steps = ntohl(c->steps);
    if (c->steps & NO_CONNECT) return 1;
    static const char client[] = "localhost\0" "4\x12\x34" "127.0.0.1";
    packet(&c->packets, 'C', client, sizeof client);
    return c->steps & NO_REPLY_CONNECT ? 1 : answer(c) == 'c';
}

static void hang_up(struct connection *c) {
    if (c->socket >= 0) close(c->socket);
    c->socket = -1;
}

static void macro(struct connection *c, char step, const char *id) {
    char data[64];
    int count = snprintf(data, sizeof data, "%ci%c%s", step, 0, id);
    packet(&c->packets, 'D', data, (size_t)count + 1);
}

/* Whether count bytes at `data`, which are those from `offset` on, are those of a body with this id. */
static int same(const struct bytes *body, size_t offset, const unsigned char *data, size_t count, const char *id) {
    if (offset + count > body->count) return 0;
    size_t plain = with_ids ? body->count - ID_LINE : body->count;
    size_t first = offset >= plain ? 0 : count < plain - offset ? count : plain - offset;
    if (memcmp(body->at + offset, data, first)) return 0;
    if (first == count) return 1;
    char line[64];
    snprintf(line, sizeof line, "\r\nmessage %s\r\n", id);
    return memcmp(line + (offset + first - plain), data + first, count - first) == 0;
}

static void note_latency(double since) {
    static atomic_long next;
    long place = atomic_fetch_add(&next, 1) % LATENCIES;
    atomic_store(&latencies[place], (uint32_t)((now(CLOCK_MONOTONIC) - since) * 1e6) + 1);
}

/* Sends one message. 'l' where the connection was lost, 'm' for a body that is neither, or the verdict. */
static char one(struct connection *c, const struct message *message, const char *id) {
    static const char sender[] = "<news@acme.example>", reader[] = "<reader@inbox.example>";
    macro(c, 'M', id);
    packet(&c->packets, 'M', sender, sizeof sender);
    char verdict = answer(c);
    if (verdict != 'c') return verdict ? verdict : 'l';
    if (!(c->steps & NO_RCPT)) {
        packet(&c->packets, 'R', reader, sizeof reader);
        if (answer(c) != 'c') return 'l';
    }
    if (!(c->steps & NO_DATA)) {
        packet(&c->packets, 'T', "", 0);
        if (answer(c) != 'c') return 'l';
    }
    add(&c->packets, message->header.at, message->header.count);
    if (!(c->steps & NO_REPLY_HEADER)) {
        unsigned char *data;
        size_t count;
        if (!flush(c)) return 'l';
        for (int field = 0; field < message->fields; field++)
            if (receive(c, &data, &count) != 'c') return 'l';
    }
    macro(c, 'N', id);
    packet(&c->packets, 'N', "", 0);
    verdict = answer(c);
    if (verdict != 'c') return verdict ? verdict : 'l';
    size_t plain = with_ids ? message->body.count - ID_LINE : message->body.count;
    for (size_t start = 0; start < plain; start += CHUNK) {
        size_t count = plain - start < CHUNK ? plain - start : CHUNK;
        packet(&c->packets, 'B', message->body.at + start, count);
        if (!(c->steps & NO_REPLY_BODY) ? answer(c) != 'c' : !flush(c)) return 'l';
    }
    if (with_ids) {
        char line[64];
        packet(&c->packets, 'B', line, (size_t)snprintf(line, sizeof line, "\r\nmessage %s\r\n", id));
        if (!(c->steps & NO_REPLY_BODY) && answer(c) != 'c') return 'l';
    }
    macro(c, 'E', id);
    packet(&c->packets, 'E', "", 0);
    if (together) pthread_barrier_wait(&barrier);
    double start = now(CLOCK_MONOTONIC);
    if (!flush(c)) return 'l';
    size_t got = 0;
    int replaced = 0, is_expected = 1;
    for (;;) {
        unsigned char *data;
        size_t count;
        char kind = receive(c, &data, &count);
        if (!kind) return 'l';
        if (kind == 'b') {
            replaced = 1;
            is_expected = is_expected && same(&message->expected, got, data, count, id);
            got += count;
        } else if (kind == 't') {
            /* What came before does not count. */
            return 't';
        } else if (kind == 'a' || kind == 'c') {
            note_latency(start);
            if (!replaced) return 'a';
            return is_expected && got == message->expected.count ? 'w' : 'm';
        }
    }
}

static void *connection(void *unused) {
    (void)unused;
    struct connection c = {.socket = -1};
    char id[16];
    while (!stopped) {
        long number = atomic_fetch_add(&started, 1);
        if (limit >= 0 && number >= limit) break;
        snprintf(id, sizeof id, "%012ld", number);
        const struct message *message = &messages[number % message_count];
        char verdict = 'l';
        for (int attempt = 0; verdict == 'l'; attempt++) {
            if (attempt > 0 && !again) break;
            if (c.socket < 0 && !open_connection(&c)) {
                atomic_fetch_add(&refused, 1);
                usleep(20000);
                continue;
            }
            if (c.greeted || (c.greeted = greet(&c))) verdict = one(&c, message, id);
            if (verdict == 'l') {
                atomic_fetch_add(&lost, 1);
                hang_up(&c);
            }
        }
        switch (verdict) {
        case 'l': continue;
        case 'w': atomic_fetch_add(&rewritten, 1); break;
        case 't': atomic_fetch_add(&tempfailed, 1); break;
        case 'm': atomic_fetch_add(&mixed, 1); break;
        default: atomic_fetch_add(&original, 1); break;
        }
        atomic_fetch_add(&done, 1);
        for (long left = pause_after; left > 0 && !stopped; left -= 500000)
            usleep((useconds_t)(left < 500000 ? left : 500000));
    }
    hang_up(&c);
    free(c.packets.at);
    free(c.input.at);
    return NULL;
}

static int ascending(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

int main(int count, char **arguments) {
    int option;
    clockid_t cpu = 0;
    pid_t filter = 0;
    while ((option = getopt(count, arguments, "c:s:n:p:irtw:")) != -1) {
        switch (option) {
        case 'c': connections = atoi(optarg); break;
        case 's': seconds = atof(optarg); break;
        case 'n': limit = atol(optarg); break;
        case 'p': filter = (pid_t)atoi(optarg); break;
        case 'i': with_ids = 1; break;
        case 'r': again = 1; break;
        case 't': together = 1; break;
        case 'w': pause_after = atol(optarg); break;
        default: return 64;
        }
    }
    if (count - optind != 2 || connections < 1) return 64;
    target = arguments[optind];
    read_list(arguments[optind + 1]);
    if (filter && clock_getcpuclockid(filter, &cpu)) die("the filter's clock");
    latencies = calloc(LATENCIES, sizeof *latencies);
    pthread_barrier_init(&barrier, NULL, (unsigned)connections);
    pthread_t *threads = calloc((size_t)connections, sizeof *threads);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 256 * 1024);
    double start = now(CLOCK_MONOTONIC), cpu_start = filter ? now(cpu) : 0;
    for (int i = 0; i < connections; i++)
        if (pthread_create(&threads[i], &attributes, connection, NULL)) die("thread");
    if (limit < 0) {
        usleep((useconds_t)(seconds * 1e6));
        stopped = 1;
    }
    for (int i = 0; i < connections; i++) pthread_join(threads[i], NULL);
    double took = now(CLOCK_MONOTONIC) - start, used = filter ? now(cpu) - cpu_start : 0;
    uint32_t *sorted = (uint32_t *)latencies;
    qsort(sorted, LATENCIES, sizeof *sorted, ascending);
    size_t first = 0;
    while (first < LATENCIES && sorted[first] == 0) first++;
    size_t n = LATENCIES - first;
    printf("{\"started\": %ld, \"messages\": %ld, \"rewritten\": %ld, \"original\": %ld, \"tempfailed\": %ld, \"mixed\": %ld, "
           "\"refused\": %ld, \"lost\": %ld, \"seconds\": %.3f, \"cpu\": %.4f, \"median_us\": %u, \"p99_us\": %u}\n",
           limit >= 0 && started > limit ? limit : started, done, rewritten, original, tempfailed, mixed, refused, lost, took, used, n ? sorted[first + n / 2] : 0,
           n ? sorted[first + n * 99 / 100] : 0);
    return mixed ? 1 : 0;
}
