// Without <sys/socket.h>, which microhttpd.h would include: Swift might take sockaddr for this module's own, and then
// whoever names its members had to import this.
#define MHD_PLATFORM_H
#include <stdarg.h>
#include <stdint.h>
#include <sys/select.h>
#include <sys/types.h>
#include <unistd.h>
#include <microhttpd.h>
