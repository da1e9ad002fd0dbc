/// Parts whose structure is not read, since they are beyond ``MIMELimits`` or in an encoded message: how each of them
/// is encoded is not known, but may be guessed.
enum UnreadParts {
    /// Tries `isFound` on what such text may say, until it finds something: as it stands, read as quoted-printable, and
    /// what looks like base64 decoded.
    static func texts(in text: Bytes, _ isFound: (Bytes) -> Bool) -> Bool {
        isFound(text) || DecodedContent(raw: text, encoding: .quotedPrintable).withBytes(isFound)
            || base64Runs(in: text).contains { run in
                DecodedContent(raw: Bytes(rebasing: text[run.start..<run.end]), encoding: .base64)
                    .withBytes(isFound)
            }
    }

    /// Lines one after another that are nothing but digits of base64.
    private static func base64Runs(in text: Bytes) -> [ByteRange] {
        var runs: [ByteRange] = []
        var start = 0
        var runStart = 0
        while start < text.count {
            let lineEnd = PhysicalLines.end(of: start, in: text)
            let line = ByteRange(start, PhysicalLines.endOfText(of: ByteRange(start, lineEnd), in: text))
            if !isBase64(line, of: text) {
                if runStart < start { runs.append(ByteRange(runStart, start)) }
                runStart = lineEnd
            }
            start = lineEnd
        }
        if runStart < start { runs.append(ByteRange(runStart, start)) }
        return runs
    }

    private static func isBase64(_ line: ByteRange, of text: Bytes) -> Bool {
        !line.isEmpty && Base64.digitCount(in: line, of: text) == line.count
    }
}
