/// The beginning of an HTTP request, and what it is answered: as much of RFC 9110 and 9112 as one resource needs.
struct HTTPRequest {
    /// The only resource.
    static let path = "/metrics"

    /// The method, nil where this is no request.
    private let method: Substring?
    private let target: Substring
    /// Whether the head is over the limit.
    private let isTooLarge: Bool

    /// - Parameter head: everything up to the empty line, or nil where that is too long.
    init(head: [UInt8]?) {
        let text = String(decoding: head ?? [], as: UTF8.self)
        // RFC 9112 section 3: method, target and version, a space between each.
        let words = text.prefix { !$0.isNewline }.split(separator: " ", omittingEmptySubsequences: false)
        let isRequest = words.count == 3 && words[2].hasPrefix("HTTP/1.") && !words[0].isEmpty
        method = isRequest ? words[0] : nil
        // The query is nobody's here.
        target = isRequest ? words[1].prefix { $0 != "?" } : ""
        isTooLarge = head == nil
    }

    /// The response; `metrics` is asked for the text where that is wanted.
    func response(_ metrics: () -> String) -> [UInt8] {
        if isTooLarge { return response("431 Request Header Fields Too Large") }
        guard let method else { return response("400 Bad Request") }
        guard target == Self.path else {
            return response("404 Not Found", body: "the metrics are at \(Self.path)\n", of: method)
        }
        guard method == "GET" || method == "HEAD" else {
            return response("405 Method Not Allowed", fields: ["Allow: GET, HEAD"])
        }
        // https://prometheus.io/docs/instrumenting/exposition_formats/
        let type = "text/plain; version=0.0.4; charset=utf-8"
        return response("200 OK", type: type, body: metrics(), of: method)
    }

    private func response(
        _ status: String, fields: [String] = [], type: String = "text/plain; charset=utf-8",
        body: String = "",
        of method: Substring = "GET"
    ) -> [UInt8] {
        let fields =
            ["HTTP/1.1 \(status)"] + fields
            + ["Content-Type: \(type)", "Content-Length: \(body.utf8.count)", "Connection: close", "", ""]
        return Array((fields.joined(separator: "\r\n") + (method == "HEAD" ? "" : body)).utf8)
    }
}
